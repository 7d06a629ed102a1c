"""`finops aws ...`: the four commands that the predecessor had, and that now all work."""

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
from vendors.aws.config import AwsConfig

Command = TypeVar("Command", bound=Callable[..., Any])

SOURCE_OPTIONS = (
    click.option("--bucket", "-b", help="S3 bucket, or a folder (file:///...) that mirrors one."),
    click.option("--prefix", "-p", help="S3 prefix of the export, as set in the AWS console."),
    click.option("--export-name", "-n",
                 help="Name of the export, or of one [[aws.exports]] table of config.toml."),
    click.option("--cur-version", "-v", type=click.Choice(["v1", "v2"]),
                 help="v1: legacy CUR, v2: Data Exports; detected when left out."),
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
def aws() -> None:
    """Import AWS bills: legacy CUR, CUR 2.0 and FOCUS exports.

    Every option of the source can also stand under [aws] in config.toml. Credentials come from
    AWS's own chain: AWS_PROFILE and the AWS_ variables, SSO, or the role of the machine.
    """


@aws.command("import-cur")
@config_option
@source_options
@click.option("--export-format", "-f", type=click.Choice(["csv", "parquet"]),
              help="Refuse files of another format; detected when left out.")  # fmt: skip
@click.option("--reset", "-r", is_flag=True, default=None,
              help="Load months again that are already loaded.")  # fmt: skip
@click.option("--table-strategy", "-t", type=click.Choice(["separate", "single"]),
              help="One raw table for each month, or one for all.")  # fmt: skip
@click.option("--no-transform", is_flag=True, help="Stop after the raw tables.")
@json_option
@click.pass_context
def import_cur(
    ctx: click.Context, /, config_path: str | None, no_transform: bool, as_json: bool, **flags: Any
) -> None:
    """Load billing months that are new or that AWS has corrected.

    A month that AWS rewrote replaces the former one whole; a month that is loaded already is
    left alone. The import ends in FOCUS and marts, proven against the files, and nothing is
    published unless every sum agrees. Layout and format of the export are detected.

    \b
    Examples:
      ./finops aws import-cur -b my-bucket -p exports -n my-cur
      ./finops aws import-cur -b file:///mnt/mirror -n my-cur -s 2026-01
      ./finops aws import-cur --export-name second-payer --reset
    """
    config = aws_config(ctx, config_path, flags)
    vendor = load_vendor("aws")
    import_and_print(
        config,
        [(vendor, export) for export in vendor.exports(config.vendors["aws"])],
        transform=config.transformations.enabled and not no_transform,
        as_json=as_json,
    )


@aws.command("list-manifests")
@config_option
@source_options
@json_option
@click.pass_context
def list_manifests(
    ctx: click.Context, /, config_path: str | None, as_json: bool, **flags: Any
) -> None:
    """List the billing months that an export offers, and which are loaded.

    The state is new, loaded, or restated: loaded, but AWS has written another version since.

    \b
    Examples:
      ./finops aws list-manifests -b my-bucket -p exports -n my-cur
      ./finops aws list-manifests --json | jq '.[] | select(.state == "restated")'
    """
    config = aws_config(ctx, config_path, flags)
    vendor = load_vendor("aws")
    rows = []
    current = ledger.current_versions(config.database_path, "aws")
    for export in vendor.exports(config.vendors["aws"]):
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
                    "format": version.format,
                    "dialect": version.dialect,
                    "version_id": version.version_id,
                    "manifest": version.manifest,
                }
            )
    show(rows, as_json, hide=("manifest",))


@aws.command("list-exports")
@config_option
@click.option("--bucket", "-b", help="S3 bucket, or a folder (file:///...) that mirrors one.")
@click.option("--prefix", "-p", help="Look below this prefix only.")
@json_option
@click.pass_context
def list_exports(
    ctx: click.Context, /, config_path: str | None, as_json: bool, **flags: Any
) -> None:
    """List the exports that a bucket holds, and those that are loaded.

    Use it to find the --prefix and --export-name that the other commands want.

    \b
    Examples:
      ./finops aws list-exports -b my-bucket
      ./finops aws list-exports -b file:///mnt/mirror -p exports
    """
    from vendors.aws.discover import exports_in

    config = aws_config(ctx, config_path, flags)
    settings: AwsConfig = config.vendors["aws"]
    loaded = ledger.current_versions(config.database_path, "aws")
    months: dict[str, int] = {}
    for export, _ in loaded:
        months[export] = months.get(export, 0) + 1
    rows = [
        {**found, "loaded_months": months.pop(str(found["export"]), 0)}
        for found in (exports_in(settings) if settings.bucket else [])
    ]
    rows += [
        {"export": name, "prefix": "", "layout": "", "first": "", "last": "", "loaded_months": n}
        for name, n in sorted(months.items())
    ]
    show(rows, as_json)


@aws.command("show-state")
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
      ./finops aws show-state
      ./finops aws show-state -n my-cur -B 2026-01 --json
    """
    config = resolve(ctx, config_path, demo=demo)
    rows = ledger.history(config.database_path, "aws", export_name, billing_period)
    show(rows, as_json, hide=("load_id", "fingerprint", "superseded_by"))


def aws_config(ctx: click.Context, config_path: str | None, flags: dict[str, Any]) -> Config:
    """Resolve the configuration with the typed flags of [aws]."""
    return resolve(ctx, config_path, flags={"aws": flags})


def show(rows: list[dict[str, Any]], as_json: bool, hide: tuple[str, ...] = ()) -> None:
    """Print rows as JSON, whole, or as a table without the columns of `hide`."""
    if as_json:
        print_json(rows)
    else:
        print_table([{k: v for k, v in row.items() if k not in hide} for row in rows])
