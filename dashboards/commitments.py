"""Commitments: what they cover, how well they are used, what they save, when they end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from core.periods import shift
from dashboards.answers import Amount, Key, Month, Ratio, Time, share
from dashboards.commitment_lists import (
    MOST,
    Expiry,
    Purchase,
    ServiceCoverage,
    by_service,
    commitment_key,
    expiries,
    left_out,
    purchases,
)
from dashboards.generations import Generation
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
OWN = (
    "category",
    "type",
    "provider",
    "payment_option",
    "term",
    "start",
    "end",
    "used_cost",
    "unused_cost",
    "contracted_cost",
    "net_savings",
)
"""What of a commitment is as its query says."""
MONTHLY = """
    SELECT billing_period AS month, {formulas},
        coalesce(sum(contracted_cost) FILTER (pricing_category = 'Committed'), 0) AS covered_cost,
        coalesce(sum(eligible_cost), 0) AS eligible_cost
    FROM marts.daily_costs
    WHERE {currency} = $currency AND billing_period BETWEEN $first AND $month
    GROUP BY ALL ORDER BY month
"""
EACH = f"""
    WITH summed AS (
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
    )
    SELECT *, count(*) OVER () AS found FROM summed
    WHERE used_cost <> 0 OR unused_cost <> 0 OR net_savings <> 0
    ORDER BY used_cost + unused_cost DESC, id
    LIMIT $most
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
    """Effective savings rate: commitments and negotiated prices against list prices."""
    savings_rate: Ratio | None
    """Commitment savings rate: what commitments saved of the negotiated on-demand price."""
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


class Commitments(BaseModel):
    """All commitments of one currency."""

    currency: str
    month: Month
    tiles: list[Tile]
    months: list[CommitmentMonth]
    commitments: list[Commitment]
    """Those with a cost or savings in the month, the costliest first."""
    commitments_left_out: int
    """How many more there are than a list holds."""
    purchases: list[Purchase]
    """Of all the months, the latest first."""
    purchases_left_out: int
    expiries: list[Expiry]
    """Those that end soon, the first to end first."""
    expiries_left_out: int
    by_service: list[ServiceCoverage]


def commitments(generation: Generation, asked: CommitmentsAsked, most: int = MOST) -> Commitments:
    """Return the commitments of a month and of those before it, `most` in each list."""
    windows = windows_of(generation, asked)
    first = shift(windows.month, 1 - asked.months)
    span = {"currency": windows.meta.currency, "first": first, "month": windows.month}
    listed = span | {"most": most}
    each = generation.rows(EACH, listed)
    bought, bought_left_out = purchases(generation, listed)
    ending, ending_left_out = expiries(generation, listed, windows.end)
    return Commitments(
        currency=windows.meta.currency,
        month=windows.month,
        tiles=metric_tiles(generation, windows, METRICS),
        months=months(generation, windows, span),
        commitments=[commitment(row, windows) for row in each],
        commitments_left_out=left_out(each),
        purchases=bought,
        purchases_left_out=bought_left_out,
        expiries=ending,
        expiries_left_out=ending_left_out,
        by_service=by_service(generation, windows.meta.currency, windows.month),
    )


def months(generation: Generation, windows: Windows, span: dict[str, Any]) -> list[CommitmentMonth]:
    """Return each month by the formulas of marts.metrics."""
    names = {
        "commitment_coverage": "coverage",
        "commitment_utilisation": "utilisation",
        "effective_savings_rate": "esr",
        "commitment_savings_rate": "savings_rate",
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
    return Commitment(
        key=commitment_key(row),
        days_left=days_left(row["end"], windows.end),
        utilisation=share(row["used_cost"], row["used_cost"] + row["unused_cost"]),
        is_loss=row["net_savings"] < 0,
        months=[
            MonthlyUse(
                month=one["month"], utilisation=share(one["used"], one["used"] + one["unused"])
            )
            for one in row["months"]
        ],
        **{name: row[name] for name in OWN},
    )


def days_left(end: datetime | None, today: date) -> int | None:
    return (end.date() - today).days if end else None
