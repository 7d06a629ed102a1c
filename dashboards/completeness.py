"""Until when figures are complete: the day that every export has reached.

A total of a day that one export has not reached yet looks like a drop, so the slowest export that
still delivers decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from pydantic import BaseModel

from core.periods import next_period, shift
from dashboards.generations import Generation
from dashboards.slices import CURRENCY

LATE_DAYS = 5
"""So many days into a month an export may be missing before it counts as ended."""
REACHED = f"""
    SELECT {CURRENCY} AS currency, costs.vendor, costs.export, costs.billing_period AS month,
        any_value(fresh.is_partial) AS is_open,
        any_value(CAST(fresh.data_as_of AS DATE)) AS data_as_of
    FROM marts.daily_costs AS costs JOIN marts.data_freshness AS fresh USING (load_id)
    GROUP BY 1, 2, 3, 4
    QUALIFY row_number() OVER (
        PARTITION BY {CURRENCY}, costs.vendor, costs.export ORDER BY month DESC) = 1
    ORDER BY currency, costs.vendor, costs.export
"""


class Reach(BaseModel):
    """How far one export is complete, in one currency."""

    vendor: str
    export: str
    complete_until: date
    """Exclusive."""
    is_waited_for: bool
    """Whether it still delivers: figures are complete only until where such exports are."""


class LastMonth(BaseModel):
    """The last month of an export that has charges in a currency."""

    currency: str
    vendor: str
    export: str
    month: date
    is_open: bool
    data_as_of: date | None
    """The day of its last usage; None for a bill of fees and monthly lines alone."""

    @property
    def complete_until(self) -> date:
        """Exclusive; a month whose lines span it is complete once it is there."""
        after = next_period(self.month)
        if not self.is_open or self.data_as_of is None:
            return after
        return min(max(self.data_as_of, self.month), after)


def reaches(generation: Generation) -> dict[str, list[Reach]]:
    """Return how far each export is complete, by currency."""
    found: dict[str, list[LastMonth]] = {}
    for row in generation.rows(REACHED):
        found.setdefault(row["currency"], []).append(LastMonth(**row))
    return {currency: reaches_of(months) for currency, months in found.items()}


def reaches_of(months: Sequence[LastMonth]) -> list[Reach]:
    """Return how far each export is complete, from the last month of each."""
    return [
        Reach(
            vendor=one.vendor,
            export=one.export,
            complete_until=one.complete_until,
            is_waited_for=is_waited_for(one, months),
        )
        for one in months
    ]


def is_waited_for(one: LastMonth, months: Sequence[LastMonth]) -> bool:
    """Tell whether an export still delivers.

    It does when it has charges in the newest month; or in the month before, if that one is open, or
    if the others reach no more than LATE_DAYS into the newest.
    """
    newest = max(other.month for other in months)
    if one.month == newest:
        return True
    furthest = max(other.complete_until for other in months)
    is_early = furthest <= newest + timedelta(days=LATE_DAYS)
    return one.month == shift(newest, -1) and (one.is_open or is_early)


def complete_until(exports: Sequence[Reach]) -> date:
    """Return the day from which on figures still grow: where the slowest export is."""
    return min(one.complete_until for one in exports if one.is_waited_for)
