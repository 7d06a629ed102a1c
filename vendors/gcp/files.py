"""Files extracted from the billing export: which there are, and which invoice months they hold.

Google writes no manifest for such files: core/inventory.py makes months of them, and notes what
each file holds, so that only new and changed ones are asked. docs/vendors/gcp.md has the reasons.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb

from core.diagnose import unreadable
from core.errors import BadValue, NoFiles, SchemaMismatch
from core.exports import ExportVersion, unplaced
from core.inventory import Held, Inventory, Month, address_of, in_range, look, months, remembered
from core.periods import name as period_name
from core.stage import stage
from core.storage.base import ObjectStore, asking
from core.storage.open import files_within
from vendors.gcp.config import GcpExport
from vendors.gcp.formats import FORMATS, format_of
from vendors.gcp.prices import GcpVersion
from vendors.gcp.readers import Part, parts

MONTH = re.compile(r"(\d{4})(0[1-9]|1[0-2])")


def stock(
    store: ObjectStore, export: GcpExport, noted: Inventory, base: Path
) -> tuple[Sequence[ExportVersion], Inventory]:
    """Return the invoice months that an export's files make up, and what to note of the files.

    Files are noted by their address: another folder's files of the same names are others.

    Raises:
        NoFiles, NothingInRange, SchemaMismatch, and what reading the files raises.
    """
    keys = {address_of(store, key, base): key for key in files(store, export.open()[1])}
    present = look(store, keys, {} if export.reset else noted, ask)
    former = remembered(noted, present, reset=export.reset)
    found, note = months(present, former, salt=export.settings.pricing_source or "")
    if not found:
        raise NoFiles(store.location, "lines of a bill")
    wanted = in_range(found, export, store.location)
    return [version_of(export, month, keys, present, noted) for month in wanted], note


def files(store: ObjectStore, wanted: str) -> dict[str, str]:
    """Return the files of a source that are of a format that we read, with the format.

    Raises:
        NoFiles: If there is none.
    """
    found = {key: format_of(key) for key in sorted(files_within(store, wanted, tuple(FORMATS)))}
    if not found:
        raise NoFiles(store.location, "Parquet, CSV, JSON lines or Avro")
    return {key: form for key, form in found.items() if form}


def ask(store: ObjectStore, keys: Sequence[str]) -> dict[str, Held]:
    """Ask files which invoice months they hold, and what their columns mean."""
    found: dict[str, Held] = dict.fromkeys(keys, ((), ""))
    by_form: dict[str, list[str]] = {}
    for key in keys:
        by_form.setdefault(format_of(key) or "", []).append(key)
    with asking(store) as connection, tempfile.TemporaryDirectory() as scratch:
        for form, of_form in by_form.items():
            staged_store, staged = stage(
                store, unplaced("gcp", of_form, form), Path(scratch) / form
            )
            names = dict(zip(staged.files, of_form, strict=True))
            try:
                for part in parts(staged_store, staged.files, form, connection):
                    for key, periods in asked(part, connection).items():
                        found[names[key]] = periods, part.dialect
            except duckdb.Error as error:
                raise unreadable(error, staged, staged_store) from error
    return found


def asked(part: Part, connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[date, ...]]:
    """Return the invoice months of one part's files."""
    query = f"SELECT t.filename, {part.month}, count(*) FROM {part.relation} GROUP BY ALL"
    rows = connection.execute(query).fetchall()
    read: Counter[str] = Counter()
    for name, _, lines in rows:
        read[name] += lines
    part.check_lines(read)
    found: dict[str, set[date]] = {key: set() for key in part.addresses.values()}
    for name, month, _ in rows:
        key = part.key_of(name)
        found[key].add(period_of(str(month), part.store.name(key)))
    return {key: tuple(sorted(periods)) for key, periods in found.items()}


def version_of(
    export: GcpExport,
    month: Month,
    keys: Mapping[str, str],
    present: Inventory,
    noted: Inventory,
) -> ExportVersion:
    """Return one month as the loader wants it.

    Raises:
        SchemaMismatch: If its files are of two formats, or of two kinds of export.
    """
    where = f"{export.name} {period_name(month.period)}"
    holding = [a for a in month.files if month.period in present[a].periods]
    addresses = holding or month.files[:1]
    forms = sorted({format_of(keys[address]) or "" for address in addresses})
    if len(forms) > 1:
        raise SchemaMismatch(where, f"formats {', '.join(forms)}")
    told = (present[a].dialect or noted[a].dialect for a in addresses)
    dialects = sorted(set(told))
    if len(dialects) > 1:
        raise SchemaMismatch(where, f"both {' and '.join(dialects)}")
    return GcpVersion(
        vendor="gcp",
        export=export.name,
        billing_period=month.period,
        version_id=f"{month.written} {month.fingerprint[:8]}",
        fingerprint=month.fingerprint,
        manifest="",
        files=tuple(keys[address] for address in addresses),
        format=forms[0],
        dialect=dialects[0],
        prices=export.settings.pricing_source or "",
    )


def period_of(text: str, where: str) -> date:
    """Return the first day of an invoice month as Google writes it, YYYYMM."""
    match = MONTH.fullmatch(text)
    if not match or int(match[1]) < 1:
        raise BadValue(where, "invoice.month", text, "a month like 202601")
    return date(int(match[1]), int(match[2]), 1)
