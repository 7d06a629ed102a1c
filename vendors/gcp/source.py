"""How DuckDB reads one invoice month out of the files that hold it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from core.columns import period_column
from core.diagnose import unreadable
from core.errors import RepeatedDelivery
from core.exports import ExportVersion, RawColumn, SourceRelation
from core.relations import united
from core.storage.base import ObjectStore
from vendors.gcp.columns import REQUIRED, REQUIRED_FOR_FOCUS, family, raw_type
from vendors.gcp.prices import with_prices
from vendors.gcp.readers import Part, parts


def source(
    store: ObjectStore, version: ExportVersion, connection: duckdb.DuckDBPyConnection
) -> SourceRelation:
    """Return the typed columns of one invoice month and the relation they come from.

    Raises:
        CorruptFile, AlienFile.
    """
    try:
        found = parts(store, version.files, version.format, connection)
        if not found:
            return nothing(version)
        if len(version.files) > 1:
            refuse_copies(store, found, version, connection)
        return united([relation(part, version, connection) for part in found])
    except duckdb.Error as error:
        raise unreadable(error, version, store) from error


def nothing(version: ExportVersion) -> SourceRelation:
    """Return a month without lines, of files that do not even say which columns they had."""
    kind = family(version.dialect)
    names = sorted(REQUIRED[kind] | REQUIRED_FOR_FOCUS[kind])
    kinds = {name: raw_type(name) or "VARCHAR" for name in names}
    columns = [
        RawColumn(name=name, type=kind, expression=f"CAST(NULL AS {kind})")
        for name, kind in kinds.items()
    ]
    return SourceRelation(
        columns=(*columns, period_column(version.billing_period)),
        relation="(SELECT '' AS filename WHERE false) AS t",
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
        f"FROM {part.relation} WHERE {part.of_month(f'{version.billing_period:%Y%m}')} "
        "GROUP BY ALL"
    )


def key_of(found: Sequence[Part], address: str) -> str:
    return next(part.addresses[address] for part in found if address in part.addresses)


def relation(
    part: Part, version: ExportVersion, connection: duckdb.DuckDBPyConnection
) -> SourceRelation:
    """Return one part's lines of the month, with list prices where the user has some."""
    lines, prices = with_prices(part, version, connection)
    added = "".join(f", {c.expression} AS {c.name}" for c in prices)
    month = part.of_month(f"{version.billing_period:%Y%m}")
    chosen = f"SELECT t.*, t.filename{added} FROM {lines} WHERE {month}"
    own = [replace(column, expression=f"t.{column.name}") for column in prices]
    return SourceRelation(
        columns=(*part.columns.values(), *own, period_column(version.billing_period)),
        relation=f"({chosen}) AS t",
    )
