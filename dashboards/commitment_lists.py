"""Lists about commitments: what was bought, what ends soon, which services they cover."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from dashboards.answers import Amount, Key, Month, Ratio, Time, share
from dashboards.dimensions import DIMENSIONS
from dashboards.generations import Generation
from dashboards.keys import key
from dashboards.slices import CURRENCY

MOST = 500
"""How many lines a list holds."""
EXPIRING_DAYS = 90
SERVICES = 15
PURCHASES = f"""
    SELECT billing_period AS month, commitment_id AS id, any_value(commitment_name) AS name,
        any_value(commitment_type) AS type, sum(used.upfront_fee) AS upfront_fee,
        sum(used.recurring_fee) AS recurring_fee, count(*) OVER () AS found
    FROM marts.commitment_use AS used
    WHERE {CURRENCY} = $currency AND billing_period BETWEEN $first AND $month
    GROUP BY billing_period, commitment_id
    HAVING sum(used.upfront_fee) <> 0 OR sum(used.recurring_fee) <> 0
    ORDER BY month DESC, sum(used.upfront_fee + used.recurring_fee) DESC, id
    LIMIT $most
"""
# Any month of the span may be the one that states the end; only the last tells who is alive.
EXPIRIES = f"""
    WITH summed AS (
        SELECT commitment_id AS id, any_value(commitment_name) AS name, max(commitment_end) AS end,
            coalesce(sum(used.used_cost) FILTER (billing_period = $month), 0) AS used_cost,
            coalesce(sum(used.unused_cost) FILTER (billing_period = $month), 0) AS unused_cost,
            coalesce(sum(used.net_savings) FILTER (billing_period = $month), 0) AS net_savings
        FROM marts.commitment_use AS used
        WHERE {CURRENCY} = $currency AND billing_period BETWEEN $first AND $month
        GROUP BY commitment_id
    ),
    ending AS (
        SELECT id, name, summed.end, greatest(net_savings, 0) AS savings_at_risk,
            date_diff('day', $today, CAST(summed.end AS DATE)) AS days_left
        FROM summed WHERE used_cost <> 0 OR unused_cost <> 0
    )
    SELECT *, count(*) OVER () AS found FROM ending
    WHERE days_left BETWEEN 0 AND {EXPIRING_DAYS}
    ORDER BY days_left, id
    LIMIT $most
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


class Purchase(BaseModel):
    """What was billed for a commitment in a month."""

    month: Month
    key: Key
    type: str | None
    upfront_fee: Amount
    recurring_fee: Amount


class Expiry(BaseModel):
    """A commitment that still has a cost in the month and ends soon."""

    key: Key
    end: Time
    days_left: int
    savings_at_risk: Amount
    """What it saved, net, in the month; 0 where it lost money."""


class ServiceCoverage(BaseModel):
    """How much of a service's eligible usage is covered."""

    service: Key
    covered_cost: Amount
    eligible_cost: Amount
    coverage: Ratio | None


def purchases(generation: Generation, listed: dict[str, Any]) -> tuple[list[Purchase], int]:
    """Return what was billed for commitments, the latest first, and how many are left out.

    Args:
        generation: The data.
        listed: Currency, `first` and last `month` (both within), and the `most` lines to return.
    """
    found = generation.rows(PURCHASES, listed)
    fields = ("month", "type", "upfront_fee", "recurring_fee")
    shown = [
        Purchase(key=commitment_key(row), **{name: row[name] for name in fields}) for row in found
    ]
    return shown, left_out(found)


def expiries(
    generation: Generation, listed: dict[str, Any], today: date
) -> tuple[list[Expiry], int]:
    """Return the commitments that end within 90 days of `today`, and how many are left out.

    One without used or unused cost in the month is over already: returned, exchanged, or run out.

    Args:
        generation: The data.
        listed: As for `purchases`.
        today: The day after the last complete one.
    """
    found = generation.rows(EXPIRIES, listed | {"today": today})
    fields = ("end", "days_left", "savings_at_risk")
    shown = [
        Expiry(key=commitment_key(row), **{name: row[name] for name in fields}) for row in found
    ]
    return shown, left_out(found)


def by_service(generation: Generation, currency: str, month: date) -> list[ServiceCoverage]:
    """Return the services with most covered usage in a month, at on-demand prices."""
    return [
        ServiceCoverage(
            service=key(DIMENSIONS["ServiceName"], row["service"]),
            covered_cost=row["covered_cost"],
            eligible_cost=row["eligible_cost"],
            coverage=share(row["covered_cost"], row["covered_cost"] + row["eligible_cost"]),
        )
        for row in generation.rows(BY_SERVICE, {"currency": currency, "month": month})
    ]


def left_out(rows: Sequence[dict[str, Any]]) -> int:
    """Return how many rows a limit cut off; each row says in `found` how many there were."""
    return rows[0]["found"] - len(rows) if rows else 0


def commitment_key(row: dict[str, Any]) -> Key:
    return key(DIMENSIONS["CommitmentDiscountId"], row["id"], row["name"])
