"""How well costs are tagged: coverage by key, what is not tagged, values that mean the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from core.periods import shift
from dashboards.answers import Amount, Key, Month, Ratio, share
from dashboards.dimensions import DIMENSIONS, tag_dimension
from dashboards.generations import Generation
from dashboards.keys import key
from dashboards.slices import CURRENCY
from dashboards.windows import MonthAsked, Windows, windows_of

MONTHS = 13
KEYS = 200
UNTAGGED = 50
VARIANTS = 50
COVERAGE = f"""
    WITH monthly AS (
        SELECT tag_key, billing_period AS month, sum(tagged_cost) AS tagged_cost,
            sum(taggable_cost) AS taggable_cost
        FROM marts.tag_coverage
        WHERE {CURRENCY} = $currency AND billing_period BETWEEN $first AND $month
        GROUP BY ALL
    ),
    counted AS (
        SELECT tag_key, count(DISTINCT tag_value) AS value_count
        FROM marts.tag_costs
        WHERE {CURRENCY} = $currency AND billing_period = $month
        GROUP BY tag_key
    )
    SELECT tag_key, list({{'month': month, 'tagged': tagged_cost, 'taggable': taggable_cost}}
            ORDER BY month) AS months,
        coalesce(max(tagged_cost) FILTER (month = $month), 0) AS tagged_cost,
        coalesce(max(taggable_cost) FILTER (month = $month), 0) AS taggable_cost,
        any_value(value_count) AS value_count
    FROM monthly LEFT JOIN counted USING (tag_key)
    GROUP BY tag_key ORDER BY tagged_cost DESC, tag_key LIMIT {KEYS + 1}
"""
RESOURCES = f"""
    SELECT resource_id, any_value(resource_name) AS resource_name, service_name,
        sub_account_id, any_value(sub_account_name) AS sub_account_name,
        sum(taggable_cost) AS cost
    FROM marts.resource_costs
    WHERE {CURRENCY} = $currency AND billing_period = $month AND NOT is_tagged
        AND taggable_cost > 0
    GROUP BY resource_id, service_name, sub_account_id
    ORDER BY cost DESC, resource_id LIMIT {UNTAGGED}
"""
NOISE = r"[^\p{L}\p{N}]"
"""What two spellings of a value may differ in, beside their case."""
SAME = f"""
    WITH spelt AS (
        SELECT tag_key, tag_value, regexp_replace(lower(tag_value), '{NOISE}', '', 'g') AS meant,
            sum(effective_cost) AS cost
        FROM marts.tag_costs
        WHERE {CURRENCY} = $currency AND billing_period = $month AND tag_value IS NOT NULL
        GROUP BY ALL
    )
    SELECT tag_key, arg_max(tag_value, cost) AS canonical,
        list({{'value': tag_value, 'cost': cost}} ORDER BY cost DESC, tag_value) AS spellings
    FROM spelt WHERE meant <> ''
    GROUP BY tag_key, meant HAVING count(*) > 1
    ORDER BY sum(cost) - max(cost) DESC, tag_key LIMIT {VARIANTS}
"""


class KeyMonth(BaseModel):
    """A month's share of taggable cost that carries a key."""

    month: Month
    coverage: Ratio | None


class TagKey(BaseModel):
    """A tag key in the month."""

    key: str
    dimension: str
    """Its name for the explorer and for filters."""
    tagged_cost: Amount
    taggable_cost: Amount
    coverage: Ratio | None
    value_count: int | None
    """How many values the key has in the month, each once however many exports have it."""
    months: list[KeyMonth]


class Untagged(BaseModel):
    """A resource without any tag of its owner's."""

    resource: Key
    service: Key
    account: Key
    cost: Amount


class Spelling(BaseModel):
    """A value as somebody wrote it."""

    value: str
    cost: Amount


class Variant(BaseModel):
    """Values of a key that differ only in case and punctuation."""

    key: str
    dimension: str
    canonical: str
    values: list[Spelling]


class Tags(BaseModel):
    """How well a month is tagged."""

    currency: str
    month: Month
    tagged_share: Ratio | None
    taggable_cost: Amount
    untagged_cost: Amount
    """What of it carries no tag at all."""
    months: list[KeyMonth]
    keys: list[TagKey]
    untagged: list[Untagged]
    variants: list[Variant]


def tags(generation: Generation, asked: MonthAsked) -> Tags:
    """Return how well a month is tagged."""
    windows = windows_of(generation, asked)
    now = {"currency": windows.meta.currency, "month": windows.month}
    found = generation.rows(COVERAGE, now | {"first": shift(windows.month, 1 - MONTHS)})
    total = next((row for row in found if row["tag_key"] == "*"), None)
    names = ("ResourceId", "ServiceName", "SubAccountId")
    resource, service, account = (DIMENSIONS[name] for name in names)
    return Tags(
        currency=windows.meta.currency,
        month=windows.month,
        tagged_share=share(total["tagged_cost"], total["taggable_cost"]) if total else None,
        taggable_cost=total["taggable_cost"] if total else Decimal(0),
        untagged_cost=total["taggable_cost"] - total["tagged_cost"] if total else Decimal(0),
        months=key_months(total) if total else [],
        keys=[tag_key(row) for row in found if row["tag_key"] != "*"],
        untagged=[
            Untagged(
                resource=key(resource, row["resource_id"], row["resource_name"]),
                service=key(service, row["service_name"]),
                account=key(account, row["sub_account_id"], row["sub_account_name"]),
                cost=row["cost"],
            )
            for row in generation.rows(RESOURCES, now)
        ],
        variants=variants(generation, windows),
    )


def tag_key(row: dict[str, Any]) -> TagKey:
    return TagKey(
        key=row["tag_key"],
        dimension=tag_dimension(row["tag_key"]),
        coverage=share(row["tagged_cost"], row["taggable_cost"]),
        months=key_months(row),
        **{name: row[name] for name in ("tagged_cost", "taggable_cost", "value_count")},
    )


def key_months(row: dict[str, Any]) -> list[KeyMonth]:
    return [
        KeyMonth(month=one["month"], coverage=share(one["tagged"], one["taggable"]))
        for one in row["months"]
    ]


def variants(generation: Generation, windows: Windows) -> list[Variant]:
    """Return values that differ only in case and punctuation, the costliest confusion first."""
    values = {"currency": windows.meta.currency, "month": windows.month}
    return [
        Variant(
            key=row["tag_key"],
            dimension=tag_dimension(row["tag_key"]),
            canonical=row["canonical"],
            values=[Spelling(**one) for one in row["spellings"]],
        )
        for row in generation.rows(SAME, values)
    ]
