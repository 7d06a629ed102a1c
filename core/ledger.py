"""The ledger: which export version is loaded, and what it summed to.

Tables of the schema `ledger`, documented in docs/data-model.md. A load is current until a
newer version of the same (vendor, export, billing period) supersedes it; superseded rows
stay, so that a restatement can be told from the first delivery.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from core import sql
from core.exports import ExportVersion
from core.inventory import FileContent, Inventory

SCHEMA = """
CREATE SCHEMA IF NOT EXISTS ledger;
CREATE TABLE IF NOT EXISTS ledger.loads (
    load_id VARCHAR, vendor VARCHAR, export VARCHAR, billing_period DATE, version_id VARCHAR,
    fingerprint VARCHAR, dialect VARCHAR, format VARCHAR, raw_table VARCHAR, status VARCHAR,
    transformed BOOLEAN, files BIGINT, bytes BIGINT, rows BIGINT,
    started_at TIMESTAMP, finished_at TIMESTAMP, superseded_by VARCHAR
);
CREATE TABLE IF NOT EXISTS ledger.reconciliation (
    load_id VARCHAR, vendor VARCHAR, export VARCHAR, billing_period DATE, currency VARCHAR,
    billing_account_id VARCHAR, sub_account_id VARCHAR,
    source_rows BIGINT, source_billed DECIMAL(38, 18), source_effective DECIMAL(38, 18),
    raw_rows BIGINT, raw_billed DECIMAL(38, 18), raw_effective DECIMAL(38, 18),
    focus_rows BIGINT, focus_billed DECIMAL(38, 18), focus_effective DECIMAL(38, 18)
);
CREATE TABLE IF NOT EXISTS ledger.tag_keys (vendor VARCHAR, export VARCHAR, key VARCHAR);
CREATE TABLE IF NOT EXISTS ledger.files (
    vendor VARCHAR, export VARCHAR, file VARCHAR, stamp VARCHAR, billing_periods DATE[],
    dialect VARCHAR
);
CREATE TABLE IF NOT EXISTS ledger.exchange_rates (
    currency VARCHAR, display VARCHAR, day DATE, rate DECIMAL(38, 12), rate_date DATE
);
CREATE TABLE IF NOT EXISTS ledger.display_currency (display VARCHAR, fingerprint VARCHAR);
CREATE TABLE IF NOT EXISTS ledger.focus_project (mark VARCHAR);
"""


@dataclass(frozen=True, kw_only=True)
class Current:
    """The version of one billing period that the database holds."""

    version_id: str
    fingerprint: str
    raw_table: str
    load_id: str


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the ledger's tables where they are missing."""
    connection.execute(SCHEMA)


def current_versions(database: Path, vendor: str) -> dict[tuple[str, date], Current]:
    """Return what is loaded, by (export, billing period); empty where no database is."""
    if not database.is_file():
        return {}
    from core.backends.duckdb import connect_read_only

    with connect_read_only(database) as connection:
        return read_current(connection, vendor)


def read_current(
    connection: duckdb.DuckDBPyConnection, vendor: str
) -> dict[tuple[str, date], Current]:
    if not has_ledger(connection):
        return {}
    rows = connection.execute(
        "SELECT export, billing_period, version_id, fingerprint, raw_table, load_id "
        "FROM ledger.loads WHERE vendor = ? AND status = 'current'",
        [vendor],
    ).fetchall()
    return {
        (export, period): Current(
            version_id=version, fingerprint=fingerprint, raw_table=table, load_id=load_id
        )
        for export, period, version, fingerprint, table, load_id in rows
    }


def has_ledger(connection: duckdb.DuckDBPyConnection) -> bool:
    return has_table(connection, "loads")


def has_table(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Tell whether the ledger has a table; one of an older version may lack the newer ones."""
    row = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'ledger' AND table_name = ?",
        [name],
    ).fetchone()
    return bool(row and row[0])


def record(
    connection: duckdb.DuckDBPyConnection,
    version: ExportVersion,
    *,
    load_id: str,
    raw_table: str,
    files: int,
    size: int,
    rows: int,
    started: Any,
) -> None:
    """Make `version` the current load of its period and supersede the former one."""
    connection.execute(
        "UPDATE ledger.loads SET status = 'superseded', superseded_by = ? "
        "WHERE vendor = ? AND export = ? AND billing_period = ? AND status = 'current'",
        [load_id, version.vendor, version.export, version.billing_period],
    )
    connection.execute(
        "INSERT INTO ledger.loads VALUES "
        "(?, ?, ?, ?, ?, ?, ?, ?, ?, 'current', false, ?, ?, ?, ?, "
        "CAST(now() AT TIME ZONE 'UTC' AS TIMESTAMP), NULL)",
        [
            load_id,
            version.vendor,
            version.export,
            version.billing_period,
            version.version_id,
            version.fingerprint,
            version.dialect,
            version.format,
            raw_table,
            files,
            size,
            rows,
            started,
        ],
    )


def lost_accounts(connection: duckdb.DuckDBPyConnection, former: str, now: str) -> list[str]:
    """Return the billing accounts that one load had lines of, and the load after it has none of."""
    rows = connection.execute(
        """
        SELECT billing_account_id FROM ledger.reconciliation
        WHERE load_id = ? AND billing_account_id IS NOT NULL AND source_rows > 0
        EXCEPT
        SELECT billing_account_id FROM ledger.reconciliation
        WHERE load_id = ? AND source_rows > 0
        ORDER BY ALL
        """,
        [former, now],
    ).fetchall()
    return [str(account) for (account,) in rows]


def pending(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many current loads FOCUS does not hold yet."""
    if not has_ledger(connection):
        return 0
    row = connection.execute(
        "SELECT count(*) FROM ledger.loads WHERE status = 'current' AND NOT transformed"
    ).fetchone()
    return int(row[0]) if row else 0


def mark_all(connection: duckdb.DuckDBPyConnection, *, transformed: bool) -> None:
    """Set every current load's FOCUS state: after a build, or before a full rebuild."""
    connection.execute(
        "UPDATE ledger.loads SET transformed = ? WHERE status = 'current'", [transformed]
    )


def is_built_by(connection: duckdb.DuckDBPyConnection, mark: str) -> bool:
    """Tell whether FOCUS and the marts, if there are any, were built by models of this mark."""
    if not has_ledger(connection):
        return True
    transformed = "SELECT count(*) FROM ledger.loads WHERE status = 'current' AND transformed"
    if connection.execute(transformed).fetchall() == [(0,)]:
        return True
    if not has_table(connection, "focus_project"):
        return False
    return connection.execute("SELECT mark FROM ledger.focus_project").fetchall() == [(mark,)]


def note_built_by(connection: duckdb.DuckDBPyConnection, mark: str) -> None:
    connection.execute("DELETE FROM ledger.focus_project")
    connection.execute("INSERT INTO ledger.focus_project VALUES (?)", [mark])


def set_tag_keys(
    connection: duckdb.DuckDBPyConnection, vendor: str, export: str, keys: Iterable[str]
) -> None:
    """Replace the tag keys that config.toml names for one export."""
    connection.execute(
        "DELETE FROM ledger.tag_keys WHERE vendor = ? AND export = ?", [vendor, export]
    )
    for key in keys:
        connection.execute("INSERT INTO ledger.tag_keys VALUES (?, ?, ?)", [vendor, export, key])


def inventory(database: Path, vendor: str, export: str) -> Inventory:
    """Return what was noted of an export's files; empty where nothing was."""
    if not database.is_file():
        return {}
    from core.backends.duckdb import connect_read_only

    with connect_read_only(database) as connection:
        if not has_table(connection, "files"):
            return {}
        rows = connection.execute(
            "SELECT file, stamp, billing_periods, dialect FROM ledger.files "
            "WHERE vendor = ? AND export = ?",
            [vendor, export],
        ).fetchall()
    return {
        file: FileContent(stamp=stamp, periods=tuple(periods), dialect=dialect)
        for file, stamp, periods, dialect in rows
    }


def note_files(
    connection: duckdb.DuckDBPyConnection, vendor: str, export: str, files: Inventory
) -> None:
    """Replace what is noted of an export's files."""
    connection.execute("DELETE FROM ledger.files WHERE vendor = ? AND export = ?", [vendor, export])
    for file, content in files.items():
        connection.execute(
            "INSERT INTO ledger.files VALUES (?, ?, ?, ?, ?, ?)",
            [vendor, export, file, content.stamp, list(content.periods), content.dialect],
        )


def columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Return a table's column names, in order."""
    return [str(row[0]) for row in connection.execute(f"DESCRIBE {sql.relation(table)}").fetchall()]


def history(
    database: Path, vendor: str, export: str | None, billing_period: str | None
) -> list[dict[str, Any]]:
    """Return every load of a vendor, newest period first, as a list of columns.

    Raises:
        NoDatabase: If nothing was ever imported.
    """
    from core.backends.duckdb import connect_read_only

    with connect_read_only(database) as connection:
        if not has_ledger(connection):
            return []
        found = connection.execute(
            "SELECT export, strftime(billing_period, '%Y-%m') AS billing_period, status, "
            "version_id, dialect, format, rows, files, bytes, raw_table, transformed, "
            "started_at, finished_at, load_id, fingerprint, superseded_by FROM ledger.loads "
            "WHERE vendor = ? AND (? IS NULL OR export = ?) "
            "AND (? IS NULL OR strftime(billing_period, '%Y-%m') = ?) "
            "ORDER BY export, billing_period DESC, finished_at DESC",
            [vendor, export, export, billing_period, billing_period],
        )
        names = [str(column[0]) for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
