"""`finops azure ...`: import Cost Management exports, and look at what there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from core import ledger
from core.cli.imports import import_and_print
from core.cli.options import config_option, demo_option, json_option, print_json, resolve
from core.cli.tables import print_table
from core.config import Config
from core.exports import load_vendor
from core.periods import name as period_name
from vendors.azure.config import AzureConfig

Command = TypeVar("Command", bound=Callable[..., Any])

SOURCE = click.option("--source", "-S", help="az://container, abfss://container@account..., its "
                      "https address, or a folder (file:///...) that mirrors one.")  # fmt: skip
SOURCE_OPTIONS = (
    SOURCE,
    click.option("--prefix", "-p", help="Directory of the exports, as set in Cost Management."),
    click.option("--actual-export", "-n",
                 help="Name of the export of actual costs, or of one [[azure.exports]] table."),
    click.option("--amortized-export", "-a",
                 help="Name of the export of amortized costs; without it EffectiveCost is "
                 "BilledCost."),
    click.option("--focus-export", "-f", help="Name of a FOCUS export, instead of the two."),
    click.option("--account-name", help="Storage account of az://container."),
    click.option("--start-date", "-s", metavar="YYYY-MM", help="First billing month."),
    click.option("--end-date", "-e", metavar="YYYY-MM",
                 help="Last billing month, itself included."),
)  # fmt: skip


def source_options(command: Command) -> Command:
    """Add the options that say where an export lies."""
    for option in reversed(SOURCE_OPTIONS):
        command = option(command)
    return command


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
@click.option("--reset", "-r", is_flag=True, default=None,
              help="Load months again that are already loaded.")  # fmt: skip
@click.option("--table-strategy", "-t", type=click.Choice(["separate", "single"]),
              help="One raw table for each month, or one for all.")  # fmt: skip
@click.option("--no-transform", is_flag=True, help="Stop after the raw tables.")
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
    config = azure_config(ctx, config_path, flags)
    vendor = load_vendor("azure")
    import_and_print(
        config,
        [(vendor, export) for export in vendor.exports(config.vendors["azure"])],
        transform=config.transformations.enabled and not no_transform,
        as_json=as_json,
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
    config = azure_config(ctx, config_path, flags)
    vendor = load_vendor("azure")
    rows = []
    current = ledger.current_versions(config.database_path, "azure")
    for export in vendor.exports(config.vendors["azure"]):
        store = vendor.store(export)
        for version in vendor.versions(store, export):
            known = current.get((version.export, version.billing_period))
            same = known is not None and known.fingerprint == version.fingerprint
            rows.append(
                {
                    "export": version.export,
                    "billing_period": period_name(version.billing_period),
                    "state": "loaded" if same else "restated" if known else "new",
                    "files": len(version.files),
                    "rows": version.rows,
                    "format": version.format,
                    "dialect": version.dialect,
                    "version_id": version.version_id,
                    "manifest": version.manifest,
                }
            )
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

    config = azure_config(ctx, config_path, flags)
    settings: AzureConfig = config.vendors["azure"]
    loaded = ledger.current_versions(config.database_path, "azure")
    months: dict[str, int] = {}
    for export, _ in loaded:
        months[export] = months.get(export, 0) + 1
    rows = [
        {**found, "loaded_months": months.pop(str(found["export"]), 0)}
        for found in (exports_in(settings) if settings.source else [])
    ]
    nothing = dict.fromkeys(("prefix", "type", "version", "first", "last"), "")
    rows += [
        {"export": name, **nothing, "loaded_months": number}
        for name, number in sorted(months.items())
    ]
    show(rows, as_json)


@azure.command("show-state")
@config_option
@click.option("--export-name", "-n", help="Only this export.")
@click.option("--billing-period", "-B", metavar="YYYY-MM", help="Only this month.")
@demo_option
@json_option
@click.pass_context
def show_state(
    ctx: click.Context,
    config_path: str | None,
    export_name: str | None,
    billing_period: str | None,
    demo: bool | None,
    as_json: bool,
) -> None:
    """Show every version that was loaded, the current and the superseded ones.

    \b
    Examples:
      ./finops azure show-state
      ./finops azure show-state -n actual -B 2026-01 --json
    """
    config = resolve(ctx, config_path, demo=demo)
    rows = ledger.history(config.database_path, "azure", export_name, billing_period)
    show(rows, as_json, hide=("load_id", "fingerprint", "superseded_by"))


def azure_config(ctx: click.Context, config_path: str | None, flags: dict[str, Any]) -> Config:
    """Resolve the configuration with the typed flags of [azure]."""
    return resolve(ctx, config_path, flags={"azure": flags})


def show(rows: list[dict[str, Any]], as_json: bool, hide: tuple[str, ...] = ()) -> None:
    """Print rows as JSON, whole, or as a table without the columns of `hide`."""
    if as_json:
        print_json(rows)
    else:
        print_table([{k: v for k, v in row.items() if k not in hide} for row in rows])
