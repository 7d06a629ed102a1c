"""AWS: Cost and Usage Reports, Data Exports and AWS's own FOCUS exports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.exports import ExportVersion, SourceRelation, Vendor
from core.storage.base import ObjectStore
from vendors.aws.columns import focus_needs
from vendors.aws.config import AwsConfig, AwsExport, configured_exports, open_store
from vendors.aws.totals import totals

if TYPE_CHECKING:
    import click


def _versions(store: ObjectStore, export: AwsExport) -> Iterator[ExportVersion]:
    from vendors.aws.manifest import versions

    return versions(store, export)


def _source(store: ObjectStore, version: ExportVersion, connection: Any) -> SourceRelation:
    from vendors.aws.source import source

    return source(store, version, connection)


def _cli() -> click.Group:
    from vendors.aws.cli import aws

    return aws


def _demo(bucket: Path, rows: int | None, restated: bool | None) -> dict[str, Any]:
    from vendors.aws.demo import TAG_KEYS, DemoPlan, write_demo

    plan = DemoPlan(rows=rows) if rows else DemoPlan()
    if restated is not None:
        write_demo(bucket, plan, restated=restated)
    return {
        "bucket": str(bucket.resolve()),
        "prefix": "exports",
        "export_name": "finops-demo",
        "tag_keys": TAG_KEYS,
    }


VENDOR = Vendor(
    name="aws",
    schema="aws_billing",
    config=AwsConfig,
    exports=configured_exports,
    store=open_store,
    versions=_versions,
    source=_source,
    totals=totals,
    focus_needs=focus_needs,
    provider_names=frozenset(["Amazon Web Services", "Amazon Web Services, Inc.", "Amazon"]),
    cli=_cli,
    demo=_demo,
)
