"""Commitments: what they cover, how well they are used, what they save, when they end."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from core.periods import shift
from dashboards.answers import Amount, Key, Month, Ratio, Time, share
from dashboards.dimensions import DIMENSIONS
from dashboards.generations import Generation
from dashboards.keys import key
from dashboards.slices import CURRENCY
from dashboards.tiles import Tile, formulas, metric_tiles
from dashboards.windows import MonthAsked, Windows, windows_of

METRICS = (
    "commitment_coverage",
    "commitment_utilisation",
    "commitment_savings_rate",
    "unused_commitment_cost",
    "commitment_savings",
)
EXPIRING_DAYS = 90
SERVICES = 15
MONTHLY = """
    SELECT billing_period AS month, {formulas},
        coalesce(sum(contracted_cost) FILTER (pricing_category = 'Committed'), 0) AS covered_cost,
        coalesce(sum(eligible_cost), 0) AS eligible_cost
    FROM marts.daily_costs
    WHERE {currency} = $currency AND billing_period BETWEEN $first AND $month
    GROUP BY ALL ORDER BY month
"""
EACH = f"""
    SELECT commitment_id AS id, any_value(commitment_name) AS name,
        any_value(commitment_category) AS category, any_value(commitment_type) AS type,
        any_value(provider_name) AS provider, any_value(payment_option) AS payment_option,
        any_value(commitment_term) AS term, min(commitment_start) AS start,
        max(commitment_end) AS end,
        coalesce(sum(used.used_cost) FILTER (billing_period = $month), 0) AS used_cost,
        coalesce(sum(used.unused_cost) FILTER (billing_period = $month), 0) AS unused_cost,
        coalesce(sum(used.contracted_cost) FILTER (billing_period = $month), 0)
            AS contracted_cost,
        coalesce(sum(used.net_savings) FILTER (billing_period = $month), 0) AS net_savings,
        list({{'month': billing_period, 'used': used.used_cost, 'unused': used.unused_cost}}
            ORDER BY billing_period) AS months
    FROM marts.commitment_use AS used
    WHERE {CURRENCY} = $currency AND billing_period BETWEEN $first AND $month
    GROUP BY commitment_id
    ORDER BY sum(used.effective_cost) DESC, id
    LIMIT 500
"""
PURCHASES = f"""
    SELECT billing_period AS month, commitment_id AS id, any_value(commitment_name) AS name,
        any_value(commitment_type) AS type, sum(used.upfront_fee) AS upfront_fee,
        sum(used.recurring_fee) AS recurring_fee
    FROM marts.commitment_use AS used
    WHERE {CURRENCY} = $currency AND billing_period BETWEEN $first AND $month
    GROUP BY billing_period, commitment_id
    HAVING sum(used.upfront_fee) <> 0 OR sum(used.recurring_fee) <> 0
    ORDER BY month DESC, sum(used.upfront_fee + used.recurring_fee) DESC, id
    LIMIT 500
"""
BY_SERVICE = f"""
    SELECT service_name AS service,
        coalesce(sum(contracted_cost) FILTER (pricing_category = 'Committed'), 0) AS covered_cost,
        sum(costs.eligible_cost) AS eligible_cost
    FROM marts.daily_costs AS costs
    WHERE {CURRENCY} = $currency AND billing_period = $month
    GROUP BY service_name
    HAVING covered_cost <> 0 OR sum(costs.eligible_cost) <> 0
    ORDER BY covered_cost DESC, eligible_cost DESC, service LIMIT {SERVICES}
"""


class CommitmentsAsked(MonthAsked):
    """Which month, and how many before it."""

    model_config = ConfigDict(extra="forbid")

    months: Annotated[int, Field(ge=1, le=60)] = 13


class CommitmentMonth(BaseModel):
    """All commitments in one month."""

    month: Month
    is_partial: bool
    coverage: Ratio | None
    utilisation: Ratio | None
    esr: Ratio | None
    """Effective savings rate."""
    unused_cost: Amount
    net_savings: Amount
    covered_cost: Amount
    """Usage that commitments covered, at contracted on-demand prices."""
    eligible_cost: Amount
    """On-demand usage that they could cover, at the same prices."""


class MonthlyUse(BaseModel):
    """How much of a commitment was used in a month."""

    month: Month
    utilisation: Ratio | None


class Commitment(BaseModel):
    """One commitment in the month."""

    key: Key
    category: str | None
    type: str | None
    provider: str | None
    payment_option: str | None
    term: str | None
    start: Time | None
    end: Time | None
    days_left: int | None
    """From the end of the month's complete days; null where the bill states no end."""
    utilisation: Ratio | None
    used_cost: Amount
    unused_cost: Amount
    contracted_cost: Amount
    """What the covered usage would have cost on demand."""
    net_savings: Amount
    is_loss: bool
    months: list[MonthlyUse]


class Purchase(BaseModel):
    """What was billed for a commitment in a month."""

    month: Month
    key: Key
    type: str | None
    upfront_fee: Amount
    recurring_fee: Amount


class Expiry(BaseModel):
    """A commitment that ends soon, and what it saves in a month."""

    key: Key
    end: Time
    days_left: int
    savings_at_risk: Amount


class ServiceCoverage(BaseModel):
    """How much of a service's eligible usage is covered."""

    service: Key
    covered_cost: Amount
    eligible_cost: Amount
    coverage: Ratio | None


class Commitments(BaseModel):
    """All commitments of one currency."""

    currency: str
    month: Month
    tiles: list[Tile]
    months: list[CommitmentMonth]
    commitments: list[Commitment]
    purchases: list[Purchase]
    expiries: list[Expiry]
    by_service: list[ServiceCoverage]


def commitments(generation: Generation, asked: CommitmentsAsked) -> Commitments:
    """Return the commitments of a month and of those before it."""
    windows = windows_of(generation, asked)
    first = shift(windows.month, 1 - asked.months)
    span = {"currency": windows.meta.currency, "first": first, "month": windows.month}
    found = [commitment(row, windows) for row in generation.rows(EACH, span)]
    now = {"currency": windows.meta.currency, "month": windows.month}
    return Commitments(
        currency=windows.meta.currency,
        month=windows.month,
        tiles=metric_tiles(generation, windows, METRICS),
        months=months(generation, windows, span),
        commitments=[one for one in found if one.used_cost or one.unused_cost or one.net_savings],
        purchases=[
            Purchase(key=commitment_key(row), **{n: row[n] for n in PURCHASED})
            for row in generation.rows(PURCHASES, span)
        ],
        expiries=sorted(
            (
                Expiry(
                    key=one.key,
                    end=one.end,
                    days_left=one.days_left,
                    savings_at_risk=one.net_savings,
                )
                for one in found
                if one.end is not None
                and one.days_left is not None
                and 0 <= one.days_left <= EXPIRING_DAYS
            ),
            key=lambda expiry: expiry.days_left,
        ),
        by_service=[
            ServiceCoverage(
                service=key(DIMENSIONS["ServiceName"], row["service"]),
                covered_cost=row["covered_cost"],
                eligible_cost=row["eligible_cost"],
                coverage=share(row["covered_cost"], row["covered_cost"] + row["eligible_cost"]),
            )
            for row in generation.rows(BY_SERVICE, now)
        ],
    )


PURCHASED = ("month", "type", "upfront_fee", "recurring_fee")


def months(generation: Generation, windows: Windows, span: dict[str, Any]) -> list[CommitmentMonth]:
    """Return each month by the formulas of marts.metrics."""
    names = {
        "commitment_coverage": "coverage",
        "commitment_utilisation": "utilisation",
        "effective_savings_rate": "esr",
        "unused_commitment_cost": "unused_cost",
        "commitment_savings": "net_savings",
    }
    sql = MONTHLY.format(
        formulas=formulas([generation.formulas[name] for name in names]), currency=CURRENCY
    )
    partial = {m.month: m.is_partial for m in windows.meta.months}
    return [
        CommitmentMonth(
            month=row["month"],
            is_partial=partial.get(row["month"], False),
            covered_cost=row["covered_cost"],
            eligible_cost=row["eligible_cost"],
            **{field: row[name] for name, field in names.items()},
        )
        for row in generation.rows(sql, span)
    ]


def commitment(row: dict[str, Any], windows: Windows) -> Commitment:
    """Return one commitment; it makes a loss where its usage was cheaper on demand."""
    spent = row["used_cost"] + row["unused_cost"]
    fields = "category type provider payment_option term start end used_cost unused_cost".split()
    return Commitment(
        key=commitment_key(row),
        days_left=days_left(row["end"], windows.end),
        utilisation=share(row["used_cost"], spent),
        contracted_cost=row["contracted_cost"],
        net_savings=row["net_savings"],
        is_loss=row["net_savings"] < 0,
        months=[
            MonthlyUse(
                month=one["month"], utilisation=share(one["used"], one["used"] + one["unused"])
            )
            for one in row["months"]
        ],
        **{name: row[name] for name in fields},
    )


def commitment_key(row: dict[str, Any]) -> Key:
    return key(DIMENSIONS["CommitmentDiscountId"], row["id"], row["name"])


def days_left(end: Any, today: date) -> int | None:
    return (end.date() - today).days if end else None
