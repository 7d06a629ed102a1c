"""What the demo bill holds: how many rows, which months, which basis."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

TAG_KEYS = ("team", "env", "CostCenter", "Name", "aws:createdBy")
"""The tag keys activated in the demo's billing console, as a user would write them."""

BASE_ROWS_PER_MONTH = {"hour": 239_000, "day": 13_100, "month": 460}
"""Rows a month when every resource stands for one whole unit of capacity, by length of a slot."""


@dataclass(frozen=True, kw_only=True)
class DemoPlan:
    """The size and shape of a demo bill; equal plans give equal bills."""

    rows: int = 170_000
    """Rows in all months together, roughly; more of them are smaller, the total stays."""

    months: int = 13
    """Number of billing months."""

    last_period: str = "2026-06"
    """Last billing month, YYYY-MM. Its invoice is still open."""

    last_day: int | None = None
    """Last day of the open month that has data; the whole month when empty."""

    seed: int = 1
    """Another seed gives other noise, ids and tag gaps for the same company."""

    net: bool = False
    """Put the negotiated discount into net_ columns instead of charging it as rows only."""

    china: bool = False
    """Add a second payer that pays in CNY."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", self.last_period):
            raise ValueError(f"last_period must be YYYY-MM, not {self.last_period!r}")
        if self.months < 1 or self.rows < 1:
            raise ValueError("a demo bill needs at least one month and one row")

    @property
    def periods(self) -> list[str]:
        """The billing months, oldest first, as YYYY-MM."""
        return [self._period(n) for n in range(1 - self.months, 1)]

    @property
    def restated_period(self) -> str:
        """The month that AWS corrects later: the last one with an invoice."""
        return self._period(-1 if self.months > 1 else 0)

    @property
    def grain(self) -> str:
        """The finest slot, hour, day or month, that fits into the wanted rows."""
        wanted = self.rows / self.months
        return next(
            (g for g, rows in BASE_ROWS_PER_MONTH.items() if rows <= wanted * 1.25), "month"
        )

    @property
    def scale(self) -> float:
        """How many resources share the work of one."""
        return max(1.0, self.rows / self.months / BASE_ROWS_PER_MONTH[self.grain])

    def month(self, period: str, version: int) -> Month:
        """The limits of one billing month of this plan."""
        start = datetime.strptime(period, "%Y-%m")
        end = _next_month(start)
        number = self._number(period)
        data_end = end
        if number == 0 and self.last_day:
            data_end = min(end, start + timedelta(days=self.last_day))
        return Month(period, start, end, data_end, number, version)

    def execution_id(self, export: str, period: str, version: int) -> str:
        """The id AWS gives one delivery of one month; stable for a plan."""
        text = f"{self!r}/{export}/{period}/{version}"
        digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        return "-".join(
            (digest[:8], digest[8:12], "4" + digest[13:16], "a" + digest[17:20], digest[20:])
        )

    def _number(self, period: str) -> int:
        year, month = map(int, period.split("-"))
        last_year, last_month = map(int, self.last_period.split("-"))
        return (year - last_year) * 12 + month - last_month

    def _period(self, number: int) -> str:
        year, month = map(int, self.last_period.split("-"))
        months = year * 12 + month - 1 + number
        return f"{months // 12:04d}-{months % 12 + 1:02d}"


@dataclass(frozen=True)
class Month:
    """One billing month; ends are exclusive."""

    period: str
    start: datetime
    end: datetime
    data_end: datetime
    number: int
    """Months from the plan's last one: 0 is the open month, -1 the one before."""
    version: int

    @property
    def open(self) -> bool:
        """Whether AWS has not issued the invoice yet."""
        return self.number == 0

    @property
    def delivered(self) -> datetime:
        """When this version was written: days after the month ended, or while it runs."""
        return self.data_end + timedelta(
            days=3 * self.version, hours=5, minutes=24, seconds=15, milliseconds=653
        )


def _next_month(start: datetime) -> datetime:
    return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)


def months(plan: DemoPlan, *, restated: bool) -> Iterator[Month]:
    """The months to write: all of them, or the corrected one alone."""
    if restated:
        yield plan.month(plan.restated_period, version=2)
        return
    for period in plan.periods:
        yield plan.month(period, version=1)
