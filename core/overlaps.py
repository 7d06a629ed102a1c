"""One payer's month comes from one export: two would count its money twice."""

from __future__ import annotations

from datetime import date

import duckdb

from core import sql
from core.errors import ExportCollision
from core.exports import load_vendor, vendor_names
from core.periods import name as period_name


def refuse_overlaps(connection: duckdb.DuckDBPyConnection, vendor: str) -> None:
    """Refuse two exports that hold the same payer's bill for the same month.

    Raises:
        ExportCollision: With both names; the money would count twice.
    """
    row = connection.execute(
        """
        SELECT min(r.export), max(r.export), r.billing_account_id, r.billing_period
        FROM ledger.reconciliation AS r
        JOIN ledger.loads AS l USING (load_id, vendor, export, billing_period)
        WHERE l.status = 'current' AND r.vendor = ? AND r.billing_account_id IS NOT NULL
        GROUP BY r.billing_account_id, r.billing_period
        HAVING count(DISTINCT r.export) > 1
        ORDER BY ALL LIMIT 1
        """,
        [vendor],
    ).fetchone()
    if row:
        raise double(*row)


def refuse_double_bills(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse one payer's month from two exports of any vendors, now that FOCUS names providers.

    Accounts of one provider are compared by the last part of their ids, blind to case: a path in
    a FOCUS export and the plain id of a native one are the same account.

    Raises:
        ExportCollision: With both names; the money would count twice.
    """
    spellings = ", ".join(
        f"({sql.text(spelling.lower())}, {sql.text(vendor)})"
        for vendor in vendor_names()
        for spelling in (vendor, *load_vendor(vendor).provider_names)
    )
    row = connection.execute(
        f"""
        WITH spellings (spelling, provider) AS (VALUES {spellings}),
        bills AS (
            SELECT DISTINCT x_Vendor AS vendor, x_Export AS export, ProviderName AS provider_name,
                BillingAccountId AS account, CAST(BillingPeriodStart AS DATE) AS period
            FROM focus.cost_and_usage
            WHERE BillingAccountId IS NOT NULL AND CAST(BillingPeriodStart AS DATE) IN (
                SELECT billing_period FROM ledger.loads
                WHERE status = 'current' AND NOT transformed)
        )
        SELECT min(vendor || ' ' || export), max(vendor || ' ' || export), min(account), period
        FROM bills LEFT JOIN spellings ON lower(provider_name) = spelling
        GROUP BY coalesce(provider, lower(provider_name)), lower(split_part(account, '/', -1)),
            period
        HAVING count(DISTINCT (vendor, export)) > 1
        ORDER BY ALL LIMIT 1
        """
    ).fetchone()
    if row:
        raise double(*row)


def refuse_shared_files(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse one file that two exports hold: whatever its accounts are called, it is one bill.

    Raises:
        ExportCollision: With both names and the file; the money would count twice.
    """
    row = connection.execute(
        """
        SELECT min(export), max(export), file FROM ledger.files AS f
        WHERE EXISTS (FROM ledger.loads AS l WHERE l.vendor = f.vendor AND l.export = f.export
            AND l.status = 'current' AND list_contains(f.billing_periods, l.billing_period))
        GROUP BY file HAVING count(DISTINCT (vendor, export)) > 1 ORDER BY ALL LIMIT 1
        """
    ).fetchone()
    if row:
        first, second, file = row
        raise ExportCollision(first, second, f"both read {file}, which would count twice")


def double(first: str, second: str, payer: str, period: date) -> ExportCollision:
    """Return the error that names two exports of one payer's month."""
    what = f"both hold the bill of payer {payer} for {period_name(period)}, which would count twice"
    return ExportCollision(first, second, what)
