"""How a month will end: what recurs by weekday and trend, and what is billed once a month.

An estimate is a model, not money: it is worked out in floats and rounded to cents.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from pydantic import BaseModel

from core.periods import next_period, shift
from dashboards.answers import Amount, Month, Ratio
from dashboards.generations import Generation
from dashboards.slices import CURRENCY
from dashboards.windows import Windows

LEARNT_DAYS = 90
FEWEST_DAYS = 28
TESTED_MONTHS = 3
DAILY = f"""
    SELECT cost_date, sum(daily_usage_cost) AS usage, sum(one_time_cost) AS once,
        sum(effective_cost) - coalesce(sum(daily_usage_cost), 0) - sum(one_time_cost) AS monthly
    FROM marts.daily_costs
    WHERE {CURRENCY} = $currency AND cost_date >= $first AND cost_date < $end
    GROUP BY cost_date ORDER BY cost_date
"""
METHOD = (
    f"Usage of the last {LEARNT_DAYS} complete days by weekday and trend; recurring fees, taxes, "
    "credits and lines that span a month as in the month before; one-time charges once. The range "
    f"is what the last {TESTED_MONTHS} months, estimated alike, missed by."
)


class Estimate(BaseModel):
    """The effective cost of a month, estimated."""

    month: Month
    value: Amount
    low: Amount
    high: Amount
    method: str
    backtest_error: Ratio | None
    """Mean absolute miss of the last complete months, estimated from what was known before."""


@dataclass(frozen=True)
class Days:
    """Costs by day: they add up to the effective cost."""

    usage: Mapping[date, float]
    monthly: Mapping[date, float]
    """What comes once a month: recurring fees, taxes, credits, usage whose lines span the month."""
    once: Mapping[date, float]
    """What does not come again."""

    def recurring(self, end: date) -> list[tuple[date, float]]:
        """Return the usage of the days that are learnt from."""
        first = min(self.usage, default=end)
        days = min(LEARNT_DAYS, (end - first).days)
        dates = [end - timedelta(days=back) for back in range(days, 0, -1)]
        return [(day, self.usage.get(day, 0.0)) for day in dates]


def estimate(generation: Generation, windows: Windows) -> Estimate | None:
    """Estimate the open month, or the month after the last complete one; None with too few days."""
    end = windows.known_end
    month = windows.month if end < windows.month_end else windows.month_end
    first = shift(month, -TESTED_MONTHS - LEARNT_DAYS // 28 - 1)
    found = generation.rows(DAILY, {"currency": windows.meta.currency, "first": first, "end": end})
    days = Days(
        {row["cost_date"]: float(row["usage"]) for row in found if row["usage"] is not None},
        {row["cost_date"]: float(row["monthly"]) for row in found},
        {row["cost_date"]: float(row["once"]) for row in found},
    )
    value = estimated(days, month, end)
    if value is None:
        return None
    misses = backtest(days, month, end)
    spread = max((abs(miss) for miss in misses), default=0.1)
    return Estimate(
        month=month,
        value=cents(value),
        low=cents(value - abs(value) * spread),
        high=cents(value + abs(value) * spread),
        method=METHOD,
        backtest_error=statistics.fmean(map(abs, misses)) if misses else None,
    )


def estimated(days: Days, month: date, end: date) -> float | None:
    """Return the cost of a month as known at `end`: its complete days, and a model of the rest."""
    learnt = days.recurring(end)
    if len(learnt) < FEWEST_DAYS:
        return None
    after = next_period(month)
    level, slope, weekdays = fitted([cost for _, cost in learnt], [day for day, _ in learnt])
    total = 0.0
    for ahead in range((after - month).days):
        day = month + timedelta(days=ahead)
        if day < end:
            total += days.usage.get(day, 0.0)
        else:
            place = len(learnt) + (day - end).days
            total += max(level + slope * place, 0.0) * weekdays[day.weekday()]
    former = between(days.monthly, shift(month, -1), month)
    known = between(days.monthly, month, min(end, after))
    once = between(days.once, month, min(end, after))
    return total + once + (known if abs(known) > abs(former) else former)


def between(costs: Mapping[date, float], first: date, after: date) -> float:
    """Return the costs from the first day to before the last."""
    return sum(cost for day, cost in costs.items() if first <= day < after)


def fitted(costs: Sequence[float], dates: Sequence[date]) -> tuple[float, float, dict[int, float]]:
    """Return the level, the daily slope and each weekday's factor of a series."""
    mean = statistics.fmean(costs) or 1.0
    weekdays = {
        day: statistics.fmean(own) / mean
        if (own := [c for c, d in zip(costs, dates, strict=True) if d.weekday() == day])
        else 1.0
        for day in range(7)
    }
    level = [
        cost / weekdays[day.weekday()] if weekdays[day.weekday()] > 0 else mean
        for cost, day in zip(costs, dates, strict=True)
    ]
    slope, intercept = statistics.linear_regression(range(len(level)), level)
    return intercept, slope, weekdays


def backtest(days: Days, month: date, end: date) -> list[float]:
    """Return by which share the last complete months, estimated alike, were missed."""
    misses = []
    into = max((end - month).days, 0)
    for back in range(1, TESTED_MONTHS + 1):
        tested = shift(month, -back)
        known = min(tested + timedelta(days=into), next_period(tested))
        if next_period(tested) > end or tested < min(days.usage, default=tested):
            continue
        value = estimated(days, tested, known)
        actual = sum(
            between(costs, tested, next_period(tested))
            for costs in (days.usage, days.monthly, days.once)
        )
        if value is not None and actual > 0:
            misses.append(value / actual - 1)
    return misses


def cents(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")
