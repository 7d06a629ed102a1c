"""Raw tables and who owns them: no export may overwrite, hide or double another's bill."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import duckdb

from core import ledger, sql
from core.errors import AlienFile, BadSetting, ExportCollision
from core.exports import ExportSettings, SourceRelation, Vendor, load_vendor

if TYPE_CHECKING:
    from core.load import Planned

RESERVED = re.compile(r"billing_(\d{4}_\d{2}|data)")
"""Names of raw tables, which an export's view must leave alone."""


def check_names(exports: Iterable[str]) -> None:
    """Refuse names of configured exports whose tables or views would be the same.

    Raises:
        ExportCollision, BadSetting.
    """
    taken: dict[str, str] = {}
    for export in exports:
        name = sql.snake(export)
        if RESERVED.fullmatch(name):
            raise BadSetting("export_name", export, "a name that no raw table has")
        if name in taken:
            raise ExportCollision(taken[name], export, f"both would be the view {name}")
        taken[name] = export


def free_prefix(
    connection: duckdb.DuckDBPyConnection, vendor: Vendor, export: ExportSettings, schema: str
) -> str:
    """Return the table prefix of an export: '' unless another export owns those tables.

    Raises:
        ExportCollision: If an export that is already loaded would share its tables.
    """
    owners = connection.execute(
        "SELECT export, bool_or(raw_table LIKE ? || '.billing!_%' ESCAPE '!') FROM ledger.loads "
        "WHERE vendor = ? AND status = 'current' GROUP BY export",
        [schema, vendor.name],
    ).fetchall()
    name = sql.snake(export.name)
    for owner, _ in owners:
        if owner != export.name and sql.snake(owner) == name:
            raise ExportCollision(owner, export.name, f"both would be the view {schema}.{name}")
    unnamed = {str(owner) for owner, plain in owners if plain}
    if export.name in unnamed:
        return ""
    return f"{name}__" if unnamed else export.table_prefix


def refuse_unmappable(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse to build FOCUS from bills that lack what it cannot do without.

    Raises:
        AlienFile: Naming the columns that an export leaves out.
    """
    for vendor, export, period, dialect, table in connection.execute(
        "SELECT vendor, export, billing_period, dialect, raw_table FROM ledger.loads "
        "WHERE status = 'current' AND NOT transformed ORDER BY ALL"
    ).fetchall():
        missing = load_vendor(vendor).focus_needs(dialect) - set(ledger.columns(connection, table))
        if missing:
            raise AlienFile(f"{export} {period:%Y-%m}", missing)


def delete_period(connection: duckdb.DuckDBPyConnection, table: str, period: date) -> None:
    """Delete one billing period from a table of all months, where that table exists."""
    if table_exists(connection, table):
        connection.execute(f"DELETE FROM {sql.relation(table)} WHERE billing_period = ?", [period])


def drop_moved_tables(
    connection: duckdb.DuckDBPyConnection,
    former: Mapping[tuple[str, date], ledger.Current],
    planned: Sequence[Planned],
    schema: str,
    export: ExportSettings,
) -> None:
    """Remove a period's former rows where the table strategy has changed."""
    for item in planned:
        period = item.version.billing_period
        known = former.get((export.name, period))
        if known is None or known.raw_table == f"{schema}.{item.table}":
            continue
        table = sql.relation(known.raw_table)
        if known.raw_table.endswith("billing_data"):
            delete_period(connection, known.raw_table, period)
            if connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
                continue
        connection.execute(f"DROP TABLE IF EXISTS {table}")


def unified(
    connection: duckdb.DuckDBPyConnection, table: str, planned: Sequence[Planned]
) -> list[Planned]:
    """Give a column one type in a table of all months; where months differ it becomes text."""
    kinds: dict[str, set[str]] = {}
    if table_exists(connection, table):
        for name, kind, *_ in connection.execute(f"DESCRIBE {sql.relation(table)}").fetchall():
            kinds[name] = {kind}
    stored = {name: next(iter(kind)) for name, kind in kinds.items()}
    for item in planned:
        for column in item.source.columns:
            kinds.setdefault(column.name, set()).add(column.type)
    mixed = {name for name, found in kinds.items() if len(found) > 1}
    for name in mixed:
        if stored.get(name, "VARCHAR") != "VARCHAR":
            connection.execute(
                f"ALTER TABLE {sql.relation(table)} ALTER {sql.ident(name)} TYPE VARCHAR"
            )
    return [replace(item, source=as_text(item.source, mixed)) for item in planned]


def as_text(source: SourceRelation, names: set[str]) -> SourceRelation:
    """Return the same relation with some columns called VARCHAR; the insert casts them."""
    columns = (replace(c, type="VARCHAR") if c.name in names else c for c in source.columns)
    return replace(source, columns=tuple(columns))


def create_export_view(
    connection: duckdb.DuckDBPyConnection, vendor: Vendor, export: ExportSettings, schema: str
) -> None:
    """Make the view `<schema>.<export>` over all raw tables of one export."""
    tables = sorted(
        {
            current.raw_table
            for (name, _), current in ledger.read_current(connection, vendor.name).items()
            if name == export.name
        }
    )
    view = f"{schema}.{sql.snake(export.name)}"
    union = " UNION ALL BY NAME ".join(f"SELECT * FROM {sql.relation(t)}" for t in tables)
    connection.execute(f"CREATE OR REPLACE VIEW {sql.relation(view)} AS {union}")


def table_exists(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    schema, name = table.split(".", 1)
    row = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?",
        [schema, name],
    ).fetchone()
    return bool(row and row[0])
