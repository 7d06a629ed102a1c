"""How DuckDB reads one invoice month out of the files that hold it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from core import sql
from core.errors import RepeatedDelivery
from core.exports import ExportVersion, RawColumn, SourceRelation
from core.storage.base import ObjectStore
from vendors.gcp.prices import with_prices
from vendors.gcp.readers import Part, parts


def source(
    store: ObjectStore, version: ExportVersion, connection: duckdb.DuckDBPyConnection
) -> SourceRelation:
    """Return the typed columns of one invoice month and the relation they come from.

    Raises:
        CorruptFile, AlienFile.
    """
    found = parts(store, version.files, version.format, connection)
    if len(version.files) > 1:
        refuse_copies(store, found, version, connection)
    relations = [relation(part, version, connection) for part in found]
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


TOLD_APART = "cost usage_start_time sku_id project_id resource_global_name currency".split()
"""Columns by which the lines of two files are compared."""


def refuse_copies(
    store: ObjectStore,
    found: Sequence[Part],
    version: ExportVersion,
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Refuse two extracts of the same lines: nothing but their content tells.

    Google adds lines in batches, each with its export_time. One extract is a part of another when
    every batch of it is in the other, whole and equal.

    Raises:
        RepeatedDelivery: With both files.
    """
    batches = " UNION ALL BY NAME ".join(batches_of(part, version) for part in found)
    row = connection.execute(
        f"""
        WITH batches AS (SELECT * FROM ({batches}) WHERE batch IS NOT NULL),
        files AS (SELECT file, count(*) AS batches, sum(worth) AS worth FROM batches GROUP BY file),
        shared AS (
            SELECT a.file, b.file AS other, count(*) AS batches
            FROM batches AS a JOIN batches AS b USING (batch, lines, content)
            WHERE a.file <> b.file GROUP BY ALL
        )
        SELECT s.file, s.other FROM shared AS s JOIN files AS f USING (file, batches)
        WHERE f.worth > 0 ORDER BY ALL LIMIT 1
        """
    ).fetchone()
    if row:
        one, other = (store.name(key_of(found, str(address))) for address in row)
        hint = "Keep one extract of each line: move the older file out of the folder."
        raise RepeatedDelivery(version.export, one, other, hint=hint)


def batches_of(part: Part, version: ExportVersion) -> str:
    """Return SQL for the batches of one part: file, time, number of lines, content."""
    columns = part.columns
    told = ", ".join(columns[name].expression for name in TOLD_APART if name in columns)
    time = columns["export_time"].expression if "export_time" in columns else "NULL"
    cost = columns["cost" if "cost" in columns else "billed_cost"].expression
    return (
        f"SELECT t.filename AS file, {time} AS batch, count(*) AS lines, "
        f"sum(CAST(hash({told}) AS HUGEINT)) AS content, sum(abs({cost})) AS worth "
        f"FROM {part.reader} AS t WHERE {part.of_month(f'{version.billing_period:%Y%m}')} "
        "GROUP BY ALL"
    )


def key_of(found: Sequence[Part], address: str) -> str:
    return next(part.addresses[address] for part in found if address in part.addresses)


def relation(
    part: Part, version: ExportVersion, connection: duckdb.DuckDBPyConnection
) -> SourceRelation:
    """Return one part's lines of the month, with list prices where the user has some."""
    period = RawColumn(
        name="billing_period",
        type="DATE",
        expression=f"CAST('{version.billing_period}' AS DATE)",
    )
    lines, prices = with_prices(part, version, connection)
    added = "".join(f", {c.expression} AS {c.name}" for c in prices)
    month = part.of_month(f"{version.billing_period:%Y%m}")
    chosen = f"SELECT t.*, t.filename{added} FROM {lines} WHERE {month}"
    own = [replace(column, expression=f"t.{column.name}") for column in prices]
    return SourceRelation(
        columns=(*part.columns.values(), *own, period), relation=f"({chosen}) AS t"
    )


def as_types(relation: SourceRelation, kinds: dict[str, str]) -> SourceRelation:
    """Return the relation with the types that its fellows have."""
    columns = (
        c
        if c.type == kinds[c.name]
        else replace(c, type=kinds[c.name], expression=f"CAST({c.expression} AS {kinds[c.name]})")
        for c in relation.columns
    )
    return replace(relation, columns=tuple(columns))
