"""Why a month costs more or less than the one before: price, usage, what is new, what is gone.

Each SKU of an account and region is compared with itself. What it used more, at the former price,
is usage; the rest of its change is price. The parts add up to the change, exactly.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from dashboards.answers import Amount
from dashboards.generations import Generation
from dashboards.slices import CURRENCY
from dashboards.windows import Windows

TOP = 5
KINDS = {
    "new": "New",
    "gone": "Gone",
    "usage": "Usage",
    "price": "Price",
    "other": "Other charges",
}
WHOLE = "billing_period = $month", "billing_period = $before", "marts.sku_costs"
WHOLE_BOUND = ("currency", "month", "before")
DAYS = (
    "cost_date >= $month AND cost_date < $end",
    "cost_date >= $before AND cost_date < $before_end",
    "marts.charges",
)
DAYS_BOUND = ("currency", "month", "end", "before", "before_end")
STATEMENT = f"""
    WITH skus AS (
        SELECT service_name, sku_meter, charge_frequency = 'Usage-Based' AS is_usage,
            coalesce(sum(effective_cost) FILTER ({{now}}), 0) AS cost,
            coalesce(sum(effective_cost) FILTER ({{then}}), 0) AS before,
            sum(pricing_quantity) FILTER ({{now}}) AS quantity,
            sum(pricing_quantity) FILTER ({{then}}) AS quantity_before,
            count(*) FILTER ({{now}}) > 0 AS is_now, count(*) FILTER ({{then}}) > 0 AS was_then
        FROM {{mart}}
        WHERE {CURRENCY} = $currency AND ({{now}} OR {{then}})
        GROUP BY provider_name, sub_account_id, service_name, region_id, sku_price_id, sku_meter,
            pricing_category, commitment_status, pricing_unit, charge_category, charge_frequency
    ),
    parted AS (
        SELECT *, CASE
            WHEN NOT coalesce(is_usage, false) THEN 'other'
            WHEN NOT was_then THEN 'new'
            WHEN NOT is_now THEN 'gone'
            WHEN quantity_before > 0 AND quantity > 0 THEN 'both'
            ELSE 'usage' END AS kind,
            CAST(before * (CAST(quantity AS DOUBLE) / nullif(CAST(quantity_before AS DOUBLE), 0)
                - 1) AS DECIMAL(38, 18)) AS by_usage
        FROM skus
    ),
    steps AS (
        SELECT service_name, sku_meter, kind, cost - before AS amount FROM parted
        WHERE kind <> 'both'
        UNION ALL
        SELECT service_name, sku_meter, 'usage', by_usage FROM parted WHERE kind = 'both'
        UNION ALL
        SELECT service_name, sku_meter, 'price', cost - before - by_usage FROM parted
        WHERE kind = 'both'
    ),
    named AS (
        SELECT kind, coalesce(service_name, 'No service')
            || coalesce(' · ' || sku_meter, '') AS label, sum(amount) AS amount
        FROM steps GROUP BY ALL
    )
    SELECT *, sum(amount) OVER (PARTITION BY kind) AS total
    FROM named
    QUALIFY row_number() OVER (PARTITION BY kind ORDER BY abs(amount) DESC, label) <= {TOP}
    ORDER BY kind, abs(amount) DESC, label
"""


class Part(BaseModel):
    """One SKU's share of a step."""

    label: str
    amount: Amount


class Step(BaseModel):
    """One reason for a change."""

    kind: str
    label: str
    amount: Amount
    top: list[Part]


class Drivers(BaseModel):
    """From the former cost to this one."""

    before: Amount
    now: Amount
    steps: list[Step]


def drivers(generation: Generation, windows: Windows) -> Drivers:
    """Return what made the change; whole months are read from the mart of SKUs.

    There are no steps where there is no month before.
    """
    if not windows.is_covered:
        before, cost = totals(generation, windows)
        return Drivers(before=before, now=cost, steps=[])
    now, then, mart = WHOLE if windows.is_whole else DAYS
    sql = STATEMENT.format(now=now, then=then, mart=mart)
    bound = WHOLE_BOUND if windows.is_whole else DAYS_BOUND
    values = {name: windows.values[name] for name in bound}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in generation.rows(sql, values):
        found.setdefault(row["kind"], []).append(row)
    before, cost = totals(generation, windows)
    return Drivers(
        before=before,
        now=cost,
        steps=[
            Step(
                kind=kind,
                label=label,
                amount=found[kind][0]["total"] if kind in found else Decimal(0),
                top=[
                    Part(label=row["label"], amount=row["amount"])
                    for row in found.get(kind, ())
                    if row["amount"]
                ],
            )
            for kind, label in KINDS.items()
        ],
    )


def totals(generation: Generation, windows: Windows) -> tuple[Decimal, Decimal]:
    """Return the effective cost of both windows, the former first."""
    [row] = generation.rows(
        f"""
        SELECT coalesce(sum(effective_cost) FILTER (cost_date < $before_end), 0) AS before,
            coalesce(sum(effective_cost) FILTER (cost_date >= $month), 0) AS cost
        FROM marts.daily_costs
        WHERE {CURRENCY} = $currency
            AND (cost_date >= $month AND cost_date < $end
                OR cost_date >= $before AND cost_date < $before_end)
        """,
        windows.values,
    )
    return row["before"], row["cost"]
