"""What every importing command does: run each export, print what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from core.cli.options import print_json, progress_bar
from core.config import Config
from core.errors import BusyError, DiskError, FinopsError
from core.exports import Vendor
from core.periods import name as period_name
from core.run import Outcome, import_exports
from core.words import counted

CONCERNS_ALL = (BusyError, DiskError)
"""What no export by itself would escape."""


def import_and_print(
    config: Config, wanted: Sequence[tuple[Vendor, Any]], *, transform: bool, as_json: bool
) -> None:
    """Import exports together; where that fails, each by itself.

    Raises:
        FinopsError: The first failure, after the other exports had their turn.
    """
    failures: list[FinopsError] = []
    try:
        outcomes = import_watched(config, wanted, transform=transform, quiet=as_json)
    except FinopsError as error:
        if len(wanted) == 1 or isinstance(error, CONCERNS_ALL):
            raise
        outcomes = []
        for one in wanted:
            try:
                outcomes += import_watched(config, [one], transform=transform, quiet=as_json)
            except FinopsError as failure:
                if isinstance(failure, CONCERNS_ALL):
                    raise
                failures.append(failure)
                click.echo(f"{one[1].name}: {failure}", err=True)
    if as_json:
        print_json([as_dict(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            print_outcome(outcome)
    if failures:
        raise failures[0]


def import_watched(
    config: Config, wanted: Sequence[tuple[Vendor, Any]], *, transform: bool, quiet: bool
) -> list[Outcome]:
    """Import exports together, under a progress bar."""
    with progress_bar(quiet=quiet) as progress:
        return import_exports(config, wanted, transform=transform, progress=progress)


def print_outcome(outcome: Outcome) -> None:
    """Print one line for each month, or that nothing is new."""
    for month in outcome.loaded:
        version = month.version
        word = "restated" if month.restated else "loaded"
        click.echo(
            f"{outcome.export}  {period_name(version.billing_period)}  {word:<8}  "
            f"{month.rows:>12,} rows  {version.version_id}"
        )
    if not outcome.loaded:
        click.echo(f"{outcome.export}  nothing new: {current(outcome.unchanged)}")
    for warning in outcome.warnings:
        click.echo(f"attention: {warning}", err=True)


def current(periods: int) -> str:
    return f"{counted(periods, 'billing period')} {'is' if periods == 1 else 'are'} current"


def as_dict(outcome: Outcome) -> dict[str, Any]:
    """Return the JSON form of an outcome."""
    return {
        "export": outcome.export,
        "loaded": [
            {
                "billing_period": period_name(m.version.billing_period),
                "version_id": m.version.version_id,
                "rows": m.rows,
                "bytes": m.bytes,
                "restated": m.restated,
            }
            for m in outcome.loaded
        ],
        "unchanged": outcome.unchanged,
        "transformed": outcome.transformed,
        "warnings": list(outcome.warnings),
    }
