"""How DuckDB reads one invoice month out of the files that hold it."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from core import sql
from core.exports import ExportVersion, RawColumn, SourceRelation
from core.storage.base import ObjectStore
from vendors.gcp.readers import Part, parts


def source(
    store: ObjectStore, version: ExportVersion, connection: duckdb.DuckDBPyConnection
) -> SourceRelation:
    """Return the typed columns of one invoice month and the relation they come from.

    Raises:
        CorruptFile, AlienFile.
    """
    found = parts(store, version.files, version.format, connection)
    relations = [relation(part, version) for part in found]
    if len(relations) == 1:
        return relations[0]
    names: dict[str, str] = {}
    for column in (c for r in relations for c in r.columns):
        names[column.name] = (
            column.type if names.get(column.name, column.type) == column.type else "VARCHAR"
        )
    relations = [as_types(r, names) for r in relations]
    union = " UNION ALL BY NAME ".join(r.select() for r in relations)
    return SourceRelation(
        columns=tuple(
            RawColumn(name=name, type=kind, expression=f"t.{sql.ident(name)}")
            for name, kind in names.items()
        ),
        relation=f"({union}) AS t",
        parts=tuple(relations),
    )


def relation(part: Part, version: ExportVersion) -> SourceRelation:
    """Return one part's lines of the month."""
    month = f"{version.billing_period:%Y%m}"
    period = RawColumn(
        name="billing_period",
        type="DATE",
        expression=f"CAST('{version.billing_period}' AS DATE)",
    )
    chosen = f"SELECT *, filename FROM {part.reader} AS t WHERE {part.month} = '{month}'"
    return SourceRelation(columns=(*part.columns.values(), period), relation=f"({chosen}) AS t")


def as_types(relation: SourceRelation, kinds: dict[str, str]) -> SourceRelation:
    """Return the relation with the types that its fellows have."""
    columns = (
        c
        if c.type == kinds[c.name]
        else replace(c, type=kinds[c.name], expression=f"CAST({c.expression} AS {kinds[c.name]})")
        for c in relation.columns
    )
    return replace(relation, columns=tuple(columns))
