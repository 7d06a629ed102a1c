"""`finops gcp ...`: import the billing export, and look at what it offers."""

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
from vendors.gcp.config import GcpConfig

Command = TypeVar("Command", bound=Callable[..., Any])

SOURCE_OPTIONS = (
    click.option("--source", "-S", metavar="FILES_OR_FOLDER",
                 help="Extracted files instead of BigQuery: a file, a folder or gs://bucket/path."),
    click.option("--project-id", "-p", help="Project that holds the export's dataset."),
    click.option("--dataset", "-d", help="BigQuery dataset of the export."),
    click.option("--table", "-T", help="Table of the export."),
    click.option("--export-name", "-n",
                 help="Name of the export, or of one [[gcp.exports]] table of config.toml."),
    click.option("--service-account-path", type=click.Path(),
                 help="Key file of a service account."),
    click.option("--start-date", "-s", metavar="YYYY-MM", help="First invoice month."),
    click.option("--end-date", "-e", metavar="YYYY-MM",
                 help="Last invoice month, itself included."),
)  # fmt: skip


def source_options(command: Command) -> Command:
    """Add the options that say where an export lies."""
    for option in reversed(SOURCE_OPTIONS):
        command = option(command)
    return command


@click.group()
def gcp() -> None:
    """Import Google Cloud bills: the BigQuery billing export, or files extracted from it.

    Every option of the source can also stand under [gcp] in config.toml. Credentials are
    Application Default Credentials, or the service account that is set.
    """


@gcp.command("import-billing")
@config_option
@source_options
@click.option("--maximum-bytes-billed", type=int,
              help="Bytes that this import may have BigQuery bill.")  # fmt: skip
@click.option("--reset", "-r", is_flag=True, default=None,
              help="Load months again that are already loaded.")  # fmt: skip
@click.option("--table-strategy", "-t", type=click.Choice(["separate", "single"]),
              help="One raw table for each month, or one for all.")  # fmt: skip
@click.option("--no-transform", is_flag=True, help="Stop after the raw tables.")
@json_option
@click.pass_context
def import_billing(
    ctx: click.Context, /, config_path: str | None, no_transform: bool, as_json: bool, **flags: Any
) -> None:
    """Load invoice months that are new or to which Google has added lines.

    A month that changed replaces the former one whole; a month that is loaded already is left
    alone. The import ends in FOCUS and marts, proven against the export, and nothing is published
    unless every sum agrees.

    \b
    Examples:
      ./finops gcp import-billing -p my-project -d billing -T gcp_billing_export_v1_0A1B2C
      ./finops gcp import-billing --source exports/gcp
      ./finops gcp import-billing --source gs://my-bucket/billing -s 2026-01
    """
    config = gcp_config(ctx, config_path, flags)
    vendor = load_vendor("gcp")
    import_and_print(
        config,
        [(vendor, export) for export in vendor.exports(config.vendors["gcp"])],
        transform=config.transformations.enabled and not no_transform,
        as_json=as_json,
    )


@gcp.command("list-tables")
@config_option
@source_options
@json_option
@click.pass_context
def list_tables(
    ctx: click.Context, /, config_path: str | None, as_json: bool, **flags: Any
) -> None:
    """List the billing tables of a dataset, or the files of a source; free of charge.

    Use it to find the --table that the other commands want.

    \b
    Examples:
      ./finops gcp list-tables -p my-project -d billing
      ./finops gcp list-tables --source exports/gcp
    """
    from vendors.gcp.discover import files_of, tables_of

    settings: GcpConfig = gcp_config(ctx, config_path, flags).vendors["gcp"]
    show(files_of(settings) if settings.source else tables_of(settings), as_json)


@gcp.command("list-partitions")
@config_option
@source_options
@json_option
@click.pass_context
def list_partitions(
    ctx: click.Context, /, config_path: str | None, as_json: bool, **flags: Any
) -> None:
    """List the invoice months that an export offers, and which are loaded.

    The state is new, loaded, or changed: loaded, but Google has added lines since.

    \b
    Examples:
      ./finops gcp list-partitions --source exports/gcp
      ./finops gcp list-partitions --json | jq '.[] | select(.state == "changed")'
    """
    config = gcp_config(ctx, config_path, flags)
    vendor = load_vendor("gcp")
    current = ledger.current_versions(config.database_path, "gcp")
    rows = []
    for export in vendor.exports(config.vendors["gcp"]):
        store = vendor.store(export)
        for version in vendor.versions(store, export):
            known = current.get((version.export, version.billing_period))
            same = known is not None and known.fingerprint == version.fingerprint
            rows.append(
                {
                    "export": version.export,
                    "billing_period": period_name(version.billing_period),
                    "state": "loaded" if same else "changed" if known else "new",
                    "newest_line": version.version_id,
                    "files": len(version.files),
                    "format": version.format,
                    "dialect": version.dialect,
                }
            )
    show(rows, as_json)


@gcp.command("show-state")
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
      ./finops gcp show-state
      ./finops gcp show-state -B 2026-01 --json
    """
    config = resolve(ctx, config_path, demo=demo)
    rows = ledger.history(config.database_path, "gcp", export_name, billing_period)
    show(rows, as_json, hide=("load_id", "fingerprint", "superseded_by"))


def gcp_config(ctx: click.Context, config_path: str | None, flags: dict[str, Any]) -> Config:
    """Resolve the configuration with the typed flags of [gcp]."""
    return resolve(ctx, config_path, flags={"gcp": flags})


def show(rows: list[dict[str, Any]], as_json: bool, hide: tuple[str, ...] = ()) -> None:
    """Print rows as JSON, whole, or as a table without the columns of `hide`."""
    if as_json:
        print_json(rows)
    else:
        print_table([{k: v for k, v in row.items() if k not in hide} for row in rows])
