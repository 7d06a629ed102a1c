"""`finops demo`: a realistic bill, through the same path as a real one, to a proven answer."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import click

from core.cli.imports import print_outcome
from core.cli.options import (
    config_option,
    demo_config,
    json_option,
    progress_bar,
    resolve,
)
from core.config import Config
from core.errors import BusyError, PortInUse, disk_errors
from core.exports import Vendor, load_vendor, vendor_names
from core.periods import parse_period, shift
from core.run import Outcome, import_exports
from core.scratch import held
from core.serving import STATE

WRITTEN = "written"
LAST, MONTHS = "2026-06", 13
"""The last month of the demo's bills, and how many they have."""


@click.command()
@config_option
@click.option("--rows", type=click.IntRange(min=1), default=None,
              help="Bill lines to write, of 13 months together; scales to millions.")  # fmt: skip
@click.option("--months", type=click.IntRange(1, MONTHS), default=MONTHS, show_default=True,
              help="Import the last so many of them; fewer are there sooner.")  # fmt: skip
@click.option("--reset", is_flag=True, help="Throw the former demo away and start anew.")
@click.option("--no-serve", is_flag=True, help="End after the summary, without the dashboards.")
@json_option
@click.pass_context
def demo(
    ctx: click.Context,
    config_path: str | None,
    rows: int | None,
    months: int,
    reset: bool,
    no_serve: bool,
    as_json: bool,
) -> None:
    """Write a demo bill, import it, build FOCUS, prove the totals and serve the dashboards.

    The demo has its own database in data/demo/; add --demo to any reading command to use it.
    With --json it ends after the summary.

    \b
    Examples:
      ./finops demo
      ./finops demo --no-serve
      ./finops demo --months 2
      ./finops demo --rows 2000000
      ./finops query --demo "SELECT ServiceName, BillingCurrency, sum(EffectiveCost) AS cost
                             FROM focus.cost_and_usage GROUP BY ALL ORDER BY cost DESC"
    """
    started = time.monotonic()
    config = demo_config(resolve(ctx, config_path))
    config.dashboards.check_access()
    with held(config.data_dir, BusyError(config.database_path, "`finops demo`")):
        outcomes = written(config, rows, months, reset=reset, quiet=as_json)
    if not as_json:
        for outcome in outcomes:
            print_outcome(outcome)
    invoke(ctx, "report", "overview", demo=True, config_path=config_path, as_json=as_json, top=6)
    if as_json:
        return
    click.echo(f"\n{config.database_path}  in {time.monotonic() - started:.0f} s")
    click.echo('next: ./finops serve --demo, ./finops query --demo "SHOW TABLES FROM marts"')
    if not no_serve:
        show_pages(ctx, config_path)


def show_pages(ctx: click.Context, config_path: str | None) -> None:
    """Run `finops serve --demo`, at a free port where its own is taken."""
    try:
        invoke(ctx, "serve", demo=True, config_path=config_path)
    except PortInUse as error:
        click.echo(
            f"attention: {error}; a free port is taken, `./finops serve --demo --port NUMBER` "
            "takes yours",
            err=True,
        )
        invoke(ctx, "serve", demo=True, config_path=config_path, port=0)


def written(
    config: Config, rows: int | None, months: int, *, reset: bool, quiet: bool
) -> list[Outcome]:
    """Write the demo's bills and import them, unless they are there; return what was imported."""
    finished = not reset and same_demo(config, rows, months)
    if not finished:
        throw_away(config.data_dir)
    outcomes: list[Outcome] = []
    deliveries: list[bool | None] = [None] if finished else [False, True]
    for restated in deliveries:
        with progress_bar(quiet=quiet) as progress:
            progress("writing the demo bill", 0, 1)
            wanted = delivered(config, rows, months, restated=restated)
            # FOCUS is built once, from what is current in the end.
            last = restated is not False
            outcomes += import_exports(config, wanted, transform=last, progress=progress)
    with disk_errors(config.data_dir):
        (config.data_dir / WRITTEN).write_text(size(rows, months))
    return outcomes


def invoke(ctx: click.Context, *path: str, **options: Any) -> None:
    """Run another command, which the root group knows by its name."""
    command: click.Command | None = ctx.find_root().command
    for name in path:
        assert isinstance(command, click.Group)
        command = command.get_command(ctx, name)
    assert command is not None
    ctx.invoke(command, **options)


def throw_away(folder: Path) -> None:
    """Remove the former demo, but what users keep of its pages.

    Raises:
        DiskError: If the folder may not be written.
    """
    with disk_errors(folder):
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != STATE:
                path.unlink(missing_ok=True)


def size(rows: int | None, months: int) -> str:
    """Return what tells demos of different size apart."""
    return str(rows) if months == MONTHS else f"{rows}, {months} months"


def same_demo(config: Config, rows: int | None, months: int) -> bool:
    """Tell whether a finished demo of this size is there."""
    marker = config.data_dir / WRITTEN
    return marker.is_file() and marker.read_text() == size(rows, months)


def delivered(
    config: Config, rows: int | None, months: int, *, restated: bool | None
) -> list[tuple[Vendor, Any]]:
    """Write every vendor's bill as delivered first, or then the month that was restated.

    Args:
        config: Where the demo lies.
        rows: Its size.
        months: How many of its months are wanted, the last ones.
        restated: None where all is written already.
    """
    wanted: list[tuple[Vendor, Any]] = []
    first = f"{shift(parse_period(LAST), 1 - months):%Y-%m}"
    for vendor in map(load_vendor, vendor_names()):
        if vendor.demo is None:
            continue
        bucket = config.data_dir / "exports" / vendor.name
        if restated or (restated is False and not bucket.exists()):
            flags = write_once(vendor, bucket, rows, restated=restated)
        else:
            flags = vendor.demo(bucket, rows, None)
        section = vendor.config.resolve({}, {}, {**flags, "start_date": first})
        wanted += [(vendor, export) for export in vendor.exports(section)]
    return wanted


def write_once(vendor: Vendor, bucket: Path, rows: int | None, *, restated: bool) -> Any:
    """Write a delivery; the first one appears whole or not at all."""
    assert vendor.demo is not None
    if restated:
        return vendor.demo(bucket, rows, True)
    partial = bucket.with_name(f"{bucket.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    vendor.demo(partial, rows, False)
    partial.rename(bucket)
    return vendor.demo(bucket, rows, None)
