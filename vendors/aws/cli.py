"""`finops aws ...`: the four commands that the predecessor had, and that now all work."""

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
from vendors.aws.config import AwsConfig

source_options = all_of(
    click.option("--bucket", "-b", help="S3 bucket, or a folder (file:///...) that mirrors one."),
    click.option("--prefix", "-p", help="S3 prefix of the export, as set in the AWS console."),
    click.option("--export-name", "-n",
                 help="Name of the export, or of one [[aws.exports]] table of config.toml."),
    click.option("--cur-version", "-v", type=click.Choice(["v1", "v2"]),
                 help="v1: legacy CUR, v2: Data Exports; detected when left out."),
    month_options(),
)  # fmt: skip


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
@reset_option
@strategy_option
@no_transform_option
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
    import_all(
        ctx, "aws", flags, config_path=config_path, no_transform=no_transform, as_json=as_json
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
    config = resolve(ctx, config_path, flags={"aws": flags})
    rows = [
        {
            **about,
            "files": len(version.files),
            "format": version.format,
            "dialect": version.dialect,
            "version_id": version.version_id,
            "manifest": version.manifest,
        }
        for version, about in offered(config, "aws")
    ]
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

    config = resolve(ctx, config_path, flags={"aws": flags})
    settings: AwsConfig = config.vendors["aws"]
    found = exports_in(settings) if settings.bucket else []
    show(with_loaded(config, "aws", found, ("prefix", "layout", "first", "last")), as_json)


aws.add_command(show_state("aws", "", "-n my-cur -B 2026-01 --json"))
