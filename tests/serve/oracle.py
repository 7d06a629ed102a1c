"""What the pages must show: plain SQL on focus.cost_and_usage, by definitions of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
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
COSTS = {
    "billed_cost": '"BilledCost"',
    "effective_cost": '"EffectiveCost"',
    "list_cost": LIST,
    "contracted_cost": ON_DEMAND,
}


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

    def query(self) -> list[tuple[str, str]]:
        """Return the parameters of the explorer."""
        plain = [(name, str(getattr(self, name))) for name in ("currency", "metric", "grain")]
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


def answer(served: Served, asked: Asked) -> dict[tuple[Any, ...], Decimal]:
    """Return the cost of each bucket and group."""
    where, values = condition(asked)
    groups = "".join(f", {column(name)}" for name in asked.group)
    found = served.sql(
        f"""
        SELECT CAST(date_trunc('{asked.grain}', {DAY}) AS DATE){groups},
            sum({COSTS[asked.metric]})
        FROM focus.cost_and_usage
        WHERE {DAY} >= ? AND {DAY} < ? AND coalesce("BillingCurrency", 'no currency') = ?
            AND {where}
        GROUP BY ALL
        """,
        [asked.start, asked.end, asked.currency, *values],
    )
    return {tuple(row[:-1]): row[-1] for row in found}
