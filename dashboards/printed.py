"""The explorer on the terminal: a table with Unicode charts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rich.text import Text

from core.cli.tables import console
from dashboards.blocks import bar, marks, spark
from dashboards.cells import money, new_table, percent
from dashboards.explore import Explored
from dashboards.printed_parts import print_below

CUT = "* not complete yet, or cut by the period"


def print_explored(found: Explored) -> None:
    """Print the table, a spark for each line."""
    out = console()
    unit = found.unit or found.currency
    what = found.metric.replace("_", " ")
    table = new_table(
        f"{what.capitalize()}, {unit}, {found.start} to {found.end}, by {found.grain}"
    )
    stars = Text(marks(bucket.is_partial for bucket in found.buckets))
    for name in ("", "", stars) if found.series else ("",):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    is_compared = found.compare is not None and found.compare.is_covered
    for name in ("total", *(("before", "change", "%") if is_compared else ())):
        table.add_column(name, justify="right")
    sums = [line.total for line in found.series]
    high, low = max(sums, default=Decimal(0)), min(sums, default=Decimal(0))
    for line in found.series:
        label = " / ".join(key.label for key in line.keys)
        table.add_row(label, Text(bar(line.total, high, low), style="cyan"), spark(line.values),
                      *numbers(line, is_compared))  # fmt: skip
    ends = ["", spark(found.totals.values)] if found.series else []
    table.add_row("Total", *ends, *numbers(found.totals, is_compared), style="bold")
    out.print(table)
    if found.series:
        print_below(out, [found.totals.values, *(line.values for line in found.series)])
    else:
        print_buckets(found)
    if found.compare and not is_compared:
        out.print(f"no comparison: the data do not cover {found.compare.start} to "
                  f"{found.compare.end}", style="yellow")  # fmt: skip
    if found.compare and is_compared and found.compare.own_end < found.end:
        out.print(f"compared: the complete days {found.start} to {found.compare.own_end} with "
                  f"{found.compare.start} to {found.compare.end}", style="yellow")  # fmt: skip
    if any(bucket.is_partial for bucket in found.buckets):
        out.print(CUT, style="dim")


def print_buckets(found: Explored) -> None:
    """Print one bar for each bucket."""
    table = new_table(f"By {found.grain}")
    table.add_column("")
    table.add_column("")
    table.add_column("", justify="right")
    sums = found.totals.values
    high, low = max(sums, default=Decimal(0)), min(sums, default=Decimal(0))
    for bucket, value in zip(found.buckets, sums, strict=True):
        mark = " *" if bucket.is_partial else ""
        table.add_row(f"{bucket.start}{mark}", Text(bar(value, high, low), style="cyan"),
                      money(value))  # fmt: skip
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
