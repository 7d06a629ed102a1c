"""How DuckDB reads the files of one Azure export version.

Every column is cast by its name: ids, tags and unknown columns stay text, money becomes DECIMAL,
days DATE. Whether a file writes 09/01/2023 or 2023-09-01 is decided once for each of its columns,
never for a value; a value of another notation is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from core import sql
from core.csvfile import CsvFile, read_csv_file
from core.diagnose import unreadable
from core.errors import AlienFile, BadValue
from core.exports import ExportVersion, RawColumn, SourceRelation
from core.money import DECIMAL, from_double, from_text
from core.storage.base import ObjectStore
from vendors.azure.columns import REQUIRED, family, raw_names, raw_type
from vendors.azure.versions import AzureVersion

CSV_OPTIONS = (
    "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
    "max_line_size = 16777216, buffer_size = 33554432, null_padding = false, strict_mode = true"
)
"""The kind of line end is left out: DuckDB 1.5 loses every line of a file that has another."""

NOTATIONS = {
    "iso": re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?"),
    "%m/%d/%Y": re.compile(r"\d{1,2}/\d{1,2}/\d{4}( .*)?"),
    "%m/%d/%y": re.compile(r"\d{1,2}/\d{1,2}/\d{2}( .*)?"),
}
"""Notation of days -> what a day looks like in it."""
A_DAY = "a day like 2023-09-01 or 09/01/2023"


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
    return parts[0] if len(parts) == 1 else united(parts)


def with_dataset(part: SourceRelation, dataset: str) -> SourceRelation:
    """Add the column that tells actual from amortised lines."""
    named = RawColumn(name="source_dataset", type="VARCHAR", expression=sql.text(dataset))
    return replace(part, columns=(*part.columns, named))


def united(parts: Sequence[SourceRelation]) -> SourceRelation:
    """Return UNION ALL BY NAME of all parts; a column that two parts type otherwise is text."""
    kinds: dict[str, set[str]] = {}
    for part in parts:
        for column in part.columns:
            kinds.setdefault(column.name, set()).add(column.type)
    one = {name: found.pop() if len(found) == 1 else "VARCHAR" for name, found in kinds.items()}
    alike = [replace(part, columns=tuple(cast(c, one) for c in part.columns)) for part in parts]
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


def cast(column: RawColumn, kinds: Mapping[str, str]) -> RawColumn:
    kind = kinds[column.name]
    if kind == column.type:
        return column
    return replace(column, type=kind, expression=f"CAST({column.expression} AS {kind})")


def parquet_part(
    store: ObjectStore,
    version: ExportVersion,
    keys: Sequence[str],
    connection: duckdb.DuckDBPyConnection,
) -> list[SourceRelation]:
    urls = sql.texts(store.url(key) for key in keys)
    relation = f"read_parquet({urls}, union_by_name = true, hive_partitioning = false) AS t"
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    except duckdb.Error as error:
        raise unreadable(error, replace_files(version, keys), store) from error
    header = [str(name) for name, *_ in described]
    found = [
        Field(name, f"t.{sql.ident(column)}", str(kind))
        for name, column, (_, kind, *_) in zip(
            free_names(header, version.dialect), header, described, strict=True
        )
    ]
    where = store.name(keys[0])
    days = notations(connection, relation, found, where)
    return [SourceRelation(columns=typed_columns(found, days, version, where), relation=relation)]


def replace_files(version: ExportVersion, keys: Sequence[str]) -> ExportVersion:
    """Return the version with some of its files, for errors that name one."""
    return ExportVersion(
        vendor=version.vendor,
        export=version.export,
        billing_period=version.billing_period,
        version_id=version.version_id,
        fingerprint=version.fingerprint,
        manifest=version.manifest,
        files=tuple(keys),
        format=version.format,
        dialect=version.dialect,
    )


def csv_parts(
    store: ObjectStore,
    version: ExportVersion,
    keys: Sequence[str],
    connection: duckdb.DuckDBPyConnection,
) -> list[SourceRelation]:
    """Check each file to its last byte; files with one header and one notation go together."""
    groups: dict[tuple[object, ...], tuple[tuple[RawColumn, ...], list[CsvFile]]] = {}
    for key in keys:
        path = store.local(key)
        assert path is not None, "core/stage.py brings every CSV file here"
        file = read_csv_file(path, packed=version.format == "csv.gz", where=store.name(key))
        names = free_names(file.header, version.dialect)
        found = [Field(name, f"t.c{index}", "VARCHAR") for index, name in enumerate(names)]
        days = notations(connection, relation_of([file]), found, file.where)
        columns = typed_columns(found, days, version, file.where)
        groups.setdefault((file.header, *days.items()), (columns, []))[1].append(file)
    return [
        SourceRelation(columns=columns, relation=relation_of(files), files=tuple(files))
        for columns, files in groups.values()
    ]


def relation_of(files: Sequence[CsvFile]) -> str:
    """Return the relation that reads CSV files of one header as text."""
    declared = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(files[0].header)))
    gzip = "gzip" if files[0].packed else "none"
    return (
        f"read_csv({sql.texts(str(file.path) for file in files)}, "
        f"columns = {{{declared}}}, compression = '{gzip}', {CSV_OPTIONS}) AS t"
    )


def free_names(header: Iterable[str], dialect: str) -> list[str]:
    """Return raw names, numbered where two columns would share one."""
    taken = {"billing_period", "source_dataset"}
    found = []
    for name in raw_names(header, dialect):
        number, candidate = 2, name
        while candidate in taken:
            candidate, number = f"{name}_{number}", number + 1
        taken.add(candidate)
        found.append(candidate)
    return found


def notations(
    connection: duckdb.DuckDBPyConnection, relation: str, found: Sequence[Field], where: str
) -> dict[str, str]:
    """Return the notation of each column of days that is text, by its first value.

    Raises:
        BadValue: If the first value is of none that we know.
    """
    days: dict[str, str] = {}
    for field in found:
        if not field.is_day_as_text:
            continue
        query = (
            f"SELECT {field.expression} FROM {relation} "
            f"WHERE nullif(trim({field.expression}), '') IS NOT NULL LIMIT 1"
        )
        try:
            row = connection.execute(query).fetchone()
        except duckdb.Error:
            row = None  # summing the source meets the same fault and explains it
        if row is None:
            days[field.name] = "iso"
            continue
        matching = [n for n, shape in NOTATIONS.items() if shape.fullmatch(str(row[0]).strip())]
        if not matching:
            raise BadValue(where, field.name, str(row[0]), A_DAY)
        days[field.name] = matching[0]
    return days


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
    period = f"CAST('{version.billing_period}' AS DATE)"
    return (*columns, RawColumn(name="billing_period", type="DATE", expression=period))


def typed(field: Field, notation: str | None) -> RawColumn:
    """Return the raw column of one field."""
    wanted, kind, expression = raw_type(field.name), field.kind, field.expression
    if wanted is None:
        wanted = kept_type(kind)
    if wanted == kind:
        read = expression
    elif notation is not None:
        read = from_day(expression, notation, wanted)
    elif wanted == DECIMAL and kind in ("DOUBLE", "FLOAT"):
        read = from_double(expression)
    elif wanted == DECIMAL and kind == "VARCHAR":
        read = from_text(expression)
    elif kind == "TIMESTAMP WITH TIME ZONE" and wanted in ("DATE", "TIMESTAMP"):
        read = f"CAST({expression} AT TIME ZONE 'UTC' AS {wanted})"
    elif wanted == "VARCHAR" and nested(kind):
        read = f"CAST(to_json({expression}) AS VARCHAR)"
    else:
        read = f"CAST({expression} AS {wanted})"
    return RawColumn(name=field.name, type=wanted, expression=read, reads=expression)


def from_day(expression: str, notation: str, wanted: str) -> str:
    """Return SQL for a day or moment that is text, in UTC."""
    if notation == "iso":
        moment = f"CAST(rtrim(replace(trim({expression}), 'T', ' '), 'Z') AS TIMESTAMP)"
    else:
        moment = f"strptime(split_part(trim({expression}), ' ', 1), '{notation}')"
    return moment if wanted == "TIMESTAMP" else f"CAST({moment} AS {wanted})"


def kept_type(kind: str) -> str:
    """Return the raw type of a column that we do not know: the provider's, where dlt has it."""
    if kind in ("VARCHAR", "DOUBLE", "BIGINT", "BOOLEAN", "TIMESTAMP", "DATE"):
        return kind
    if kind in ("FLOAT", "INTEGER", "SMALLINT", "TINYINT"):
        return "DOUBLE" if kind == "FLOAT" else "BIGINT"
    if kind.startswith("TIMESTAMP"):
        return "TIMESTAMP"
    return DECIMAL if kind.startswith("DECIMAL") else "VARCHAR"


def nested(kind: str) -> bool:
    return kind.startswith(("MAP", "STRUCT")) or kind.endswith("[]")
