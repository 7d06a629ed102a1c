"""A view of the explorer as one file to mail."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from dashboards.explore import Explored, Numbers
from dashboards.generations import Generation
from dashboards.mail import (
    figures,
    money,
    note,
    page,
    provenance,
    ratio,
    section,
    table,
    text,
    tick,
    written,
)
from dashboards.mail_charts import Chart, stacked
from dashboards.question import TopQuestion


def explore_page(found: Explored, asked: TopQuestion, generation: Generation) -> str:
    """Return what was asked, the chart and the table."""
    what = found.metric.replace("_", " ").capitalize()
    unit = found.unit or found.currency
    currency = "" if found.unit else found.currency
    is_compared = found.compare is not None and found.compare.is_covered
    heads = ("Total", "Before", "Change", "%") if is_compared else ("Total",)
    rows = [
        text(" / ".join(key.label for key in row.keys)) + compared(row, currency, is_compared)
        for row in found.rows
        if row.keys
    ]
    total = text("Total") + compared(found.totals, currency, is_compared)
    left_out = f"And {found.rows_left_out:,} more, which the total counts."
    return page(
        f"{what}, {found.start} to {found.end}",
        provenance(unit, generation),
        question(found, asked),
        chart_part(found, f"{what} by {found.grain}, {unit}", currency),
        section(
            "All groups" if rows else "Total",
            table("All groups", ("", *heads), [*rows, total], len(heads)),
            note(left_out) if found.rows_left_out else "",
        ),
    )


def chart_part(found: Explored, title: str, currency: str) -> str:
    """Return the bars of each bucket with their figures, and the period before where it fits.

    An earlier period is drawn where it has as many buckets.
    """
    groups = [(" / ".join(key.label for key in one.keys), one.values) for one in found.series]
    chart = Chart(
        title=title,
        names=[f"{one.start:%d %b %y}" for one in found.buckets],
        partial=[one.is_partial for one in found.buckets],
        lines=groups or [("Total", found.totals.values)],
        write=lambda value: written(Decimal(value), currency),
        tick=lambda value: tick(value, currency),
    )
    former: Sequence[Decimal] = found.totals.before_values or ()
    before = former if len(former) == len(found.buckets) else ()
    lines = [*chart.lines, *([("Total", found.totals.values)] if groups else []),
             *([("Before", before)] if before else [])]  # fmt: skip
    listed = Chart(title=title, names=chart.names, partial=chart.partial, lines=lines,
                   write=chart.write, tick=chart.tick)  # fmt: skip
    return section(
        title,
        stacked(chart, before),
        note("Dashed: the total of the period compared with.") if before else "",
        figures(listed, lambda value: money(value, currency)),
    )


def compared(row: Numbers, currency: str, is_compared: bool) -> str:
    """Return the cells of a total, and of its comparison where there is one."""
    cells = money(row.total, currency)
    if not is_compared:
        return cells
    change = money(row.change, currency, sign=True) + ratio(row.change_ratio, sign=True)
    return cells + money(row.before, currency) + change


def question(found: Explored, asked: TopQuestion) -> str:
    """Return what was grouped, filtered and compared, in words."""
    said = [f"Grouped by {', '.join(asked.group)}."] if asked.group else []
    said += [f"Only {', '.join(asked.filter)}."] if asked.filter else ["All charges."]
    if found.compare:
        period = f"{found.compare.start} to {found.compare.end}"
        said.append(
            f"Compared with {period}."
            if found.compare.is_covered
            else f"Not compared: the data do not cover {period}."
        )
    return f"<p>{escape(' '.join(said))} Ends of periods are exclusive.</p>"
