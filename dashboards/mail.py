"""Reports as one HTML file: no script, no font, no picture from elsewhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import Any

from dashboards.answers import digits
from dashboards.cells import money as amount
from dashboards.cells import unsigned_zero
from dashboards.commitments import Commitments
from dashboards.explore import Explored, Numbers
from dashboards.generations import Generation
from dashboards.overview import Overview
from dashboards.question import TopQuestion
from dashboards.tiles import Tile

COLOURS = (
    "#3b5bdb", "#c2814a", "#4a978c", "#6b2157", "#8a6d00", "#9b85e0", "#1f4d0f", "#0b4f80",
    "#934a4a", "#868e96",
)  # fmt: skip
STYLE = """
:root { color-scheme: light dark; --ink: #1b1f27; --dim: #59616e; --line: #d9dde3;
  --page: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebf0; --dim: #a3abb8; --line: #363c47; --page: #14171c; } }
body { background: var(--page); color: var(--ink); font: 14px/1.45 system-ui, sans-serif;
  margin: 2rem auto; max-width: 62rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { color: var(--dim); margin: .25rem 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .5rem; text-align: left; }
th { color: var(--dim); font-weight: 500; } .n { text-align: right; white-space: nowrap; }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; }
.tile { border: 1px solid var(--line); border-radius: .5rem; min-width: 9rem; padding: .6rem; }
.tile b { display: block; font-size: 1.25rem; } .tile span { color: var(--dim); }
.key { border-radius: 2px; display: inline-block; height: .7rem; margin-right: .4rem;
  width: .7rem; }
svg { height: auto; width: 100%; } svg text { fill: var(--dim); font-size: 11px; }
"""


def page(title: str, provenance: str, *parts: str) -> str:
    """Return a whole file."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        '</title><meta name="viewport" content="width=device-width">'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"<p>{escape(provenance)}</p>{''.join(parts)}</body></html>\n"
    )


def provenance(currency: str, generation: Generation) -> str:
    return (
        f"{currency}. From the state published {generation.published_at:%Y-%m-%d %H:%M} UTC; "
        "hover over an amount for all its digits."
    )


def section(title: str, body: str) -> str:
    return f"<h2>{escape(title)}</h2>{body}"


def money(value: Decimal | None) -> str:
    """Return a cell with the amount to the cent, and with every digit where one points at it."""
    if value is None:
        return '<td class="n"></td>'
    return f'<td class="n" title="{digits(value)}">{unsigned_zero(f"{value:,.2f}")}</td>'


def ratio(value: float | None) -> str:
    return f'<td class="n">{"" if value is None else share(value)}</td>'


def share(value: float | Decimal) -> str:
    return unsigned_zero(f"{value * 100:.1f}") + "%"


def text(value: object) -> str:
    return f"<td>{escape(str(value))}</td>"


def table(heads: Sequence[str], rows: Sequence[str], numbers: int) -> str:
    """Return a table; the last `numbers` columns are of numbers."""
    first = len(heads) - numbers
    cells = "".join(
        f"<th{' class=n' if place >= first else ''}>{escape(head)}</th>"
        for place, head in enumerate(heads)
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def tiles(found: Sequence[Tile]) -> str:
    """Return the tiles with what they are compared with."""
    return '<div class="tiles">' + "".join(tile(one) for one in found) + "</div>"


def tile(one: Tile) -> str:
    shown, before = (figure(one, value) for value in (one.value, one.before))
    was = f"<span>was {before}</span>" if before else ""
    return (
        f'<div class="tile" title="{escape(one.description)}">{escape(one.label)}'
        f"<b>{shown}</b>{was}</div>"
    )


def figure(one: Tile, value: Any) -> str:
    if value is None:
        return ""
    return share(value) if one.unit == "ratio" else amount(value)


def bars(names: Sequence[str], lines: Sequence[tuple[str, Sequence[Decimal]]], title: str) -> str:
    """Return stacked bars as a picture, and what its colours mean. Amounts below zero are left
    out of the picture; the table below it has them."""
    width, height, foot, margin = 900.0, 220.0, 24.0, 70.0
    sums = [
        sum((max(values[n], Decimal(0)) for _, values in lines), Decimal(0))
        for n in range(len(names))
    ]
    top = float(max(sums, default=Decimal(0))) or 1.0
    step = width / max(len(names), 1)
    every = max(1, len(names) // 13)
    marks = []
    places = 0 if top >= 5 else 6
    for value in scale(top):
        level = height - value / top * (height - 10)
        marks.append(
            f'<text class="scale" x="-6" y="{level + 4:.1f}" text-anchor="end">'
            f"{value:,.{places}f}</text>"
            f'<path d="M0 {level:.1f}H{width:.0f}" stroke="var(--line)"/>'
        )
    for n, name in enumerate(names):
        level = height
        for place, (label, values) in enumerate(lines):
            tall = max(float(values[n]), 0.0) / top * (height - 10)
            level -= tall
            marks.append(
                f'<rect x="{n * step + step * 0.15:.1f}" y="{level:.1f}" '
                f'width="{step * 0.7:.1f}" height="{tall:.1f}" fill="{colour(place)}">'
                f"<title>{escape(label)}, {escape(name)}: {values[n]:,.2f}</title></rect>"
            )
        if n % every == 0:
            marks.append(f'<text x="{n * step + step * 0.15:.1f}" y="{height + 16}">{name}</text>')
    keys = "".join(
        f'<span style="margin-right:1rem"><i class="key" style="background:{colour(place)}"></i>'
        f"{escape(label)}</span>"
        for place, (label, _) in enumerate(lines)
    )
    return (
        f'<svg viewBox="{-margin:.0f} 0 {width + margin:.0f} {height + foot:.0f}" role="img" '
        f'aria-label="{escape(title)}">{"".join(marks)}</svg><p>{keys}</p>'
    )


def scale(top: float) -> list[float]:
    """Return the values to mark: 0 and up to five round ones.

    >>> scale(730.0)
    [0.0, 200.0, 400.0, 600.0]
    """
    power = 10.0 ** math.floor(math.log10(top))
    step = next(one for one in (power / 5, power / 2, power, power * 2) if top / one < 6)
    return [n * step for n in range(int(top / step) + 1)]


def colour(place: int) -> str:
    return COLOURS[place % len(COLOURS)]


def overview_page(found: Overview, generation: Generation) -> str:
    """Return the overview of a month."""
    title = f"Cloud costs, {found.month:%B %Y}"
    stack = [(line.key.label, line.values) for line in found.stack.series]
    months = [f"{one.month:%b %y}" for one in found.stack.months]
    changes = ("Now", "Before", "Change")
    movers = [
        text(m.service.label) + text(m.account.label) + money(m.cost) + money(m.before)
        + money(m.change)
        for m in found.movers
    ]  # fmt: skip
    leaders = [
        section(name, table(("", *changes), [
            text(row.key.label) + money(row.cost) + money(row.before) + money(row.change)
            for row in rows
        ], 3))
        for name, rows in (("Services", found.services), ("Accounts", found.accounts))
    ]  # fmt: skip
    steps = [text(step.label) + money(step.amount) for step in found.drivers.steps]
    chart = f"Effective cost by month and {found.stack.label.lower()}"
    return page(
        title,
        provenance(found.currency, generation),
        section("Key figures", tiles(found.tiles)),
        section(chart, bars(months, stack, chart)),
        section(
            f"What changed since {found.compared_month:%B %Y}, by cause",
            table(("Cause", "Change"), steps, 1),
        ),
        section("Top movers", table(("Service", "Account", *changes), movers, 3)),
        *leaders,
    )


def explore_page(found: Explored, asked: TopQuestion, generation: Generation) -> str:
    """Return a view of the explorer: what was asked, chart and table."""
    what = found.metric.replace("_", " ").capitalize()
    title = f"{what}, {found.start} to {found.end}"
    lines = [(" / ".join(key.label for key in one.keys), one.values) for one in found.series]
    names = [f"{one.start:%d %b %y}" for one in found.buckets]
    is_compared = found.compare is not None and found.compare.is_covered
    groups = [" / ".join(key.label for key in row.keys) for row in found.rows if row.keys]
    rows = [
        text(label) + compared(row, is_compared)
        for label, row in zip([*groups, "Total"], [*found.rows[: len(groups)], found.totals],
                              strict=True)
    ]  # fmt: skip
    heads = ("Total", "Before", "Change") if is_compared else ("Total",)
    chart = f"{what} by {found.grain}"
    return page(
        title,
        provenance(found.unit or found.currency, generation),
        question(found, asked),
        section(chart, bars(names, lines or [("Total", found.totals.values)], chart)),
        section(
            "All groups",
            table(("", *heads), rows, len(heads)),
        ),
    )


def compared(row: Numbers, is_compared: bool) -> str:
    """Return the cells of a total, and of its comparison where there is one."""
    cells = money(row.total)
    return cells + money(row.before) + money(row.change) if is_compared else cells


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


def commitments_page(found: Commitments, generation: Generation) -> str:
    """Return the commitments of a month and of those before it."""
    months = [
        text(f"{one.month:%Y-%m}") + ratio(one.coverage) + ratio(one.utilisation)
        + ratio(one.savings_rate) + money(one.unused_cost) + money(one.net_savings)
        for one in found.months
    ]  # fmt: skip
    each = [
        text(one.key.label) + text(one.type or "") + ratio(one.utilisation)
        + money(one.used_cost) + money(one.unused_cost) + money(one.net_savings)
        for one in found.commitments
    ]  # fmt: skip
    return page(
        f"Commitments, {found.month:%B %Y}",
        provenance(found.currency, generation),
        section("Key figures", tiles(found.tiles)),
        section("By month", table(
            ("Month", "Coverage", "Used", "Savings rate", "Unused", "Net savings"), months, 5)),
        section("Each commitment", table(
            ("Commitment", "Type", "Used", "Used cost", "Unused", "Net savings"), each, 4)),
    )  # fmt: skip
