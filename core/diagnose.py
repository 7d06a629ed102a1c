"""Turn what DuckDB says of a broken file into one error that names file, column and value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from core.backends.duckdb import first_line
from core.errors import (
    BadSetting,
    BadValue,
    CorruptFile,
    DiskError,
    FinopsError,
    SchemaMismatch,
    Unreachable,
)
from core.exports import ExportVersion, RawColumn, SourceRelation
from core.interrupt import interrupted
from core.storage.base import ObjectStore

DISK = re.compile(r"no space left|disk (?:is )?full|failed to offload|write file", re.IGNORECASE)
DENIED = re.compile(r"\b403\b|Forbidden|AccessDenied")
SCHEMA = re.compile(r"schema|mismatch|unified|failed to cast column|unimplemented type", re.I)
CSV_ERROR = re.compile(
    r"CSV Error on (Line: \d+)\n.*?\n((?:Expected|Value|Invalid)[^\n]*)", re.DOTALL
)
LIMIT = re.compile(r"/([\d.]+ \w+) used")
EXPECTED = {"TIMESTAMP": "a date and time", "JSON": "JSON", "DATE": "a date"}


def explain(
    error: duckdb.Error,
    version: ExportVersion,
    store: ObjectStore,
    source: SourceRelation,
    database: Path,
    connection: duckdb.DuckDBPyConnection,
) -> FinopsError:
    """Return our error for one of DuckDB's while it read `version` or wrote `database`.

    Raises:
        KeyboardInterrupt: If the statement was interrupted.
    """
    if interrupted(error):
        raise KeyboardInterrupt from error
    if DISK.search(str(error)):
        return DiskError(database, first_line(error))
    if isinstance(error, duckdb.OutOfMemoryException):
        return too_little_memory(error)
    if "HTTP" not in str(error):
        for column, file, value in bad_values(connection.cursor(), source):
            place = file_named_in(file, version, store, source)
            expected = EXPECTED.get(column.type, "a decimal number")
            return BadValue(place, column.name, value, expected)
    return unreadable(error, version, store, source)


def unreadable(
    error: duckdb.Error,
    version: ExportVersion,
    store: ObjectStore,
    source: SourceRelation | None = None,
) -> FinopsError:
    """Return our error for a file that DuckDB could not read."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return too_little_memory(error)
    text = str(error)
    where = file_named_in(text, version, store, source)
    if "HTTP" in text or isinstance(error, duckdb.HTTPException):
        denied = DENIED.search(text)
        return store.refused(where) if denied else Unreachable(where, reason(error))
    if version.format == "parquet" and SCHEMA.search(reason(error)):
        return SchemaMismatch(f"{version.export} {version.billing_period:%Y-%m}", reason(error))
    return CorruptFile(where, reason(error))


def too_little_memory(error: duckdb.OutOfMemoryException) -> FinopsError:
    """Return our error for DuckDB's of a limit that was too low; the file is sound."""
    limit = LIMIT.search(str(error))
    return BadSetting(
        "database.duckdb.memory_limit",
        limit[1] if limit else "?",
        "enough memory for this bill",
        hint="Raise it in config.toml or with OPEN_FINOPS_DATABASE_DUCKDB_MEMORY_LIMIT; "
        "fewer database.duckdb.threads need less.",
    )


def bad_values(
    connection: duckdb.DuckDBPyConnection, source: SourceRelation
) -> Iterator[tuple[RawColumn, str, str]]:
    """Yield (column, file, value) where a value is not of its column's type."""
    for part in source.parts or (source,):
        cast = [c for c in part.columns if c.reads and c.expression != c.reads]
        wrong = [f"({c.reads}) IS NOT NULL AND TRY({c.expression}) IS NULL" for c in cast]
        counts = ", ".join(f"count(*) FILTER ({test})" for test in wrong)
        try:
            found = connection.execute(f"SELECT {counts} FROM {part.relation}").fetchone() or ()
            for column, test, count in zip(cast, wrong, found, strict=True):
                if count:
                    row = connection.execute(
                        f"SELECT t.filename, CAST({column.reads} AS VARCHAR) "
                        f"FROM {part.relation} WHERE {test} LIMIT 1"
                    ).fetchone()
                    assert row is not None
                    yield column, str(row[0]), str(row[1])
        except duckdb.Error:
            return


def file_named_in(
    text: str, version: ExportVersion, store: ObjectStore, source: SourceRelation | None
) -> str:
    """Return the file that a text names, as a person would call it, or else the first one."""
    for file in source.files if source else ():
        if str(file.path) in text:
            return file.where
    for key in version.files:
        if key in text or store.url(key) in text:
            return store.name(key)
    return store.name(version.files[0])


def reason(error: duckdb.Error) -> str:
    """Return what DuckDB complains of, in one line."""
    if match := CSV_ERROR.search(str(error)):
        return f"{match[1].lower()}: {match[2].strip()}"
    if "state machine" in str(error):
        return "a carriage return or a quote stands alone, outside a quoted field"
    return first_line(error)
