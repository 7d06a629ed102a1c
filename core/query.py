"""Answer one SELECT: checked before it runs, streamed in chunks, errors with line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

from core.backends.duckdb import first_line
from core.errors import QueryError

CHUNK = 5_000
READING = ("SELECT", "EXPLAIN")
POSITION = re.compile(r"^LINE (\d+): (.*)\n( *)\^", re.MULTILINE)
BLANK = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
ONE_SELECT = "Give one SELECT; DESCRIBE, SUMMARIZE, SHOW ALL TABLES and EXPLAIN work too."


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A result whose rows are fetched as they are asked for."""

    names: Sequence[str]
    """Column names, each once."""
    types: Sequence[str]
    """DuckDB types, such as DECIMAL(38,18)."""
    chunks: Iterator[list[tuple[Any, ...]]]


def ask(connection: duckdb.DuckDBPyConnection, text: str) -> Answer:
    """Run one reading statement.

    Args:
        connection: Read-only, without access to files.
        text: The SQL.

    Raises:
        QueryError: If `text` is no single reading statement, or DuckDB cannot answer it.
    """
    with explained(text):
        statements = connection.extract_statements(text)
    refuse_all_but_reading(statements, text)
    with explained(text):
        connection.execute(text)
    columns = connection.description or ()
    return Answer(
        names=unique([str(column[0]) for column in columns]),
        types=[str(column[1]) for column in columns],
        chunks=chunks(connection, text),
    )


def chunks(connection: duckdb.DuckDBPyConnection, text: str) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows; DuckDB works only as far as they are taken."""
    while True:
        with explained(text):
            rows = connection.fetchmany(CHUNK)
        if not rows:
            return
        yield rows


def refuse_all_but_reading(statements: Sequence[duckdb.Statement], text: str) -> None:
    """Raise QueryError unless `text` holds exactly one statement that reads.

    DuckDB splits a PIVOT without IN into a CREATE of its own, which has no text, and a SELECT.
    """
    if not statements:
        raise QueryError("there is no SQL statement", hint=ONE_SELECT)
    given = [s for s in statements if s.query or s.type.name != "CREATE"]
    for statement in given:
        if statement.type.name not in READING:
            where = place(text, statement.query)
            raise QueryError(
                f"{where}{statement.type.name} is refused: a query only reads", hint=ONE_SELECT
            )
    if len(given) > 1:
        where = place(text, given[1].query)
        raise QueryError(f"{where}a second statement begins: one at a time", hint=ONE_SELECT)


def place(text: str, statement: str) -> str:
    """Return 'line 1, column 1: ' of a statement in the whole text, '' if it has no text."""
    if not statement:
        return ""
    start = text.find(statement)
    blank = BLANK.match(text, start)
    return position(text, blank.end() if blank else start)


def position(text: str, index: int) -> str:
    """Return the line and column of one character, counted from 1.

    >>> position("SELECT 1\\nFROM x", 14)
    'line 2, column 6: '
    """
    before = text[:index]
    return f"line {before.count(chr(10)) + 1}, column {index - before.rfind(chr(10))}: "


@contextmanager
def explained(text: str) -> Iterator[None]:
    """Turn DuckDB's errors into ours."""
    try:
        yield
    except duckdb.Error as error:
        raise our_error(text, error) from error


def our_error(text: str, error: duckdb.Error) -> QueryError:
    """Return our error: where, what, and DuckDB's own advice as the hint."""
    said, reason = str(error), first_line(error)
    if isinstance(error, duckdb.PermissionException):
        return QueryError(
            f"{where(text, said)}a query reads only this database: {reason}",
            hint="Files come in with an import, and go out with `./finops focus export`.",
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return QueryError(
            f"the query needs more memory than it may use: {reason}",
            hint="Raise memory_limit under [database.duckdb], or ask for fewer rows.",
        )
    if "read-only mode" in said:
        return QueryError(f"this is refused: a query only reads ({reason})", hint=ONE_SELECT)
    before = POSITION.split(said)[0]
    advice = " ".join(line.strip() for line in before.splitlines()[1:] if line.strip())
    return QueryError(f"{where(text, said)}{reason}", hint=advice)


def where(text: str, said: str) -> str:
    """Return the line and column that DuckDB's message points at, '' if it points nowhere.

    DuckDB shows long lines as an excerpt between dots.
    """
    found = POSITION.search(said)
    if not found:
        return position(text, len(text.rstrip())) if "end of input" in said else ""
    number, shown, spaces = int(found[1]), found[2], len(found[3])
    offset = spaces - len(f"LINE {number}: ")
    lines = text.splitlines()
    line = lines[number - 1] if number <= len(lines) else ""
    if shown.startswith("...") and not line.startswith("..."):
        excerpt = shown[3:].removesuffix("...")
        offset += line.find(excerpt) - 3
    return f"line {number}, column {offset + 1}: "


def unique(names: Sequence[str]) -> list[str]:
    """Return the names, numbered where they repeat.

    >>> unique(["a", "b", "a"])
    ['a', 'b', 'a_1']
    """
    found: list[str] = []
    for name in names:
        candidate, number = name, 0
        while candidate in found:
            number += 1
            candidate = f"{name}_{number}"
        found.append(candidate)
    return found
