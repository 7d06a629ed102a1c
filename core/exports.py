"""The contract between a vendor and the loader.

A provider rewrites a billing month until its invoice closes. What is loaded is therefore an
*export version*: one billing period of one export, exactly as one manifest describes it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import click

    from core.csvfile import CsvFile
    from core.inventory import Inventory
    from core.ledger import Current
    from core.sections import Section
    from core.storage.base import ObjectStore

VENDORS = Path(__file__).resolve().parent.parent / "vendors"


@dataclass(frozen=True, kw_only=True)
class RawColumn:
    """One column of the raw table: its name, its DuckDB type and the expression that reads it."""

    name: str
    type: str
    expression: str
    reads: str = ""
    """What the expression reads, such as t."cost"; '' where it is no single column."""


@dataclass(frozen=True, kw_only=True)
class ExportVersion:
    """One billing period of one export, as one manifest describes it."""

    vendor: str
    export: str
    """The export's name in the ledger and in FOCUS's x_Export."""
    billing_period: date
    """First day of the month."""
    version_id: str
    """The provider's id of this delivery, such as assemblyId or executionId."""
    fingerprint: str
    """Hash of the manifest: tells a rewritten manifest that kept its version_id."""
    manifest: str
    """Key of the manifest; '' where files have none, a table's name where there are no files."""
    files: tuple[str, ...]
    """Keys of the data files, in the manifest's order."""
    format: str
    """How the files are read, such as 'parquet', 'csv.gz', 'json.gz' or 'bigquery'."""
    dialect: str
    """What the columns mean, such as 'cur_2', 'cost_pair' or 'focus_1_2'."""
    rows: int | None = None
    """Lines that the manifest says there are; None where it does not say."""

    def named_by(self, store: ObjectStore) -> str:
        """Return what says that the files exist, as a person would call it."""
        return f"the manifest {store.name(self.manifest)}" if self.manifest else "the listing"

    def is_held_by(self, current: Current | None) -> bool:
        """Tell whether what is loaded of this period, if anything, is this very version."""
        return current is not None and (current.version_id, current.fingerprint) == (
            self.version_id,
            self.fingerprint,
        )


def unplaced(vendor: str, keys: Sequence[str], form: str) -> ExportVersion:
    """Return files that are not yet known to be of a month, to stage them or tell of an error."""
    return ExportVersion(
        vendor=vendor,
        export="files",
        billing_period=date(1970, 1, 1),
        version_id="",
        fingerprint="",
        manifest="",
        files=tuple(keys),
        format=form,
        dialect="",
    )


@dataclass(frozen=True, kw_only=True)
class SourceRelation:
    """How DuckDB reads one export version: typed columns over a FROM clause."""

    columns: tuple[RawColumn, ...]
    relation: str
    """A FROM item with the alias t, or a parenthesised UNION ALL BY NAME."""
    files: tuple[CsvFile, ...] = ()
    """The CSV files, whose lines were counted by other means; none for other formats."""
    parts: tuple[SourceRelation, ...] = ()
    """What a UNION ALL BY NAME joins."""

    def select(self) -> str:
        """Return the SELECT of the typed columns."""
        parts = (f'{c.expression} AS "{c.name}"' for c in self.columns)
        return f"SELECT {', '.join(parts)} FROM {self.relation}"


class ExportSettings(Protocol):
    """What the loader needs to know of one configured export."""

    name: str
    start: date | None
    """First month to load; closed end."""
    end: date | None
    """Last month to load; closed end."""
    reset: bool
    table_strategy: str
    table_prefix: str
    """'' for the export whose tables carry no name, else '<export>__'."""
    tag_keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """What a folder in `vendors/` offers to the loader."""

    name: str
    schema: str
    """Schema of the raw tables, such as aws_billing."""
    config: type[Section]
    """The config section [<name>]."""
    exports: Callable[[Any], Sequence[Any]]
    """Configured exports, from the resolved section."""
    store: Callable[[Any], ObjectStore]
    """Opens the store that one export is delivered to."""
    versions: Callable[[ObjectStore, Any], Iterator[ExportVersion]]
    """Current version of every billing period of one export, oldest first."""
    source: Callable[[ObjectStore, ExportVersion, Any], SourceRelation]
    """How to read one version's files; the third argument is a DuckDB connection."""
    totals: Callable[[str, str, Sequence[str], date], str]
    """(dialect, relation, its columns, billing period) -> SELECT by account and currency: rows,
    holes (lines without cost), strays (lines of another billing period), billed, effective."""
    focus_needs: Callable[[str], frozenset[str]]
    """dialect -> the columns without which a bill cannot become FOCUS."""
    stock: (
        Callable[[ObjectStore, Any, Inventory, Path], tuple[Sequence[ExportVersion], Inventory]]
        | None
    ) = None
    """Like `versions`, where no manifest says what a file holds: takes what was noted of the files
    when they were last loaded and the folder that relative paths begin at, and returns the versions
    and what to note now."""
    provider_names: frozenset[str] = frozenset()
    """How FOCUS exports of these bills spell the provider, beside what we write ourselves."""
    one_provider: bool = True
    """Whether all exports are of one provider, so that an account's id says whose bill it is."""
    cli: Callable[[], click.Group] | None = None
    """The vendor's command group."""
    demo: Callable[[Path, int | None, bool | None], dict[str, Any]] | None = None
    """(bucket folder, rows, restated) writes the demo export: its first delivery, the restated
    month (True) or nothing (None); returns the settings that import it."""


@cache
def vendor_names() -> tuple[str, ...]:
    """Return the folders of `vendors/`, sorted."""
    return tuple(sorted(p.parent.name for p in VENDORS.glob("*/__init__.py")))


def load_vendor(name: str) -> Vendor:
    """Import `vendors.<name>` and return its VENDOR."""
    vendor = importlib.import_module(f"vendors.{name}").VENDOR
    assert isinstance(vendor, Vendor)
    return vendor
