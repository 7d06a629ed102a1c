"""`finops focus import` and what belongs to it; core's own `focus` commands stand beside them."""

from __future__ import annotations

from typing import Any

import click

from core import ledger
from core.cli.options import config_option, demo_option, json_option, resolve
from core.cli.vendors import (
    all_of,
    import_all,
    month_options,
    no_transform_option,
    reset_option,
    show,
    show_state,
)
from core.config import Config
from core.errors import NoDatabase
from core.exports import load_vendor
from core.periods import name as period_name

source_options = all_of(
    click.option("--provider", "-P", help="Name of the provider, or of one [[focus.sources]] "
                 "table of config.toml; oci for OCI's own cost reports, too."),
    click.option("--source", "-S", help="Folder, file or pattern of the files: "
                 "s3://bucket/folder, gs://bucket/folder, az://container/folder, abfss://..., "
                 "file:///folder or a path."),
    click.option("--account-name", help="Storage account of az://container."),
    click.option("--delivery", type=click.Choice(["parts", "newest"]),
                 help="parts: a month is all of its files; newest: each delivery holds the month "
                 "anew."),
    month_options(),
)  # fmt: skip


@click.group()
def focus() -> None:
    """Import FOCUS files of any provider, and OCI's cost reports.

    FOCUS 0.5 to 1.4, csv, csv.gz and Parquet; the version is told by the columns.
    """


@focus.command("import")
@config_option
@source_options
@click.option("--fill", metavar="COLUMN=TEXT,...",
              help="What you know and the files leave empty: BillingCurrency=USD.")  # fmt: skip
@reset_option
@no_transform_option
@json_option
@click.pass_context
def import_(
    ctx: click.Context, /, config_path: str | None, no_transform: bool, as_json: bool, **flags: Any
) -> None:
    """Load the billing months of FOCUS files that are new or changed.

    A month whose files changed is replaced whole. What FOCUS 1.2 asks for and the provider leaves
    out is listed and stays empty; docs/vendors/focus.md has the rules.

    \b
    Examples:
      ./finops focus import --provider Grafana --source s3://exports/grafana
      ./finops focus import --provider Snowflake --source exports/snowflake/*.parquet
      ./finops focus import --provider dbx --source az://exports/dbx --account-name mystorage
      ./finops focus import --provider oci --source oci-reports --fill BillingCurrency=EUR
    """
    config, sources = import_all(
        ctx, "focus", flags, config_path=config_path, no_transform=no_transform, as_json=as_json
    )
    if as_json or no_transform:
        return
    from vendors.focus.gaps import sentences

    for source in sources:
        for sentence in sentences(config.database_path, source.name):
            click.echo(sentence, err=True)


@focus.command("list-files")
@config_option
@source_options
@json_option
@click.pass_context
def list_files(ctx: click.Context, /, config_path: str | None, as_json: bool, **flags: Any) -> None:
    """List the files of a source, the months that each holds, and which are loaded.

    The state is new, loaded, or changed: loaded, but the file is another since.

    \b
    Examples:
      ./finops focus list-files --provider Grafana --source s3://exports/grafana
    """
    config = resolve(ctx, config_path, flags={"focus": flags})
    vendor = load_vendor("focus")
    rows = []
    for source in vendor.exports(config.vendors["focus"]):
        from core.inventory import look
        from vendors.focus.files import ask, files

        noted = ledger.inventory(config.database_path, "focus", source.name)
        store = vendor.store(source)
        keys = files(store, source, config.base)
        present = look(store, keys, {} if source.reset else noted, ask)
        for address, found in present.items():
            known = noted.get(address)
            same = known is not None and known.stamp == found.stamp
            rows.append(
                {
                    "provider": source.name,
                    "file": keys[address],
                    "months": ", ".join(period_name(p) for p in found.periods),
                    "state": "loaded" if same else "changed" if known else "new",
                    "dialect": found.dialect,
                    "written": found.stamp.partition(" ")[2][:19],
                }
            )
    show(rows, as_json)


@focus.command("list-sources")
@config_option
@demo_option
@json_option
@click.pass_context
def list_sources(
    ctx: click.Context, /, config_path: str | None, demo: bool | None, as_json: bool
) -> None:
    """List the sources that are loaded or configured, with their months and versions.

    \b
    Examples:
      ./finops focus list-sources
      ./finops focus list-sources --demo --json
    """
    config = resolve(ctx, config_path, demo=demo)
    settings = config.vendors["focus"]
    given = settings.provider or settings.sources
    where = {s.name: s.location for s in load_vendor("focus").exports(settings)} if given else {}
    loads = [row for row in history(config) if row["status"] == "current"]
    rows = []
    for name in sorted(where.keys() | {str(row["export"]) for row in loads}):
        months = [row for row in loads if row["export"] == name]
        rows.append(
            {
                "provider": name,
                "source": where.get(name, ""),
                "months": len(months),
                "first": min((str(row["billing_period"]) for row in months), default=""),
                "last": max((str(row["billing_period"]) for row in months), default=""),
                "rows": sum(int(row["rows"]) for row in months),
                "dialects": ", ".join(sorted({str(row["dialect"]) for row in months})),
            }
        )
    show(rows, as_json)


@focus.command("list-gaps")
@config_option
@click.option("--provider", "-P", help="Only this source.")
@demo_option
@json_option
@click.pass_context
def list_gaps(
    ctx: click.Context,
    /,
    config_path: str | None,
    provider: str | None,
    demo: bool | None,
    as_json: bool,
) -> None:
    """List the FOCUS 1.2 columns that a source leaves out or empty.

    `wanted` says what FOCUS asks for: always (in every row), column (nulls allowed), or sometimes.

    \b
    Examples:
      ./finops focus list-gaps
      ./finops focus list-gaps --provider Grafana --json
    """
    from vendors.focus.gaps import gaps

    config = resolve(ctx, config_path, demo=demo)
    show(gaps(config.database_path, provider), as_json)


focus.add_command(
    show_state(
        "focus",
        "",
        "--provider Grafana --billing-period 2026-01 --json",
        option=("--provider", "-P"),
        noun="source",
    )
)


def history(config: Config) -> list[dict[str, Any]]:
    try:
        return ledger.history(config.database_path, "focus", None, None)
    except NoDatabase:
        return []
