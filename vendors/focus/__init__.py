"""FOCUS files of any provider, from any store, and OCI's own cost reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.exports import ExportVersion, SourceRelation, Vendor
from core.inventory import Inventory
from core.storage.base import ObjectStore
from vendors.focus.columns import focus_needs
from vendors.focus.config import FocusConfig, FocusSource, configured_sources, open_store
from vendors.focus.totals import totals

if TYPE_CHECKING:
    import click


def _versions(store: ObjectStore, source: FocusSource) -> Iterator[ExportVersion]:
    return iter(_stock(store, source, {}, Path("/"))[0])


def _stock(
    store: ObjectStore, source: FocusSource, noted: Inventory, base: Path
) -> tuple[Sequence[ExportVersion], Inventory]:
    from vendors.focus.files import stock

    return stock(store, source, noted, base)


def _source(store: ObjectStore, version: ExportVersion, connection: Any) -> SourceRelation:
    from vendors.focus.source import source

    return source(store, version, connection)


def _cli() -> click.Group:
    from vendors.focus.cli import focus

    return focus


def _demo(folder: Path, rows: int | None, restated: bool | None) -> dict[str, Any]:
    from vendors.focus.demo import write_demo

    if restated is not None:
        write_demo(folder, rows, restated=restated)
    return {"provider": "Nimbus Data", "source": str(folder.resolve())}


VENDOR = Vendor(
    name="focus",
    schema="focus_billing",
    config=FocusConfig,
    exports=configured_sources,
    store=open_store,
    versions=_versions,
    source=_source,
    totals=totals,
    focus_needs=focus_needs,
    stock=_stock,
    one_provider=False,
    cli=_cli,
    demo=_demo,
)
