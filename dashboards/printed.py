"""The pages' answers as tables with Unicode charts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich.text import Text

from core.cli.tables import console
from dashboards.cells import bar, money, new_table, percent, short_id
from dashboards.commitments import Commitments
from dashboards.explore import Explored

SPARKS = "▁▂▃▄▅▆▇█"


def print_explored(found: Explored) -> None:
    """Print the table, a spark for each line."""
    out = console()
    unit = found.unit or found.currency
    what = found.metric.replace("_", " ")
    table = new_table(
        f"{what.capitalize()}, {unit}, {found.start} to {found.end}, by {found.grain}"
    )
    names = ["", *(["", ""] if found.series else [])]
    for name in names:
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    is_compared = found.compare is not None and found.compare.is_covered
    for name in ("total", *(("before", "change", "%") if is_compared else ())):
        table.add_column(name, justify="right")
    top = max((abs(line.total) for line in found.series), default=Decimal(0))
    for line in found.series:
        label = " / ".join(key.label for key in line.keys)
        table.add_row(label, Text(bar(line.total, top), style="cyan"), spark(line.values),
                      *numbers(line, is_compared))  # fmt: skip
    ends = ["", spark(found.totals.values)] if found.series else []
    table.add_row("Total", *ends, *numbers(found.totals, is_compared), style="bold")
    out.print(table)
    if not found.series:
        print_buckets(found)
    if found.compare and not is_compared:
        out.print(f"no comparison: the data do not cover {found.compare.start} to "
                  f"{found.compare.end}", style="yellow")  # fmt: skip
    if found.compare and is_compared and found.compare.own_end < found.end:
        out.print(f"compared: the complete days {found.start} to {found.compare.own_end} with "
                  f"{found.compare.start} to {found.compare.end}", style="yellow")  # fmt: skip
    if any(bucket.is_partial for bucket in found.buckets):
        out.print("the period holds days that are not complete yet, or cuts a bucket", style="dim")


def print_buckets(found: Explored) -> None:
    """Print one bar for each bucket."""
    table = new_table(f"By {found.grain}")
    table.add_column("")
    table.add_column("")
    table.add_column("", justify="right")
    top = max(map(abs, found.totals.values), default=Decimal(0))
    for bucket, value in zip(found.buckets, found.totals.values, strict=True):
        mark = " *" if bucket.is_partial else ""
        table.add_row(f"{bucket.start}{mark}", Text(bar(value, top), style="cyan"), money(value))
    console().print(table)


def numbers(line: Any, is_compared: bool) -> list[Any]:
    """Return the cells of a total and, where there is one, of its comparison."""
    if not is_compared or line.before is None:
        return [money(line.total), *([""] * 3 if is_compared else [])]
    style = "red" if line.change > 0 else "green" if line.change < 0 else ""
    return [
        money(line.total),
        money(line.before),
        Text(money(line.change, sign=True), style=style),
        Text(percent(line.change_ratio, sign=True), style=style),
    ]


def spark(values: Sequence[Decimal]) -> str:
    """Return a line of bars as high as the values; below zero is the lowest.

    >>> spark([Decimal(0), Decimal(5), Decimal(10)])
    '▁▄█'
    """
    top = max(values, default=Decimal(0))
    if top <= 0:
        return SPARKS[0] * len(values)
    return "".join(SPARKS[int(max(value, Decimal(0)) / top * 7)] for value in values)


def print_commitments(found: Commitments) -> None:
    """Print the months, then each commitment of the last one."""
    out = console()
    table = new_table(f"Commitments by month, {found.currency}")
    for name in ("month", "coverage", "used", "saved", "unused", "net savings"):
        table.add_column(name, justify="left" if name == "month" else "right")
    for month in found.months:
        table.add_row(
            f"{month.month:%Y-%m}{' *' if month.is_partial else ''}",
            percent(month.coverage),
            percent(month.utilisation),
            percent(month.savings_rate),
            money(month.unused_cost),
            money(month.net_savings),
        )
    out.print(table)
    table = new_table(f"Each commitment, {found.month:%Y-%m}, effective {found.currency}")
    for name in ("commitment", "type", "", "used %", "used", "unused", "net savings", "days left"):
        table.add_column(name, justify="left" if name in ("commitment", "type", "") else "right")
    for one in found.commitments:
        table.add_row(
            short_id(one.key.label),
            one.type or "",
            Text(bar(Decimal(one.utilisation or 0), Decimal(1)), style="cyan"),
            percent(one.utilisation),
            money(one.used_cost),
            money(one.unused_cost),
            Text(money(one.net_savings), style="red" if one.is_loss else "green"),
            "" if one.days_left is None else str(one.days_left),
        )
    out.print(table)
