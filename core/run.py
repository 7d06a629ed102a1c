"""One run: plan against the ledger, load, transform, prove, publish.

Everything happens on a working copy; the published database changes in one step at the end
or not at all. A run with nothing to do opens nothing for writing.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import ledger
from core.backends.duckdb import connect_read_only, connect_writable, first_line
from core.config import Config
from core.errors import DiskError, NoDatabase
from core.exports import ExportVersion, Vendor
from core.progress import Progress, no_progress
from core.warehouse import Warehouse

if TYPE_CHECKING:
    from core.load import Loaded


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one import did."""

    export: str
    loaded: Sequence[Loaded] = ()
    unchanged: int = 0
    """Billing periods whose loaded version is still the current one."""
    transformed: bool = False
    warnings: Sequence[str] = field(default=())


def import_export(
    config: Config,
    vendor: Vendor,
    export: Any,
    *,
    transform: bool = True,
    progress: Progress = no_progress,
) -> Outcome:
    """Load the billing periods of one export that are new or restated.

    Args:
        config: The resolved configuration.
        vendor: Who wrote the export.
        export: One of `vendor.exports(...)`.
        transform: End in FOCUS and marts, not only in raw tables.
        progress: Called as work goes on.

    Raises:
        FinopsError: Any; the published database is then as it was before.
    """
    store = vendor.store(export)
    progress("reading manifests", 0, 1)
    versions = list(vendor.versions(store, export))
    database = config.database_path
    state = ledger_state(database, vendor.name)
    new = changed(versions, state.current, reset=export.reset)
    if not new and not (transform and state.pending):
        return Outcome(export=export.name, unchanged=len(versions))
    warehouse = Warehouse(database)
    with warehouse.writer():
        state = ledger_state(database, vendor.name)
        new = changed(versions, state.current, reset=export.reset)
        loaded: Sequence[Loaded] = ()
        warnings: Sequence[str] = ()
        with warehouse.transaction() as copy, full_disk(database):
            if new:
                loaded = load_versions(config, vendor, store, export, new, copy, progress)
            if transform:
                warnings = build_focus(config, copy, progress=progress)
            progress("publishing", 0, 1)
    return Outcome(
        export=export.name,
        loaded=loaded,
        unchanged=len(versions) - len(new),
        transformed=transform,
        warnings=warnings,
    )


def load_versions(
    config: Config,
    vendor: Vendor,
    store: Any,
    export: Any,
    versions: Sequence[ExportVersion],
    copy: Path,
    progress: Progress,
) -> list[Loaded]:
    """Load into the working copy and close it."""
    from core.load import load
    from core.stage import batches

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
        connection.execute("CHECKPOINT")
    return loaded


def build_focus(
    config: Config, copy: Path, *, progress: Progress = no_progress, full: bool = False
) -> list[str]:
    """Transform what is pending in the working copy, prove it, and return dbt's warnings."""
    from core import conserve, transform
    from core.rawtables import refuse_unmappable

    with connect_writable(copy, config.limits) as connection:
        ledger.create(connection)
        if full:
            ledger.mark_all(connection, transformed=False)
        refuse_unmappable(connection)
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
        conserve.focus_totals(connection)
        ledger.mark_all(connection, transformed=True)
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
    with connect_read_only(database) as connection:
        if not full and not ledger.pending(connection):
            return []
    warehouse = Warehouse(database)
    with warehouse.writer(), warehouse.transaction() as copy, full_disk(database):
        return build_focus(config, copy, progress=progress, full=full)


@dataclass(frozen=True, kw_only=True)
class LedgerState:
    """What the published database holds of one vendor."""

    current: dict[tuple[str, date], ledger.Current]
    pending: int
    """Loads that FOCUS does not hold yet, of any vendor."""


def ledger_state(database: Path, vendor: str) -> LedgerState:
    """Read the ledger of the published database; empty where there is none."""
    if not database.is_file():
        return LedgerState(current={}, pending=0)
    with connect_read_only(database) as connection:
        return LedgerState(
            current=ledger.read_current(connection, vendor), pending=ledger.pending(connection)
        )


def changed(
    versions: Sequence[ExportVersion],
    current: dict[tuple[str, date], ledger.Current],
    *,
    reset: bool,
) -> list[ExportVersion]:
    """Return the versions that the database does not hold; all of them on `reset`."""

    def is_new(version: ExportVersion) -> bool:
        known = current.get((version.export, version.billing_period))
        return known is None or (known.version_id, known.fingerprint) != (
            version.version_id,
            version.fingerprint,
        )

    return [version for version in versions if reset or is_new(version)]


@contextmanager
def full_disk(database: Path) -> Iterator[None]:
    """Turn a full disk, wherever it struck, into one clear error."""
    from core.diagnose import DISK, find_duckdb_error

    try:
        yield
    except OSError as error:
        if isinstance(error, FileNotFoundError | ConnectionError | TimeoutError):
            raise
        raise DiskError(database, error.strerror or str(error)) from error
    except Exception as error:
        cause = find_duckdb_error(error) or error
        if DISK.search(str(cause)):
            raise DiskError(database, first_line(cause)) from error
        raise
