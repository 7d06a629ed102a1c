"""Files extracted from the billing export: which there are, and which invoice months they hold.

Google writes no manifest for such files, so the unit of replacement is (export, invoice month),
and a month's version is made from the files that hold lines of it: name, size and time of each.
A changed file loads every month again that it holds. docs/vendors/gcp.md has the reasons.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import duckdb

from core.errors import BadValue, NoFiles, NothingInRange, SchemaMismatch
from core.exports import ExportVersion
from core.periods import name as period_name
from core.storage.base import ObjectStore
from vendors.gcp.config import GcpExport, place
from vendors.gcp.formats import format_of
from vendors.gcp.prices import GcpVersion
from vendors.gcp.readers import Part, parts

DEPTH = 8
MONTH = re.compile(r"(\d{4})(0[1-9]|1[0-2])")


@dataclass
class Found:
    """What the files hold of one invoice month."""

    files: dict[str, str] = field(default_factory=dict)
    """Key -> format."""
    dialects: set[str] = field(default_factory=set)
    newest: datetime | None = None
    """The latest export_time."""


def versions(store: ObjectStore, export: GcpExport) -> Iterator[ExportVersion]:
    """Yield every invoice month in range that the files hold, oldest first.

    Raises:
        NoFiles, NothingInRange, SchemaMismatch, and what reading the files raises.
    """
    assert export.settings.source is not None
    found = months(store, files(store, export.settings.source))
    if not found:
        raise NoFiles(store.location, "lines of a bill")
    wanted = sorted(period for period in found if export.wants(period))
    if not wanted:
        raise NothingInRange(
            store.location,
            period_name(export.start) if export.start else "the first month",
            period_name(export.end) if export.end else "the last one",
            f"{period_name(min(found))} to {period_name(max(found))}",
        )
    for period in wanted:
        yield version_of(store, export, period, found[period])


def version_of(store: ObjectStore, export: GcpExport, period: date, month: Found) -> ExportVersion:
    where = f"{export.name} {period_name(period)}"
    if len(set(month.files.values())) > 1:
        raise SchemaMismatch(where, f"formats {', '.join(sorted(set(month.files.values())))}")
    if len(month.dialects) > 1:
        raise SchemaMismatch(where, f"both {' and '.join(sorted(month.dialects))}")
    keys = sorted(month.files)
    facts = [(key, store.size(key), store.modified(key)) for key in keys]
    fingerprint = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    newest = f"{month.newest:%Y-%m-%dT%H:%M:%SZ}" if month.newest else "unknown time"
    return GcpVersion(
        vendor="gcp",
        export=export.name,
        billing_period=period,
        version_id=f"{newest} {fingerprint[:8]}",
        fingerprint=fingerprint,
        manifest="",
        files=tuple(keys),
        format=month.files[keys[0]],
        dialect=month.dialects.pop(),
        prices=export.settings.pricing_source or "",
    )


def files(store: ObjectStore, source: str) -> dict[str, str]:
    """Return the files of a source that are of a format that we read, with the format.

    Raises:
        NoFiles: If there is none.
    """
    only = place(source)[1]
    keys = [only] if only else walk(store, "", DEPTH)
    found = {key: form for key in keys if (form := format_of(key))}
    if not found:
        raise NoFiles(store.location, "Parquet, CSV, JSON lines or Avro")
    return found


def walk(store: ObjectStore, prefix: str, depth: int) -> list[str]:
    """Return the keys below a prefix, whatever folders they lie in."""
    listing = store.list(prefix)
    deeper = [key for f in listing.folders if depth for key in walk(store, f, depth - 1)]
    return [*listing.files, *deeper]


def months(store: ObjectStore, keys: dict[str, str]) -> dict[date, Found]:
    """Ask the files which invoice months they hold: of Parquet two columns, of others all."""
    found: dict[date, Found] = {}
    forms = sorted(set(keys.values()))
    with duckdb.connect() as connection, tempfile.TemporaryDirectory() as scratch:
        connection.execute("SET TimeZone = 'UTC'")
        for statement in store.statements():
            connection.execute(statement)
        for form in forms:
            of_form = [key for key, other in keys.items() if other == form]
            for part in parts(store, of_form, form, connection, Path(scratch)):
                for key, text, newest in ask(part, connection):
                    month = found.setdefault(period_of(text, store.name(key)), Found())
                    month.files[key] = form
                    month.dialects.add(part.dialect)
                    month.newest = max(filter(None, (month.newest, newest)), default=None)
    return found


def ask(
    part: Part, connection: duckdb.DuckDBPyConnection
) -> Sequence[tuple[str, str, datetime | None]]:
    """Return (key, invoice month, newest export_time) of one part's files."""
    newest = part.columns.get("export_time")
    query = (
        f"SELECT t.filename, {part.month}, count(*), "
        f"max({newest.expression if newest else 'CAST(NULL AS TIMESTAMP)'}) "
        f"FROM {part.reader} AS t GROUP BY ALL"
    )
    rows = part.explained(connection, query)
    part.check_lines({name: sum(r[2] for r in rows if r[0] == name) for name, *_ in rows})
    return [(part.key_of(name), str(month), newest) for name, month, _, newest in rows]


def period_of(text: str, where: str) -> date:
    """Return the first day of an invoice month as Google writes it, YYYYMM."""
    match = MONTH.fullmatch(text)
    if not match or int(match[1]) < 1:
        raise BadValue(where, "invoice.month", text, "a month like 202601")
    return date(int(match[1]), int(match[2]), 1)
