"""The earlier period that a period is compared with, over as many complete days of both."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import BaseModel

from core.periods import next_period, shift
from dashboards.buckets import months_of, period_before
from dashboards.meta import CurrencyMeta


class Comparison(StrEnum):
    """What a period is compared with."""

    none = "none"
    previous = "previous"
    year = "year"


class Compared(BaseModel):
    """The period compared with, and how much of the own one is compared."""

    kind: Comparison
    start: date
    end: date
    """Exclusive."""
    own_end: date
    """Exclusive: the end of the own days that are compared; earlier than the end of the period
    where that reaches beyond the complete days."""
    is_covered: bool
    """Whether there are data for all of both; figures are compared only then."""


def compared(kind: Comparison, start: date, end: date, meta: CurrencyMeta) -> Compared:
    """Return the period to compare with; it is covered where data reach back to its first day."""
    own_end, first, after = complete_days(
        start, end, meta.complete_until, years=kind is Comparison.year
    )
    is_covered = first >= meta.first_date and own_end > start
    return Compared(kind=kind, start=first, end=after, own_end=own_end, is_covered=is_covered)


def complete_days(start: date, end: date, until: date, *, years: bool) -> tuple[date, date, date]:
    """Return the end of the own days, and the first and the end of the earlier ones.

    Where the period reaches beyond its last complete day, both are cut at it. By months and by
    years, that is the same day of the month; where the earlier month is too short for it, both end
    with the earlier month's last day.

    >>> [str(d) for d in complete_days(date(2026, 2, 1), date(2026, 4, 1), date(2026, 3, 13),
    ...                                years=False)]
    ['2026-03-13', '2025-12-01', '2026-01-13']
    >>> [str(d) for d in complete_days(date(2026, 3, 1), date(2026, 4, 1), date(2026, 3, 31),
    ...                                years=False)]
    ['2026-03-29', '2026-02-01', '2026-03-01']
    """
    first, after = period_before(start, end, years=years)
    if end <= until or until <= start:
        return min(end, max(until, start)), first, after
    months = 12 if years else months_of(start, end)
    if months is None:
        return until, first, first + (until - start)
    month = until.replace(day=1)
    former = shift(month, -months)
    days = min(until - month, next_period(former) - former)
    return month + days, first, former + days
