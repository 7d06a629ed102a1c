"""The plane that charts of a mailed report are drawn on: scale, names of buckets, frame."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

WIDTH, HEIGHT, HEAD, FOOT, LEFT = 900.0, 220.0, 14.0, 24.0, 70.0
FEW = 45
"""Up to so many buckets, segments are divided by a line of the page."""
LABELS = 13
Value = Decimal | float


@dataclass(frozen=True)
class Plane:
    """Where values and buckets are, in the picture's units; `low` is at the bottom."""

    low: float
    high: float
    count: int

    @classmethod
    def of(cls, low: Value, high: Value, count: int) -> Plane:
        """Return the plane from `low` to `high`; some height where both are the same."""
        return cls(float(low), float(high) if high > low else float(low) + 1.0, max(count, 1))

    @property
    def step(self) -> float:
        return WIDTH / self.count

    def y(self, value: Value) -> float:
        part = (float(value) - self.low) / (self.high - self.low)
        return HEIGHT - part * (HEIGHT - HEAD)

    def middle(self, place: int) -> float:
        """Return the middle of a bucket."""
        return (place + 0.5) * self.step

    def box(self, place: int, low: Value, high: Value) -> str:
        """Return the place of a bar, as attributes."""
        top = self.y(high)
        return (
            f'x="{(place + 0.15) * self.step:.2f}" y="{top:.2f}" '
            f'width="{self.step * 0.7:.2f}" height="{self.y(low) - top:.2f}"'
        )


def scale(low: float, high: float) -> list[float]:
    """Return the round values to mark, up to seven.

    >>> scale(0.0, 730.0)
    [0.0, 200.0, 400.0, 600.0]
    >>> scale(-120.0, 250.0)
    [-100.0, 0.0, 100.0, 200.0]
    """
    span = high - low
    power = 10.0 ** math.floor(math.log10(span))
    step = next(one for one in (power / 5, power / 2, power, power * 2) if span / one < 6)
    return [n * step for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def grid(plane: Plane, write: Callable[[float], str]) -> list[str]:
    """Return the lines of the scale with their values; zero is a stronger one."""
    marks = []
    for value in scale(plane.low, plane.high):
        level = plane.y(value)
        marks.append(
            f'<text class="scale" x="-6" y="{level + 4:.1f}" text-anchor="end">'
            f"{escape(write(value))}</text>"
            f'<path class="{"grid" if value else "zero"}" d="M0 {level:.2f}H{WIDTH:.0f}"/>'
        )
    return marks


def labels(plane: Plane, names: Sequence[str]) -> list[str]:
    """Return the names below the buckets, where there are many every so many-th."""
    every = max(1, -(-len(names) // LABELS))
    return [
        f'<text x="{plane.middle(n):.1f}" y="{HEIGHT + 16:.0f}" text-anchor="middle">'
        f"{escape(name)}</text>"
        for n, name in enumerate(names)
        if n % every == 0
    ]


def slug(title: str) -> str:
    """Return an id of the file for what belongs to a chart.

    >>> slug("Effective cost by month, USD")
    'effective-cost-by-month-usd'
    """
    return re.sub(r"\W+", "-", title.lower()).strip("-")


def hatching(title: str, *, behind: bool = False) -> str:
    """Return the pattern of a chart over bars of periods that are not complete, or behind lines."""
    name = "behind" if behind else "over"
    return (
        f'<defs><pattern id="{slug(title)}" class="{name}" width="7" height="7" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<path d="M0 0V7"/></pattern></defs>'
    )


def hatched(title: str, place: str) -> str:
    return f'<rect class="hatched" style="fill:url(#{slug(title)})" {place}/>'


def picture(title: str, about: str, count: int, marks: Sequence[str]) -> str:
    """Return a chart, named and described for who cannot see it."""
    few = ' class="few"' if count <= FEW else ""
    return (
        f'<svg{few} viewBox="{-LEFT:.0f} 0 {WIDTH + LEFT:.0f} {HEIGHT + FOOT:.0f}" role="img">'
        f"<title>{escape(title)}</title><desc>{escape(about)}</desc>{''.join(marks)}</svg>"
    )


def keys(lines: Sequence[str]) -> str:
    """Return what the colours mean."""
    shown = "".join(
        f'<span><i class="key {colour(n)}"></i>{escape(label)}</span>'
        for n, label in enumerate(lines)
    )
    return f'<p class="keys">{shown}</p>'


def colour(place: int) -> str:
    """Return the class of a series; those past the palette share the last colour.

    >>> colour(0), colour(12)
    ('s0', 's9')
    """
    return f"s{min(place, 9)}"
