"""The demo's SaaS bill: 13 months of an invented data warehouse, sold in credits, as FOCUS 1.2."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import duckdb

from core import sql

HERE = Path(__file__).parent
FIRST, LAST, RESTATED = "2025-06-01", "2026-06-01", "2026-05-01"
ROWS_OF_COPY = 12_000
"""Rows of 13 months when each warehouse is one cluster, roughly."""
EPOCH = date(1970, 1, 1)
DELIVERED = {False: 36 * 86_400, True: 40 * 86_400}
"""Seconds from a month's begin to its delivery, first and restated: each demo is the same."""
SHARE = 20
"""Part of the demo's lines that are of this bill: one in twenty."""


def write_demo(folder: Path, rows: int | None, *, restated: bool) -> None:
    """Write one Parquet file for each month, or anew the month that was restated.

    Args:
        folder: Where the provider delivers to; made when missing.
        rows: Lines of all demo bills together; None for the usual size.
        restated: Write only the month that the provider corrected.
    """
    folder.mkdir(parents=True, exist_ok=True)
    clusters = max(1, (rows or 0) // SHARE // ROWS_OF_COPY)
    script = (HERE / "nimbus.sql").read_text(encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name, value in (
            ("first_month", FIRST), ("last_month", LAST), ("restated_month", RESTATED),
        ):  # fmt: skip
            connection.execute(f"SET VARIABLE {name} = DATE '{value}'")
        connection.execute(f"SET VARIABLE clusters = {clusters}")
        connection.execute(f"SET VARIABLE is_restated = {str(restated).lower()}")
        connection.execute(script)
        months = connection.execute(
            "SELECT DISTINCT month FROM months WHERE NOT ? OR month = ? ORDER BY month",
            [restated, RESTATED],
        ).fetchall()
        for (month,) in months:
            path = folder / f"nimbus-focus-{month:%Y-%m}.parquet"
            partial = path.with_name(f".{path.name}")
            connection.execute(
                "COPY (SELECT * FROM focus WHERE BillingPeriodStart = "
                f"TIMESTAMP '{month}' ORDER BY ALL) TO {sql.text(str(partial))} "
                "(FORMAT parquet, COMPRESSION zstd)"
            )
            written = (month - EPOCH).days * 86_400 + DELIVERED[restated]
            os.utime(partial, (written, written))
            partial.replace(path)
