"""A month beside the one before it, over as many complete days of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from core.periods import next_period, parse_period, shift
from dashboards.answers import KeyChange, change_of
from dashboards.dimensions import Dimension
from dashboards.generations import Generation
from dashboards.keys import key
from dashboards.meta import CurrencyMeta, currency_of
from dashboards.problems import Refused
from dashboards.slices import CURRENCY

NOW = "cost_date >= $month AND cost_date < $end"
THEN = "cost_date >= $before AND cost_date < $before_end"
"""Conditions on the days of either window; `Windows.values` binds them."""
COSTS = f"""
    coalesce(sum(effective_cost) FILTER ({NOW}), 0) AS cost,
    coalesce(sum(effective_cost) FILTER ({THEN}), 0) AS before
"""
"""What both cost, in each group of rows of marts.daily_costs."""
MONTH = r"^([12]\d{3}-(0[1-9]|1[0-2]))?$"


class MonthAsked(BaseModel):
    """One month in one currency."""

    model_config = ConfigDict(extra="forbid")

    currency: Annotated[
        str, Field(max_length=20, description="One of meta's; that of most cost if left out.")
    ] = ""
    month: Annotated[
        str,
        Field(pattern=MONTH, description="YYYY-MM; default the last that has a complete day."),
    ] = ""


@dataclass(frozen=True)
class Windows:
    """The days that are compared; ends are exclusive."""

    meta: CurrencyMeta
    month: date
    is_partial: bool
    end: date
    """Of the days that are compared; of all, where none is complete and so none is compared."""
    known_end: date
    """Of the complete days, which may be more than the month before has."""
    before: date
    before_end: date

    @property
    def month_end(self) -> date:
        return next_period(self.month)

    @property
    def days(self) -> int:
        """How many complete days are compared."""
        return (self.end - self.month).days if self.before_end > self.before else 0

    @property
    def values(self) -> dict[str, Any]:
        """What queries bind."""
        return {
            "currency": self.meta.currency,
            "month": self.month,
            "end": self.end,
            "before": self.before,
            "before_end": self.before_end,
        }

    @property
    def is_covered(self) -> bool:
        """Whether there are complete days, and data of the month before."""
        return self.before >= self.meta.first_date and self.days > 0

    @property
    def against(self) -> str:
        """Say which days of the former month are compared."""
        if not self.days:
            return "nothing: no day of the month is complete"
        days = "" if self.is_whole else f"1 to {(self.before_end - self.before).days} "
        return f"{days}{self.before:%B %Y}"

    @property
    def is_whole(self) -> bool:
        """Whether both are whole months."""
        return self.end == self.month_end and self.before_end == self.month


def windows_of(generation: Generation, asked: MonthAsked) -> Windows:
    """Return the days to compare: whole months, or as many complete days of each.

    Raises:
        Refused: If there are no data in that month.
    """
    meta = currency_of(generation, asked.currency)
    month = known_month(meta, asked.month) if asked.month else last_month(meta)
    before, after = shift(month, -1), next_period(month)
    if after <= meta.complete_until:
        return Windows(meta, month, False, after, after, before, month)
    known_end = max(meta.complete_until, month)
    days = min(known_end - month, month - before)
    end = month + days if days else after
    return Windows(meta, month, True, end, known_end, before, before + days)


def known_month(meta: CurrencyMeta, text: str) -> date:
    """Return the first day of a month, written YYYY-MM.

    Raises:
        Refused: If there are no data in that month.
    """
    month = parse_period(text)
    if month not in [one.month for one in meta.months]:
        first, last = meta.months[0].month, meta.months[-1].month
        raise Refused(404, f"there is no cost in {text}", f"Data: {first:%Y-%m} to {last:%Y-%m}.")
    return month


def last_month(meta: CurrencyMeta) -> date:
    """Return the last month that has a complete day; the first where none has."""
    begun = [one.month for one in meta.months if one.month < meta.complete_until]
    return begun[-1] if begun else meta.months[0].month


LARGEST = "abs(cost) DESC"
MOVED = "abs(cost - before) DESC"


def ranked(
    generation: Generation,
    windows: Windows,
    dimensions: list[Dimension],
    *,
    order: str = LARGEST,
    top: int = 10,
) -> list[dict[str, Any]]:
    """Return the costs of the values of some dimensions of marts.daily_costs, beside the former.

    Args:
        order: LARGEST or MOVED first.
    """
    columns = ", ".join(
        f"{one.column} AS k{n}, any_value({one.named_by or 'NULL'}) AS n{n}"
        for n, one in enumerate(dimensions)
    )
    by = ", ".join(one.column for one in dimensions)
    sql = f"""
        SELECT {columns}, {COSTS}
        FROM marts.daily_costs
        WHERE {CURRENCY} = $currency AND ({NOW} OR {THEN})
        GROUP BY {by} ORDER BY {order}, {by} LIMIT {int(top)}
    """
    return [
        change_of(row["cost"], row["before"] if windows.is_covered else None)
        | {"keys": [key(one, row[f"k{n}"], row[f"n{n}"]) for n, one in enumerate(dimensions)]}
        for row in generation.rows(sql, windows.values)
    ]


def leaders(generation: Generation, windows: Windows, one: Dimension) -> list[KeyChange]:
    """Return the values of a dimension that cost most."""
    return [KeyChange(key=row.pop("keys")[0], **row) for row in ranked(generation, windows, [one])]
