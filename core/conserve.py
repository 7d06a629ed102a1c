"""Conservation: source, raw and FOCUS hold the same money, to the last decimal.

For each (export, billing period, currency, account) the vendor's own formula is summed over
the files, over the raw table and over FOCUS. The three stand side by side in
`ledger.reconciliation`; any difference stops the run before anything is published.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from core import sql
from core.errors import BadManifest, ConservationError, CorruptFile, MissingCost, WrongMonth
from core.exports import ExportVersion, SourceRelation, Vendor
from core.overlaps import refuse_double_bills
from core.periods import name as period_name

SHOWN = 10
KEY = "billing_account_id, sub_account_id, currency"


def same(left: str, right: str) -> str:
    """Return the null-safe join of two relations on account and currency."""
    names = KEY.split(", ")
    return " AND ".join(f"{left}.{n} IS NOT DISTINCT FROM {right}.{n}" for n in names)


def source_totals(
    connection: duckdb.DuckDBPyConnection,
    vendor: Vendor,
    version: ExportVersion,
    view: str,
    source: SourceRelation,
) -> None:
    """Sum one version's files into the temporary table `source_totals`.

    Raises:
        MissingCost: If a line lacks the cost that its type needs.
    """
    names = [column.name for column in source.columns]
    query = vendor.totals(version.dialect, view, names, version.billing_period)
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS source_totals (export VARCHAR, billing_period DATE, "
        "billing_account_id VARCHAR, sub_account_id VARCHAR, currency VARCHAR, rows BIGINT, "
        "holes BIGINT, billed DECIMAL(38,18), effective DECIMAL(38,18))"
    )
    connection.execute(
        f"INSERT INTO source_totals SELECT ?, ?, {KEY}, rows, holes, billed, effective "
        f"FROM ({query})",
        [version.export, version.billing_period],
    )
    refuse_lost_lines(connection, version, source)
    ours = f"export = {sql.text(version.export)} AND billing_period = '{version.billing_period}'"
    refuse_lines(connection, f"source_totals WHERE {ours}", "holes", version, MissingCost)


def refuse_lines(
    connection: duckdb.DuckDBPyConnection,
    totals: str,
    count: str,
    version: ExportVersion,
    error: type[MissingCost | WrongMonth],
) -> None:
    """Raise `error` where the column `count` of some totals counts lines, naming their accounts."""
    row = connection.execute(
        f"SELECT sum({count}), string_agg(DISTINCT sub_account_id, ', ') "
        f"FROM (FROM {totals}) WHERE {count} > 0"
    ).fetchone()
    if row and row[0]:
        where = f"{version.export} {period_name(version.billing_period)}"
        raise error(where, int(row[0]), f"accounts {row[1]}")


def refuse_lost_lines(
    connection: duckdb.DuckDBPyConnection, version: ExportVersion, source: SourceRelation
) -> None:
    """Compare the rows that DuckDB read with the lines that the CSV files hold.

    Raises:
        CorruptFile: If they differ; a reader that skips a line does not say so.
        BadManifest: If the manifest states another number.
    """
    row = connection.execute(
        "SELECT coalesce(sum(rows), 0) FROM source_totals WHERE export = ? AND billing_period = ?",
        [version.export, version.billing_period],
    ).fetchone()
    read = int(row[0]) if row else 0
    if version.rows is not None and read != version.rows:
        raise BadManifest(
            f"{version.export} {period_name(version.billing_period)}",
            f"it says {version.rows:,} lines, but its files hold {read:,}",
        )
    if not source.files or read == sum(file.lines for file in source.files):
        return
    held = sum(file.records() for file in source.files)
    if read != held:
        raise CorruptFile(
            source.files[0].where, f"its export holds {held:,} lines, but {read:,} can be read"
        )


def rows_per_period(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many lines a billing period has in `source_totals`, on average."""
    row = connection.execute(
        "SELECT sum(rows) // count(DISTINCT billing_period) FROM source_totals"
    ).fetchone()
    return int(row[0] or 0) if row else 0


def raw_totals(
    connection: duckdb.DuckDBPyConnection,
    vendor: Vendor,
    version: ExportVersion,
    table: str,
    columns: Sequence[str],
    load_id: str,
) -> int:
    """Sum the raw rows of one period, note both sums, and return the number of rows.

    Raises:
        WrongMonth: If a line says that it belongs to another billing period; asked here, not of
            the files, for here the answer is free.
        ConservationError: If rows or sums differ from the files'.
    """
    period = f"CAST('{version.billing_period}' AS DATE)"
    relation = f"(SELECT * FROM {sql.relation(table)} WHERE billing_period = {period})"
    query = vendor.totals(version.dialect, relation, columns, version.billing_period)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE raw_totals AS {query}")
    refuse_lines(connection, "raw_totals", "strays", version, WrongMonth)
    connection.execute(
        f"""
        INSERT INTO ledger.reconciliation
        SELECT ?, ?, ?, {period}, coalesce(s.currency, r.currency),
            coalesce(s.billing_account_id, r.billing_account_id),
            coalesce(s.sub_account_id, r.sub_account_id),
            s.rows, s.billed, s.effective, r.rows, r.billed, r.effective, NULL, NULL, NULL
        FROM (SELECT * FROM source_totals WHERE export = ? AND billing_period = {period}) AS s
        FULL JOIN raw_totals AS r ON {same("s", "r")}
        """,
        [load_id, vendor.name, version.export, version.export],
    )
    compare(connection, "raw", load_id, version)
    row = connection.execute(
        "SELECT coalesce(sum(raw_rows), 0) FROM ledger.reconciliation "
        "WHERE load_id = ? AND export = ? AND billing_period = ?",
        [load_id, version.export, version.billing_period],
    ).fetchone()
    return int(row[0]) if row else 0


def focus_totals(connection: duckdb.DuckDBPyConnection) -> None:
    """Sum FOCUS for every load that was just transformed and compare it with the source.

    Raises:
        ConservationError: If BilledCost or EffectiveCost differ from the source's.
    """
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE focus_totals AS
        SELECT l.load_id, f.* EXCLUDE (vendor)
        FROM (
            SELECT x_Vendor AS vendor, x_Export AS export,
                CAST(BillingPeriodStart AS DATE) AS billing_period,
                BillingAccountId AS billing_account_id, SubAccountId AS sub_account_id,
                BillingCurrency AS currency, count(*) AS rows,
                sum(BilledCost) AS billed, sum(EffectiveCost) AS effective
            FROM focus.cost_and_usage
            WHERE (x_Vendor, x_Export, CAST(BillingPeriodStart AS DATE)) IN (
                SELECT (vendor, export, billing_period) FROM ledger.loads
                WHERE status = 'current' AND NOT transformed)
            GROUP BY ALL
        ) AS f
        JOIN ledger.loads AS l ON l.vendor = f.vendor AND l.export = f.export
            AND l.billing_period = f.billing_period AND l.status = 'current'
        """
    )
    connection.execute(
        f"""
        UPDATE ledger.reconciliation AS r
        SET focus_rows = f.rows, focus_billed = f.billed, focus_effective = f.effective
        FROM focus_totals AS f
        WHERE f.load_id = r.load_id AND f.export = r.export
            AND f.billing_period = r.billing_period AND {same("f", "r")}
        """
    )
    stray = connection.execute(
        f"""
        SELECT f.export, f.billing_period, f.sub_account_id, f.currency, f.billed
        FROM focus_totals AS f
        WHERE NOT EXISTS (
            SELECT 1 FROM ledger.reconciliation AS r
            WHERE f.load_id = r.load_id AND f.export = r.export
                AND f.billing_period = r.billing_period AND {same("f", "r")})
        LIMIT {SHOWN}
        """
    ).fetchall()
    if stray:
        raise ConservationError(
            "FOCUS table",
            [
                f"{export} {period_name(period)} account {account}: {currency} {billed} "
                "belongs to no account of the source"
                for export, period, account, currency, billed in stray
            ],
        )
    compare(connection, "focus")
    refuse_double_bills(connection)


def compare(
    connection: duckdb.DuckDBPyConnection,
    stage: str,
    load_id: str | None = None,
    version: ExportVersion | None = None,
) -> None:
    """Raise ConservationError where `stage` ('raw' or 'focus') differs from the source."""
    rows_differ = "OR source_rows IS DISTINCT FROM raw_rows" if stage == "raw" else ""
    pending = (
        "load_id = ? AND export = ? AND billing_period = ?"
        if version
        else "(load_id, export, billing_period) IN (SELECT (load_id, export, billing_period) "
        "FROM ledger.loads WHERE status = 'current' AND NOT transformed)"
    )
    values = [load_id, version.export, version.billing_period] if version else []
    differences = connection.execute(
        f"""
        SELECT export, billing_period, sub_account_id, currency, source_rows, {stage}_rows,
            source_billed, {stage}_billed, source_effective, {stage}_effective
        FROM ledger.reconciliation
        WHERE {pending} AND (source_billed IS DISTINCT FROM {stage}_billed
            OR source_effective IS DISTINCT FROM {stage}_effective {rows_differ})
        ORDER BY ALL LIMIT {SHOWN}
        """,
        values,
    ).fetchall()
    if differences:
        raise ConservationError(
            "raw table" if stage == "raw" else "FOCUS table",
            [
                f"{export} {period_name(period)} account {account} {currency}: "
                f"rows {rows} -> {got_rows}, billed {billed} -> {got_billed}, "
                f"effective {effective} -> {got_effective}"
                for (
                    export,
                    period,
                    account,
                    currency,
                    rows,
                    got_rows,
                    billed,
                    got_billed,
                    effective,
                    got_effective,
                ) in differences
            ],
        )
