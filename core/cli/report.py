"""The overview on the terminal: months, rankings, commitments, restatements, the proof."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.cli.tables import console
from core.periods import name as period_name
from core.report import CurrencyOverview, Overview, residual

BLOCKS = " ▏▎▍▌▋▊▉█"
BAR = 20
PROVEN_SHOWN = 6


def print_overview(found: Overview) -> None:
    """Print the overview: one part for each currency, then the proof."""
    out = console()
    for part in found.currencies:
        month = period_name(part.month)
        print_months(out, part)
        print_ranking(out, f"Providers, {month}", part.providers, part.currency)
        print_ranking(out, f"Top services, {month}", part.services, part.currency)
        print_ranking(out, f"Top accounts, {month}", part.accounts, part.currency)
        print_ranking(out, "Largest changes on the month before", part.movers, part.currency)
        print_commitments(out, part)
    print_restatements(out, found.restatements)
    print_reconciliation(out, found)


def print_months(out: Console, part: CurrencyOverview) -> None:
    table = new_table(f"Spend by month, {part.currency}")
    for name in ("month", "billed", "effective", "", "ESR", "coverage", "used", "unused", "tagged"):
        table.add_column(name, justify="left" if name in ("month", "") else "right")
    top = max((m["effective_cost"] for m in part.months), default=Decimal(0))
    for month in part.months:
        mark = " *" if month["is_partial"] else ""
        table.add_row(
            period_name(month["billing_period"]) + mark,
            money(month["billed_cost"]),
            money(month["effective_cost"]),
            Text(bar(month["effective_cost"], top), style="cyan"),
            percent(month["effective_savings_rate"]),
            percent(month["commitment_coverage"]),
            percent(month["commitment_utilisation"]),
            money(month["unused_commitment_cost"]),
            percent(month["tagged_share"]),
        )
    out.print(table)
    if any(m["is_partial"] for m in part.months):
        out.print("* not complete yet", style="dim")
    out.print(
        "ESR: effective savings rate, what you did not pay of the list price. "
        "coverage, used: of commitments. unused: cost of idle commitments.",
        style="dim",
    )


def print_ranking(out: Console, title: str, rows: Sequence[dict[str, Any]], currency: str) -> None:
    if not rows:
        return
    table = new_table(f"{title}, effective {currency}")
    table.add_column("", overflow="ellipsis", no_wrap=True)
    for name in ("cost", "before", "change", "%"):
        table.add_column(name, justify="right")
    for row in rows:
        change = row["change"]
        style = "red" if change > 0 else "green" if change < 0 else ""
        share = change / row["cost_before"] if row["cost_before"] > 0 else None
        word = "new" if row["cost_before"] == 0 else "n/a"
        table.add_row(
            row["name"],
            money(row["cost"]),
            money(row["cost_before"]),
            Text(money(change, sign=True), style=style),
            Text(percent(share, sign=True) if share is not None else word, style=style),
        )
    out.print(table)


def print_commitments(out: Console, part: CurrencyOverview) -> None:
    if not part.commitments:
        return
    table = new_table(f"Commitments, {period_name(part.month)}, effective {part.currency}")
    table.add_column("commitment", overflow="ellipsis", no_wrap=True)
    table.add_column("type")
    for name in ("used", "unused", "used %", "net savings"):
        table.add_column(name, justify="right")
    for row in part.commitments:
        table.add_row(
            short_id(row["commitment_id"]),
            row["commitment_type"] or "",
            money(row["used_cost"]),
            Text(money(row["unused_cost"]), style="red" if row["unused_cost"] else ""),
            percent(row["utilisation"]),
            Text(money(row["net_savings"]), style="red" if row["is_loss"] else "green"),
        )
    out.print(table)


def print_restatements(out: Console, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    table = new_table("Restated by the provider")
    for name in ("export", "month", "", "was", "is", "change"):
        table.add_column(name, justify="right" if name in ("was", "is", "change") else "left")
    for row in rows:
        cost = "billed" if row["former_billed"] != row["billed"] else "effective"
        former, now = row[f"former_{cost}"] or Decimal(0), row[cost] or Decimal(0)
        table.add_row(
            row["export"],
            period_name(row["billing_period"]),
            row["currency"] if cost == "billed" else f"{row['currency']} effective",
            money(former),
            money(now),
            money(now - former, sign=True),
        )
    out.print(table)


def print_reconciliation(out: Console, found: Overview) -> None:
    table = new_table("Proof, billed: source = raw = FOCUS (`focus check` shows effective)")
    for name in ("export", "month", "", "lines", "source", "FOCUS", "residual"):
        right = name in ("lines", "source", "FOCUS", "residual")
        table.add_column(name, justify="right" if right else "left", no_wrap=right)
    for row in found.reconciliation[-PROVEN_SHOWN:]:
        table.add_row(
            row["export"],
            period_name(row["billing_period"]),
            row["currency"],
            f"{row['source_rows'] or 0:,}",
            exact(row["source_billed"]),
            exact(row["focus_billed"]),
            exact(row["billed_residual"]),
        )
    out.print(table)
    hidden = len(found.reconciliation) - PROVEN_SHOWN
    if hidden > 0:
        out.print(f"and {hidden} earlier months; `focus check` lists all", style="dim")
    largest = residual(found)
    missing = sum(row["focus_billed"] is None for row in found.reconciliation)
    if missing:
        out.print(f"{missing} months are loaded but not in FOCUS yet", style="yellow")
    elif largest:
        out.print(f"largest residual: {exact(largest)}", style="bold red")
    else:
        out.print("every month, currency and account agrees to the last decimal", style="green")


def new_table(title: str) -> Table:
    return Table(
        title=f"\n{title}",
        title_justify="left",
        title_style="bold",
        header_style="dim",
        box=None,
        pad_edge=False,
    )


def bar(value: Decimal, top: Decimal) -> str:
    """Return a bar of at most BAR characters for `value` of `top`."""
    if top <= 0 or value <= 0:
        return ""
    eighths = int(value / top * BAR * 8)
    return BLOCKS[8] * (eighths // 8) + (BLOCKS[eighths % 8] if eighths % 8 else "")


def money(value: Decimal | None, *, sign: bool = False) -> str:
    """Return an amount to the whole unit."""
    if value is None:
        return ""
    return f"{value:+,.0f}" if sign else f"{value:,.0f}"


def exact(value: Decimal | None) -> str:
    """Return an amount with all its digits, without trailing zeros beyond cents.

    >>> exact(Decimal("1234.500000000000000000"))
    '1,234.50'
    """
    if value is None:
        return ""
    whole, _, places = f"{value:,f}".partition(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')}"


def percent(value: float | Decimal | None, *, sign: bool = False) -> str:
    """Return a ratio as percent with one place."""
    if value is None:
        return ""
    return f"{value * 100:+.1f} %" if sign else f"{value * 100:.1f} %"


def short_id(identifier: str) -> str:
    """Return the telling end of an ARN or of a resource path.

    >>> short_id("arn:aws:savingsplans::1:savingsplan/5f7a")
    'savingsplan/5f7a'
    >>> short_id("/providers/microsoft.capacity/reservationorders/93a1/reservations/b2fa")
    'reservations/b2fa'
    """
    end = identifier.rsplit(":", 1)[-1]
    return "/".join(end.split("/")[-2:]) if end.startswith("/") else end
