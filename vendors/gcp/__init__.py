"""Google Cloud: the billing export in BigQuery, and files extracted from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.exports import ExportVersion, SourceRelation, Vendor
from core.inventory import Inventory
from core.storage.base import ObjectStore
from vendors.gcp.columns import focus_needs
from vendors.gcp.config import GcpConfig, GcpExport, configured_exports, open_store
from vendors.gcp.totals import totals

if TYPE_CHECKING:
    import click


def _versions(store: ObjectStore, export: GcpExport) -> Iterator[ExportVersion]:
    return iter(_stock(store, export, {}, Path("/"))[0])


def _stock(
    store: ObjectStore, export: GcpExport, noted: Inventory, base: Path
) -> tuple[Sequence[ExportVersion], Inventory]:
    if export.settings.source:
        from vendors.gcp import files

        return files.stock(store, export, noted, base)
    from vendors.gcp import bigquery

    assert isinstance(store, bigquery.BigQueryStore)
    return list(bigquery.versions(store, export)), {}


def _source(store: ObjectStore, version: ExportVersion, connection: Any) -> SourceRelation:
    from vendors.gcp.source import source

    return source(store, version, connection)


def _demo(folder: Path, rows: int | None, restated: bool | None) -> dict[str, Any]:
    from vendors.gcp.demo import DemoPlan, write_demo

    plan = DemoPlan(rows=rows) if rows else DemoPlan()
    if restated is not None:
        write_demo(folder, plan, restated=restated)
    return {"source": str(folder.resolve()), "export_name": "gcp-demo"}


def _cli() -> click.Group:
    from vendors.gcp.cli import gcp

    return gcp


VENDOR = Vendor(
    name="gcp",
    schema="gcp_billing",
    config=GcpConfig,
    exports=configured_exports,
    store=open_store,
    versions=_versions,
    source=_source,
    totals=totals,
    focus_needs=focus_needs,
    stock=_stock,
    provider_names=frozenset(["Google", "Google Cloud", "Google Cloud Platform"]),
    cli=_cli,
    demo=_demo,
)
