"""The overview: what a FinOps lead asks first, read from the marts.

Every amount is in the currency it stands beside; currencies are never added. Formulas live in
dbt (marts.metrics); this module only picks months and ranks.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from core.backends.duckdb import connect_read_only
from core.errors import QueryError
from core.periods import shift

CURRENCY = "coalesce(billing_currency, 'no currency')"
"""A bill may leave its currency out: it is kept apart like any other."""

MONTHS = f"""
    SELECT billing_period, is_partial, data_as_of, billed_cost, effective_cost, list_cost,
        effective_savings_rate, commitment_coverage, commitment_utilisation,
        unused_commitment_cost, tagged_share, price_coverage
    FROM marts.monthly_summary WHERE {CURRENCY} = ? ORDER BY billing_period
"""

RANKED = """
    SELECT coalesce({name}, 'no name') AS name,
        coalesce(sum(effective_cost) FILTER (billing_period = $month), 0) AS cost,
        coalesce(sum(effective_cost) FILTER (billing_period = $before), 0) AS cost_before
    FROM marts.daily_costs
    WHERE coalesce(billing_currency, 'no currency') = $currency
        AND billing_period IN ($month, $before)
    GROUP BY {group}
    ORDER BY {order}
    LIMIT $top
"""

ACCOUNT = "coalesce(any_value(sub_account_name), sub_account_id, 'no account')"
MOVER = f"coalesce(service_name, 'no service') || ' in ' || {ACCOUNT}"
LARGEST = "cost DESC, name"
MOVED = "abs(cost - cost_before) DESC, name"

COMMITMENTS = f"""
    SELECT commitment_id, commitment_type, payment_option, used_cost, unused_cost,
        net_savings, is_loss,
        CAST(used_cost AS DOUBLE) / nullif(CAST(used_cost + unused_cost AS DOUBLE), 0)
            AS utilisation
    FROM marts.commitment_use
    WHERE {CURRENCY} = $currency AND billing_period = $month
        AND used_cost + unused_cost <> 0
    ORDER BY unused_cost DESC, commitment_id LIMIT $top
"""

RECONCILIATION = """
    SELECT export, billing_period, currency, sum(source_rows) AS source_rows,
        sum(source_billed) AS source_billed, sum(raw_billed) AS raw_billed,
        sum(focus_billed) AS focus_billed, sum(source_effective) AS source_effective,
        sum(focus_effective) AS focus_effective,
        sum(focus_billed) - sum(source_billed) AS billed_residual,
        sum(focus_effective) - sum(source_effective) AS effective_residual
    FROM ledger.reconciliation
    JOIN ledger.loads USING (load_id, vendor, export, billing_period)
    WHERE status = 'current'
    GROUP BY ALL ORDER BY billing_period, export, currency
"""

RESTATEMENTS = """
    SELECT former.export, former.billing_period, r.currency,
        former.version_id AS former_version, current.version_id,
        sum(r.source_billed) FILTER (r.load_id = former.load_id) AS former_billed,
        sum(r.source_billed) FILTER (r.load_id = current.load_id) AS billed,
        sum(r.source_effective) FILTER (r.load_id = former.load_id) AS former_effective,
        sum(r.source_effective) FILTER (r.load_id = current.load_id) AS effective
    FROM ledger.loads AS former
    JOIN ledger.loads AS current ON current.load_id = former.superseded_by
        AND current.version_id <> former.version_id
    JOIN ledger.reconciliation AS r ON r.load_id IN (former.load_id, current.load_id)
    WHERE former.status = 'superseded'
    GROUP BY ALL
    HAVING former_billed IS DISTINCT FROM billed OR former_effective IS DISTINCT FROM effective
    ORDER BY former.billing_period, former.export
"""


@dataclass(frozen=True, kw_only=True)
class CurrencyOverview:
    """One currency's part of the overview; lists are ready to print."""

    currency: str
    month: date
    """The last complete month, or the last one where none is complete."""
    months: list[dict[str, Any]]
    providers: list[dict[str, Any]]
    """Empty where the currency's bills are of one provider."""
    services: list[dict[str, Any]]
    accounts: list[dict[str, Any]]
    movers: list[dict[str, Any]]
    commitments: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The overview of everything that is loaded."""

    currencies: list[CurrencyOverview]
    reconciliation: list[dict[str, Any]]
    restatements: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def overview(database: Path, *, top: int = 10) -> Overview:
    """Read the overview of a published database.

    Raises:
        NoDatabase: If nothing was ever imported.
        QueryError: If the marts were never built.
    """
    with connect_read_only(database) as connection:
        try:
            totals = rows(
                connection,
                f"SELECT {CURRENCY} AS billing_currency FROM marts.monthly_summary "
                "GROUP BY ALL ORDER BY sum(billed_cost) DESC",
            )
        except duckdb.CatalogException as error:
            raise QueryError(
                "the marts are not built yet", hint="Run `./finops focus build`."
            ) from error
        return Overview(
            currencies=[
                of_currency(connection, str(row["billing_currency"]), top) for row in totals
            ],
            reconciliation=rows(connection, RECONCILIATION),
            restatements=rows(connection, RESTATEMENTS),
        )


def of_currency(connection: duckdb.DuckDBPyConnection, currency: str, top: int) -> CurrencyOverview:
    months = rows(connection, MONTHS, [currency])
    complete = [m for m in months if not m["is_partial"]] or months
    month: date = complete[-1]["billing_period"]
    values: dict[str, Any] = {
        "currency": currency,
        "month": month,
        "before": shift(month, -1),
        "top": top,
    }

    def ranked(name: str, group: str, order: str) -> list[dict[str, Any]]:
        found = rows(connection, RANKED.format(name=name, group=group, order=order), values)
        return [{**row, "change": row["cost"] - row["cost_before"]} for row in found]

    providers = ranked("provider_name", "provider_name", LARGEST)
    return CurrencyOverview(
        currency=currency,
        month=month,
        months=months,
        providers=providers if len(providers) > 1 else [],
        services=ranked("service_name", "service_name", LARGEST),
        accounts=ranked(ACCOUNT, "sub_account_id", LARGEST),
        movers=[r for r in ranked(MOVER, "service_name, sub_account_id", MOVED) if r["change"]],
        commitments=rows(
            connection, COMMITMENTS, {k: v for k, v in values.items() if k != "before"}
        ),
    )


def rows(
    connection: duckdb.DuckDBPyConnection, query: str, values: Any = None
) -> list[dict[str, Any]]:
    """Run a query whose result is a page, not a bill, and return its rows by column name."""
    found = connection.execute(query, values) if values else connection.execute(query)
    names = [str(column[0]) for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def residual(overview: Overview) -> Decimal:
    """Return the largest residual of the reconciliation; 0 where every cent is proven."""
    residuals = [
        abs(row[name])
        for row in overview.reconciliation
        for name in ("billed_residual", "effective_residual")
        if row[name] is not None
    ]
    return max(residuals, default=Decimal(0))
