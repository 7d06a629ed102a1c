"""What the demo's Google bill holds: how many rows, which invoice months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.periods import parse_period, shift

BASE_ROWS_PER_MONTH = {"hour": 80_000, "day": 3_550, "month": 125}
"""Rows a month when every resource is one, by length of a slot."""


@dataclass(frozen=True, kw_only=True)
class DemoPlan:
    """The size and shape of a demo bill; equal plans give equal bills."""

    rows: int = 46_000
    """Rows in all months together, roughly; more of them are smaller, the total stays."""

    months: int = 13
    """Number of invoice months."""

    last_period: str = "2026-06"
    """Last invoice month, YYYY-MM."""

    def __post_init__(self) -> None:
        if self.months < 1 or self.rows < 1:
            raise ValueError("a demo bill needs at least one month and one row")

    @property
    def grain(self) -> str:
        """The finest slot, hour, day or month, that fits into the wanted rows."""
        wanted = self.rows / self.months
        fitting = (g for g, rows in BASE_ROWS_PER_MONTH.items() if rows <= wanted * 1.25)
        return next(fitting, "month")

    @property
    def scale(self) -> float:
        """How many resources share the work of one."""
        return max(1.0, self.rows / self.months / BASE_ROWS_PER_MONTH[self.grain])

    def month(self, number: int) -> Month:
        """Return a month by its distance from the last one, 0 or below."""
        last = parse_period(self.last_period)
        start, end = shift(last, number), shift(last, number + 1)
        return Month(
            number=number,
            start=datetime(start.year, start.month, 1),
            end=datetime(end.year, end.month, 1),
        )

    @property
    def corrected(self) -> Month:
        """The month to which Google adds lines later: the last one that is closed."""
        return self.month(-1 if self.months > 1 else 0)

    def all_months(self) -> Iterator[Month]:
        """Yield the months, oldest first."""
        for number in range(1 - self.months, 1):
            yield self.month(number)


@dataclass(frozen=True, kw_only=True)
class Month:
    """One invoice month; the end is exclusive."""

    number: int
    """Months from the plan's last one, 0 or below."""
    start: datetime
    end: datetime
