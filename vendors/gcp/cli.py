"""`finops gcp ...`: import the billing export, and look at what it offers."""

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
)
from vendors.gcp.config import GcpConfig

source_options = all_of(
    click.option("--source", "-S", metavar="FILES_OR_FOLDER",
                 help="Extracted files instead of BigQuery: a file, a folder or gs://bucket/folder."),
    click.option("--project-id", "-p", help="Project that holds the export's dataset."),
    click.option("--dataset", "-d", help="BigQuery dataset of the export."),
    click.option("--table", "-T", help="Table of the export."),
    click.option("--export-name", "-n",
                 help="Name of the export, or of one [[gcp.exports]] table of config.toml."),
    click.option("--service-account-path", type=click.Path(),
                 help="Key file of a service account."),
    month_options("invoice"),
)  # fmt: skip


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
@reset_option
@strategy_option
@no_transform_option
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
    import_all(
        ctx, "gcp", flags, config_path=config_path, no_transform=no_transform, as_json=as_json
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

    settings: GcpConfig = resolve(ctx, config_path, flags={"gcp": flags}).vendors["gcp"]
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
    config = resolve(ctx, config_path, flags={"gcp": flags})
    rows = [
        {
            **about,
            "version": version.version_id,
            "files": len(version.files),
            "format": version.format,
            "dialect": version.dialect,
        }
        for version, about in offered(config, "gcp", changed="changed")
    ]
    show(rows, as_json)


gcp.add_command(show_state("gcp", "", "-B 2026-01 --json"))
