"""How DuckDB reads the files of one AWS export version.

Every column is cast by its name: ids, rates and tags stay text (no account id loses its
zeros), money becomes DECIMAL, times UTC timestamps. Nothing is sniffed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import duckdb

from core import sql
from core.csvfile import CsvFile, read_csv_file
from core.diagnose import unreadable
from core.errors import AlienFile, FileMissing
from core.exports import ExportVersion, RawColumn, SourceRelation
from core.money import from_double, from_text
from core.storage.base import ObjectStore
from vendors.aws.columns import DECIMAL, REQUIRED, raw_name, raw_type, tag_key

CSV_OPTIONS = (
    "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
    "max_line_size = 16777216, buffer_size = 33554432, null_padding = false, strict_mode = true"
)
"""The kind of line end is left out: DuckDB 1.5 loses every line of a file that has another."""


def source(
    store: ObjectStore, version: ExportVersion, connection: duckdb.DuckDBPyConnection
) -> SourceRelation:
    """Return the typed columns of a version's files and the relation they come from.

    Raises:
        FileMissing, CorruptFile, AlienFile, SchemaMismatch.
    """
    for key in version.files:
        if store.size(key) is None:
            raise FileMissing(store.name(key), store.name(version.manifest))
    if version.format == "parquet":
        return parquet(store, version, connection)
    return csv_files(store, version)


def parquet(
    store: ObjectStore, version: ExportVersion, connection: duckdb.DuckDBPyConnection
) -> SourceRelation:
    urls = sql.texts(store.url(key) for key in version.files)
    relation = f"read_parquet({urls}, union_by_name = true, hive_partitioning = false)"
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    except duckdb.Error as error:
        raise unreadable(error, version, store) from error
    fields = [(str(name), str(kind)) for name, kind, *_ in described]
    columns = typed_columns(
        [(name, f"t.{sql.ident(name)}", kind) for name, kind in fields],
        version,
        store.name(version.files[0]),
    )
    return SourceRelation(columns=columns, relation=f"{relation} AS t")


def csv_files(store: ObjectStore, version: ExportVersion) -> SourceRelation:
    """Check each file to its last byte; files that share a header are read together."""
    files = [open_csv(store, key, version.format) for key in version.files]
    headers: dict[tuple[str, ...], list[CsvFile]] = {}
    for file in files:
        headers.setdefault(file.header, []).append(file)
    relations = [csv_relation(store, version, group) for group in headers.values()]
    if len(relations) == 1:
        return replace(relations[0], files=tuple(files))
    union = " UNION ALL BY NAME ".join(relation.select() for relation in relations)
    by_name = {c.name: c for relation in relations for c in relation.columns}
    columns = tuple(
        RawColumn(name=c.name, type=c.type, expression=f"t.{sql.ident(c.name)}")
        for c in by_name.values()
    )
    return SourceRelation(
        columns=columns,
        relation=f"({union}) AS t",
        files=tuple(files),
        parts=tuple(relations),
    )


def open_csv(store: ObjectStore, key: str, form: str) -> CsvFile:
    path = store.local(key)
    assert path is not None, "core/stage.py brings every CSV file here"
    return read_csv_file(path, packed=form == "csv.gz", where=store.name(key))


def csv_relation(
    store: ObjectStore, version: ExportVersion, files: Sequence[CsvFile]
) -> SourceRelation:
    header = files[0].header
    names = [f"c{index}" for index in range(len(header))]
    declared = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    gzip = "gzip" if files[0].packed else "none"
    relation = (
        f"read_csv({sql.texts(str(file.path) for file in files)}, "
        f"columns = {{{declared}}}, compression = '{gzip}', {CSV_OPTIONS}) AS t"
    )
    fields = [(name, f"t.{column}", "VARCHAR") for name, column in zip(header, names, strict=True)]
    return SourceRelation(columns=typed_columns(fields, version, files[0].where), relation=relation)


def typed_columns(
    fields: Iterable[tuple[str, str, str]], version: ExportVersion, where: str
) -> tuple[RawColumn, ...]:
    """Type (source name, expression, DuckDB type) fields by name; fold tag columns.

    Raises:
        AlienFile: If a column is missing without which a file is no bill.
    """
    columns: dict[str, RawColumn] = {}
    folded: dict[str, list[tuple[str, str]]] = {}
    for source_name, expression, kind in fields:
        if version.dialect == "cur_1" and (folded_key := tag_key(source_name)):
            folded.setdefault(folded_key[0], []).append((folded_key[1], expression))
            continue
        name = free_name(raw_name(source_name), columns)
        columns[name] = typed(name, expression, kind)
    for name, pairs in folded.items():
        columns[name] = RawColumn(name=name, type="JSON", expression=json_object(pairs))
    family = "focus" if version.dialect.startswith("focus") else "cur"
    if missing := REQUIRED[family] - columns.keys():
        raise AlienFile(where, missing)
    columns["billing_period"] = RawColumn(
        name="billing_period",
        type="DATE",
        expression=f"CAST('{version.billing_period}' AS DATE)",
    )
    return tuple(columns.values())


def free_name(name: str, taken: dict[str, RawColumn]) -> str:
    """Return `name`, numbered where two source columns would share it."""
    number, candidate = 2, name
    while candidate in taken or candidate == "billing_period":
        candidate, number = f"{name}_{number}", number + 1
    return candidate


def typed(name: str, expression: str, kind: str) -> RawColumn:
    """Return the raw column of one source column."""
    wanted = raw_type(name) or kept_type(kind)
    if wanted == kind and wanted != "JSON":
        cast = expression
    elif wanted == DECIMAL and kind in ("DOUBLE", "FLOAT"):
        cast = from_double(expression)
    elif wanted == DECIMAL and kind == "VARCHAR":
        cast = from_text(expression)
    elif wanted == "TIMESTAMP" and kind == "TIMESTAMP WITH TIME ZONE":
        cast = f"({expression} AT TIME ZONE 'UTC')"
    elif wanted == "TIMESTAMP" and kind == "VARCHAR":
        utc = f"CAST(rtrim(replace({expression}, 'T', ' '), 'Z') AS TIMESTAMP)"
        zoned = f"CAST({expression} AS TIMESTAMP WITH TIME ZONE) AT TIME ZONE 'UTC'"
        cast = f"CASE WHEN suffix({expression}, 'Z') THEN {utc} ELSE {zoned} END"
    elif wanted == "JSON" and kind == "VARCHAR":
        cast = f"CAST({expression} AS JSON)"
    elif wanted == "JSON":
        cast = f"CAST(to_json({expression}) AS JSON)"
    else:
        cast = f"CAST({expression} AS {wanted})"
    return RawColumn(name=name, type=wanted, expression=cast, reads=expression)


def kept_type(kind: str) -> str:
    """Return the raw type of a column that we do not know: the provider's, where dlt has it."""
    if kind in ("VARCHAR", "DOUBLE", "BIGINT", "BOOLEAN", "TIMESTAMP", "DATE"):
        return kind
    if kind in ("FLOAT", "INTEGER", "SMALLINT", "TINYINT"):
        return "DOUBLE" if kind == "FLOAT" else "BIGINT"
    if kind.startswith("TIMESTAMP"):
        return "TIMESTAMP"
    if kind.startswith(("MAP", "STRUCT")) or kind.endswith("[]"):
        return "JSON"
    return DECIMAL if kind.startswith("DECIMAL") else "VARCHAR"


def json_object(pairs: Iterable[tuple[str, str]]) -> str:
    """Return SQL for one JSON object of the pairs whose value is not null."""
    members = ", ".join(
        f"CASE WHEN {value} IS NOT NULL "
        f"THEN {sql.text(quoted(key))} || CAST(to_json({value}) AS VARCHAR) END"
        for key, value in pairs
    )
    return f"CAST('{{' || concat_ws(',', {members}) || '}}' AS JSON)"


def quoted(key: str) -> str:
    """Return a JSON member's name with its colon."""
    import json

    return json.dumps(key, ensure_ascii=False) + ":"
