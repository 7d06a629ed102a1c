"""`finops azure ...`: import Cost Management exports, and look at what there is."""

from __future__ import annotations

from typing import Any

import click

from core.cli.options import config_option, json_option, resolve
from core.cli.vendors import (
    all_of,
    import_all,
    month_options,
    no_transform_option,
    offered,
    reset_option,
    show,
    show_state,
    strategy_option,
    with_loaded,
)
from core.errors import MissingSetting
from vendors.azure.config import AzureConfig, configured_exports

SOURCE = click.option("--source", "-S", help="az://container, abfss://container@account..., its "
                      "https address, or a folder (file:///...) that mirrors one.")  # fmt: skip
source_options = all_of(
    SOURCE,
    click.option("--prefix", "-p", help="Directory of the exports, as set in Cost Management."),
    click.option("--actual-export", "-n",
                 help="Name of the export of actual costs, or of one [[azure.exports]] table."),
    click.option("--amortized-export", "-a",
                 help="Name of the export of amortized costs; without it EffectiveCost is "
                 "BilledCost."),
    click.option("--focus-export", "-f", help="Name of a FOCUS export, instead of the two."),
    click.option("--account-name", help="Storage account of az://container."),
    month_options(),
)  # fmt: skip


@click.group()
def azure() -> None:
    """Import Azure bills: exports of actual and amortized costs, and FOCUS exports.

    Every option of the source can also stand under [azure] in config.toml. Credentials are a
    connection string, an account key, a shared access signature or a service principal of the
    settings; else a managed identity, the AZURE_ variables or `az login`.
    """


@azure.command("import-export")
@config_option
@source_options
@reset_option
@strategy_option
@no_transform_option
@json_option
@click.pass_context
def import_export(
    ctx: click.Context, /, config_path: str | None, no_transform: bool, as_json: bool, **flags: Any
) -> None:
    """Load billing months that are new or that Azure has corrected.

    Actual and amortized costs describe the same usage: BilledCost comes from the one, EffectiveCost
    from the other, and both sums are proven. Layout, format and version are detected. A month that
    was exported again replaces the former one whole; nothing is published unless every sum agrees.

    \b
    Examples:
      ./finops azure import-export -S az://billing --account-name mystorage -p exports -n actual -a amortized
      ./finops azure import-export -S file:///mnt/mirror -p exports --focus-export focus -s 2026-01
      ./finops azure import-export --actual-export second-agreement --reset
    """  # noqa: E501
    import_all(
        ctx, "azure", flags, config_path=config_path, no_transform=no_transform, as_json=as_json
    )


@azure.command("list-manifests")
@config_option
@source_options
@json_option
@click.pass_context
def list_manifests(
    ctx: click.Context, /, config_path: str | None, as_json: bool, **flags: Any
) -> None:
    """List the billing months that an export offers, and which are loaded.

    The state is new, loaded, or restated: loaded, but Azure has exported the month again since.

    \b
    Examples:
      ./finops azure list-manifests -S az://billing --account-name mystorage -p exports -n actual
      ./finops azure list-manifests --json
    """
    config = resolve(ctx, config_path, flags={"azure": flags})
    rows = [
        {
            **about,
            "files": len(version.files),
            "rows": version.rows,
            "format": version.format,
            "dialect": version.dialect,
            "version_id": version.version_id,
            "manifest": version.manifest,
        }
        for version, about in offered(config, "azure")
    ]
    show(rows, as_json, hide=("manifest",))


@azure.command("list-exports")
@config_option
@SOURCE
@click.option("--prefix", "-p", help="Look below this directory only.")
@click.option("--account-name", help="Storage account of az://container.")
@json_option
@click.pass_context
def list_exports(
    ctx: click.Context, /, config_path: str | None, as_json: bool, **flags: Any
) -> None:
    """List the exports that a container holds, and those that are loaded.

    Use it to find the --prefix and the names that the other commands want.

    \b
    Examples:
      ./finops azure list-exports -S az://billing --account-name mystorage
      ./finops azure list-exports -S file:///mnt/mirror -p exports
    """
    from vendors.azure.discover import exports_in

    config = resolve(ctx, config_path, flags={"azure": flags})
    settings: AzureConfig = config.vendors["azure"]
    found = exports_in(settings) if settings.source else []
    empty = ("prefix", "type", "version", "first", "last")
    show(with_loaded(config, "azure", found, empty, names_in_ledger(settings)), as_json)


def names_in_ledger(settings: AzureConfig) -> dict[str, str]:
    """Return the name under which each configured export of Cost Management is loaded."""
    try:
        exports = configured_exports(settings)
    except MissingSetting:
        return {}
    return {name: export.name for export in exports for name in export.datasets.values()}


azure.add_command(show_state("azure", "", "-n actual -B 2026-01 --json"))
