"""Whether the data can be trusted: how fresh they are, what was loaded, which checks hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from dashboards.answers import Amount, Month, Ratio, Time
from dashboards.checks import Check, checks, proof
from dashboards.generations import Generation
from dashboards.meta import NoParameters
from dashboards.slices import CURRENCY

STALE_HOURS = 72
LOADS = 200
FRESHNESS = """
    SELECT vendor, export, max(billing_period) AS latest_month, max(data_as_of) AS data_as_of,
        max(loaded_at) AS loaded_at, arg_max(is_partial, billing_period) AS is_partial,
        CAST(sum(row_count) AS BIGINT) AS rows
    FROM marts.data_freshness GROUP BY ALL ORDER BY vendor, export
"""
LOADED = f"""
    SELECT load_id, vendor, export, billing_period AS month, version_id, status, rows, bytes,
        date_diff('millisecond', started_at, finished_at) / 1000 AS seconds, started_at
    FROM ledger.loads ORDER BY started_at DESC, load_id LIMIT {LOADS}
"""
UNMAPPED = f"""
    SELECT vendor, coalesce(service_name, service_code) AS service,
        CAST(sum(row_count) AS BIGINT) AS lines, sum(effective_cost) AS cost,
        {CURRENCY} AS currency
    FROM focus.unmapped_services GROUP BY ALL ORDER BY cost DESC, service LIMIT 200
"""
COVERAGE = f"""
    SELECT billing_period AS month, {CURRENCY} AS currency, price_coverage AS coverage
    FROM marts.monthly_summary ORDER BY month, currency
"""
COLUMNS = {
    "ServiceCategory": "service_category",
    "SubAccountId": "sub_account_id",
    "RegionId": "region_id",
    "PricingCategory": "pricing_category",
}
HYGIENE = """
    SELECT '{name}' AS column, {currency} AS currency,
        coalesce(sum(effective_cost) FILTER ({column} IS NULL), 0) AS missing_cost,
        CAST(coalesce(sum(abs(effective_cost)) FILTER ({column} IS NULL), 0) AS DOUBLE)
            / nullif(CAST(sum(abs(effective_cost)) AS DOUBLE), 0) AS share
    FROM marts.daily_costs WHERE charge_category = 'Usage' GROUP BY ALL
"""


class Freshness(BaseModel):
    """How far one export reaches."""

    vendor: str
    export: str
    latest_month: Month
    data_as_of: Time | None
    loaded_at: Time
    age_hours: float
    """Since the end of its newest usage; since it was last loaded where nothing tells that."""
    is_stale: bool
    is_partial: bool
    rows: int


class Load(BaseModel):
    """One delivery that was loaded."""

    load_id: str
    vendor: str
    export: str
    month: Month
    version_id: str
    status: str
    rows: int | None
    bytes: int | None
    seconds: float | None
    started_at: Time | None


class Unmapped(BaseModel):
    """A service without a category."""

    vendor: str
    service: str | None
    lines: int
    cost: Amount
    currency: str


class PriceCoverage(BaseModel):
    """The share of usage cost that has a list price."""

    month: Month
    currency: str
    coverage: Ratio | None


class Hygiene(BaseModel):
    """Usage cost that leaves a column empty."""

    column: str
    currency: str
    missing_cost: Amount
    share: Ratio | None
    """Of all usage, each day's cost by its size: refunds make it neither negative nor above 1."""


class Health(BaseModel):
    """Whether the data can be trusted."""

    generation: str
    published_at: Time
    freshness: list[Freshness]
    loads: list[Load]
    checks: list[Check]
    unmapped: list[Unmapped]
    price_coverage: list[PriceCoverage]
    hygiene: list[Hygiene]


def health(generation: Generation, asked: NoParameters) -> Health:
    """Return whether the data can be trusted."""
    now = datetime.now(UTC).replace(tzinfo=None)
    return Health(
        generation=generation.name,
        published_at=generation.published_at,
        freshness=[freshness(row, now) for row in generation.rows(FRESHNESS)],
        loads=[Load(**row) for row in generation.rows(LOADED)],
        checks=[proof(generation), *checks(generation)],
        unmapped=[Unmapped(**row) for row in generation.rows(UNMAPPED)],
        price_coverage=[PriceCoverage(**row) for row in generation.rows(COVERAGE)],
        hygiene=[Hygiene(**row) for row in generation.rows(hygiene())],
    )


def freshness(row: dict[str, Any], now: datetime) -> Freshness:
    newest = row["data_as_of"] or row["loaded_at"]
    age = (now - newest).total_seconds() / 3600
    return Freshness(**row, age_hours=round(age, 1), is_stale=age > STALE_HOURS)


def hygiene() -> str:
    parts = [
        HYGIENE.format(name=name, column=column, currency=CURRENCY)
        for name, column in COLUMNS.items()
    ]
    return " UNION ALL ".join(parts) + " ORDER BY currency, missing_cost DESC"
