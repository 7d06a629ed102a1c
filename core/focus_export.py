"""Write FOCUS to files: one folder for each billing period, whole or not at all.

DuckDB writes everything into `.finops-export` inside the target folder; the sums of what it
wrote are compared with the table, and only then each file takes its place. A file of ours is
replaced, any other file is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import duckdb

from core import sql
from core.backends.duckdb import Limits, connect_writable, first_line
from core.errors import ConservationError, NoDatabase, QueryError
from core.focus_check import require_focus
from core.money import DECIMAL
from core.periods import name as period_name
from core.progress import Progress, no_progress
from core.run import database_errors
from core.scratch import scratch, spilling_alone
from core.warehouse import sync

TABLE = "focus.cost_and_usage"
STAGING = ".finops-export"
FILE = "cost_and_usage"
FORMATS = {
    "parquet": "FORMAT parquet, COMPRESSION zstd",
    "csv": "FORMAT csv, HEADER true, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ'",
}
MONEY = ("BilledCost", "EffectiveCost")

Format = Literal["parquet", "csv"]
Columns = Literal["focus", "all"]


@dataclass(frozen=True, kw_only=True)
class Written:
    """One file that was written."""

    billing_period: date
    path: Path
    rows: int
    bytes: int


def export_focus(
    database: Path,
    limits: Limits,
    folder: Path,
    form: Format,
    *,
    columns: Columns = "focus",
    start: date | None = None,
    end: date | None = None,
    progress: Progress = no_progress,
) -> list[Written]:
    """Write one file for each billing period from `start` to `end`, both included.

    Args:
        columns: The 57 of FOCUS, or these and the x_ columns.

    Raises:
        QueryError: If FOCUS is not built, or no billing period is in range.
        ConservationError: If a written file does not hold the table's rows and sums.
        BusyError: If another export writes into `folder`.
        DiskError: If it cannot be written.
    """
    if not database.is_file():
        raise NoDatabase(database)
    with scratch(folder / STAGING) as staged, database_errors(folder):
        with spilling_alone(limits) as own, opened(database, own) as connection:
            periods = periods_in_range(connection, start, end)
            names = selected(connection, columns, form)
            rows = []
            for number, period in enumerate(periods):
                progress("writing FOCUS", number, len(periods))
                file = path_of(staged, period, form)
                file.parent.mkdir()
                rows.append(write(connection, names, period, file, form))
        return [
            publish(path_of(staged, period, form), path_of(folder, period, form), period, count)
            for period, count in zip(periods, rows, strict=True)
        ]


def path_of(folder: Path, period: date, form: Format) -> Path:
    """Return the file of one billing period: a hive folder, so that readers can skip months."""
    return folder / f"BillingPeriod={period_name(period)}" / f"{FILE}.{form}"


def publish(file: Path, place: Path, period: date, rows: int) -> Written:
    """Move a finished file to its place in one step."""
    place.parent.mkdir(exist_ok=True)
    sync(file)
    file.replace(place)
    sync(place.parent)
    return Written(billing_period=period, path=place, rows=rows, bytes=place.stat().st_size)


@contextmanager
def opened(database: Path, limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published database for reading, on a connection that may write files."""
    with connect_writable(Path(":memory:"), limits) as connection:
        try:
            connection.execute(f"ATTACH {sql.text(str(database))} AS published (READ_ONLY)")
        except duckdb.Error as error:
            raise QueryError(f"{database} cannot be opened: {first_line(error)}") from error
        connection.execute("USE published")
        require_focus(connection, database)
        yield connection


def periods_in_range(
    connection: duckdb.DuckDBPyConnection, start: date | None, end: date | None
) -> list[date]:
    """Return the billing periods to write; a loaded month without rows gets a file without rows.

    Raises:
        QueryError: If there are none.
    """
    found = connection.execute(
        f"""
        SELECT DISTINCT CAST(BillingPeriodStart AS DATE) AS period FROM {TABLE}
        UNION
        SELECT billing_period FROM ledger.loads WHERE status = 'current' AND transformed
        ORDER BY period
        """
    ).fetchall()
    periods = [row[0] for row in found]
    wanted = [p for p in periods if (not start or p >= start) and (not end or p <= end)]
    if not wanted:
        have = f"{period_name(periods[0])} to {period_name(periods[-1])}" if periods else "none"
        raise QueryError("FOCUS holds no billing period in this range", hint=f"It holds {have}.")
    return wanted


def selected(
    connection: duckdb.DuckDBPyConnection, columns: Columns, form: Format
) -> dict[str, str]:
    """Return the columns to write, in the table's order, each with its expression."""
    return {
        name: expression(sql.ident(name), kind, form)
        for name, kind, *_ in connection.execute(f"DESCRIBE {TABLE}").fetchall()
        if columns == "all" or not name.startswith("x_")
    }


def expression(column: str, kind: str, form: Format) -> str:
    """Return what is written of a column: JSON as text, decimals in CSV without idle zeros."""
    if kind == "JSON":
        return f"CAST({column} AS VARCHAR)"
    if form == "csv" and kind == DECIMAL:
        return f"rtrim(rtrim(CAST({column} AS VARCHAR), '0'), '.')"
    return column


def write(
    connection: duckdb.DuckDBPyConnection,
    names: dict[str, str],
    period: date,
    file: Path,
    form: Format,
) -> int:
    """Write one billing period, read it back, and return its rows.

    Raises:
        ConservationError: If the file's rows or sums are not the table's.
    """
    columns = ", ".join(f"{value} AS {sql.ident(name)}" for name, value in names.items())
    month = f"FROM {TABLE} WHERE CAST(BillingPeriodStart AS DATE) = DATE '{period}'"
    connection.execute(
        f"COPY (SELECT {columns} {month}) TO {sql.text(str(file))} ({FORMATS[form]})"
    )
    expected = totals(connection, month)
    got = totals(connection, f"FROM {reader(file, form, names)}")
    if expected != got:
        raise ConservationError(
            f"exported file {file.name} of {period_name(period)}", [f"{expected} -> {got}"]
        )
    return sum(int(count) for _, count, *_ in got)


def reader(file: Path, form: Format, names: Iterable[str]) -> str:
    """Return the relation that reads a written file back."""
    path = sql.text(str(file))
    if form == "parquet":
        return f"read_parquet({path}, hive_partitioning = false)"
    types = ", ".join(f"{sql.text(name)}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({path}, columns = {{{types}}}, auto_detect = false, header = true, "
        "delim = ',', quote = '\"', escape = '\"', hive_partitioning = false)"
    )


def totals(connection: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[Any, ...]]:
    """Return currency, rows and sums of a relation."""
    sums = ", ".join(f"sum(CAST({name} AS {DECIMAL}))" for name in MONEY)
    return connection.execute(
        f"SELECT BillingCurrency, count(*), {sums} {relation} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
