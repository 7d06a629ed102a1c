"""Which billing months the files of a source hold; there is no manifest that says it.

A file is opened when it is new or changed: its header tells the version, one column the months.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from core.csvfile import read_csv_file
from core.diagnose import unreadable
from core.errors import BadValue, CorruptFile, NoFiles, SchemaMismatch
from core.exports import ExportVersion, unplaced
from core.inventory import Held, Inventory, Month, address_of, in_range, look, months, remembered
from core.periods import name as period_name
from core.storage.base import ObjectStore, asking
from core.storage.open import files_within
from vendors.focus.columns import family
from vendors.focus.config import FocusSource
from vendors.focus.reading import (
    ENDINGS,
    Table,
    csv_table,
    dates_in,
    form_of,
    header_of,
    parquet_table,
    text_of,
)


@dataclass(frozen=True, kw_only=True)
class FocusVersion(ExportVersion):
    """One billing month of one source."""

    shared: bool = False
    """Whether a file of it holds lines of other months too."""
    provider: str = ""
    """Who the bill is of, where its files do not say."""
    fill: tuple[tuple[str, str], ...] = ()
    """(raw column, text to use where it is empty)."""
    may_repeat: bool = False
    """Whether two of its files may hold equal lines, as the settings say."""


def stock(
    store: ObjectStore, source: FocusSource, noted: Inventory, base: Path
) -> tuple[Sequence[ExportVersion], Inventory]:
    """Return the months that a source's files make up now, and what to note of the files.

    Raises:
        NoFiles: If there is nothing to load.
        AlienFile, CorruptFile, BadValue, SchemaMismatch: If a file is no bill.
    """
    keys = files(store, source, base)
    present = look(store, keys, {} if source.reset else noted, ask)
    chosen = newest(store, keys, present) if source.settings.delivery == "newest" else present
    former = remembered(noted, present, reset=source.reset) if chosen is present else {}
    salt = repr((sorted(source.fill.items()), source.settings.delivery))
    found, note = months(chosen, former, salt=salt)
    wanted = in_range(found, source, source.location)
    return [version(source, month, keys, present) for month in wanted], {**note, **present}


def files(store: ObjectStore, source: FocusSource, base: Path) -> dict[str, str]:
    """Return the files of a source: address -> key.

    Raises:
        NoFiles: If there is none.
    """
    keys = sorted(files_within(store, source.open()[1], tuple(ENDINGS)))
    if not keys:
        raise NoFiles(source.location, f"{' or '.join(ENDINGS)} file")
    return {address_of(store, key, base): key for key in keys}


def ask(store: ObjectStore, keys: Sequence[str]) -> dict[str, Held]:
    """Open files, and return what each holds."""
    with asking(store) as connection:
        return {key: open_file(connection, store, key) for key in keys}


def open_file(connection: duckdb.DuckDBPyConnection, store: ObjectStore, key: str) -> Held:
    """Read a file's header and its column of months."""
    form, where = form_of(key), store.name(key)
    with tempfile.TemporaryDirectory(prefix="finops-focus-") as folder:
        local = store.local(key)
        if local is None and not (form == "parquet" and store.in_place(key)):
            local = Path(folder) / f"file.{form}"
            fetch(store, key, local)
        try:
            if local is None or form == "parquet":
                address = str(local or store.url(key))
                return content(connection, parquet_table(connection, [address], where))
            header = header_of(local, form, where)
            found = content(connection, csv_table([str(local)], header, form, where))
        except duckdb.Error as error:
            if local and form != "parquet":
                read_csv_file(local, packed=form == "csv.gz", where=where)
            raise unreadable(error, unplaced("focus", [key], form), store) from error
        if not found[0] and read_csv_file(local, packed=form == "csv.gz", where=where).lines:
            raise CorruptFile(where, "none of its lines can be read")
        return found


def fetch(store: ObjectStore, key: str, path: Path) -> None:
    try:
        store.download(key, path)
    except FileNotFoundError as error:
        raise CorruptFile(store.name(key), "it has just been removed") from error


def content(connection: duckdb.DuckDBPyConnection, table: Table) -> Held:
    """Return the months that a table has lines of, and its dialect.

    Raises:
        BadValue: If a line does not say to which month it belongs.
    """
    expression, kind = table.cells()[table.month]
    cell = text_of(expression, kind, text=table.text)
    value = dates_in(connection, table).parse(cell) if kind == "VARCHAR" else cell
    rows = connection.execute(
        f"SELECT CAST(date_trunc('month', TRY({value})) AS DATE) AS month, "
        f"min(CAST({cell} AS VARCHAR)) FROM {table.relation} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    for month, text in rows:
        if month is None:
            raise BadValue(table.where, table.month, text or "", "a date, which every line needs")
    return tuple(month for month, _ in rows), table.dialect


def newest(store: ObjectStore, keys: Mapping[str, str], present: Inventory) -> Inventory:
    """Leave each month to its newest delivery: the newest folder, or file of its only folder."""

    def written(address: str) -> tuple[float, str]:
        return store.modified(keys[address]), address

    chosen: dict[str, list[date]] = {address: [] for address in present}
    for period in {p for content in present.values() for p in content.periods}:
        holding = [address for address, content in present.items() if period in content.periods]
        latest = max(holding, key=written)
        folder = latest.rpartition("/")[0]
        several = any(address.rpartition("/")[0] != folder for address in holding)
        for address in holding:
            if address == latest or (several and address.rpartition("/")[0] == folder):
                chosen[address].append(period)
    return {
        address: replace(content, periods=tuple(chosen[address]))
        for address, content in present.items()
        if chosen[address]
    }


def version(
    source: FocusSource, month: Month, keys: Mapping[str, str], present: Inventory
) -> ExportVersion:
    """Return one month as the loader wants it.

    Raises:
        SchemaMismatch: If its files are of two formats, or of FOCUS and of OCI's cost report.
    """
    where = f"{source.name} {period_name(month.period)}"
    forms = {form_of(keys[address]) for address in month.files}
    if len(forms) > 1:
        raise SchemaMismatch(where, f"some are {' and others '.join(sorted(forms))}")
    kinds = {family(present[address].dialect) for address in month.files}
    if len(kinds) > 1:
        raise SchemaMismatch(where, "some are FOCUS and others are OCI's cost report")
    last = max(month.files, key=lambda address: (present[address].stamp.partition(" ")[2], address))
    return FocusVersion(
        vendor="focus",
        export=source.name,
        billing_period=month.period,
        version_id=f"{month.written}-{month.fingerprint[:8]}",
        fingerprint=month.fingerprint,
        manifest="",
        files=tuple(keys[address] for address in month.files),
        format=forms.pop(),
        dialect=present[last].dialect,
        shared=month.shared or any(len(present[address].periods) != 1 for address in month.files),
        provider=source.settings.provider or source.name,
        fill=tuple(source.fill.items()),
        may_repeat=source.settings.delivery is not None,
    )
