"""Time on the charts: days, weeks, months and quarters of a period, and the period before it."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from enum import StrEnum

from pydantic import BaseModel

from core.periods import shift
from dashboards.problems import Refused

BUCKETS = 1500


class Grain(StrEnum):
    """How long a bucket is."""

    day = "day"
    week = "week"
    month = "month"
    quarter = "quarter"

    def truncated(self, column: str) -> str:
        """Return the SQL of the first day of the bucket that a date is in."""
        return f"CAST(date_trunc('{self.value}', {column}) AS DATE)"

    def floor(self, day: date) -> date:
        """Return the first day of the bucket that a date is in; weeks begin on Monday.

        >>> Grain.quarter.floor(date(2026, 6, 30))
        datetime.date(2026, 4, 1)
        """
        if self is Grain.day:
            return day
        if self is Grain.week:
            return day - timedelta(days=day.weekday())
        first = day.replace(day=1)
        return first if self is Grain.month else shift(first, -((day.month - 1) % 3))

    def after(self, first: date) -> date:
        """Return the first day of the next bucket."""
        if self is Grain.day:
            return first + timedelta(days=1)
        if self is Grain.week:
            return first + timedelta(days=7)
        return shift(first, 1 if self is Grain.month else 3)


class Bucket(BaseModel):
    """A stretch of days; at the ends of a period it may be shorter than the others."""

    start: date
    end: date
    """Exclusive."""
    is_partial: bool
    """Whether its figures still grow, or the period cuts it."""


def starts_of(start: date, end: date, grain: Grain) -> list[date]:
    """Return the first days of all buckets that a period touches.

    Raises:
        Refused: If they are more than a chart can show.
    """
    if (end - start).days > BUCKETS * {"day": 1, "week": 7, "month": 28, "quarter": 90}[grain]:
        raise Refused(
            400,
            f"{start} to {end} by {grain} is more than {BUCKETS} points",
            "Choose a shorter period, or a longer grain.",
        )
    found = [grain.floor(start)]
    while (following := grain.after(found[-1])) < end:
        found.append(following)
    return found


def buckets_of(start: date, end: date, grain: Grain, complete_until: date) -> list[Bucket]:
    """Return the buckets of a period.

    >>> [str(b.start) for b in buckets_of(date(2026, 1, 15), date(2026, 3, 1), Grain.month,
    ...                                   date(2026, 3, 1))]
    ['2026-01-15', '2026-02-01']
    """
    found = []
    for first in starts_of(start, end, grain):
        after = grain.after(first)
        is_cut = first < start or after > end
        found.append(
            Bucket(
                start=max(first, start),
                end=min(after, end),
                is_partial=is_cut or after > complete_until,
            )
        )
    return found


def period_before(start: date, end: date, *, years: bool) -> tuple[date, date]:
    """Return the period to compare with: as long and just before, or a year earlier.

    Whole months are compared with as many whole months.

    >>> period_before(date(2026, 3, 1), date(2026, 4, 1), years=False)
    (datetime.date(2026, 2, 1), datetime.date(2026, 3, 1))
    >>> period_before(date(2026, 3, 5), date(2026, 3, 8), years=False)
    (datetime.date(2026, 3, 2), datetime.date(2026, 3, 5))
    """
    if years:
        return moved(start, -12), moved(end, -12)
    months = months_of(start, end)
    return (shift(start, -months) if months else start - (end - start)), start


def months_of(start: date, end: date) -> int | None:
    """Return how many whole months a period is, None where it is not of whole months."""
    if start.day != 1 or end.day != 1:
        return None
    return (end.year - start.year) * 12 + end.month - start.month


def moved(day: date, months: int) -> date:
    """Return the same day some months on, or the last of that month.

    >>> moved(date(2026, 3, 31), -1)
    datetime.date(2026, 2, 28)
    """
    first = shift(day.replace(day=1), months)
    return first.replace(day=min(day.day, calendar.monthrange(first.year, first.month)[1]))
