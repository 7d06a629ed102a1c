"""Reports as one HTML file: no script, no font, no picture from elsewhere.

What the pages of a report share: the frame, sections, tables, cells, tiles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any

from dashboards.answers import Change, digits
from dashboards.cells import points, unsigned_zero
from dashboards.generations import Generation
from dashboards.mail_charts import Chart
from dashboards.mail_style import STYLE
from dashboards.tiles import Tile

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "INR": "₹"}
"""Of currencies that no other shares; all others go by their code."""
TIGHT = 9
"""A table of more columns is written smaller."""
NOTHING_ELSE = "default-src 'none'; style-src 'unsafe-inline'"
"""What the file may load: its own style, and nothing from anywhere."""


def page(title: str, provenance: str, *parts: str) -> str:
    """Return a whole file."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{NOTHING_ELSE}">'
        f'<title>{escape(title)}</title><meta name="viewport" content="width=device-width">'
        f"<style>{STYLE}</style></head><body><main><h1>{escape(title)}</h1>"
        f"<p>{escape(provenance)}</p>{''.join(parts)}</main></body></html>\n"
    )


def provenance(unit: str, generation: Generation) -> str:
    return (
        f"{unit}. From the state published {generation.published_at:%Y-%m-%d %H:%M} UTC; "
        "hover over an amount for all its digits."
    )


def section(title: str, *parts: str) -> str:
    return f"<h3>{escape(title)}</h3>{''.join(parts)}"


def note(words: str) -> str:
    return f"<p>{escape(words)}</p>"


def written(value: Decimal, currency: str, *, places: int = 2, sign: bool = False) -> str:
    """Return an amount with its currency's symbol or code; a quantity where there is none.

    >>> written(Decimal("-1234.5"), "USD"), written(Decimal(3), "EUR", places=0, sign=True)
    ('-$1,234.50', '+€3')
    >>> written(Decimal("7"), "CHF", places=0) == "CHF\\N{NO-BREAK SPACE}7"
    True
    """
    number = unsigned_zero(f"{value:{'+' if sign else ''},.{places}f}")
    mark = number[0] if number[0] in "+-" else ""
    return f"{mark}{prefix(currency)}{number.removeprefix(mark)}"


def brief(value: Decimal, currency: str, *, sign: bool = False) -> str:
    """Return an amount for tiles and charts: whole from 100 on, else to the cent.

    >>> brief(Decimal("99.994"), "USD"), brief(Decimal("1234.56"), "USD"), brief(Decimal(0), "USD")
    ('$99.99', '$1,235', '$0')
    """
    places = 2 if value and abs(value) < Decimal("99.995") else 0
    return written(value, currency, places=places, sign=sign)


def tick(value: float, currency: str) -> str:
    """Return an amount of a scale, with as many places as it has.

    >>> tick(-200.0, "USD"), tick(0.5, "EUR"), tick(0.002, "")
    ('-$200', '€0.50', '0.002000')
    """
    places = 0 if value == int(value) else 2 if abs(value) >= 0.01 else 6
    return written(Decimal(str(value)), currency, places=places)


def prefix(currency: str) -> str:
    """Return what stands before an amount; nothing where it is in no currency."""
    code = f"{currency}\N{NO-BREAK SPACE}" if re.fullmatch("[A-Z]{3}", currency) else ""
    return SYMBOLS.get(currency, code)


def full(value: Decimal, currency: str) -> str:
    """Return every digit, and what it is of."""
    return f"{currency} {digits(value)}".strip()


def money(value: Decimal | None, currency: str, *, sign: bool = False) -> str:
    """Return a cell with the amount to the cent, and with every digit where one points at it."""
    if value is None:
        return '<td class="n"></td>'
    shown = written(value, currency, sign=sign)
    return f'<td class="n" title="{escape(full(value, currency))}">{shown}</td>'


def ratio(value: float | None, *, sign: bool = False) -> str:
    return number("" if value is None else share(value, sign=sign))


def share(value: float | Decimal, *, sign: bool = False) -> str:
    """Return a ratio as percent with one place."""
    return unsigned_zero(f"{value * 100:+.1f}" if sign else f"{value * 100:.1f}") + "%"


def text(value: object) -> str:
    return f"<td>{escape(str(value))}</td>"


def long(value: str, about: str = "") -> str:
    """Return a cell of an id or a name without spaces, which may break anywhere."""
    title = f' title="{escape(about)}"' if about else ""
    return f'<td class="id"{title}>{escape(value)}</td>'


def when(month: date, *, is_partial: bool = False) -> str:
    """Return a cell with a month, marked where it is not complete."""
    return f'<td class="when">{month:%Y-%m}{" *" if is_partial else ""}</td>'


def number(words: object) -> str:
    return f'<td class="n">{escape(str(words))}</td>'


def changes(row: Change, currency: str) -> str:
    """Return the cells of a cost beside the one before; what had none before is new."""
    is_new = row.before is not None and not row.before and row.cost
    moved = number("new") if is_new else ratio(row.change_ratio, sign=True)
    return (
        money(row.cost, currency) + money(row.before, currency)
        + money(row.change, currency, sign=True) + moved
    )  # fmt: skip


CHANGES = ("Now", "Before", "Change", "%")
"""The heads of `changes`."""


def table(about: str, heads: Sequence[str], rows: Sequence[str], numbers: int) -> str:
    """Return a table; the last `numbers` columns are of numbers. A narrow window scrolls it."""
    first = len(heads) - numbers
    cells = "".join(
        f'<th scope="col"{" class=n" if place >= first else ""}>{escape(head)}</th>'
        for place, head in enumerate(heads)
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    tight = " tight" if len(heads) > TIGHT else ""
    return (
        f'<div class="wide{tight}" role="region" tabindex="0" aria-label="{escape(about)}">'
        f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def listed(
    title: str, heads: Sequence[str], rows: Sequence[str], numbers: int, *, none: str, more: int = 0
) -> str:
    """Return a section with a table, or with what its emptiness means.

    Args:
        none: What to say where there are no rows.
        more: How many the answer leaves out.
    """
    if not rows:
        return section(title, note(none))
    cut = note(f"And {more:,} more.") if more else ""
    return section(title, table(title, heads, rows, numbers), cut)


def figures(chart: Chart, cell: Callable[[Any], str]) -> str:
    """Return every figure of a chart, folded away: a line for each bucket."""
    rows = [
        text(name + (" *" if chart.partial[n] else ""))
        + "".join(cell(values[n]) for _, values in chart.lines)
        for n, name in enumerate(chart.names)
    ]
    heads = ("", *(label for label, _ in chart.lines))
    about = f"Figures of: {chart.title}"
    body = table(about, heads, rows, len(chart.lines))
    return f"<details><summary>Figures of this chart</summary>{body}</details>"


def tiles(found: Sequence[Tile], currency: str) -> str:
    """Return the tiles with what they are compared with."""
    return '<div class="tiles">' + "".join(tile(one, currency) for one in found) + "</div>"


def tile(one: Tile, currency: str) -> str:
    """Return one tile: value, change, and what it was; all digits and the formula on hover."""
    shown = "–" if one.value is None else figure(one, one.value, currency)
    was = (
        ""
        if one.before is None
        else f"<span>was {figure(one, one.before, currency)}, {escape(one.against)}</span>"
    )
    exact = f"{full(one.value, currency)}. " if isinstance(one.value, Decimal) else ""
    about = escape(f"{exact}{one.description} = {one.formula}")
    return (
        f'<div class="tile" title="{about}">{escape(one.label)}<b>{shown}</b>'
        f"{change(one, currency)}{was}</div>"
    )


def figure(one: Tile, value: Any, currency: str) -> str:
    return share(value) if one.unit == "ratio" else brief(value, currency)


def change(one: Tile, currency: str) -> str:
    """Return a tile's change: points of a ratio, an amount and percent of a cost."""
    if one.change is None:
        return ""
    if one.unit == "ratio":
        words = points(one.change)
    else:
        percent = "" if one.change_ratio is None else f" ({share(one.change_ratio, sign=True)})"
        words = brief(Decimal(one.change), currency, sign=True) + percent
    is_told = abs(float(one.change)) >= (0.0005 if one.unit == "ratio" else 0.005)
    is_better = (one.change > 0) == (one.better == "higher")
    tone = f' class="{"good" if is_better else "bad"}"'
    return f"<span{tone if is_told and one.better != 'neutral' else ''}>{words}</span>"
