"""The overview on the terminal: figures, months, causes, rankings, restatements, the proof."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.text import Text

from core.cli.tables import console
from core.periods import name as period_name
from dashboards.answers import Change
from dashboards.blocks import bar
from dashboards.cells import exact, money, new_table, percent
from dashboards.forecast import Estimate
from dashboards.invoices import Invoices, Restatement
from dashboards.overview import Overview
from dashboards.printed_parts import OPEN, print_sparks, print_tiles
from dashboards.report import Report

PROVEN_SHOWN = 6


def print_report(found: Report, top: int) -> None:
    """Print one part for each currency, `top` lines in each ranking."""
    out = console()
    for part in found.currencies:
        print_overview(out, part.overview, top)
        print_restatements(out, part.invoices.restatements)
        print_proof(out, part.invoices)


def print_overview(out: Console, found: Overview, top: int) -> None:
    """Print one currency's page, panel by panel, `top` lines in each ranking.

    Providers are ranked only where there is more than one.
    """
    now, before = period_name(found.month), period_name(found.compared_month)
    noted = now + (", not complete yet" if found.is_partial else "")
    print_tiles(out, f"Key figures, {noted}, {found.currency}", found.tiles)
    print_estimate(out, found)
    print_months(out, found)
    print_amounts(out, f"What changed since {before}, {found.currency}", found.drivers.steps)
    title = f"From the list price of usage to its effective cost, {now}, {found.currency}"
    print_amounts(out, title, found.savings)
    unit = f"effective {found.currency}"
    if len(found.providers) > 1:
        print_ranking(out, f"Providers, {now}, {unit}", named(found.providers[:top]))
    print_ranking(out, f"Top services, {now}, {unit}", named(found.services[:top]))
    print_ranking(out, f"Top accounts, {now}, {unit}", named(found.accounts[:top]))
    moved = [(f"{m.service.label} in {m.account.label}", m) for m in found.movers[:top]]
    print_ranking(out, f"Largest changes on {before}, {unit}", moved)


def print_estimate(out: Console, found: Overview) -> None:
    """Print how the month will end: the range, and by how much past estimates missed."""
    if found.estimate:
        out.print(f"estimate: {estimated(found.estimate)}", style="dim")


def estimated(ahead: Estimate) -> str:
    """Return the range of an estimate in words."""
    missed = (
        ""
        if ahead.backtest_error is None
        else f"; past estimates missed by {percent(ahead.backtest_error)}"
    )
    return f"from {money(ahead.low)} to {money(ahead.high)}{missed}"


def print_months(out: Console, found: Overview) -> None:
    """Print each month's effective cost with its bar; * marks a month that still grows."""
    table = new_table(f"Effective cost by month, {found.currency}")
    for name in ("", "cost", ""):
        table.add_column(name, justify="right" if name else "left")
    months = found.stack.months
    sums = [
        sum((line.values[n] for line in found.stack.series), Decimal(0)) for n in range(len(months))
    ]
    high, low = max(sums, default=Decimal(0)), min(sums, default=Decimal(0))
    for month, cost in zip(months, sums, strict=True):
        mark = " *" if month.is_partial else ""
        table.add_row(
            period_name(month.month) + mark, money(cost), Text(bar(cost, high, low), style="cyan")
        )
    out.print(table)
    partial = [month.is_partial for month in months]
    if any(partial):
        out.print(OPEN, style="dim")
    lines = [(line.key.label, line.values) for line in found.stack.series]
    title = f"By {found.stack.label.lower()} and month, each as high as its largest month"
    print_sparks(out, title, lines, partial)


def print_amounts(out: Console, title: str, steps: Sequence[Any]) -> None:
    """Print the steps of a bridge: label, bar and amount."""
    if not steps:
        return
    table = new_table(title)
    table.add_column("")
    table.add_column("")
    table.add_column("amount", justify="right")
    amounts = [step.amount for step in steps]
    for step in steps:
        drawn = bar(step.amount, max(amounts), min(amounts))
        table.add_row(step.label, Text(drawn, style="cyan"), money(step.amount, sign=True))
    out.print(table)


def named(rows: Sequence[Any]) -> list[tuple[str, Change]]:
    return [(row.key.label, row) for row in rows]


def print_ranking(out: Console, title: str, rows: Sequence[tuple[str, Change]]) -> None:
    """Print labelled costs beside those before; what had none before is "new". Nothing, if none."""
    if not rows:
        return
    table = new_table(title)
    table.add_column("", overflow="ellipsis", no_wrap=True)
    for name in ("cost", "before", "change", "%"):
        table.add_column(name, justify="right")
    for label, row in rows:
        style = "red" if (row.change or 0) > 0 else "green"
        is_new = row.before is not None and not row.before
        table.add_row(
            label,
            money(row.cost),
            money(row.before),
            Text(money(row.change, sign=True), style=style),
            Text("new" if is_new else percent(row.change_ratio, sign=True), style=style),
        )
    out.print(table)


def print_restatements(out: Console, rows: Sequence[Restatement]) -> None:
    """Print what providers restated: the billed cost, or the effective where only that changed."""
    if not rows:
        return
    table = new_table("Restated by the provider")
    for name in ("export", "month", "", "was", "is", "change"):
        table.add_column(name, justify="right" if name in ("was", "is", "change") else "left")
    for row in rows:
        is_billed = row.former_billed != row.billed
        former, now = (
            (row.former_billed, row.billed)
            if is_billed
            else (row.former_effective or Decimal(0), row.effective or Decimal(0))
        )
        table.add_row(
            row.export,
            period_name(row.month),
            f"{row.currency or ''}{'' if is_billed else ' effective'}",
            money(former),
            money(now),
            money(now - former, sign=True),
        )
    out.print(table)


def print_proof(out: Console, found: Invoices) -> None:
    """Print source and FOCUS of each export's months, the latest first, and the verdict."""
    table = new_table("Proof, billed: source = raw = FOCUS (`focus check` shows effective)")
    for name in ("export", "month", "", "lines", "source", "FOCUS", "residual"):
        right = name in ("lines", "source", "FOCUS", "residual")
        table.add_column(name, justify="right" if right else "left", no_wrap=right)
    for row in found.reconciliation[:PROVEN_SHOWN]:
        table.add_row(
            row.export,
            period_name(row.month),
            row.currency,
            f"{row.lines or 0:,}",
            exact(row.source_billed),
            exact(row.focus_billed),
            exact(row.billed_residual),
        )
    out.print(table)
    hidden = len(found.reconciliation) - PROVEN_SHOWN
    if hidden > 0:
        out.print(f"and {hidden} more; `focus check` lists all", style="dim")
    if found.unproven:
        out.print(f"{found.unproven} months are loaded but not in FOCUS yet", style="yellow")
    elif found.largest_residual:
        out.print(f"largest residual: {exact(found.largest_residual)}", style="bold red")
    else:
        out.print(
            f"every month and account in {found.currency} agrees to the last decimal",
            style="green",
        )
