"""JSON lines: their number and their structure, found before anything is read as a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from core import sql
from core.csvfile import unpacked
from core.errors import CorruptFile


def json_lines(path: Path, packed: bool, where: str) -> int:
    """Count the lines of a file that hold anything, having verified its bytes."""
    count, rest = 0, b""
    for block in unpacked(path, packed, where):
        whole, newline, rest_of = (rest + block).rpartition(b"\n")
        if newline:
            count += sum(1 for line in whole.split(b"\n") if line.strip())
        rest = rest_of
    return count + bool(rest.strip())


def structure_of(
    path: Path, where: str, options: str, connection: duckdb.DuckDBPyConnection
) -> str | None:
    """Return the structure of all lines together, as json_group_structure writes it.

    Raises:
        CorruptFile: If a line is no JSON object.
    """
    query = (
        "SELECT CAST(json_group_structure(json) AS VARCHAR) FROM read_json_objects("
        f"{sql.text(str(path))}, format = 'newline_delimited', {options})"
    )
    try:
        row = connection.execute(query).fetchone()
    except duckdb.Error as error:
        raise CorruptFile(where, str(error).splitlines()[0]) from error
    structure = str(row[0]) if row and row[0] else None
    if structure is not None and not isinstance(json.loads(structure), dict):
        raise CorruptFile(where, "its lines are no JSON objects")
    return structure


def type_of(structure: Any) -> str:
    """Return the DuckDB type of a JSON structure, every leaf text.

    >>> type_of({"id": "VARCHAR", "labels": [{"key": "VARCHAR"}]})
    'STRUCT("id" VARCHAR, "labels" STRUCT("key" VARCHAR)[])'
    """
    if isinstance(structure, dict) and structure:
        members = (f"{sql.ident(name)} {type_of(value)}" for name, value in structure.items())
        return f"STRUCT({', '.join(members)})"
    if isinstance(structure, list) and structure:
        return f"{type_of(structure[0])}[]"
    return "JSON" if isinstance(structure, dict | list) else "VARCHAR"
