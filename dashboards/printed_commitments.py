"""Commitments on the terminal: figures, months, each commitment, what ends, covers, was bought."""

from __future__ import annotations

from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.cli.tables import console
from core.periods import name as period_name
from dashboards.blocks import bar, spark
from dashboards.cells import money, new_table, percent, short_id
from dashboards.commitments import Commitment, Commitments
from dashboards.printed_parts import OPEN, print_more, print_sparks, print_tiles

PURCHASES_SHOWN = 12
POOR = 0.8
"""Utilisation below which a commitment is poorly used."""
STYLES = {"loses money": "red", "poorly used": "yellow", "saves": "green"}


def print_commitments(found: Commitments) -> None:
    """Print what the page shows, panel by panel."""
    out = console()
    is_partial = any(one.is_partial for one in found.months if one.month == found.month)
    month = period_name(found.month)
    noted = month + (", not complete yet" if is_partial else "")
    print_tiles(out, f"Commitments, {noted}, {found.currency}", found.tiles)
    print_months(out, found)
    print_each(out, found, month)
    print_expiries(out, found)
    print_services(out, found, month)
    print_purchases(out, found)


def judged(one: Commitment) -> str:
    """Return what a commitment does: it saves, is poorly used, or loses money."""
    if one.is_loss:
        return "loses money"
    return "poorly used" if (one.utilisation or 0) < POOR else "saves"


def columns(table: Table, left: tuple[str, ...], right: tuple[str, ...]) -> None:
    """Add columns of words, then columns of numbers."""
    for name in left:
        table.add_column(name)
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)


def print_months(out: Console, found: Commitments) -> None:
    """Print rates and amounts of each month, and their sparks."""
    table = new_table(f"By month, {found.currency}")
    names = ("coverage", "used", "saved", "ESR", "net savings", "unused")
    columns(table, ("month",), names)
    for one in found.months:
        table.add_row(
            period_name(one.month) + (" *" if one.is_partial else ""),
            percent(one.coverage),
            percent(one.utilisation),
            percent(one.savings_rate),
            percent(one.esr),
            money(one.net_savings),
            money(one.unused_cost),
        )
    out.print(table)
    out.print("saved: commitment savings rate; ESR: effective savings rate", style="dim")
    partial = [one.is_partial for one in found.months]
    if any(partial):
        out.print(OPEN, style="dim")
    fields = ("coverage", "utilisation", "savings_rate", "esr", "net_savings", "unused_cost")
    lines = [
        (name, [getattr(one, field) for one in found.months])
        for name, field in zip(names, fields, strict=True)
    ]
    print_sparks(out, "The months as charts, each as high as its largest", lines, partial)


def print_each(out: Console, found: Commitments, month: str) -> None:
    """Print each commitment of the month, its utilisation by month as a spark."""
    table = new_table(f"Each commitment, {month}, effective {found.currency}")
    columns(table, ("commitment", "type", "by month"),
            ("used %", "used", "unused", "net savings"))  # fmt: skip
    table.add_column("ends")
    table.add_column("")
    for one in found.commitments:
        state = judged(one)
        left = "" if one.days_left is None else f" ({one.days_left} d)"
        table.add_row(
            short_id(one.key.label),
            one.type or one.category or "",
            Text(spark([each.utilisation for each in one.months]), style="cyan"),
            percent(one.utilisation),
            money(one.used_cost),
            money(one.unused_cost),
            money(one.net_savings),
            f"{one.end:%Y-%m-%d}{left}" if one.end else "unknown",
            Text(state, style=STYLES[state]),
        )
    if not found.commitments:
        table.add_row("no commitment is in the bill")
    out.print(table)
    print_more(out, found.commitments_left_out, "marts.commitment_use has all")


def print_expiries(out: Console, found: Commitments) -> None:
    """Print what ends soon, and the savings of the month that go with it."""
    table = new_table(f"Expiring, {found.currency}")
    columns(table, ("commitment", "ends"), ("days left", "at risk"))
    for one in found.expiries:
        table.add_row(short_id(one.key.label), f"{one.end:%Y-%m-%d}", str(one.days_left),
                      money(one.savings_at_risk))  # fmt: skip
    if not found.expiries:
        table.add_row("none is known to end soon")
    out.print(table)
    print_more(out, found.expiries_left_out, "marts.commitment_use has all")


def print_services(out: Console, found: Commitments, month: str) -> None:
    """Print how much of each service is covered, at on-demand prices."""
    table = new_table(f"Coverage by service, {month}, {found.currency} at on-demand prices")
    columns(table, ("service", ""), ("coverage", "covered", "on demand"))
    for one in found.by_service:
        table.add_row(
            one.service.label,
            Text(bar(Decimal(one.coverage or 0), Decimal(1)), style="cyan"),
            percent(one.coverage),
            money(one.covered_cost),
            money(one.eligible_cost),
        )
    if not found.by_service:
        table.add_row("no usage could be covered")
    out.print(table)


def print_purchases(out: Console, found: Commitments) -> None:
    """Print what was billed for commitments, the latest first."""
    table = new_table(f"Purchases, {found.currency}")
    columns(table, ("month", "commitment", "type"), ("upfront", "recurring"))
    for one in found.purchases[:PURCHASES_SHOWN]:
        table.add_row(period_name(one.month), short_id(one.key.label), one.type or "",
                      money(one.upfront_fee), money(one.recurring_fee))  # fmt: skip
    if not found.purchases:
        table.add_row("none in these months")
    out.print(table)
    others = len(found.purchases[PURCHASES_SHOWN:]) + found.purchases_left_out
    print_more(out, others, "marts.commitment_use has all")
