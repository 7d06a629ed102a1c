"""What dbt's checks found, in one screenful: check, number of rows, and the first of them.

The rows lie in `checks.<test>` of the working copy, which is thrown away after a failure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from core import sql
from core.backends.duckdb import Limits, connect_writable, first_line
from core.words import counted

CHECKS, ROWS, COLUMNS = 3, 3, 6
"""How many are quoted; the others are counted."""
VALUE, LINE, REASON = 80, 120, 300
"""Characters after which a value, a line and dbt's own words are cut."""
NESTED = ("JSON", "MAP", "STRUCT", "UNION", "BLOB")
"""Types that are not quoted: tags and the like may hold anything."""


def quote(failures: Sequence[Any], database: Path, limits: Limits) -> list[str]:
    """Return the lines that tell of dbt results that failed.

    Args:
        failures: Results of status 'error' or 'fail'.
        database: The working copy, not open elsewhere.
        limits: DuckDB's limits.
    """
    quoted = failures[:CHECKS]
    with connect_writable(database, limits) as connection:
        lines = [line for result in quoted for line in about(result, connection)]
    if others := failures[CHECKS:]:
        names = ", ".join(str(result.node.name) for result in others)
        lines.append(cut(f"and {len(others)} more: {names}", LINE))
    return lines


def attention(warnings: Sequence[Any], database: Path, limits: Limits) -> list[str]:
    """Return one text for each dbt result that warns: the check, then its first rows below it.

    Args:
        warnings: Results of status 'warn'.
        database: The working copy, not open elsewhere.
        limits: DuckDB's limits.
    """
    if not warnings:
        return []
    with connect_writable(database, limits) as connection:
        return ["\n  ".join(about(result, connection)) for result in warnings]


def about(result: Any, connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Yield the lines about one result; the first names it."""
    if result.status not in ("fail", "warn"):
        yield describe(result)
        return
    found = int(result.failures or 0)
    yield f"{result.node.name}: {counted(found)}"
    if sentence := first_sentence(str(result.node.raw_code or "")):
        yield "  " + cut(sentence, LINE)
    relation = result.node.relation_name or f"({result.node.compiled_code})"
    try:
        rows = first_rows(connection, relation)
    except duckdb.Error as error:
        yield f"  its rows cannot be shown: {first_line(error)}"
        return
    yield from (f"  {row}" for row in rows)
    if found > len(rows) > 0:
        yield f"  and {counted(found - len(rows))} more"


def describe(result: Any) -> str:
    """Return one line for a dbt result that did not pass."""
    return cut(f"{result.node.name}: {result.message or ''}", REASON)


def first_sentence(code: str) -> str:
    """Return what the comment at the head of a test says first.

    >>> first_sentence("-- Fails with the rows\\n-- that differ. Always.\\nselect 1")
    'Fails with the rows that differ.'
    """
    words: list[str] = []
    for line in code.splitlines():
        if not line.startswith("--"):
            break
        words += line.removeprefix("--").split()
    head, dot, _ = " ".join(words).partition(". ")
    return head + dot.strip()


def first_rows(connection: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    """Return the first rows of a relation, each in one line, with its load by name."""
    kinds = connection.execute(f"DESCRIBE FROM {relation}").fetchall()
    names = [str(name) for name, kind, *_ in kinds if is_plain(str(kind))][:COLUMNS]
    if not names:
        return []
    columns = ", ".join(map(sql.ident, names))
    rows = connection.execute(
        f"SELECT {columns} FROM {relation} ORDER BY ALL LIMIT {ROWS}"
    ).fetchall()
    loads = dict(
        connection.execute(
            "SELECT load_id, export || ' ' || strftime(billing_period, '%Y-%m') FROM ledger.loads"
        ).fetchall()
    )
    return [phrase(names, row, loads) for row in rows]


def is_plain(kind: str) -> bool:
    return not kind.startswith(NESTED) and not kind.endswith("]")


def phrase(names: Sequence[str], row: Sequence[Any], loads: dict[str, str]) -> str:
    """Return one row as a line: its load, then each name with its value.

    >>> phrase(["load_id", "cost"], ["1-2026-01", Decimal("1.50")], {"1-2026-01": "cur 2026-01"})
    'cur 2026-01: cost 1.5'
    """
    values = dict(zip(names, row, strict=True))
    load = loads.get(str(values.get("load_id")))
    if load:
        del values["load_id"]
    said = ", ".join(f"{name} {plain(value)}" for name, value in values.items())
    return cut(f"{load}: {said}" if load else said, LINE)


def plain(value: Any) -> str:
    """Return a value as text without control characters."""
    if value is None:
        return "null"
    if isinstance(value, Decimal):
        digits = f"{value:f}"
        return digits.rstrip("0").rstrip(".") if "." in digits else digits
    if isinstance(value, date | datetime):
        return value.isoformat()
    return cut("".join(c if c.isprintable() else " " for c in str(value)), VALUE)


def cut(text: str, length: int) -> str:
    """Return a text in one line that is no longer than `length`.

    >>> cut("a  long\\ntext", 8)
    'a long …'
    """
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"
