"""Days on which a service of an account cost far more, or less, than that weekday usually does."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from dashboards.answers import Amount, Key, Time
from dashboards.dimensions import DIMENSIONS
from dashboards.generations import Generation
from dashboards.keys import key
from dashboards.meta import CurrencyMeta, currency_of
from dashboards.slices import CURRENCY
from dashboards.state import Acknowledged, State

HISTORY_DAYS = 60
FEWEST = 4
SCORE = 3.5
SHARE = 0.25
TOP = 200
MOST = 5_000
"""Looked through for those that are still open."""
DRIVERS = 3
WEEKS = 4
"""Same weekdays that a cause is compared with."""
METHOD = (
    f"Usage of each provider, service and account by day, beside the median of the same weekday in "
    f"the {HISTORY_DAYS} days before: listed when it is more than {SCORE} robust deviations (MAD) "
    f"and {SHARE:.0%} away and by at least the minimum. Purchases, taxes and credits are left out."
)
# The MAD of a series that never moves is 0: a hundredth of the median stands in for it.
FOUND = f"""
    WITH daily AS (
        SELECT provider_name, service_name, sub_account_id,
            any_value(sub_account_name) AS sub_account_name, cost_date,
            sum(daily_usage_cost) AS cost
        FROM marts.daily_costs
        WHERE {CURRENCY} = $currency AND daily_usage_cost IS NOT NULL
            AND commitment_status IS DISTINCT FROM 'Unused'
            AND cost_date >= $first - {HISTORY_DAYS} AND cost_date < $end
        GROUP BY provider_name, service_name, sub_account_id, cost_date
    ),
    usual AS (
        SELECT day.provider_name, day.service_name, day.sub_account_id, day.sub_account_name,
            day.cost_date, day.cost, median(past.cost) AS expected, mad(past.cost) AS deviation,
            count(past.cost) AS days
        FROM daily AS day
        JOIN daily AS past
            ON past.provider_name IS NOT DISTINCT FROM day.provider_name
            AND past.service_name IS NOT DISTINCT FROM day.service_name
            AND past.sub_account_id IS NOT DISTINCT FROM day.sub_account_id
            AND past.cost_date < day.cost_date
            AND past.cost_date >= day.cost_date - {HISTORY_DAYS}
            AND dayofweek(past.cost_date) = dayofweek(day.cost_date)
        WHERE day.cost_date >= $first
        GROUP BY ALL
    )
    SELECT *, cost - expected AS impact,
        CAST(cost - expected AS DOUBLE) / greatest(
            1.4826 * CAST(deviation AS DOUBLE), 0.01 * abs(CAST(expected AS DOUBLE)), 0.01
        ) AS score
    FROM usual
    WHERE days >= {FEWEST} AND abs(cost - expected) >= $minimum
        AND abs(cost - expected) >= {SHARE} * abs(expected) AND abs(score) >= {SCORE}
    ORDER BY cost_date DESC, abs(impact) DESC, service_name, sub_account_id
    LIMIT {MOST}
"""
CAUSES = f"""
    WITH wanted AS (
        SELECT unnest($ids) AS id, unnest($dates) AS day, unnest($providers) AS provider,
            unnest($services) AS service, unnest($accounts) AS account
    ),
    changes AS (
        SELECT wanted.id, coalesce(skus.sku_meter, skus.charge_description, 'No SKU') AS label,
            sum(
                CASE WHEN skus.cost_date = wanted.day THEN skus.effective_cost
                ELSE CAST(skus.effective_cost / -{WEEKS} AS DECIMAL(38, 18)) END
            ) AS change
        FROM wanted JOIN marts.charges AS skus
            ON skus.provider_name IS NOT DISTINCT FROM wanted.provider
            AND skus.service_name IS NOT DISTINCT FROM wanted.service
            AND skus.sub_account_id IS NOT DISTINCT FROM wanted.account
            AND skus.cost_date <= wanted.day AND skus.cost_date >= wanted.day - 7 * {WEEKS}
            AND dayofweek(skus.cost_date) = dayofweek(wanted.day)
        WHERE {CURRENCY} = $currency AND skus.charge_category = 'Usage'
            AND skus.cost_date >= $first AND skus.cost_date < $end
            AND skus.commitment_status IS DISTINCT FROM 'Unused'
        GROUP BY ALL
    )
    SELECT id, label, change FROM changes WHERE change <> 0
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY abs(change) DESC, label) <= {DRIVERS}
    ORDER BY id, abs(change) DESC
"""


class Shown(StrEnum):
    """Which anomalies."""

    all = "all"
    open = "open"


class AnomaliesAsked(BaseModel):
    """Where to look, and from which impact on."""

    model_config = ConfigDict(extra="forbid")

    currency: Annotated[str, Field(max_length=20)] = ""
    days: Annotated[int, Field(ge=1, le=400, description="Complete days to look at.")] = 60
    minimum: Annotated[
        Decimal,
        Field(ge=0, le=10**12, decimal_places=6, description="Smallest impact, in the currency."),
    ] = Decimal(50)
    acknowledged: Shown = Shown.all


class Cause(BaseModel):
    """A SKU that cost more, or less, than on the mean of the same weekdays before."""

    label: str
    change: Amount


class Anomaly(BaseModel):
    """One day of one service in one account."""

    id: str
    date: date
    provider: str | None
    service: Key
    account: Key
    actual: Amount
    expected: Amount
    impact: Amount
    score: float
    """Robust deviations away from what is usual; below zero where it cost less."""
    direction: Literal["up", "down"]
    is_acknowledged: bool
    note: str
    acknowledged_at: Time | None
    drivers: list[Cause]
    explore: str
    """Query of the explorer for the days around it."""


class Anomalies(BaseModel):
    """What stood out, the latest first."""

    currency: str
    start: date
    end: date
    minimum: Amount
    method: str
    anomalies: list[Anomaly]
    more: bool
    """Whether there are older ones than those listed."""


def anomalies(generation: Generation, state: State, asked: AnomaliesAsked) -> Anomalies:
    """Return the days that stood out."""
    meta = currency_of(generation, asked.currency)
    first = meta.complete_until - timedelta(days=asked.days)
    values = {"currency": meta.currency, "first": first, "end": meta.complete_until}
    found = generation.rows(FOUND, values | {"minimum": asked.minimum})
    for row in found:
        row["id"] = identity(meta, row)
    known = state.acknowledged()
    if asked.acknowledged is Shown.open:
        found = [row for row in found if row["id"] not in known]
    more = len(found) > TOP
    found = found[:TOP]
    causes = causes_of(generation, found, values)
    return Anomalies(
        currency=meta.currency,
        start=first,
        end=meta.complete_until,
        minimum=asked.minimum,
        method=METHOD,
        anomalies=[
            anomaly(row, meta, known.get(row["id"]), causes.get(row["id"], [])) for row in found
        ],
        more=more,
    )


def identity(meta: CurrencyMeta, row: dict[str, Any]) -> str:
    """Return an id that stays when the database is built anew."""
    parts = (
        meta.currency,
        row["cost_date"],
        row["provider_name"],
        row["service_name"],
        row["sub_account_id"],
    )
    return hashlib.sha256(repr(tuple(map(str, parts))).encode()).hexdigest()[:16]


def causes_of(
    generation: Generation, found: list[dict[str, Any]], values: dict[str, Any]
) -> dict[str, list[Cause]]:
    """Return the SKUs behind each anomaly: its day beside the same weekdays before."""
    if not found:
        return {}
    days = [row["cost_date"] for row in found]
    rows = generation.rows(
        CAUSES,
        {
            "currency": values["currency"],
            "first": min(days) - timedelta(days=7 * WEEKS),
            "end": max(days) + timedelta(days=1),
            "ids": [row["id"] for row in found],
            "dates": days,
            "providers": [row["provider_name"] for row in found],
            "services": [row["service_name"] for row in found],
            "accounts": [row["sub_account_id"] for row in found],
        },
    )
    causes: dict[str, list[Cause]] = {}
    for row in rows:
        causes.setdefault(row["id"], []).append(Cause(label=row["label"], change=row["change"]))
    return causes


def anomaly(
    row: dict[str, Any], meta: CurrencyMeta, known: Acknowledged | None, drivers: list[Cause]
) -> Anomaly:
    day: date = row["cost_date"]
    chosen = {
        "ProviderName": row["provider_name"],
        "ServiceName": row["service_name"],
        "SubAccountId": row["sub_account_id"],
    }
    query = [
        ("currency", meta.currency),
        ("metric", "effective_cost"),
        ("grain", "day"),
        ("start", day - timedelta(days=21)),
        ("end", min(day + timedelta(days=8), meta.complete_until)),
        ("group", "SkuMeter"),
        *(
            ("filter", f"{name}:null" if value is None else f"{name}:in:{value}")
            for name, value in chosen.items()
        ),
    ]
    return Anomaly(
        id=row["id"],
        date=day,
        provider=row["provider_name"],
        service=key(DIMENSIONS["ServiceName"], row["service_name"]),
        account=key(DIMENSIONS["SubAccountId"], row["sub_account_id"], row["sub_account_name"]),
        actual=row["cost"],
        expected=row["expected"],
        impact=row["impact"],
        score=row["score"],
        direction="up" if row["impact"] > 0 else "down",
        is_acknowledged=known is not None,
        note=known.note if known else "",
        acknowledged_at=known.acknowledged_at if known else None,
        drivers=drivers,
        explore=urlencode(query),
    )
