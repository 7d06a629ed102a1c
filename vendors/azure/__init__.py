"""Azure: Cost Management exports of actual and amortized costs, and Azure's own FOCUS exports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.exports import ExportVersion, SourceRelation, Vendor
from core.storage.base import ObjectStore
from vendors.azure.columns import focus_needs
from vendors.azure.config import AzureConfig, AzureExport, configured_exports, open_store
from vendors.azure.totals import totals

if TYPE_CHECKING:
    import click


def _versions(store: ObjectStore, export: AzureExport) -> Iterator[ExportVersion]:
    from vendors.azure.versions import versions

    return versions(store, export)


def _source(store: ObjectStore, version: ExportVersion, connection: Any) -> SourceRelation:
    from vendors.azure.source import source

    return source(store, version, connection)


def _cli() -> click.Group:
    from vendors.azure.cli import azure

    return azure


def _demo(container: Path, rows: int | None, restated: bool | None) -> dict[str, Any]:
    from vendors.azure.demo import DemoPlan, write_demo

    plan = DemoPlan(rows=rows) if rows else DemoPlan()
    if restated is not None:
        write_demo(container, plan, restated=restated)
    return {
        "source": str(container.resolve()),
        "prefix": "exports",
        "actual_export": "finops-demo-actual",
        "amortized_export": "finops-demo-amortized",
    }


VENDOR = Vendor(
    name="azure",
    schema="azure_billing",
    config=AzureConfig,
    exports=configured_exports,
    store=open_store,
    versions=_versions,
    source=_source,
    totals=totals,
    focus_needs=focus_needs,
    provider_names=frozenset(["Microsoft", "Microsoft Azure", "Microsoft Corporation"]),
    cli=_cli,
    demo=_demo,
)
