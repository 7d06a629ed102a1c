"""JSON lines: their number and their structure, found before anything is read as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from core import sql
from core.backends.duckdb import first_line
from core.csvfile import unpacked
from core.errors import BadValue, CorruptFile
from vendors.gcp.columns import LISTS, STRUCTS, raw_name

READ: dict[tuple[Path, int, int], tuple[int, dict[str, Any]]] = {}
"""(file, size, time of writing) -> its lines and their structure, of the last `KEPT` files."""
KEPT = 256
OBJECT = (None, "NULL", "OBJECT")
"""What json_type says of an object, or of none."""
FIRST_LINES = 1_000
"""Lines whose structure is taken to be that of all, until the keys of all say otherwise."""


def read_lines(
    path: Path, packed: bool, where: str, options: str, connection: duckdb.DuckDBPyConnection
) -> tuple[int, dict[str, Any]]:
    """Return the number of a file's lines, each byte verified, and the structure of all together.

    A local file that is planned and then loaded in one process is read once for both; one that
    is copied from a bucket has another path each time.

    Raises:
        CorruptFile: If its gzip stream is broken, or a line is no JSON object.
    """
    facts = path.stat()
    known = path, facts.st_size, facts.st_mtime_ns
    if known not in READ:
        lines = json_lines(path, packed, where)
        try:
            found = structure_of(path, where, options, connection) if lines else {}
        except duckdb.InvalidInputException as error:
            raise CorruptFile(where, first_line(error)) from error
        if len(READ) >= KEPT:
            del READ[next(iter(READ))]
        READ[known] = lines, found
    return READ[known]


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
) -> dict[str, Any]:
    """Return the structure of all lines together: that of the first ones, if all have its keys.

    DuckDB's json_group_structure would keep the structure of every line in memory.

    Raises:
        CorruptFile: If a line is no JSON object.
        BadValue: If a line has another value where Google writes an object.
    """
    objects = f"read_json_objects({sql.text(str(path))}, format = 'newline_delimited', {options})"
    found = structures(f"(FROM {objects} LIMIT {FIRST_LINES})", where, connection)
    known = dict(members(found)) | {"$": {*found}}
    inner = [f'$."{name}"' for name in STRUCTS]
    paths = sorted(known.keys() | {*inner})
    rows = connection.execute(
        f"SELECT DISTINCT json_keys(json, {sql.texts(paths)}), json_type(json, {sql.texts(inner)}) "
        f"FROM {objects}"
    ).fetchall()
    wrong = {
        inside
        for _, kinds in rows
        for inside, kind in zip(inner, kinds, strict=True)
        if kind not in OBJECT
    }
    if wrong:
        raise no_object(objects, min(wrong), where, connection)
    same = all(
        known.get(path, set()) >= {*(keys or ())}
        for of_line, _ in rows
        for path, keys in zip(paths, of_line, strict=True)
    )
    return found if same else structures(objects, where, connection)


def no_object(
    objects: str, path: str, where: str, connection: duckdb.DuckDBPyConnection
) -> BadValue:
    """Return the error of a line that has another value at a path where an object belongs."""
    row = connection.execute(
        f"SELECT json_extract(json, ?) FROM {objects} "
        "WHERE json_type(json, ?) NOT IN ('OBJECT', 'NULL') LIMIT 1",
        [path, path],
    ).fetchone()
    return BadValue(where, path.strip('$."'), str(row[0]) if row else "", "an object")


def members(structure: dict[str, Any], path: str = "$") -> Iterator[tuple[str, set[str]]]:
    """Yield the path of each object in a structure, with its keys."""
    for name, value in structure.items():
        if isinstance(value, dict) and '"' not in name:
            below = f'{path}."{name}"'
            yield below, {*value}
            yield from members(value, below)


def structures(lines: str, where: str, connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return what the structures of lines are together."""
    found: Any = None
    query = f"SELECT DISTINCT CAST(json_structure(json) AS VARCHAR) FROM {lines}"
    for (text,) in connection.execute(query).fetchall():
        one = json.loads(text)
        if not isinstance(one, dict):
            raise CorruptFile(where, "its lines are no JSON objects")
        found = merged(found, one)
    return {name: [] if raw_name(name) in LISTS else one for name, one in (found or {}).items()}


def merged(one: Any, other: Any) -> Any:
    """Return what has the keys of two structures; a value of two kinds is text.

    >>> merged({"id": "VARCHAR", "x": "NULL"}, {"x": {"y": "DOUBLE"}})
    {'id': 'VARCHAR', 'x': {'y': 'DOUBLE'}}
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return {k: merged(one.get(k), other.get(k)) for k in {**one, **other}}
    if one in (None, "NULL") or one == other:
        return other
    if other in (None, "NULL"):
        return one
    both = isinstance(one, list) and isinstance(other, list)
    return ["JSON"] if both else "VARCHAR"


def type_of(structure: Any) -> str:
    """Return the DuckDB type of a JSON structure: every leaf is text, every list stays JSON.

    >>> type_of({"id": "VARCHAR", "labels": [{"key": "VARCHAR"}]})
    'STRUCT("id" VARCHAR, "labels" JSON)'
    """
    if isinstance(structure, dict) and structure:
        members = (f"{sql.ident(name)} {type_of(value)}" for name, value in structure.items())
        return f"STRUCT({', '.join(members)})"
    return "JSON" if isinstance(structure, dict | list) else "VARCHAR"
