"""`finops run`: everything that config.toml names, from export to checked marts."""

from __future__ import annotations

from typing import Any

import click

from core.cli.follow import follow
from core.cli.imports import import_and_print
from core.cli.options import config_option, json_option, resolve
from core.errors import FinopsError, NothingConfigured
from core.exports import Vendor, load_vendor


@click.command()
@config_option
@json_option
@click.option("--no-transform", is_flag=True, help="Stop after the raw tables.")
@click.pass_context
def run(ctx: click.Context, /, config_path: str | None, as_json: bool, no_transform: bool) -> None:
    """Import every configured export, build FOCUS and check it.

    Safe to run as often as you like: what is loaded already is left alone, a restated month
    replaces the former one, and a failure leaves the last good database in place. One export that
    fails does not keep the others from being imported: then each is imported by itself, and the
    exit code is that of the first failure. With `follow` under [metabase], Metabase is led to the
    new data at the end.

    \b
    Examples:
      ./finops run
      ./finops --config /etc/finops/config.toml run --json
    """
    config = resolve(ctx, config_path)
    if not config.configured:
        raise NothingConfigured(sorted(config.vendors))
    wanted: list[tuple[Vendor, Any]] = []
    failures: list[FinopsError] = []
    for name in sorted(config.configured):
        vendor = load_vendor(name)
        try:
            wanted += [(vendor, export) for export in vendor.exports(config.vendors[name])]
        except FinopsError as error:
            failures.append(error)
            click.echo(f"{name}: {error}", err=True)
    if wanted:
        transform = config.transformations.enabled and not no_transform
        try:
            import_and_print(config, wanted, transform=transform, as_json=as_json)
        except FinopsError as error:
            failures.insert(0, error)
    follow(config)
    if failures:
        raise failures[0]
