"""Load export versions into raw tables: dlt plans, DuckDB moves the rows.

Each version becomes a view over its files. dlt runs INSERT ... SELECT from that view inside
DuckDB, so that no row passes through Python, and keeps the schema and its history.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from core import conserve, ledger
from core.backends.duckdb import BYTES_PER_THREAD, ROWS_PER_THREAD, few_threads
from core.diagnose import explain
from core.errors import FinopsError
from core.exports import ExportSettings, ExportVersion, SourceRelation, Vendor
from core.interrupt import find_cause
from core.overlaps import refuse_overlaps
from core.periods import name as period_name
from core.progress import Progress
from core.rawtables import (
    create_export_view,
    delete_period,
    drop_moved_tables,
    free_prefix,
    table_exists,
    unified,
)
from core.stage import stage
from core.storage.base import ObjectStore, renewing

SOURCE_SCHEMA = "finops_source"
STRAIGHT_TO_FILE = "SET GLOBAL checkpoint_threshold = '16MB'"
"""Undoes dlt's 1 GB, with which every row would first go to the write-ahead log."""
DLT_TYPES: dict[str, dict[str, Any]] = {
    "VARCHAR": {"data_type": "text"},
    "JSON": {"data_type": "json"},
    "DECIMAL(38,18)": {"data_type": "decimal", "precision": 38, "scale": 18},
    "TIMESTAMP": {"data_type": "timestamp", "timezone": False},
    "DATE": {"data_type": "date"},
    "DOUBLE": {"data_type": "double"},
    "BIGINT": {"data_type": "bigint"},
    "BOOLEAN": {"data_type": "bool"},
}


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One version on its way into the database."""

    version: ExportVersion
    store: ObjectStore
    source: SourceRelation
    view: str
    table: str
    """Raw table without its schema."""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """One version that the raw layer now holds."""

    version: ExportVersion
    rows: int
    bytes: int
    restated: bool
    lost: tuple[str, ...] = ()
    """Billing accounts that the month held until now, and holds no more."""


def load(
    connection: duckdb.DuckDBPyConnection,
    vendor: Vendor,
    store: ObjectStore,
    export: ExportSettings,
    versions: Sequence[ExportVersion],
    *,
    database: Path,
    schema: str,
    progress: Progress,
) -> list[Loaded]:
    """Replace the raw rows of each version's period and record it in the ledger.

    The caller owns the transaction: on any error the working copy is thrown away.

    Raises:
        ConservationError: If raw rows or sums differ from the files'.
    """
    started = datetime.now(UTC).replace(tzinfo=None)
    ledger.create(connection)
    former = ledger.read_current(connection, vendor.name)
    prefix = free_prefix(connection, vendor, export, schema)
    progress = renewing(connection, store, progress)
    planned: list[Planned] = []
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SOURCE_SCHEMA}")
    for number, version in enumerate(versions):
        progress("checking files", number, len(versions))
        planned.append(
            plan(connection, vendor, store, export, version, database.parent / "staged", prefix)
        )
    sizes = [sum(store.size(key) or 0 for key in version.files) for version in versions]
    with few_threads(connection, sum(sizes) // len(sizes) // BYTES_PER_THREAD):
        for number, item in enumerate(planned):
            progress("summing the source", number, len(planned))
            with translated(connection, item, database):
                conserve.source_totals(connection, vendor, item.version, item.view, item.source)
    drop_moved_tables(connection, former, planned, schema, export)
    progress("loading", 0, len(planned))
    loaded = []
    with few_threads(connection, conserve.rows_per_period(connection) // ROWS_PER_THREAD):
        package = run_dlt(connection, planned, export, schema, database, progress)
        for number, (item, size) in enumerate(zip(planned, sizes, strict=True)):
            progress("proving the raw layer", number, len(planned))
            version = item.version
            load_id = f"{package}-{period_name(version.billing_period)}"
            raw = f"{schema}.{item.table}"
            columns = ledger.columns(connection, raw)
            rows = conserve.raw_totals(connection, vendor, version, raw, columns, load_id)
            ledger.record(
                connection,
                version,
                load_id=load_id,
                raw_table=raw,
                files=len(version.files),
                size=size,
                rows=rows,
                started=started,
            )
            before = former.get((version.export, version.billing_period))
            lost = ledger.lost_accounts(connection, before.load_id, load_id) if before else ()
            loaded.append(
                Loaded(
                    version=version,
                    rows=rows,
                    bytes=size,
                    restated=before is not None,
                    lost=tuple(lost),
                )
            )
    if vendor.one_provider:
        refuse_overlaps(connection, vendor.name)
    ledger.set_tag_keys(connection, vendor.name, export.name, export.tag_keys)
    create_export_view(connection, vendor, export, schema)
    connection.execute(f"DROP SCHEMA {SOURCE_SCHEMA} CASCADE")
    return loaded


def plan(
    connection: duckdb.DuckDBPyConnection,
    vendor: Vendor,
    store: ObjectStore,
    export: ExportSettings,
    version: ExportVersion,
    folder: Path,
    prefix: str,
) -> Planned:
    """Make the view that reads one version's files."""
    staged_store, staged = stage(store, version, folder)
    source = vendor.source(staged_store, staged, connection)
    view = f"{SOURCE_SCHEMA}.source_{version.billing_period:%Y_%m}"
    connection.execute(f"CREATE OR REPLACE VIEW {view} AS {source.select()}")
    period = "data" if export.table_strategy == "single" else f"{version.billing_period:%Y_%m}"
    return Planned(
        version=version,
        store=store,
        source=source,
        view=view,
        table=f"{prefix}billing_{period}",
    )


def run_dlt(
    connection: duckdb.DuckDBPyConnection,
    planned: Sequence[Planned],
    export: ExportSettings,
    schema: str,
    database: Path,
    progress: Progress,
) -> str:
    """Insert every planned version in one dlt load package; return its load id."""
    import dlt
    from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials
    from dlt.pipeline.exceptions import PipelineStepFailed

    from core.dlt_progress import JobProgress, quiet

    quiet()
    credentials = DuckDbCredentials(connection)
    credentials.statements = [STRAIGHT_TO_FILE]
    pipeline = dlt.pipeline(
        pipeline_name=f"finops_{schema}",
        pipelines_dir=str(database.parent / "dlt"),
        destination=dlt.destinations.duckdb(credentials),
        dataset_name=schema,
        progress=JobProgress(progress, len(planned)),
    )
    dataset = pipeline.dataset()
    single = export.table_strategy == "single"
    tables: dict[str, list[Planned]] = {}
    for item in planned:
        tables.setdefault(item.table, []).append(item)
    if single:
        tables = {t: unified(connection, f"{schema}.{t}", items) for t, items in tables.items()}
    kept = single and all(table_exists(connection, f"{schema}.{table}") for table in tables)
    if kept:
        for item in planned:
            delete_period(connection, f"{schema}.{item.table}", item.version.billing_period)

    def resource(table: str, items: Sequence[Planned]) -> Any:
        def rows() -> Any:
            for item in items:
                names = [c.name for c in item.source.columns]
                select = ", ".join(f't."{name}" AS "{name}"' for name in names)
                query = f"SELECT {select} FROM {item.view} AS t"
                yield dataset.query(query, _execute_raw_query=True)

        columns: Any = {
            c.name: {"name": c.name, "nullable": True, **DLT_TYPES[c.type]}
            for item in items
            for c in item.source.columns
        }
        return dlt.resource(rows, name=table, write_disposition="append", columns=columns)

    mode: Any = None if kept else "drop_resources"
    try:
        info = pipeline.run([resource(t, items) for t, items in tables.items()], refresh=mode)
    except PipelineStepFailed as error:
        if known := known_failure(connection, error, planned, database):
            raise known from error
        raise
    return str(info.loads_ids[0])


def known_failure(
    connection: duckdb.DuckDBPyConnection,
    error: Exception,
    planned: Sequence[Planned],
    database: Path,
) -> FinopsError | None:
    """Return our error for a failed load job; None where the fault is ours."""
    if ours := find_cause(error, FinopsError):
        return ours
    cause = find_cause(error, duckdb.Error)
    if cause is None:
        return None
    named = [p for p in planned if p.table in str(error)] or list(planned)
    item = named[0]
    return explain(cause, item.version, item.store, item.source, database, connection)


@contextmanager
def translated(
    connection: duckdb.DuckDBPyConnection, item: Planned, database: Path
) -> Iterator[None]:
    """Turn a DuckDB error about one version's files into ours."""
    try:
        yield
    except duckdb.Error as error:
        raise explain(error, item.version, item.store, item.source, database, connection) from error
