"""What the pages must show: plain SQL on focus.cost_and_usage, by definitions of its own."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.fixtures.served import Served

DAY = (
    'greatest(CAST("BillingPeriodStart" AS DATE), least(CAST("ChargePeriodStart" AS DATE), '
    'last_day(CAST("BillingPeriodStart" AS DATE))))'
)
UNUSED = "coalesce(\"CommitmentDiscountStatus\" = 'Unused', false)"
PRICED, CONTRACTED = (
    f'"ChargeCategory" = \'Usage\' AND ({price} IS NOT NULL OR "EffectiveCost" < 0 OR {UNUSED})'
    for price in ('"ListUnitPrice"', '"ContractedUnitPrice"')
)
"""Usage with a known list price; usage with a known negotiated price."""
LIST = f'CASE WHEN {PRICED} AND NOT {UNUSED} THEN "ListCost" ELSE 0 END'
ON_DEMAND = f'CASE WHEN {CONTRACTED} AND NOT {UNUSED} THEN "ContractedCost" ELSE 0 END'
COVERED = f"sum({ON_DEMAND}) FILTER (\"PricingCategory\" = 'Committed')"
ELIGIBLE = f"""sum({ON_DEMAND}) FILTER ("PricingCategory" = 'Standard'
    AND ("ServiceName", "PricingUnit") IN (
        SELECT (service_name, pricing_unit) FROM focus_seeds.commitment_eligibility))"""
"""Usage that a commitment covers, and that one could, at on-demand prices."""
COSTS = {
    "billed_cost": '"BilledCost"',
    "effective_cost": '"EffectiveCost"',
    "list_cost": LIST,
    "contracted_cost": ON_DEMAND,
}
QUANTITY = "usage_quantity"


@dataclass
class Asked:
    """A question for the explorer and its oracle."""

    currency: str
    metric: str
    grain: str
    start: date
    end: date
    group: list[str] = field(default_factory=list)
    filters: list[tuple[str, str, str | None]] = field(default_factory=list)
    """Dimension, operator, value."""
    compare: str = "none"
    """none, previous or year."""
    unit: str = ""
    """Of usage_quantity; '' for that of most cost."""

    def query(self) -> list[tuple[str, str]]:
        """Return the parameters of the explorer."""
        names = ("currency", "metric", "grain", "compare", "unit")
        plain = [(name, str(getattr(self, name))) for name in names]
        period = [("start", str(self.start)), ("end", str(self.end)), ("top", "50")]
        groups = [("group", name) for name in self.group]
        filters = [
            ("filter", f"{name}:{operator}" + ("" if value is None else f":{value}"))
            for name, operator, value in self.filters
        ]
        return [*plain, *period, *groups, *filters]


def column(name: str) -> str:
    """Return a dimension as SQL on FOCUS."""
    if name.startswith("tag:"):
        key = name.removeprefix("tag:").replace("%3A", ":").replace("%2F", "/")
        return f"""CAST("Tags" AS MAP(VARCHAR, VARCHAR))['{key}']"""
    return f'"{name}"'


def condition(asked: Asked) -> tuple[str, list[Any]]:
    """Return the filters as SQL and its values."""
    by_dimension: dict[str, list[tuple[str, str | None]]] = {}
    for name, operator, value in asked.filters:
        by_dimension.setdefault(name, []).append((operator, value))
    parts, values = ["true"], []
    for name, wanted in by_dimension.items():
        may, must = [], []
        for operator, _ in wanted:
            if operator == "in":
                may.append(f"{column(name)} = ?")
            elif operator == "contains":
                may.append(f"{column(name)} ILIKE '%' || ? || '%'")
            elif operator == "null":
                may.append(f"{column(name)} IS NULL")
            elif operator == "not":
                must.append(f"{column(name)} IS DISTINCT FROM ?")
            else:
                must.append(f"{column(name)} IS NOT NULL")
        ordered = [v for o, v in wanted if o in ("in", "contains")]
        ordered += [v for o, v in wanted if o == "not"]
        values += ordered
        parts += [f"({' OR '.join(may)})"] if may else []
        parts += must
    return " AND ".join(parts), values


def units(served: Served, asked: Asked) -> list[str]:
    """Return the units that a question's charges were consumed in, that of most cost first."""
    where, values = condition(asked)
    found = served.sql(
        f"""
        SELECT "ConsumedUnit" FROM focus.cost_and_usage
        WHERE {DAY} >= ? AND {DAY} < ? AND coalesce("BillingCurrency", 'no currency') = ?
            AND {where} AND "ConsumedUnit" IS NOT NULL
        GROUP BY ALL ORDER BY sum("EffectiveCost") DESC, "ConsumedUnit"
        """,
        [asked.start, asked.end, asked.currency, *values],
    )
    return [unit for (unit,) in found]


def earlier(asked: Asked) -> tuple[date, date]:
    """Return the days that a question compares with: a year before, or as many just before.

    Whole months are compared with as many whole months.
    """
    start, end = asked.start, asked.end
    if asked.compare == "year":
        return months_before(start, 12), months_before(end, 12)
    if start.day == end.day == 1:
        months = (end.year - start.year) * 12 + end.month - start.month
        return months_before(start, months), start
    return start - timedelta(days=(end - start).days), start


def months_before(day: date, months: int) -> date:
    """Return the same day of an earlier month, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def answer(served: Served, asked: Asked, start: date, end: date) -> dict[tuple[Any, ...], Decimal]:
    """Return the cost, or the quantity of the unit, of each bucket and group of some days."""
    where, values = condition(asked)
    groups = "".join(f", {column(name)}" for name in asked.group)
    added = COSTS.get(asked.metric, '"ConsumedQuantity"')
    if asked.metric == QUANTITY:
        where, values = f'{where} AND "ConsumedUnit" = ?', [*values, asked.unit]
    found = served.sql(
        f"""
        SELECT CAST(date_trunc('{asked.grain}', {DAY}) AS DATE){groups}, sum({added})
        FROM focus.cost_and_usage
        WHERE {DAY} >= ? AND {DAY} < ? AND coalesce("BillingCurrency", 'no currency') = ?
            AND {where}
        GROUP BY ALL
        """,
        [start, end, asked.currency, *values],
    )
    return {tuple(row[:-1]): row[-1] for row in found}
