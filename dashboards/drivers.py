"""Why a month costs more or less than the one before: price, usage, what is new, what is gone.

Each SKU of an account and region is compared with itself. What it used more, at the former price,
is usage, rounded once to 18 decimals; the rest of its change is price. So the parts add up to the
change, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, localcontext
from typing import Any

from pydantic import BaseModel

from dashboards.answers import Amount
from dashboards.generations import Generation
from dashboards.slices import CURRENCY
from dashboards.windows import COSTS, NOW, THEN, Windows

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
DAYS = NOW, THEN, "marts.charges"
DAYS_BOUND = ("currency", "month", "end", "before", "before_end")
DIGITS = 80
"""Two amounts of 38 digits times each other fit."""
PLACES = Decimal("1e-18")


def statement(now: str, then: str, mart: str) -> str:
    """Return the SELECT of what changed, by kind and label.

    Where both price and usage may have changed, a row is one SKU and its kind is `both`.

    Args:
        now: Condition on the rows of this month.
        then: Condition on those of the former.
    """
    return f"""
        WITH skus AS (
            SELECT coalesce(service_name, 'No service') || coalesce(' · ' || sku_meter, '')
                    AS label,
                coalesce(charge_frequency = 'Usage-Based', false) AS is_usage,
                coalesce(sum(effective_cost) FILTER ({now}), 0) AS cost,
                coalesce(sum(effective_cost) FILTER ({then}), 0) AS before,
                sum(pricing_quantity) FILTER ({now}) AS quantity,
                sum(pricing_quantity) FILTER ({then}) AS quantity_before,
                count(*) FILTER ({now}) > 0 AS is_now, count(*) FILTER ({then}) > 0 AS was_then
            FROM {mart}
            WHERE {CURRENCY} = $currency AND ({now} OR {then})
            GROUP BY provider_name, sub_account_id, service_name, region_id, sku_price_id,
                sku_meter, pricing_category, commitment_status, pricing_unit, charge_category,
                charge_frequency
        ),
        parted AS (
            SELECT *, cost - before AS change, CASE
                WHEN NOT is_usage THEN 'other'
                WHEN NOT was_then THEN 'new'
                WHEN NOT is_now THEN 'gone'
                WHEN quantity_before > 0 AND quantity = quantity_before THEN 'price'
                WHEN quantity_before > 0 AND quantity > 0 THEN 'both'
                ELSE 'usage' END AS kind
            FROM skus
        )
        SELECT kind, label, sum(change) AS change FROM parted
        WHERE kind <> 'both' GROUP BY ALL
        UNION ALL BY NAME
        SELECT kind, label, change, before, quantity, quantity_before FROM parted
        WHERE kind = 'both'
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
    bound = WHOLE_BOUND if windows.is_whole else DAYS_BOUND
    values = {name: windows.values[name] for name in bound}
    sql = statement(*(WHOLE if windows.is_whole else DAYS))
    before, cost = totals(generation, windows)
    with localcontext(prec=DIGITS):
        found = summed(generation.rows(sql, values))
        steps = [step(kind, label, found.get(kind, {})) for kind, label in KINDS.items()]
    return Drivers(before=before, now=cost, steps=steps)


def summed(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Decimal]]:
    """Return the changes by kind and label, those of price and of usage told apart."""
    found: dict[str, dict[str, Decimal]] = {}
    for row in rows:
        kind, change = row["kind"], row["change"]
        parts = {kind: change}
        if kind == "both":
            usage = by_usage(row["before"], row["quantity"], row["quantity_before"])
            parts = {"usage": usage, "price": change - usage}
        for name, amount in parts.items():
            labels = found.setdefault(name, {})
            labels[row["label"]] = labels.get(row["label"], Decimal(0)) + amount
    return found


def by_usage(before: Decimal, quantity: Decimal, quantity_before: Decimal) -> Decimal:
    """Return what the change of a quantity costs at the former price, to 18 decimals.

    >>> by_usage(Decimal("1"), quantity=Decimal("4"), quantity_before=Decimal("3"))
    Decimal('0.333333333333333333')
    """
    return (before * (quantity - quantity_before) / quantity_before).quantize(PLACES)


def step(kind: str, label: str, amounts: Mapping[str, Decimal]) -> Step:
    """Return one kind of change with its largest parts."""
    largest = sorted(amounts.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    return Step(
        kind=kind,
        label=label,
        amount=sum(amounts.values(), Decimal(0)),
        top=[Part(label=name, amount=amount) for name, amount in largest[:TOP] if amount],
    )


def totals(generation: Generation, windows: Windows) -> tuple[Decimal, Decimal]:
    """Return the effective cost of both windows, the former first."""
    [row] = generation.rows(
        f"""
        SELECT {COSTS}
        FROM marts.daily_costs
        WHERE {CURRENCY} = $currency AND ({NOW} OR {THEN})
        """,
        windows.values,
    )
    return row["before"], row["cost"]
