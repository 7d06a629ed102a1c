"""How DuckDB reads each format of extracted files: as fields that fields.py turns into columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from duckdb.sqltypes import DuckDBPyType

from core import sql
from core.backends.duckdb import load_extension
from core.csvfile import CsvFile, read_csv_file
from core.diagnose import unreadable
from core.errors import AlienFile, CorruptFile
from core.exports import ExportVersion, RawColumn
from core.storage.base import ObjectStore
from vendors.gcp.columns import REQUIRED, dialect_of, labelled
from vendors.gcp.fields import Field, columns
from vendors.gcp.jsonlines import json_lines, structure_of, type_of

CSV_OPTIONS = (
    "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
    "max_line_size = 16777216, buffer_size = 33554432, null_padding = false, strict_mode = true"
)
PACIFIC = "America/Los_Angeles"
"""Google's billing months begin and end in this time zone."""
VARCHAR = DuckDBPyType("VARCHAR")


@dataclass(frozen=True, kw_only=True)
class Part:
    """Files that are read together."""

    store: ObjectStore
    reader: str
    """A table function; its rows are called t."""
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

    def explained(self, connection: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
        """Run a query over the files; DuckDB's errors become ours."""
        try:
            return connection.execute(query).fetchall()
        except duckdb.Error as error:
            told = as_told(list(self.addresses.values()), self.format)
            raise unreadable(error, told, self.store) from error

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


def as_told(keys: Sequence[str], form: str) -> ExportVersion:
    """Return files as errors are told of."""
    return ExportVersion(
        vendor="gcp",
        export="files",
        billing_period=date.min,
        version_id="",
        fingerprint="",
        manifest="",
        files=tuple(keys),
        format=form,
        dialect="",
    )


def parts(
    store: ObjectStore,
    keys: Sequence[str],
    form: str,
    connection: duckdb.DuckDBPyConnection,
    scratch: Path | None = None,
) -> list[Part]:
    """Return how to read files of one format.

    Args:
        store: Where the files lie.
        keys: The files.
        form: Their format.
        connection: Reads what columns they have.
        scratch: Where to put copies of text files of a bucket.

    Raises:
        AlienFile, CorruptFile.
    """
    if form == "parquet":
        return typed_parts(store, {store.url(key): key for key in keys}, form, connection)
    paths = {key: local(store, key, number, scratch) for number, key in enumerate(keys)}
    if form in ("avro", "bigquery"):
        return typed_parts(store, {str(path): key for key, path in paths.items()}, form, connection)
    if form.startswith("csv"):
        return csv_parts(store, paths, form)
    return json_parts(store, paths, form, connection)


def local(store: ObjectStore, key: str, number: int, scratch: Path | None) -> Path:
    path = store.local(key)
    if path is None:
        assert scratch is not None, "core/stage.py brings every text file here"
        path = scratch / f"{number}-{key.rsplit('/', 1)[-1]}"
        store.download(key, path)
    return path


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
        schema = describe(store, key, form, f"SELECT * FROM {reader(form, [address])}", connection)
        groups.setdefault(str(schema), []).append(address)
    found = []
    for group in groups.values():
        source = reader(form, group)
        first = addresses[group[0]]
        fields = describe(store, first, form, f"SELECT * FROM {source}", connection)
        found.append(
            part(store, source, fields, {address: addresses[address] for address in group}, form)
        )
    return found


def reader(form: str, addresses: Sequence[str]) -> str:
    if form == "avro":
        return f"read_avro({sql.texts(addresses)})"
    return f"read_parquet({sql.texts(addresses)}, hive_partitioning = false)"


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
        raise unreadable(error, as_told([key], form), store) from error
    return [
        Field(name, f"t.{sql.ident(name)}", kind)
        for name, kind in zip(relation.columns, relation.types, strict=True)
    ]


def csv_parts(store: ObjectStore, paths: Mapping[str, Path], form: str) -> list[Part]:
    """CSV files, each checked to its last byte; those that share a header are read together."""
    packed = form == "csv.gz"
    files = {
        key: read_csv_file(path, packed=packed, where=store.name(key))
        for key, path in paths.items()
    }
    headers: dict[tuple[str, ...], list[str]] = {}
    for key, file in files.items():
        headers.setdefault(file.header, []).append(key)
    found = []
    for header, keys in headers.items():
        names = [f"c{index}" for index in range(len(header))]
        declared = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        source = (
            f"read_csv({sql.texts(str(files[key].path) for key in keys)}, "
            f"columns = {{{declared}}}, compression = '{'gzip' if packed else 'none'}', "
            f"{CSV_OPTIONS})"
        )
        fields = [
            Field(name, f"t.{column}", VARCHAR)
            for name, column in zip(labelled(header), names, strict=True)
        ]
        addresses = {str(files[key].path): key for key in keys}
        lines = {key: files[key].lines for key in keys}
        csv = {key: files[key] for key in keys}
        found.append(part(store, source, fields, addresses, form, lines=lines, csv=csv))
    return found


def json_parts(
    store: ObjectStore,
    paths: Mapping[str, Path],
    form: str,
    connection: duckdb.DuckDBPyConnection,
) -> list[Part]:
    """JSON lines: every value is read as text; the structure comes from all lines."""
    packed = form == "json.gz"
    options = f"compression = '{'gzip' if packed else 'uncompressed'}', "
    options += "maximum_object_size = 16777216"
    lines = {key: json_lines(path, packed, store.name(key)) for key, path in paths.items()}
    groups: dict[str, list[str]] = {}
    for key, path in paths.items():
        structure = structure_of(path, store.name(key), options, connection) if lines[key] else None
        if structure:
            groups.setdefault(structure, []).append(key)
    found = []
    for structure, keys in groups.items():
        shape = {name: type_of(value) for name, value in json.loads(structure).items()}
        declared = ", ".join(f"{sql.ident(name)}: {sql.text(kind)}" for name, kind in shape.items())
        source = (
            f"read_json({sql.texts(str(paths[key]) for key in keys)}, "
            f"format = 'newline_delimited', columns = {{{declared}}}, {options})"
        )
        fields = [
            Field(name, f"t.{sql.ident(name)}", DuckDBPyType(kind)) for name, kind in shape.items()
        ]
        addresses = {str(paths[key]): key for key in keys}
        counted = {key: lines[key] for key in keys}
        found.append(part(store, source, fields, addresses, form, lines=counted))
    return found


def part(
    store: ObjectStore,
    source: str,
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
        raise AlienFile(where, REQUIRED["gcp"] - typed.keys())
    return Part(
        store=store,
        reader=source,
        columns=typed,
        dialect=dialect,
        addresses=addresses,
        lines=lines or {},
        csv=csv or {},
        format=form,
    )
