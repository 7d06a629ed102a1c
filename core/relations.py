"""Files as DuckDB reads them: FROM items with the alias t, and several of them as one.

CSV comes as text, column by column, and nothing in it is sniffed; Parquet keeps its types.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import duckdb

from core import sql
from core.csvfile import CsvFile, read_csv_file
from core.exports import RawColumn, SourceRelation
from core.storage.base import ObjectStore

CSV_OPTIONS = (
    "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
    "max_line_size = 16777216, buffer_size = 33554432, null_padding = false, strict_mode = true"
)
"""The kind of line end is left out: DuckDB 1.5 loses every line of a file that has another."""


def csv_relation(
    paths: Iterable[str], width: int, *, packed: bool, nulls: Sequence[str] = ()
) -> str:
    """Return the FROM item of CSV files of one header.

    Args:
        paths: The files.
        width: How many columns they have; they are called c0, c1 and so on, all text.
        packed: Whether they are gzip streams.
        nulls: Texts that mean no value, beside an empty cell.
    """
    declared = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(width))
    absent = f"nullstr = {sql.texts(['', *nulls])}, " if nulls else ""
    return (
        f"read_csv({sql.texts(paths)}, columns = {{{declared}}}, "
        f"compression = '{'gzip' if packed else 'none'}', {absent}{CSV_OPTIONS}) AS t"
    )


def csv_fields(header: Iterable[str]) -> list[tuple[str, str, str]]:
    """Return (name, expression, type) of each column of a CSV header."""
    return [(name, f"t.c{index}", "VARCHAR") for index, name in enumerate(header)]


def parquet_relation(urls: Iterable[str]) -> str:
    """Return the FROM item of Parquet files, columns by name."""
    options = "union_by_name = true, hive_partitioning = false"
    return f"read_parquet({sql.texts(urls)}, {options}) AS t"


def parquet_fields(
    connection: duckdb.DuckDBPyConnection, relation: str
) -> list[tuple[str, str, str]]:
    """Return (name, expression, type) of each column of Parquet files.

    Raises:
        duckdb.Error: If a file cannot be read.
    """
    described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    return [(str(name), f"t.{sql.ident(name)}", str(kind).upper()) for name, kind, *_ in described]


def read_csv_files(store: ObjectStore, keys: Iterable[str], form: str) -> list[CsvFile]:
    """Read staged CSV files, each to its last byte.

    Raises:
        CorruptFile: If one is empty or broken.
    """
    found = []
    for key in keys:
        path = store.local(key)
        assert path is not None, "core/stage.py brings every CSV file here"
        found.append(read_csv_file(path, packed=form == "csv.gz", where=store.name(key)))
    return found


def by_header(files: Iterable[CsvFile]) -> list[list[CsvFile]]:
    """Return the files in groups that share a header, which are read together."""
    headers: dict[tuple[str, ...], list[CsvFile]] = {}
    for file in files:
        headers.setdefault(file.header, []).append(file)
    return list(headers.values())


def united(parts: Sequence[SourceRelation]) -> SourceRelation:
    """Return parts as one, columns by name; a column that two parts type otherwise is text."""
    if len(parts) == 1:
        return parts[0]
    kinds: dict[str, set[str]] = {}
    for part in parts:
        for column in part.columns:
            kinds.setdefault(column.name, set()).add(column.type)
    one = {name: found.pop() if len(found) == 1 else "VARCHAR" for name, found in kinds.items()}
    alike = [replace(part, columns=tuple(typed(c, one) for c in part.columns)) for part in parts]
    columns = tuple(
        RawColumn(name=name, type=kind, expression=f"t.{sql.ident(name)}")
        for name, kind in one.items()
    )
    return SourceRelation(
        columns=columns,
        relation=f"({' UNION ALL BY NAME '.join(part.select() for part in alike)}) AS t",
        files=tuple(file for part in parts for file in part.files),
        parts=tuple(alike),
    )


def typed(column: RawColumn, kinds: Mapping[str, str]) -> RawColumn:
    kind = kinds[column.name]
    if kind == column.type:
        return column
    return replace(column, type=kind, expression=f"CAST({column.expression} AS {kind})")
