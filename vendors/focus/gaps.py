"""What a source leaves out: FOCUS 1.2's columns without a value, told and never invented."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core import sql
from core.backends.duckdb import connect_read_only
from core.focus_check import require_focus
from vendors.focus.columns import FOCUS, OBSOLETE, Column

LATER = ("1.3", "1.4")
COLUMNS = [c for n, c in FOCUS.items() if n not in OBSOLETE and c.since not in LATER]
NOTE = "EffectiveCost follows BilledCost"


def gaps(database: Path, export: str | None = None) -> list[dict[str, Any]]:
    """Return one row for each source and column of FOCUS 1.2 that is empty, or may not be in part.

    Raises:
        NoDatabase, QueryError: If there is no FOCUS table.
    """
    counts = ", ".join(f'count("{c.display}") AS "{c.display}"' for c in COLUMNS)
    follows = f"count(*) FILTER (x_EffectiveCostNote LIKE {sql.text(NOTE + '%')})"
    with connect_read_only(database) as connection:
        require_focus(connection, database)
        found = connection.execute(
            f"SELECT x_Export, count(*) AS rows, {follows} AS follows, {counts} "
            "FROM focus.cost_and_usage WHERE x_Vendor = 'focus' AND (? IS NULL OR x_Export = ?) "
            "GROUP BY ALL ORDER BY ALL",
            [export, export],
        )
        names = [str(column[0]) for column in found.description or ()]
        sources = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    rows = []
    for source in sources:
        total = int(source["rows"])
        for column in sorted(COLUMNS, key=lambda c: (-c.filled, -c.mandatory, c.display)):
            filled = int(source[column.display])
            if column.display == "EffectiveCost":
                filled -= int(source["follows"])
            if filled < total and (column.filled or not filled):
                rows.append(
                    {
                        "provider": source["x_Export"],
                        "column": column.display,
                        "wanted": wanted(column),
                        "rows": total,
                        "empty": total - filled,
                        "state": "left out" if not filled else "partly empty",
                    }
                )
    return rows


def wanted(column: Column) -> str:
    """Say what FOCUS 1.2 asks for."""
    return "always" if column.filled else "column" if column.mandatory else "sometimes"


def sentences(database: Path, export: str) -> Iterator[str]:
    """Yield what an import says of a source's gaps: the columns that every row should have."""
    found = gaps(database, export)
    for state in ("left out", "partly empty"):
        names = [r["column"] for r in found if r["state"] == state and r["wanted"] == "always"]
        if names:
            yield f"attention: {export}: {state}, though FOCUS wants it always: {', '.join(names)}"
    if names := [
        r["column"] for r in found if r["state"] == "left out" and r["wanted"] != "always"
    ]:
        yield f"note: {export}: {len(names)} more columns are left out: `./finops focus list-gaps`"
