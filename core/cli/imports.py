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


def import_and_print(
    config: Config, wanted: Sequence[tuple[Vendor, Any]], *, transform: bool, as_json: bool
) -> None:
    """Import exports together; where that fails, each by itself.

    Raises:
        FinopsError: The first failure, after the other exports had their turn.
    """
    outcomes: list[Outcome] = []
    failures: list[FinopsError] = []
    for group in ([wanted] if len(wanted) > 1 else []) + [[one] for one in wanted]:
        try:
            with progress_bar(quiet=as_json) as progress:
                outcomes += import_exports(config, group, transform=transform, progress=progress)
        except (BusyError, DiskError):
            raise
        except FinopsError as error:
            if len(wanted) == 1:
                raise
            if len(group) == 1:
                failures.append(error)
                click.echo(f"{group[0][1].name}: {error}", err=True)
        if len(outcomes) == len(wanted):
            break
    if as_json:
        print_json([as_dict(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            print_outcome(outcome)
    if failures:
        raise failures[0]


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
        click.echo(
            f"{outcome.export}  nothing new: {outcome.unchanged} billing periods are current"
        )
    for warning in outcome.warnings:
        click.echo(f"attention: {warning}", err=True)


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
