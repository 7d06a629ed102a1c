"""How DuckDB reads one billing month of a source, and nothing of other months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from core import sql
from core.csvfile import CsvFile, read_csv_file
from core.diagnose import unreadable
from core.errors import CorruptFile, FileMissing
from core.exports import ExportVersion, RawColumn, SourceRelation
from core.periods import next_period
from core.storage.base import ObjectStore
from vendors.focus.files import FocusVersion
from vendors.focus.reading import (
    Table,
    csv_table,
    dates_in,
    parquet_table,
    typed_columns,
)
from vendors.focus.repeats import refuse_repeats

PROVIDER = frozenset(["provider_name", "service_provider_name", "provider"])
"""Columns that say whose bill it is."""


def source(
    store: ObjectStore, version: ExportVersion, connection: duckdb.DuckDBPyConnection
) -> SourceRelation:
    """Return the typed columns of a month's lines and the relation they come from.

    Raises:
        FileMissing, CorruptFile, AlienFile, SchemaMismatch, RepeatedDelivery.
    """
    assert isinstance(version, FocusVersion)
    for key in version.files:
        if store.size(key) is None:
            raise FileMissing(store.name(key), version.export)
    try:
        if version.format == "parquet":
            urls = [store.url(key) for key in version.files]
            table = parquet_table(connection, urls, store.name(version.files[0]))
            relation = relation_of(connection, table, version)
        else:
            relation = csv_relation(connection, store, version)
        if len(version.files) > 1 and not version.may_repeat:
            refuse_repeats(connection, store, version, relation)
        return relation
    except duckdb.Error as error:
        raise unreadable(error, version, store) from error


def csv_relation(
    connection: duckdb.DuckDBPyConnection,
    store: ObjectStore,
    version: FocusVersion,
) -> SourceRelation:
    """Check each file to its last byte; files that share a header are read together."""
    files = []
    for key in version.files:
        path = store.local(key)
        assert path is not None, "core/stage.py brings every CSV file here"
        files.append(read_csv_file(path, packed=version.format == "csv.gz", where=store.name(key)))
    headers: dict[tuple[str, ...], list[CsvFile]] = {}
    for file in files:
        headers.setdefault(file.header, []).append(file)
    parts = []
    for header, group in headers.items():
        paths = [str(file.path) for file in group]
        table = csv_table(paths, header, version.format, group[0].where)
        if version.shared:
            refuse_lost_lines(connection, table, group)
        parts.append(relation_of(connection, table, version))
    counted = () if version.shared else tuple(files)
    if len(parts) == 1:
        return replace(parts[0], files=counted)
    return united(parts, counted)


def relation_of(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    version: FocusVersion,
) -> SourceRelation:
    """Return a table's lines of the month."""
    period = version.billing_period
    fill = dict(version.fill)
    if not PROVIDER & table.cells().keys():
        fill.setdefault("provider_name", version.provider)
    columns = typed_columns(table, dates_in(connection, table), fill)
    relation = table.relation
    if version.shared:
        month = next(column.expression for column in columns if column.name == table.month)
        relation = (
            f"(SELECT t.*, t.filename FROM {relation} WHERE {month} >= TIMESTAMP '{period}' "
            f"AND {month} < TIMESTAMP '{next_period(period)}') AS t"
        )
    columns.append(
        RawColumn(name="billing_period", type="DATE", expression=f"CAST('{period}' AS DATE)")
    )
    return SourceRelation(columns=tuple(columns), relation=relation)


def united(parts: Sequence[SourceRelation], files: tuple[CsvFile, ...]) -> SourceRelation:
    """Return files of several headers as one relation, columns by name."""
    union = " UNION ALL BY NAME ".join(part.select() for part in parts)
    by_name = {c.name: c for part in parts for c in part.columns}
    columns = tuple(
        RawColumn(name=c.name, type=c.type, expression=f"t.{sql.ident(c.name)}")
        for c in by_name.values()
    )
    return SourceRelation(
        columns=columns, relation=f"({union}) AS t", files=files, parts=tuple(parts)
    )


def refuse_lost_lines(
    connection: duckdb.DuckDBPyConnection, table: Table, files: Sequence[CsvFile]
) -> None:
    """Compare the lines that DuckDB reads with those that the files hold, of all months.

    Raises:
        CorruptFile: If they differ.
    """
    row = connection.execute(f"SELECT count(*) FROM {table.relation}").fetchone()
    read = int(row[0]) if row else 0
    if read != sum(file.lines for file in files):
        held = sum(file.records() for file in files)
        if read != held:
            raise CorruptFile(
                table.where, f"its source holds {held:,} lines, but {read:,} can be read"
            )
