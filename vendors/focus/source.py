"""How DuckDB reads one billing month of a source, and nothing of other months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from core.columns import period_column
from core.csvfile import CsvFile
from core.diagnose import unreadable
from core.errors import CorruptFile, FileMissing
from core.exports import ExportVersion, SourceRelation
from core.periods import next_period
from core.relations import by_header, read_csv_files, united
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
            raise FileMissing(store.name(key), version.named_by(store))
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
    files = read_csv_files(store, version.files, version.format)
    parts = []
    for group in by_header(files):
        paths = [str(file.path) for file in group]
        table = csv_table(paths, group[0].header, version.format, group[0].where)
        if version.shared:
            refuse_lost_lines(connection, table, group)
        parts.append(relation_of(connection, table, version))
    return replace(united(parts), files=() if version.shared else tuple(files))


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
    columns.append(period_column(period))
    return SourceRelation(columns=tuple(columns), relation=relation)


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
