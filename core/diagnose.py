"""Turn what DuckDB says of a broken file into one error that names file, column and value."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from core.backends.duckdb import first_line
from core.errors import (
    AccessDenied,
    BadValue,
    CorruptFile,
    DiskError,
    FinopsError,
    SchemaMismatch,
    Unreachable,
)
from core.exports import ExportVersion, SourceRelation
from core.storage.base import ObjectStore

CAST = re.compile(
    r"(?:convert string \"(?P<text>.*?)\" to|cast value (?P<value>\S+) to|"
    r"field value out of range: \"(?P<time>.*?)\"|timestamp field value.*?\"(?P<stamp>.*?)\").*",
    re.DOTALL,
)
COLUMN = re.compile(r"from source column (\S+)")
DISK = re.compile(r"no space left|disk (?:is )?full|failed to offload|write file", re.IGNORECASE)


def find_duckdb_error(error: BaseException) -> duckdb.Error | None:
    """Return the DuckDB error at the root of a chain of exceptions."""
    found: BaseException | None = error
    seen: set[int] = set()
    while found is not None and id(found) not in seen:
        if isinstance(found, duckdb.Error):
            return found
        seen.add(id(found))
        found = found.__cause__ or found.__context__
    return None


def explain(
    error: duckdb.Error,
    version: ExportVersion,
    store: ObjectStore,
    source: SourceRelation | None,
    database: Path,
) -> FinopsError:
    """Return our error for one of DuckDB's while it read `version` or wrote `database`."""
    text = str(error)
    named = next((key for key in version.files if key.rsplit("/", 1)[-1] in text), None)
    where = store.name(named or version.files[0])
    if DISK.search(text):
        return DiskError(database, first_line(error))
    if "HTTP" in text or isinstance(error, duckdb.HTTPException):
        if re.search(r"\b403\b|Forbidden|AccessDenied", text):
            return AccessDenied(where, "s3:GetObject")
        return Unreachable(where, first_line(error))
    if match := CAST.search(text):
        value = next((group for group in match.groups() if group is not None), "?")
        column = COLUMN.search(text)
        name = source_name(column[1], source) if column else "?"
        expected = "a date and time" if "timestamp" in text.lower() else "a decimal number"
        return BadValue(where, name, value, expected)
    if re.search(r"schema mismatch|mismatch in|type mismatch|cannot be unified", text, re.I):
        return SchemaMismatch(f"{version.export} {version.billing_period:%Y-%m}", first_line(error))
    return CorruptFile(where, first_line(error))


def source_name(column: str, source: SourceRelation | None) -> str:
    """Return the raw column that reads `column`, which in CSV files is a position."""
    for candidate in source.columns if source else ():
        if re.search(rf'\bt\."?{re.escape(column)}"?(?!\w)', candidate.expression):
            return candidate.name
    return column
