"""How DuckDB reads the files of one Azure export version.

Every column is cast by its name: ids, tags and unknown columns stay text, money becomes DECIMAL,
days DATE. Whether a file writes 09/01/2023 or 2023-09-01 is decided once for each of its columns,
never for a value; a value of another notation is an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from core import columns as raw
from core import sql
from core.csvfile import CsvFile
from core.diagnose import unreadable
from core.errors import AlienFile, BadValue
from core.exports import ExportVersion, RawColumn, SourceRelation
from core.relations import (
    csv_fields,
    csv_relation,
    parquet_fields,
    parquet_relation,
    read_csv_files,
    united,
)
from core.storage.base import ObjectStore
from vendors.azure.columns import REQUIRED, family, raw_names, raw_type
from vendors.azure.versions import AzureVersion

NOTATIONS = {
    "iso": re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?"),
    "%m/%d/%Y": re.compile(r"\d{1,2}/\d{1,2}/\d{4}( .*)?"),
    "%m/%d/%y": re.compile(r"\d{1,2}/\d{1,2}/\d{2}( .*)?"),
}
"""Notation of days -> what a day looks like in it."""
A_DAY = "a day like 2023-09-01 or 09/01/2023"
SAMPLED = 2048
"""Lines that are looked at first: a query for all columns, not one for each."""


@dataclass(frozen=True)
class Field:
    """One column of a file: its raw name, the SQL that reads it, its type."""

    name: str
    expression: str
    kind: str

    @property
    def is_day_as_text(self) -> bool:
        return self.kind == "VARCHAR" and raw_type(self.name) in ("DATE", "TIMESTAMP")


def source(
    store: ObjectStore, version: ExportVersion, connection: duckdb.DuckDBPyConnection
) -> SourceRelation:
    """Return the typed columns of a version's files and the relation they come from.

    Raises:
        FileMissing, CorruptFile, AlienFile, BadValue, SchemaMismatch.
    """
    assert isinstance(version, AzureVersion)
    read = parquet_part if version.format == "parquet" else csv_parts
    parts: list[SourceRelation] = []
    for dataset in dict.fromkeys(version.datasets):
        keys = [k for k, d in zip(version.files, version.datasets, strict=True) if d == dataset]
        found = read(store, version, keys, connection)
        parts += [with_dataset(part, dataset) for part in found] if dataset != "focus" else found
    return united(parts)


def with_dataset(part: SourceRelation, dataset: str) -> SourceRelation:
    """Add the column that tells actual from amortized lines."""
    named = RawColumn(name="source_dataset", type="VARCHAR", expression=sql.text(dataset))
    return replace(part, columns=(*part.columns, named))


def parquet_part(
    store: ObjectStore,
    version: ExportVersion,
    keys: Sequence[str],
    connection: duckdb.DuckDBPyConnection,
) -> list[SourceRelation]:
    relation = parquet_relation(store.url(key) for key in keys)
    try:
        described = parquet_fields(connection, relation)
    except duckdb.Error as error:
        raise unreadable(error, replace(version, files=tuple(keys)), store) from error
    found = fields_of(described, version.dialect)
    where = store.name(keys[0])
    days = notations(connection, relation, found, where)
    return [SourceRelation(columns=typed_columns(found, days, version, where), relation=relation)]


def csv_parts(
    store: ObjectStore,
    version: ExportVersion,
    keys: Sequence[str],
    connection: duckdb.DuckDBPyConnection,
) -> list[SourceRelation]:
    """Check each file to its last byte; files with one header and one notation go together."""
    groups: dict[tuple[object, ...], tuple[tuple[RawColumn, ...], list[CsvFile]]] = {}
    for file in read_csv_files(store, keys, version.format):
        found = fields_of(csv_fields(file.header), version.dialect)
        days = notations(connection, relation_of([file]), found, file.where)
        columns = typed_columns(found, days, version, file.where)
        groups.setdefault((file.header, *days.items()), (columns, []))[1].append(file)
    return [
        SourceRelation(columns=columns, relation=relation_of(files), files=tuple(files))
        for columns, files in groups.values()
    ]


def relation_of(files: Sequence[CsvFile]) -> str:
    """Return the relation that reads CSV files of one header as text."""
    paths = [str(file.path) for file in files]
    return csv_relation(paths, len(files[0].header), packed=files[0].packed)


def fields_of(columns: Sequence[tuple[str, str, str]], dialect: str) -> list[Field]:
    """Return the columns of a file under raw names, numbered where two would share one."""
    taken = {"source_dataset"}
    found = []
    names = raw_names([name for name, *_ in columns], dialect)
    for name, (_, expression, kind) in zip(names, columns, strict=True):
        found.append(Field(raw.free_name(name, taken), expression, kind))
        taken.add(found[-1].name)
    return found


def notations(
    connection: duckdb.DuckDBPyConnection, relation: str, found: Sequence[Field], where: str
) -> dict[str, str]:
    """Return the notation of each column of days that is text, by its first value.

    Raises:
        BadValue: If the first value is of none that we know.
    """
    days: dict[str, str] = {}
    asked = [field for field in found if field.is_day_as_text]
    sample = f"(SELECT * FROM {relation} LIMIT {SAMPLED}) AS t"
    values = dict(zip(asked, first_values(connection, sample, asked), strict=True))
    for field in asked:
        value = values[field] or first_values(connection, relation, [field])[0]
        if value is None:
            days[field.name] = "iso"
            continue
        matching = [n for n, shape in NOTATIONS.items() if shape.fullmatch(value)]
        if not matching:
            raise BadValue(where, field.name, value, A_DAY)
        days[field.name] = matching[0]
    return days


def first_values(
    connection: duckdb.DuckDBPyConnection, relation: str, asked: Sequence[Field]
) -> Sequence[str | None]:
    """Return the first value of each column that is not blank; None where there is none."""
    if not asked:
        return ()
    cells = ", ".join(f"any_value(nullif(trim({field.expression}), ''))" for field in asked)
    try:
        row = connection.execute(f"SELECT {cells} FROM {relation}").fetchone()
    except duckdb.Error:
        row = None  # summing the source meets the same fault and explains it
    return row or (None,) * len(asked)


def typed_columns(
    found: Sequence[Field], days: Mapping[str, str], version: ExportVersion, where: str
) -> tuple[RawColumn, ...]:
    """Type the fields by their names.

    Raises:
        AlienFile: If a column is missing without which a file is no bill.
    """
    columns = [typed(field, days.get(field.name)) for field in found]
    if missing := REQUIRED[family(version.dialect)] - {c.name for c in columns}:
        raise AlienFile(where, missing)
    return (*columns, raw.period_column(version.billing_period))


def typed(field: Field, notation: str | None) -> RawColumn:
    """Return the raw column of one field."""
    wanted = raw_type(field.name) or raw.kept_type(field.kind, nested="VARCHAR")
    if notation is not None:
        read = from_day(field.expression, notation, wanted)
    else:
        read = raw.cast(field.expression, field.kind, wanted)
    return RawColumn(name=field.name, type=wanted, expression=read, reads=field.expression)


def from_day(expression: str, notation: str, wanted: str) -> str:
    """Return SQL for a day or moment that is text, in UTC."""
    if notation == "iso":
        moment = f"CAST(rtrim(replace(trim({expression}), 'T', ' '), 'Z') AS TIMESTAMP)"
    else:
        moment = f"strptime(split_part(trim({expression}), ' ', 1), '{notation}')"
    return moment if wanted == "TIMESTAMP" else f"CAST({moment} AS {wanted})"
