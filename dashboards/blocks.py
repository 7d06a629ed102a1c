"""Bars and sparks of Unicode's block elements; amounts below zero are drawn below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

EIGHTHS = "▏▎▍▌▋▊▉█"
SPARKS = "▁▂▃▄▅▆▇█"
LITTLE_BELOW, FAR_BELOW = "▔", "▀"
BELOW = f"{LITTLE_BELOW} {FAR_BELOW} below zero"
"""What to say where a spark holds either."""
BAR = 20


def bar(value: Decimal, high: Decimal, low: Decimal = Decimal(0)) -> str:
    """Return a bar of at most BAR characters; no amount but zero is without one.

    Args:
        value: What is drawn.
        high: The largest value of all bars.
        low: The least. Where it is below zero, a line stands for zero, bars below are left of it.

    >>> bar(Decimal(10), high=Decimal(40)), bar(Decimal(0), high=Decimal(40))
    ('█████', '')
    >>> bar(Decimal(30), Decimal(30), Decimal(-10)), bar(Decimal(-5), Decimal(30), Decimal(-10))
    ('     │███████████████', '  ▐██│')
    """
    if low >= 0:
        return above(value, high / BAR) if high > 0 and value > 0 else ""
    high = max(high, Decimal(0))
    left = min(max(round(-low / (high - low) * BAR), 1), BAR - 1)
    unit = max(-low / left, high / (BAR - left))
    if value < 0:
        return f"{below(value, unit):>{left}}│"
    return f"{'':>{left}}│{above(value, unit) if value else ''}"


def above(value: Decimal, unit: Decimal) -> str:
    """Return a bar to the right, `unit` a character; at least an eighth of one."""
    whole, eighths = divmod(max(int(value / unit * 8), 1), 8)
    return EIGHTHS[7] * whole + (EIGHTHS[eighths - 1] if eighths else "")


def below(value: Decimal, unit: Decimal) -> str:
    """Return a bar to the left, `unit` a character; at least half of one."""
    whole, halves = divmod(max(int(-value / unit * 2), 1), 2)
    return "▐" * halves + EIGHTHS[7] * whole


def spark(values: Sequence[Decimal | float | None]) -> str:
    """Return a bar for each value; those below zero hang from the top, nothing is a space.

    >>> spark([Decimal(0), Decimal(5), Decimal(10)])
    '▁▄█'
    >>> spark([Decimal(10), Decimal(-5), Decimal(-8), None])
    '█▔▀ '
    """
    known = [None if value is None else float(value) for value in values]
    top = max((abs(value) for value in known if value is not None), default=0.0)
    return "".join(" " if value is None else column(value, top) for value in known)


def column(value: float, top: float) -> str:
    """Return the character of a value, where `top` is the size of the largest."""
    if value < 0:
        return FAR_BELOW if -value * 2 > top else LITTLE_BELOW
    return SPARKS[int(value / top * 7)] if top else SPARKS[0]


def marks(partial: Iterable[bool]) -> str:
    """Return a * over each bar of a spark that is of a period not complete.

    >>> marks([False, False, True])
    '  *'
    """
    return "".join("*" if one else " " for one in partial)
