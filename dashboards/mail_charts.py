"""Charts of a mailed report as SVG: stacked bars, lines, and bridges from one amount to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from dashboards.mail_axes import (
    HEIGHT,
    Plane,
    Value,
    colour,
    grid,
    hatched,
    hatching,
    keys,
    labels,
    picture,
    scale,
)

BELOW = "Every figure stands in the table below."


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Values of some lines by buckets of time."""

    title: str
    """No two charts of a file have the same."""
    names: Sequence[str]
    partial: Sequence[bool]
    """Which buckets are not complete, or cut by the period."""
    lines: Sequence[tuple[str, Sequence[Value | None]]]
    write: Callable[[Value], str]
    """How a value is told."""
    tick: Callable[[float], str]
    """How the scale tells one."""

    @property
    def about(self) -> str:
        """What the picture shows, in words."""
        count, ends = len(self.names), f"{self.names[0]} to {self.names[-1]}" if self.names else ""
        cut = " Hatched: not complete." if any(self.partial) else ""
        return f"{count} periods, {ends}, of {len(self.lines)} series.{cut} {BELOW}"


def stacked(chart: Chart, before: Sequence[Decimal] = ()) -> str:
    """Return stacked bars: above zero what costs, below it what is credited.

    Args:
        chart: Amounts, none of them missing.
        before: Totals of an earlier period, drawn as one dashed line.
    """
    columns = [
        [Decimal(values[n] or 0) for _, values in chart.lines] for n in range(len(chart.names))
    ]
    ups = [sum((max(v, Decimal(0)) for v in column), Decimal(0)) for column in columns]
    downs = [sum((min(v, Decimal(0)) for v in column), Decimal(0)) for column in columns]
    plane = Plane.of(
        min([*downs, *before], default=Decimal(0)),
        max([*ups, *before], default=Decimal(0)),
        len(columns),
    )
    marks = [hatching(chart.title), *grid(plane, chart.tick)]
    for n, column in enumerate(columns):
        up = down = Decimal(0)
        for place, value in enumerate(column):
            if not value:
                continue
            low, high = (up, up + value) if value > 0 else (down + value, down)
            up, down = max(up, high), min(down, low)
            told = f"{chart.lines[place][0]}, {chart.names[n]}: {chart.write(value)}"
            marks.append(
                f'<rect class="{colour(place)}" {plane.box(n, low, high)}>'
                f"<title>{escape(told)}</title></rect>"
            )
        if chart.partial[n]:
            marks.append(hatched(chart.title, plane.box(n, down, up)))
    if before:
        marks.append(f'<path class="before" d="{way(plane, before)}"/>')
    return drawn(chart, plane, marks)


def lined(chart: Chart) -> str:
    """Return a line for each series; a value that is missing leaves a gap."""
    known = [float(v) for _, values in chart.lines for v in values if v is not None]
    plane = Plane.of(min([*known, 0.0]), max([*known, 0.0]), len(chart.names))
    marks = [hatching(chart.title, behind=True)]
    marks += [
        hatched(chart.title, plane.box(n, plane.low, plane.high))
        for n, is_partial in enumerate(chart.partial)
        if is_partial
    ]
    marks += grid(plane, chart.tick)
    for place, (label, values) in enumerate(chart.lines):
        marks.append(f'<path class="line {colour(place)}" d="{way(plane, values)}"/>')
        marks += [
            f'<circle class="{colour(place)}" cx="{plane.middle(n):.2f}" '
            f'cy="{plane.y(value):.2f}" r="3"><title>'
            f"{escape(f'{label}, {chart.names[n]}: {chart.write(value)}')}</title></circle>"
            for n, value in enumerate(values)
            if value is not None
        ]
    return drawn(chart, plane, marks)


def drawn(chart: Chart, plane: Plane, marks: Sequence[str]) -> str:
    """Return the picture with the names of its buckets and what its colours mean."""
    named = [*marks, *labels(plane, chart.names)]
    return picture(chart.title, chart.about, len(chart.names), named) + keys(
        [label for label, _ in chart.lines]
    )


def way(plane: Plane, values: Sequence[Value | None]) -> str:
    """Return the path through values; it begins anew after one that is missing."""
    parts, is_begun = [], False
    for n, value in enumerate(values):
        if value is not None:
            parts.append(f"{'L' if is_begun else 'M'}{plane.middle(n):.2f} {plane.y(value):.2f}")
        is_begun = value is not None
    return "".join(parts)


def bridge(
    title: str,
    first: tuple[str, Decimal],
    steps: Sequence[tuple[str, Decimal]],
    last: tuple[str, Decimal],
    write: Callable[[Decimal, bool], str],
) -> str:
    """Return the way from one amount to another, step by step.

    Args:
        title: No two charts of a file have the same.
        first: What it begins with.
        steps: What is added, in order.
        last: What they lead to.
        write: How an amount is told, with a plus where it is one that is added.
    """
    spans = [(Decimal(0), first[1])]
    level = first[1]
    for _, amount in steps:
        spans.append((level, level + amount))
        level += amount
    spans.append((Decimal(0), last[1]))
    base, high = reach(spans)
    plane = Plane.of(base, high, len(spans))
    marks = grid(plane, lambda value: write(Decimal(str(value)), False))
    for n, (label, amount) in enumerate([first, *steps, last]):
        is_step = 0 < n < len(spans) - 1
        start, end = max(spans[n][0], base), spans[n][1]
        low, high = min(start, end), max(start, end)
        kind = ("up" if amount > 0 else "down") if is_step else colour(0)
        told = write(amount, is_step)
        marks.append(
            f'<rect class="{kind}" {plane.box(n, low, high)}>'
            f"<title>{escape(f'{label}: {told}')}</title></rect>"
            f'<text x="{plane.middle(n):.1f}" y="{max(plane.y(high) - 4, 10):.1f}" '
            f'text-anchor="middle">{escape(told)}</text>'
            f'<text x="{plane.middle(n):.1f}" y="{HEIGHT + 16:.0f}" text-anchor="middle">'
            f"{escape(label)}</text>"
        )
    begins = f" Bars begin at {write(base, False)}, not at zero." if base > 0 else ""
    about = f"From {first[0]} to {last[0]} in {len(steps)} steps.{begins} {BELOW}"
    shown = f"<p>{escape(begins.strip())}</p>" if begins else ""
    return picture(title, about, len(spans), marks) + shown


def reach(spans: Sequence[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    """Return where a bridge begins and ends: above zero where its steps would be too flat to see.

    >>> reach([(Decimal(0), Decimal(900)), (Decimal(900), Decimal(1000)),
    ...        (Decimal(0), Decimal(1000))])
    (Decimal('850'), Decimal('1000'))
    >>> reach([(Decimal(0), Decimal(100)), (Decimal(100), Decimal(40)), (Decimal(0), Decimal(40))])
    (Decimal('0'), Decimal('100'))
    """
    ends = [end for _, end in spans]
    low, high = min(ends), max(ends)
    if low <= (high - low) * 2:
        return min(low, Decimal(0)), max(high, Decimal(0))
    base = low - (high - low or high) / 2
    round_to = Decimal(round(scale(0.0, float(high - base))[1] / 10) or 1)
    return base // round_to * round_to, high
