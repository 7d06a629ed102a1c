"""Writes the demo bill as files of the detailed billing export; no row passes through Python."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import duckdb

from vendors.gcp.demo.plan import DemoPlan, Month

HERE = Path(__file__).parent
TABLES = {
    "project_plan": ("projects", {}),
    "sku_plan": (
        "skus",
        {"per_unit": "DOUBLE", "price": "DECIMAL(18, 10)", "rebate": "DECIMAL(6, 4)"},
    ),
    "region_plan": ("regions", {"multiplier": "DECIMAL(6, 4)"}),
    "fleet_plan": (
        "fleets",
        {
            "units": "INTEGER",
            "amount": "DOUBLE",
            "growth": "DOUBLE",
            "noise": "DOUBLE",
            "covered": "INTEGER",
        },
    ),
    "commitment_plan": (
        "commitments",
        {"quantity": "DECIMAL(12, 2)", "price": "DECIMAL(18, 10)"},
    ),
}
"""Table name -> (CSV file beside this module, columns that are not text)."""

FORMATS = {
    "parquet": "FORMAT parquet, COMPRESSION snappy",
    "json": "FORMAT json",
    "jsonl.gz": "FORMAT json, COMPRESSION gzip",
}


def write_demo(
    root: Path, plan: DemoPlan, *, restated: bool = False, format: str = "parquet"
) -> None:
    """Write the plan's bill into a folder, a file for each invoice month.

    Args:
        root: Folder of the files; made when missing.
        plan: What the bill holds.
        restated: Write only the lines that Google adds later to `plan.corrected`.
        format: parquet, or json or jsonl.gz for JSON lines.
    """
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="finops-demo-") as spill:
        connection = open_bill(plan, Path(spill))
        try:
            for month in [plan.corrected] if restated else plan.all_months():
                set_month(connection, month)
                name = f"billing-{month.start:%Y%m}{'-late' if restated else ''}.{format}"
                select = f"SELECT * FROM bill WHERE late = {'true' if restated else 'false'}"
                copy(connection, select, root / name, format)
        finally:
            connection.close()


def copy(connection: duckdb.DuckDBPyConnection, select: str, path: Path, format: str) -> None:
    """Write one file; it appears whole or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    address = str(partial).replace("'", "''")
    connection.execute(
        f"COPY (SELECT * EXCLUDE (late) FROM ({select})) TO '{address}' ({FORMATS[format]})"
    )
    partial.replace(path)


def open_bill(plan: DemoPlan, spill: Path) -> duckdb.DuckDBPyConnection:
    """Return an in-memory database with everything that no month changes."""
    small = plan.rows / plan.months < 100_000
    connection = duckdb.connect(
        config={
            "threads": 1 if small else (os.cpu_count() or 1),
            "memory_limit": "1500MB",
            "temp_directory": str(spill),
            "preserve_insertion_order": False,
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    for table, (name, types) in TABLES.items():
        casts = ", ".join(f"CAST({column} AS {kind}) AS {column}" for column, kind in types.items())
        replaced = f" REPLACE ({casts})" if casts else ""
        connection.execute(
            f"CREATE TABLE {table} AS SELECT *{replaced} "
            "FROM read_csv(?, all_varchar = true, header = true)",
            [str(HERE / "data" / f"{name}.csv")],
        )
    connection.execute(
        "CREATE TABLE plan AS SELECT $scale AS scale, $grain AS grain, "
        "CAST($last AS TIMESTAMP) AS last_start",
        {"scale": plan.scale, "grain": plan.grain, "last": plan.month(0).start},
    )
    set_month(connection, plan.month(0))
    for script in ("usage", "charges", "bill"):
        connection.execute((HERE / "sql" / f"{script}.sql").read_text(encoding="utf-8"))
    return connection


def set_month(connection: duckdb.DuckDBPyConnection, month: Month) -> None:
    """Make `bill` show one month."""
    connection.execute(
        "CREATE OR REPLACE TABLE month AS SELECT CAST($start AS TIMESTAMP) AS period_start, "
        "CAST($end AS TIMESTAMP) AS period_end, CAST($number AS INTEGER) AS number",
        {"start": month.start, "end": month.end, "number": month.number},
    )
