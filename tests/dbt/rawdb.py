"""Small raw databases for the tests of the dbt project, as the loader would leave them."""

from __future__ import annotations

import atexit
import json
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from core import ledger, transform
from core.backends.duckdb import Limits
from vendors.aws.columns import raw_type

Row = Mapping[str, Any]


def create(path: Path) -> None:
    """Make a database with an empty ledger."""
    with duckdb.connect(str(path)) as connection:
        ledger.create(connection)
        connection.execute("CREATE SCHEMA IF NOT EXISTS aws_billing")


def activate_tags(path: Path, keys: Sequence[str], export: str = "default") -> None:
    """Say which tag keys users activated."""
    with duckdb.connect(str(path)) as connection:
        for key in keys:
            connection.execute("INSERT INTO ledger.tag_keys VALUES ('aws', ?, ?)", [export, key])


def deliver(
    path: Path,
    period: str,
    rows: Sequence[Row],
    *,
    export: str = "default",
    dialect: str = "cur_2",
    table: str | None = None,
    columns: Sequence[str] = (),
) -> str:
    """Write one month's raw table and make it the current, pending load; returns its load id.

    `columns` adds columns that no row sets, as an empty month needs.
    """
    table = table or f"aws_billing.billing_{period.replace('-', '_')}"
    names = list(dict.fromkeys([*columns, *(name for row in rows for name in row)]))
    types = {name: raw_type(name) or "VARCHAR" for name in names}
    with duckdb.connect(str(path)) as connection:
        load_id = _next_load_id(connection)
        declared = "".join(f', "{name}" {kind}' for name, kind in types.items())
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {table} "
            f"(billing_period DATE, _dlt_load_id VARCHAR{declared})"
        )
        connection.execute(f"DELETE FROM {table} WHERE billing_period = ?", [f"{period}-01"])
        for name, kind in types.items():
            connection.execute(f'ALTER TABLE {table} ADD COLUMN IF NOT EXISTS "{name}" {kind}')
        listed = "".join(f', "{name}"' for name in names)
        marks = "".join(f", CAST(? AS {types[name]})" for name in names)
        for row in rows:
            connection.execute(
                f"INSERT INTO {table} (billing_period, _dlt_load_id{listed}) VALUES (?, ?{marks})",
                [f"{period}-01", load_id, *(_text(row.get(name)) for name in names)],
            )
        supersede(connection, export, period, load_id)
        connection.execute(
            "INSERT INTO ledger.loads (load_id, vendor, export, billing_period, dialect, "
            "raw_table, status, transformed, rows) VALUES (?, 'aws', ?, ?, ?, ?, 'current', "
            "false, ?)",
            [load_id, export, f"{period}-01", dialect, table, len(rows)],
        )
    return load_id


def supersede(
    connection: duckdb.DuckDBPyConnection, export: str, period: str, load_id: str
) -> None:
    """End what was current for a month."""
    connection.execute(
        "UPDATE ledger.loads SET status = 'superseded', superseded_by = ? "
        "WHERE export = ? AND billing_period = ? AND status = 'current'",
        [load_id, export, f"{period}-01"],
    )


FOCUS_ALONE = [
    "--select", "path:models/staging", "path:models/intermediate", "path:models/focus",
    "resource_type:seed", "--indirect-selection", "cautious",
]  # fmt: skip


def build(path: Path, state: Path | None = None, *, marts: bool = False) -> list[str]:
    """Build FOCUS, with or without the marts, mark the loads transformed; returns the warnings.

    Like a run, it works on a file of the database's usual name, for which the project is parsed.
    """
    state = state or shared_state()
    working = path.replace(state / "finops.duckdb")
    limits = Limits(threads=2, memory_limit="1GB", temp_directory=state / "tmp")
    try:
        arguments = [] if marts else FOCUS_ALONE
        warnings = transform.build(working, limits, state, arguments=arguments)
    finally:
        working.replace(path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE ledger.loads SET transformed = true WHERE status = 'current'")
    return warnings


@cache
def shared_state() -> Path:
    """Return a folder in which dbt's parsed project serves all tests; it goes with the process."""
    folder = tempfile.TemporaryDirectory(prefix="finops-dbt-tests-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def _next_load_id(connection: duckdb.DuckDBPyConnection) -> str:
    row = connection.execute("SELECT count(*) + 1 FROM ledger.loads").fetchone()
    assert row
    return f"load-{row[0]}"


def _text(value: Any) -> Any:
    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict) else value
