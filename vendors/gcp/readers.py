"""How DuckDB reads each format of extracted files: as fields that fields.py turns into columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb.sqltypes import DuckDBPyType

from core import sql
from core.backends.duckdb import load_extension
from core.csvfile import CsvFile
from core.diagnose import unreadable
from core.errors import AlienFile, CorruptFile
from core.exports import RawColumn, unplaced
from core.relations import by_header, csv_fields, csv_relation, read_csv_files
from core.storage.base import ObjectStore
from vendors.gcp.columns import PACIFIC, dialect_of, labelled, lacking
from vendors.gcp.fields import Field, columns
from vendors.gcp.jsonlines import read_lines, type_of

VARCHAR = DuckDBPyType("VARCHAR")
LONGEST_LINE = "maximum_object_size = 16777216"


@dataclass(frozen=True, kw_only=True)
class Part:
    """Files that are read together."""

    store: ObjectStore
    relation: str
    """A FROM item with the alias t."""
    columns: Mapping[str, RawColumn]
    dialect: str
    addresses: Mapping[str, str]
    """What DuckDB calls a file -> its key."""
    lines: Mapping[str, int]
    """Key -> lines counted by other means; none for formats that check themselves."""
    csv: Mapping[str, CsvFile]
    format: str

    @property
    def month(self) -> str:
        """SQL for a line's invoice month, YYYYMM."""
        if "billed_cost" in self.columns:
            return f"strftime({self.columns['billing_period_start'].expression}, '%Y%m')"
        used = self.columns.get("usage_start_time")
        usage = (
            f"strftime({used.expression} AT TIME ZONE 'UTC' AT TIME ZONE '{PACIFIC}', '%Y%m')"
            if used
            else "NULL"
        )
        month = self.columns.get("invoice_month")
        return f"coalesce(nullif({month.expression}, ''), {usage})" if month else usage

    def of_month(self, month: str) -> str:
        """SQL for whether a line is of a month; the first part lets DuckDB skip row groups."""
        exact = f"{self.month} = '{month}'"
        invoice = self.columns.get("invoice_month")
        if invoice is None:
            return exact
        said = invoice.expression
        return f"({said} IS NULL OR {said} IN ('{month}', '')) AND {exact}"

    def key_of(self, address: str) -> str:
        return self.addresses[address]

    def check_lines(self, read: Mapping[str, int]) -> None:
        """Compare what DuckDB read with the lines that the files hold.

        Raises:
            CorruptFile: If they differ; a reader that skips a line does not say so.
        """
        for address, key in self.addresses.items():
            rows, held = read.get(address, 0), self.lines.get(key)
            if held is not None and rows != held and key in self.csv:
                held = self.csv[key].records()
            if held is not None and rows != held:
                where = self.store.name(key)
                raise CorruptFile(where, f"it holds {held:,} lines, but {rows:,} can be read")


def parts(
    store: ObjectStore, keys: Sequence[str], form: str, connection: duckdb.DuckDBPyConnection
) -> list[Part]:
    """Return how to read files of one format, which lie on this machine unless they are Parquet.

    Args:
        store: Where the files lie.
        keys: The files.
        form: Their format.
        connection: Reads what columns they have.

    Raises:
        AlienFile, CorruptFile.
    """
    if form.startswith("csv"):
        return csv_parts(store, keys, form)
    addresses = {store.url(key): key for key in keys}
    if form.startswith("json"):
        return json_parts(store, addresses, form, connection)
    return typed_parts(store, addresses, form, connection)


def typed_parts(
    store: ObjectStore,
    addresses: Mapping[str, str],
    form: str,
    connection: duckdb.DuckDBPyConnection,
) -> list[Part]:
    """Files that know their types: those with the same columns are read together."""
    if form == "avro":
        connection.execute(load_extension("avro"))
    groups: dict[str, list[str]] = {}
    for address, key in addresses.items():
        schema = describe(store, key, form, f"SELECT * FROM {typed([address], form)}", connection)
        groups.setdefault(str(schema), []).append(address)
    found = []
    for group in groups.values():
        relation = typed(group, form)
        first = addresses[group[0]]
        fields = describe(store, first, form, f"SELECT * FROM {relation}", connection)
        found.append(
            part(store, relation, fields, {address: addresses[address] for address in group}, form)
        )
    return found


def typed(addresses: Sequence[str], form: str) -> str:
    """Return the FROM item of files of one schema that know their types."""
    if form == "avro":
        return f"read_avro({sql.texts(addresses)}) AS t"
    return f"read_parquet({sql.texts(addresses)}, hive_partitioning = false) AS t"


def describe(
    store: ObjectStore, key: str, form: str, query: str, connection: duckdb.DuckDBPyConnection
) -> list[Field]:
    """Return the fields of a relation.

    Raises:
        CorruptFile, AccessDenied, Unreachable: If the file cannot be read.
    """
    try:
        relation = connection.sql(query)
    except duckdb.Error as error:
        raise unreadable(error, unplaced("gcp", [key], form), store) from error
    return [
        Field(name, f"t.{sql.ident(name)}", kind)
        for name, kind in zip(relation.columns, relation.types, strict=True)
    ]


def csv_parts(store: ObjectStore, keys: Sequence[str], form: str) -> list[Part]:
    """CSV files, each checked to its last byte; those that share a header are read together."""
    files = read_csv_files(store, keys, form)
    by_path = {str(file.path): key for key, file in zip(keys, files, strict=True)}
    found = []
    for group in by_header(files):
        header = group[0].header
        addresses = {str(file.path): by_path[str(file.path)] for file in group}
        relation = csv_relation(addresses, len(header), packed=form == "csv.gz")
        fields = [
            Field(name, expression, VARCHAR)
            for name, (_, expression, _) in zip(labelled(header), csv_fields(header), strict=True)
        ]
        csv = {by_path[str(file.path)]: file for file in group}
        lines = {key: file.lines for key, file in csv.items()}
        found.append(part(store, relation, fields, addresses, form, lines=lines, csv=csv))
    return found


def json_parts(
    store: ObjectStore,
    addresses: Mapping[str, str],
    form: str,
    connection: duckdb.DuckDBPyConnection,
) -> list[Part]:
    """JSON lines: every value is read as text; those of one structure are read together."""
    packed = form == "json.gz"
    options = f"compression = '{'gzip' if packed else 'uncompressed'}', {LONGEST_LINE}"
    lines: dict[str, int] = {}
    groups: dict[str, list[str]] = {}
    for address, key in addresses.items():
        lines[key], structure = read_lines(
            Path(address), packed, store.name(key), options, connection
        )
        if lines[key]:
            shape = {name: type_of(value) for name, value in structure.items()}
            groups.setdefault(json.dumps(shape), []).append(address)
    found = []
    for text, group in groups.items():
        shape = json.loads(text)
        declared = ", ".join(f"{sql.ident(name)}: {sql.text(kind)}" for name, kind in shape.items())
        relation = (
            f"read_json({sql.texts(group)}, format = 'newline_delimited', "
            f"columns = {{{declared}}}, {options}) AS t"
        )
        fields = [
            Field(name, f"t.{sql.ident(name)}", DuckDBPyType(kind)) for name, kind in shape.items()
        ]
        own = {address: addresses[address] for address in group}
        counted = {key: lines[key] for key in own.values()}
        found.append(part(store, relation, fields, own, form, lines=counted))
    return found


def part(
    store: ObjectStore,
    relation: str,
    fields: Sequence[Field],
    addresses: Mapping[str, str],
    form: str,
    *,
    lines: Mapping[str, int] | None = None,
    csv: Mapping[str, CsvFile] | None = None,
) -> Part:
    typed = columns(fields)
    dialect = dialect_of(set(typed))
    if dialect is None:
        where = store.name(next(iter(addresses.values())))
        raise AlienFile(where, lacking(set(typed)))
    return Part(
        store=store,
        relation=relation,
        columns=typed,
        dialect=dialect,
        addresses=addresses,
        lines=lines or {},
        csv=csv or {},
        format=form,
    )
