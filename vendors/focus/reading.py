"""One file, or files of one header, as DuckDB reads them: names, texts, expressions.

CSV comes as text and is cast by name; parquet keeps its types. Nothing is sniffed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from core import columns, sql
from core.csvfile import column_names, header_line, unpacked
from core.errors import AlienFile, CorruptFile
from core.exports import RawColumn
from core.money import DECIMAL
from core.relations import csv_fields, csv_relation, parquet_fields, parquet_relation
from vendors.focus.columns import (
    MONTH,
    OCI_TAGS,
    REQUIRED,
    detect,
    family,
    raw_name,
    raw_type,
)
from vendors.focus.values import NULLS, Dates, dates_of, folded, json, money, unread

ENDINGS = {".parquet": "parquet", ".csv.gz": "csv.gz", ".csv": "csv"}
SAMPLED = 2048
UNREAD = "unread"
"""Raw column with the texts that could not be read: {raw column: text}."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """What one header's files look like to DuckDB."""

    where: str
    """The first file, as a person would call it."""
    relation: str
    """A FROM item with the alias t."""
    fields: tuple[tuple[str, str, str], ...]
    """(name in the file, expression, DuckDB type), in the file's order."""
    text: bool
    """Whether all is text, as in CSV."""
    dialect: str

    @property
    def month(self) -> str:
        """Return the raw name of the column that says which month a line belongs to."""
        return MONTH[family(self.dialect)]

    def cells(self) -> dict[str, tuple[str, str]]:
        """Return raw name -> (expression, type); of two columns of one name the first is it."""
        found: dict[str, tuple[str, str]] = {}
        taken = {UNREAD}
        for name, expression, kind in self.fields:
            if family(self.dialect) == "oci" and name.startswith(OCI_TAGS):
                continue
            raw = columns.free_name(raw_name(name), taken)
            taken.add(raw)
            found[raw] = (expression, kind)
        return found

    def tags(self) -> dict[str, str]:
        """Return tag key -> expression, where a file has a column for each key, as OCI's do."""
        if family(self.dialect) != "oci":
            return {}
        return {
            name.removeprefix(OCI_TAGS): expression
            for name, expression, _ in self.fields
            if name.startswith(OCI_TAGS)
        }


def form_of(key: str) -> str:
    """Return a file's format by its name's end."""
    return next(form for ending, form in ENDINGS.items() if key.lower().endswith(ending))


def header_of(path: Path, form: str, where: str) -> tuple[str, ...]:
    """Read a CSV file's first line.

    Raises:
        CorruptFile: If it is empty or a broken gzip stream.
    """
    head = b""
    for block in unpacked(path, form == "csv.gz", where):
        head += block
        if (line := header_line(head, where)) is not None:
            head = line
            break
    names = column_names(head, where)
    if not any(name.strip() for name in names):
        raise CorruptFile(where, "it is empty, without even a header line")
    return names


def csv_table(paths: Sequence[str], header: Sequence[str], form: str, where: str) -> Table:
    """Return the table of CSV files that share a header.

    Raises:
        AlienFile: If a column is missing without which it is no bill.
    """
    relation = csv_relation(paths, len(header), packed=form == "csv.gz", nulls=NULLS)
    fields = tuple(csv_fields(header))
    return known(
        Table(where=where, relation=relation, fields=fields, text=True, dialect=detect(header))
    )


def parquet_table(
    connection: duckdb.DuckDBPyConnection, addresses: Iterable[str], where: str
) -> Table:
    """Return the table of parquet files, columns by name.

    Raises:
        duckdb.Error: If a file cannot be read.
        AlienFile: If a column is missing without which it is no bill.
    """
    relation = parquet_relation(addresses)
    fields = tuple(parquet_fields(connection, relation))
    return known(
        Table(
            where=where,
            relation=relation,
            fields=fields,
            text=False,
            dialect=detect(name for name, *_ in fields),
        )
    )


def known(table: Table) -> Table:
    if missing := REQUIRED[family(table.dialect)] - table.cells().keys():
        raise AlienFile(table.where, missing)
    return table


def dates_in(connection: duckdb.DuckDBPyConnection, table: Table) -> Dates:
    """Tell how a table writes dates, from its first lines; the column of months tells most."""
    months: list[str] = []
    others: list[str] = []
    for raw in (table.month, "charge_period_start", "charge_period_end"):
        expression, kind = table.cells().get(raw, ("NULL", ""))
        if kind == "VARCHAR":
            rows = connection.execute(
                f"SELECT DISTINCT x FROM (SELECT {expression} AS x FROM {table.relation} "
                f"LIMIT {SAMPLED}) WHERE x IS NOT NULL"
            ).fetchall()
            (months if raw == table.month else others).extend(str(row[0]) for row in rows)
    return dates_of(months, others)


def text_of(expression: str, kind: str, *, text: bool) -> str:
    """Return a text cell without the texts that mean no value; CSV has lost them already."""
    if text or kind != "VARCHAR":
        return expression
    nulls = ", ".join(sql.text(null) for null in ("", *NULLS))
    return f"CASE WHEN {expression} NOT IN ({nulls}) THEN {expression} END"


def typed_columns(table: Table, dates: Dates, fill: Mapping[str, str]) -> list[RawColumn]:
    """Return the raw columns of a table.

    Args:
        table: The files' columns.
        dates: How they write dates.
        fill: Raw column -> the text where it is empty or absent.
    """
    found: list[RawColumn] = []
    doubtful: dict[str, tuple[str, str]] = {}
    for raw, (expression, kind) in table.cells().items():
        cell = text_of(expression, kind, text=table.text)
        wanted = raw_type(raw, table.dialect) or columns.kept_type(kind)
        value = cast(cell, kind, wanted, dates)
        if kind == "VARCHAR" and wanted == "TIMESTAMP" and raw != table.month:
            value = f"TRY({value})"
        if raw == "tags" and wanted == "JSON":
            value = f"CASE WHEN json_type({value}) = 'OBJECT' THEN {value} END"
        if kind == "VARCHAR" and wanted in ("JSON", "TIMESTAMP") and raw != table.month:
            doubtful[raw] = (cell, value)
        if raw in fill:
            value = f"coalesce({value}, {sql.text(fill[raw])})"
        found.append(RawColumn(name=raw, type=wanted, expression=value, reads=expression))
    names = {column.name for column in found}
    for raw, text in fill.items():
        if raw not in names:
            found.append(RawColumn(name=raw, type="VARCHAR", expression=sql.text(text)))
    if tags := table.tags():
        found.append(RawColumn(name="tags", type="JSON", expression=folded(tags)))
    if doubtful:
        found.append(RawColumn(name=UNREAD, type="JSON", expression=unread(doubtful)))
    return found


def cast(cell: str, kind: str, wanted: str, dates: Dates) -> str:
    """Return a cell as a value of its raw column."""
    if wanted == DECIMAL:
        return cell if kind == DECIMAL else money(cell, kind)
    if wanted == "TIMESTAMP" and kind == "VARCHAR":
        return dates.parse(cell)
    if wanted == "JSON":
        return json(cell, kind)
    return columns.cast(cell, kind, wanted)
