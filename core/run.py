"""One run: plan against the ledger, load, transform, prove, publish.

Everything happens on a working copy; the published database changes in one step at the end
or not at all. A run with nothing to do opens nothing for writing.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import ledger, project
from core.backends.duckdb import (
    CUT_OFF,
    connect_read_only,
    connect_writable,
    first_line,
    unopened,
)
from core.config import Config
from core.errors import DiskError, NoDatabase
from core.exports import ExportVersion, Vendor
from core.interrupt import find_cause
from core.inventory import Inventory
from core.periods import name as period_name
from core.progress import Progress, no_progress
from core.warehouse import Warehouse

if TYPE_CHECKING:
    from core.load import Loaded


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the import of one export did."""

    export: str
    loaded: Sequence[Loaded] = ()
    unchanged: int = 0
    """Billing periods whose loaded version is still the current one."""
    transformed: bool = False
    warnings: Sequence[str] = field(default=())


def import_exports(
    config: Config,
    wanted: Sequence[tuple[Vendor, Any]],
    *,
    transform: bool = True,
    progress: Progress = no_progress,
) -> list[Outcome]:
    """Load the billing periods that are new or restated: all exports in one transaction.

    Args:
        config: The resolved configuration.
        wanted: Vendors, each with one of its `exports(...)`.
        transform: End in FOCUS and marts, not only in raw tables.
        progress: Called as work goes on.

    Returns:
        One outcome for each export; dbt's warnings, which concern all, are with the last.

    Raises:
        FinopsError: Any; the published database is then as it was before.
    """
    progress("reading manifests", 0, 1)
    database = config.database_path
    offered = [Offer.read(vendor, export, config) for vendor, export in wanted]
    waiting = transform and is_waiting(config)
    if not waiting and not any(offer.new(database) for offer in offered):
        return [offer.outcome(()) for offer in offered]
    outcomes: list[Outcome] = []
    warehouse = Warehouse(database)
    with warehouse.writer(), warehouse.transaction() as copy, database_errors(database):
        for offer in offered:
            new = offer.new(database)
            loaded = load_versions(config, offer, new, copy, progress) if new else ()
            outcomes.append(offer.outcome(loaded, transformed=transform))
        if transform:
            warnings = build_focus(config, copy, progress=progress)
            outcomes[-1:] = [
                replace(last, warnings=[*last.warnings, *warnings]) for last in outcomes[-1:]
            ]
        progress("publishing", 0, 1)
    return outcomes


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What one export offers: the current version of each of its billing periods."""

    vendor: Vendor
    export: Any
    store: Any
    versions: Sequence[ExportVersion]
    stock: Inventory = field(default_factory=dict)
    """What to note of the files, where no manifest says what they hold."""

    @classmethod
    def read(cls, vendor: Vendor, export: Any, config: Config) -> Offer:
        store, database = vendor.store(export), config.database_path
        if vendor.stock is None:
            versions: Sequence[ExportVersion] = list(vendor.versions(store, export))
            return cls(vendor=vendor, export=export, store=store, versions=versions)
        noted = ledger.inventory(database, vendor.name, export.name)
        current = ledger.current_versions(database, vendor.name)
        offered, stock = vendor.stock(store, export, noted, config.base)
        versions = [
            version
            for version in offered
            if export.wants(version.billing_period)
            or (version.export, version.billing_period) in current
        ]
        return cls(vendor=vendor, export=export, store=store, versions=versions, stock=stock)

    def new(self, database: Path) -> list[ExportVersion]:
        """Return the versions that the database does not hold; all of them on `reset`."""
        current = ledger.current_versions(database, self.vendor.name)

        def is_held(version: ExportVersion) -> bool:
            return version.is_held_by(current.get((version.export, version.billing_period)))

        return [version for version in self.versions if self.export.reset or not is_held(version)]

    def outcome(self, loaded: Sequence[Loaded], *, transformed: bool = False) -> Outcome:
        return Outcome(
            export=self.export.name,
            loaded=loaded,
            unchanged=len(self.versions) - len(loaded),
            transformed=transformed,
            warnings=[
                f"{self.export.name} {period_name(month.version.billing_period)} no longer holds "
                f"billing account {account}: a source of another account needs a name of its own"
                for month in loaded
                for account in month.lost
            ],
        )


def load_versions(
    config: Config,
    offer: Offer,
    versions: Sequence[ExportVersion],
    copy: Path,
    progress: Progress,
) -> list[Loaded]:
    """Load into the working copy and close it."""
    from core.load import load
    from core.overlaps import refuse_shared_files
    from core.stage import batches

    vendor, export, store = offer.vendor, offer.export, offer.store
    loaded: list[Loaded] = []
    with connect_writable(copy, config.limits) as connection:
        for batch in batches(store, versions):
            loaded += load(
                connection,
                vendor,
                store,
                export,
                batch,
                database=copy,
                schema=getattr(export.settings, "dataset_name", vendor.schema),
                progress=progress,
            )
            shutil.rmtree(copy.parent / "staged", ignore_errors=True)
        if vendor.stock:
            ledger.note_files(connection, vendor.name, export.name, offer.stock)
            refuse_shared_files(connection)
        connection.execute("CHECKPOINT")
    return loaded


def build_focus(
    config: Config, copy: Path, *, progress: Progress = no_progress, full: bool = False
) -> list[str]:
    """Transform what is pending in the working copy, prove it, and return dbt's warnings.

    Everything is built anew on `full`, and where other models built it: after an upgrade.
    """
    from core import conserve, transform
    from core.rawtables import refuse_unmappable

    mark = project.mark()
    with connect_writable(copy, config.limits) as connection:
        ledger.create(connection)
        full = full or not ledger.is_built_by(connection, mark)
        if full:
            ledger.mark_all(connection, transformed=False)
        refuse_unmappable(connection)
        config.rates.write(connection)
        config.rates.check_months(connection)
        mapping = ledger.pending(connection) > 0
    warnings: list[str] = []
    if mapping:
        progress("building FOCUS", 0, 1)
        warnings = transform.build(
            copy,
            config.limits,
            config.data_dir / "dbt",
            arguments=["--full-refresh"] if full else [],
            progress=progress,
        )
    progress("proving FOCUS", 0, 1)
    with connect_writable(copy, config.limits) as connection:
        if mapping:
            conserve.focus_totals(connection)
            ledger.mark_all(connection, transformed=True)
            ledger.note_built_by(connection, mark)
        config.rates.check(connection)
        connection.execute("CHECKPOINT")
    return warnings


def rebuild(config: Config, *, full: bool, progress: Progress = no_progress) -> list[str]:
    """Build FOCUS from what is already loaded: what is pending, or everything (`full`).

    Raises:
        NoDatabase: If nothing was ever imported.
    """
    database = config.database_path
    if not database.is_file():
        raise NoDatabase(database)
    if not full and not is_waiting(config):
        return []
    warehouse = Warehouse(database)
    with warehouse.writer(), warehouse.transaction() as copy, database_errors(database):
        return build_focus(config, copy, progress=progress, full=full)


def is_waiting(config: Config) -> bool:
    """Tell whether FOCUS lacks loads, or was built by other models or with other rates."""
    if not config.database_path.is_file():
        return False
    with connect_read_only(config.database_path) as connection:
        if ledger.pending(connection) or not ledger.is_built_by(connection, project.mark()):
            return True
    return config.rates.changed(config.database_path)


@contextmanager
def database_errors(database: Path) -> Iterator[None]:
    """Turn a full disk, or a database that ends too early, into one clear error."""
    import duckdb

    from core.diagnose import DISK

    try:
        yield
    except OSError as error:
        if isinstance(error, FileNotFoundError | ConnectionError | TimeoutError):
            raise
        raise DiskError(database, error.strerror or str(error)) from error
    except Exception as error:
        cause = find_cause(error, duckdb.Error) or error
        if DISK.search(str(cause)):
            raise DiskError(database, first_line(cause)) from error
        if CUT_OFF in str(cause):
            raise unopened(database, cause) from error
        raise
