"""Builds the demo's bill inside DuckDB, month by month; no row passes through Python."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from vendors.aws.demo.plan import DemoPlan, Month

HERE = Path(__file__).parent

PLAN_TABLES = {
    "account_plan": ("accounts", {"tax_rate": "DECIMAL(6, 4)"}),
    "region_plan": ("regions", {"multiplier": "DECIMAL(6, 2)"}),
    "workload_plan": ("workloads", {"first_month": "INTEGER", "last_month": "INTEGER"}),
    "product_plan": ("products", {"edp": "DECIMAL(4, 2)", "private_rate": "DECIMAL(4, 2)"}),
    "entity_plan": ("entities", {}),
    "sku_plan": ("skus", {"price": "DECIMAL(14, 10)", "norm": "INTEGER"}),
    "fleet_plan": (
        "fleets",
        {
            "units": "INTEGER",
            "amount": "DOUBLE",
            "growth": "DOUBLE",
            "noise": "DOUBLE",
            "covered": "DOUBLE",
            "twins": "INTEGER",
        },
    ),
    "commitment_plan": (
        "commitments",
        {
            "years": "INTEGER",
            "month": "INTEGER",
            "day": "INTEGER",
            "minimum": "INTEGER",
            "discount": "DECIMAL(4, 2)",
            "oversize": "DOUBLE",
            "upfront_share": "DECIMAL(3, 2)",
            "recurring_rate": "DECIMAL(10, 6)",
            "upfront_rate": "DECIMAL(10, 6)",
        },
    ),
    "charge_plan": (
        "charges",
        {
            "amount": "DECIMAL(18, 2)",
            "percent": "DECIMAL(6, 4)",
            "first_month": "INTEGER",
            "last_month": "INTEGER",
            "every": "INTEGER",
            "lag": "INTEGER",
        },
    ),
    "spike_plan": (
        "spikes",
        {"month": "INTEGER", "first_day": "INTEGER", "last_day": "INTEGER", "factor": "DOUBLE"},
    ),
}
"""Table name -> (CSV file beside this module, columns that are not text)."""


def open_bill(plan: DemoPlan, *, spill: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database that holds everything about the bill that no month changes."""
    # a small bill costs less processor time on one thread than it gains in elapsed time on more
    threads = 1 if plan.rows / plan.months < 100_000 else (os.cpu_count() or 1)
    connection = duckdb.connect(
        config={
            "threads": threads,
            "memory_limit": "1500MB",
            "temp_directory": str(spill),
            "preserve_insertion_order": False,
        }
    )
    for table, (name, types) in PLAN_TABLES.items():
        casts = ", ".join(f"CAST({column} AS {kind}) AS {column}" for column, kind in types.items())
        replaced = f" REPLACE ({casts})" if casts else ""
        connection.execute(
            f"CREATE TABLE {table} AS SELECT *{replaced} "
            "FROM read_csv(?, all_varchar = true, header = true)",
            [str(HERE / "data" / f"{name}.csv")],
        )
    connection.execute(
        """CREATE TABLE plan AS SELECT $seed AS seed, $scale AS scale, $grain AS grain,
        $china AS china, $net AS net,
        CASE $grain WHEN 'month' THEN 'month' ELSE 'day' END AS discount_grain,
        CAST($last AS TIMESTAMP) AS last_month_start""",
        {
            "seed": plan.seed,
            "scale": plan.scale,
            "grain": plan.grain,
            "china": plan.china,
            "net": plan.net,
            "last": plan.month(plan.last_period, 1).start,
        },
    )
    run_script(connection, "dimensions")
    return connection


def build_month(connection: duckdb.DuckDBPyConnection, month: Month) -> None:
    """Fill the tables of one billing month; the view `bill` then shows its rows."""
    connection.execute(
        """CREATE OR REPLACE TABLE month AS SELECT $period AS period,
        CAST($start AS TIMESTAMP) AS period_start,
        CAST($end AS TIMESTAMP) AS period_end, CAST($data_end AS TIMESTAMP) AS data_end,
        CAST($number AS INTEGER) AS number, CAST($open AS BOOLEAN) AS open,
        CAST($version AS INTEGER) AS version,
        date_diff('hour', CAST($start AS TIMESTAMP), CAST($end AS TIMESTAMP)) AS hours""",
        {
            "period": month.period,
            "start": month.start,
            "end": month.end,
            "data_end": month.data_end,
            "number": month.number,
            "open": month.open,
            "version": month.version,
        },
    )
    for name in ("usage", "charges", "bill", "focus"):
        run_script(connection, name)


def run_script(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Run one of the SQL files beside this module."""
    connection.execute((HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8"))
