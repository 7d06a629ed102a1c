"""How DuckDB reads the files of one AWS export version.

Every column is cast by its name: ids, rates and tags stay text (no account id loses its
zeros), money becomes DECIMAL, times UTC timestamps. Nothing is sniffed.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from core import columns as raw
from core.diagnose import unreadable
from core.errors import AlienFile, FileMissing
from core.exports import ExportVersion, RawColumn, SourceRelation
from core.relations import (
    by_header,
    csv_fields,
    csv_relation,
    parquet_fields,
    parquet_relation,
    read_csv_files,
    united,
)
from core.storage.base import ObjectStore
from vendors.aws.columns import REQUIRED, raw_name, raw_type, tag_key


def source(
    store: ObjectStore, version: ExportVersion, connection: duckdb.DuckDBPyConnection
) -> SourceRelation:
    """Return the typed columns of a version's files and the relation they come from.

    Raises:
        FileMissing, CorruptFile, AlienFile, SchemaMismatch.
    """
    for key in version.files:
        if store.size(key) is None:
            raise FileMissing(store.name(key), version.named_by(store))
    if version.format == "parquet":
        return parquet(store, version, connection)
    return csv_files(store, version)


def parquet(
    store: ObjectStore, version: ExportVersion, connection: duckdb.DuckDBPyConnection
) -> SourceRelation:
    relation = parquet_relation(store.url(key) for key in version.files)
    try:
        fields = parquet_fields(connection, relation)
    except duckdb.Error as error:
        raise unreadable(error, version, store) from error
    columns = typed_columns(fields, version, store.name(version.files[0]))
    return SourceRelation(columns=columns, relation=relation)


def csv_files(store: ObjectStore, version: ExportVersion) -> SourceRelation:
    parts = []
    for files in by_header(read_csv_files(store, version.files, version.format)):
        header = files[0].header
        paths = [str(file.path) for file in files]
        relation = csv_relation(paths, len(header), packed=files[0].packed)
        columns = typed_columns(csv_fields(header), version, files[0].where)
        parts.append(SourceRelation(columns=columns, relation=relation, files=tuple(files)))
    return united(parts)


def typed_columns(
    fields: Sequence[tuple[str, str, str]], version: ExportVersion, where: str
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
        name = raw.free_name(raw_name(source_name), columns)
        wanted = raw_type(name) or raw.kept_type(kind)
        cell = raw.cast(expression, kind, wanted)
        columns[name] = RawColumn(name=name, type=wanted, expression=cell, reads=expression)
    for name, pairs in folded.items():
        columns[name] = RawColumn(name=name, type="JSON", expression=raw.json_object(pairs))
    family = "focus" if version.dialect.startswith("focus") else "cur"
    if missing := REQUIRED[family] - columns.keys():
        raise AlienFile(where, missing)
    return (*columns.values(), raw.period_column(version.billing_period))
