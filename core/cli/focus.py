"""`finops focus`: build the FOCUS table, check it, write it to files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.cli.options import (
    config_option,
    demo_option,
    json_option,
    print_json,
    progress_bar,
    resolve,
)
from core.cli.tables import print_table
from core.periods import name as period_name
from core.periods import parse_period

if TYPE_CHECKING:
    from core.focus_check import Findings


@click.group()
def focus() -> None:
    """Build FOCUS 1.2 from the loaded bills, prove it, export it."""


@focus.command()
@click.option("--full", is_flag=True, help="Build every month anew, not only what is pending.")
@demo_option
@config_option
@json_option
@click.pass_context
def build(
    ctx: click.Context,
    /,
    full: bool,
    demo: bool | None,
    config_path: str | None,
    as_json: bool,
) -> None:
    """Build FOCUS and the marts from the raw tables, and prove every total.

    Imports do this by themselves, and after an upgrade everything is built anew. Build after
    `--no-transform`, or at once after an upgrade.

    \b
    Examples:
      ./finops focus build
      ./finops focus build --full
    """
    from core.run import rebuild

    config = resolve(ctx, config_path, demo=demo)
    with progress_bar(quiet=as_json) as progress:
        warnings = rebuild(config, full=full, progress=progress)
    if as_json:
        print_json({"database": config.database_path, "warnings": warnings})
        return
    for warning in warnings:
        click.echo(f"attention: {warning}", err=True)
    click.echo(f"FOCUS in {config.database_path} is built and proven")


@focus.command()
@demo_option
@config_option
@json_option
@click.pass_context
def check(ctx: click.Context, /, demo: bool | None, config_path: str | None, as_json: bool) -> None:
    """Prove the database again, on a copy that is thrown away.

    Runs every check of the FOCUS project, and compares the money of source, raw tables and FOCUS
    for each account, month and currency, exact in decimal. Fails with exit code 8 if a sum
    differs and with 10 if a check fails.

    \b
    Examples:
      ./finops focus check
      ./finops focus check --json | jq '.checks[] | select(.state != "passed")'
    """
    from core.focus_check import check_focus

    config = resolve(ctx, config_path, demo=demo)
    with progress_bar(quiet=as_json) as progress:
        found = check_focus(config.database_path, config.limits, config.data_dir, progress=progress)
    if as_json:
        print_json(
            {
                "reconciliation": [
                    asdict(p) | {"billing_period": period_name(p.billing_period)}
                    for p in found.proofs
                ],
                "checks": [asdict(c) for c in found.checks],
            }
        )
    else:
        print_findings(found)
    found.raise_failure()


def print_findings(found: Findings) -> None:
    """Print the sums of each month, then every check with its state."""
    print_table(
        [
            {
                "export": proof.export,
                "month": period_name(proof.billing_period),
                "currency": proof.currency,
                "source billed": proof.source_billed,
                "raw billed": proof.raw_billed,
                "FOCUS billed": proof.focus_billed,
                "source effective": proof.source_effective,
                "FOCUS effective": proof.focus_effective,
                "state": proof.state,
            }
            for proof in found.proofs
        ]
    )
    click.echo()
    print_table([asdict(check) for check in found.checks])
    passed = sum(check.state == "passed" for check in found.checks)
    proven = sum(proof.state == "proven" for proof in found.proofs)
    click.echo(
        f"\n{passed} of {len(found.checks)} checks passed, "
        f"{proven} of {len(found.proofs)} monthly totals proven"
    )


@focus.command()
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv"]),
    default="parquet",
    show_default=True,
    help="Format of the files.",
)
@click.option(
    "--columns",
    type=click.Choice(["focus", "all"]),
    default="focus",
    show_default=True,
    help="The 57 columns of FOCUS, or the x_ columns too.",
)
@click.option("--start-date", "-s", metavar="YYYY-MM", help="First billing month.")
@click.option("--end-date", "-e", metavar="YYYY-MM", help="Last billing month, itself included.")
@demo_option
@config_option
@json_option
@click.pass_context
def export(
    ctx: click.Context,
    /,
    output: Path,
    form: Any,
    columns: Any,
    start_date: str | None,
    end_date: str | None,
    demo: bool | None,
    config_path: str | None,
    as_json: bool,
) -> None:
    """Write FOCUS to files, one folder for each billing month.

    A month's file is replaced in one step; other files in the folder are left alone. What was
    written is read back and compared with the table. Money is exact in both formats; in CSV
    times are like 2026-01-01T00:00:00Z. Tags and SkuPriceDetails are JSON texts.

    \b
    Examples:
      ./finops focus export --output exports/focus
      ./finops focus export -o exports/focus --format csv -s 2026-01 -e 2026-03 --columns all
    """
    from core.focus_export import export_focus

    config = resolve(ctx, config_path, demo=demo)
    with progress_bar(quiet=as_json) as progress:
        written = export_focus(
            config.database_path,
            config.limits,
            output.expanduser().resolve(),
            form,
            columns=columns,
            start=parse_period(start_date, "start_date") if start_date else None,
            end=parse_period(end_date, "end_date") if end_date else None,
            progress=progress,
        )
    rows = [
        {
            "billing_period": period_name(file.billing_period),
            "rows": file.rows,
            "bytes": file.bytes,
            "path": str(file.path),
        }
        for file in written
    ]
    print_json(rows) if as_json else print_table(rows)
