"""What the demo bill holds: how many rows, which months."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.periods import next_period, parse_period, shift

DAILY = 8_500
"""Lines a month, both exports together, when each resource has a line for each day."""


@dataclass(frozen=True, kw_only=True)
class DemoPlan:
    """The size and shape of a demo bill; equal plans give equal bills."""

    rows: int = 110_000
    """Lines of both exports in all months together, roughly; the total cost stays."""

    months: int = 13
    """Number of billing months."""

    last_period: str = "2026-06"
    """Last billing month, YYYY-MM. Its invoice is still open."""

    seed: int = 1
    """Another seed gives other noise and ids for the same company."""

    def __post_init__(self) -> None:
        parse_period(self.last_period, "last_period")
        if self.months < 1 or self.rows < 1:
            raise ValueError("a demo bill needs at least one month and one line")

    @property
    def grain(self) -> str:
        """The finest slot, day or month, that fits into the wanted lines."""
        return "day" if self.rows / self.months >= DAILY * 0.8 else "month"

    @property
    def twins(self) -> int:
        """How many resources share the work of one."""
        return max(1, round(self.rows / self.months / DAILY)) if self.grain == "day" else 1

    @property
    def last_month(self) -> datetime:
        return _moment(self.last_period)

    def month(self, number: int, version: int) -> Month:
        """Return a billing month; 0 is the last one, -1 the one before."""
        first = shift(parse_period(self.last_period), number)
        end = next_period(first)
        return Month(
            start=datetime(first.year, first.month, 1),
            end=datetime(end.year, end.month, 1),
            number=number,
            version=version,
        )

    def run_id(self, export: str, month: Month) -> str:
        """The id of one run of one export; stable for a plan."""
        text = f"{self!r}/{export}/{month.start}/{month.version}"
        return str(uuid.UUID(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()))


@dataclass(frozen=True, kw_only=True)
class Month:
    """One billing month; its end is exclusive."""

    start: datetime
    end: datetime
    number: int
    version: int

    @property
    def folder(self) -> str:
        """What Cost Management calls it: its first and its last day."""
        return f"{self.start:%Y%m%d}-{self.end - timedelta(days=1):%Y%m%d}"

    @property
    def run_at(self) -> datetime:
        """When this version was exported."""
        return self.end + timedelta(days=4 * self.version, hours=5, minutes=17)


def months(plan: DemoPlan, *, restated: bool) -> Iterator[Month]:
    """The months to write: all of them, or the corrected one alone, the last with an invoice."""
    if restated:
        yield plan.month(-1 if plan.months > 1 else 0, version=2)
        return
    for number in range(1 - plan.months, 1):
        yield plan.month(number, version=1)


def _moment(period: str) -> datetime:
    first = parse_period(period)
    return datetime(first.year, first.month, 1)
