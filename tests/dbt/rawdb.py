"""Small raw databases for the dbt tests, as the loader would leave them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from core import ledger
from vendors.aws.columns import raw_type

ROOT = Path(__file__).resolve().parents[2]
Row = Mapping[str, Any]


def create(path: Path) -> None:
    """Make a database with an empty ledger."""
    with duckdb.connect(str(path)) as connection:
        ledger.create(connection)
        connection.execute("CREATE SCHEMA IF NOT EXISTS aws_billing")


def deliver(
    path: Path,
    period: str,
    rows: Sequence[Row],
    *,
    export: str = "default",
    dialect: str = "cur_2",
    table: str | None = None,
    load_id: str | None = None,
    columns: Sequence[str] = (),
) -> str:
    """Write one month's raw table and make it the current, pending load; returns its load id.

    `columns` adds columns that no row sets, as an empty month needs.
    """
    table = table or f"aws_billing.billing_{period.replace('-', '_')}"
    names = list(dict.fromkeys([*columns, *(name for row in rows for name in row)]))
    types = {name: raw_type(name) or "VARCHAR" for name in names}
    with duckdb.connect(str(path)) as connection:
        count = connection.execute("SELECT count(*) FROM ledger.loads").fetchone()
        assert count
        load_id = load_id or f"load-{count[0] + 1}"
        declared = "".join(f', "{name}" {kind}' for name, kind in types.items())
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {table} "
            f"(billing_period DATE, _dlt_load_id VARCHAR{declared})"
        )
        connection.execute(f"DELETE FROM {table} WHERE billing_period = ?", [f"{period}-01"])
        for row in rows:
            values = [_text(row.get(name)) for name in names]
            marks = "".join(f", CAST(? AS {types[name]})" for name in names)
            listed = "".join(f', "{name}"' for name in names)
            connection.execute(
                f"INSERT INTO {table} (billing_period, _dlt_load_id{listed}) VALUES (?, ?{marks})",
                [f"{period}-01", load_id, *values],
            )
        connection.execute(
            "UPDATE ledger.loads SET status = 'superseded', superseded_by = ? "
            "WHERE export = ? AND billing_period = ? AND status = 'current'",
            [load_id, export, f"{period}-01"],
        )
        connection.execute(
            "INSERT INTO ledger.loads (load_id, vendor, export, billing_period, dialect, "
            "raw_table, status, transformed, rows) VALUES (?, 'aws', ?, ?, ?, ?, 'current', "
            "false, ?)",
            [load_id, export, f"{period}-01", dialect, table, len(rows)],
        )
    return load_id


def build(path: Path, *arguments: str, work: Path | None = None, memory_limit: str = "1GB") -> Any:
    """Run `dbt build` on the database, mark its loads transformed; returns dbt's result."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    work = work or path.parent
    os.environ.update(
        FINOPS_DATABASE=str(path),
        FINOPS_THREADS="2",
        FINOPS_MEMORY_LIMIT=memory_limit,
        FINOPS_TEMP_DIR=str(work / "tmp"),
        DBT_TARGET_PATH=str(work / "target"),
        DBT_LOG_PATH=str(work / "logs"),
    )
    project = str(ROOT / "focus")
    result = dbtRunner().invoke(
        ["--quiet", "build", "--project-dir", project, "--profiles-dir", project, *arguments]
    )
    DuckDBConnectionManager.close_all_connections()
    if result.success:
        with duckdb.connect(str(path)) as connection:
            connection.execute("UPDATE ledger.loads SET transformed = true")
    return result


def _text(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value
