"""The section [aws] of config.toml and its [[aws.exports]] entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from core.configured import Configured, checked_range, each, picked
from core.errors import BadSetting, MissingSetting
from core.rawtables import check_names
from core.sections import Section, place, tables
from core.sql import snake
from core.storage.access import S3Access
from core.storage.base import ObjectStore
from core.storage.open import open_store as open_url


@dataclass(frozen=True, kw_only=True)
class AwsConfig(S3Access, Section):
    """The AWS bill: where it is delivered, and how to reach it."""

    section = "aws"

    bucket: str | None = place()
    """S3 bucket that the export is delivered to; also file:///folder or a path that mirrors one."""

    prefix: str = ""
    """S3 prefix of the export, as set in the AWS console."""

    export_name: str | None = None
    """Name of the export."""

    dataset_name: str = "aws_billing"
    """Schema of the raw tables."""

    table_strategy: Literal["separate", "single"] = "separate"
    """One raw table for each billing month, or one for all."""

    cur_version: Literal["v1", "v2"] | None = None
    """v1 is the legacy CUR, v2 is Data Exports (CUR 2.0 and FOCUS); detected when not set."""

    export_format: Literal["csv", "parquet"] | None = None
    """Format that the files must have; detected when not set."""

    start_date: str | None = None
    """First month to load, YYYY-MM."""

    end_date: str | None = None
    """Last month to load, YYYY-MM, itself included."""

    reset: bool = False
    """Load months again that are already loaded."""

    tag_keys: tuple[str, ...] = ()
    """Activated tag keys as users wrote them; restores CostCenter from CUR 2.0's cost_center."""

    exports: tuple[Any, ...] = tables(
        name="second-payer", bucket="its-billing-bucket", export_name="its-export"
    )
    """Further exports: each takes the settings above, plus a `name` of its own."""

    @classmethod
    def resolve(
        cls, file: Mapping[str, Any], env: Mapping[str, str], flags: Mapping[str, Any]
    ) -> Self:
        """Resolve [aws]; what was typed overrules [[aws.exports]], and --export-name picks one."""
        return picked(super().resolve(file, env, flags), flags, by="export_name", needs=("bucket",))

    @classmethod
    def is_path(cls, name: str, value: str) -> bool:
        """Tell a folder that mirrors a bucket from a bucket's name."""
        return super().is_path(name, value) and not is_bucket(value)


@dataclass(frozen=True, kw_only=True)
class AwsExport(Configured[AwsConfig]):
    """One configured export, checked."""

    @property
    def source_name(self) -> str:
        """The export's name at AWS; `name` may be another here."""
        return self.settings.export_name or self.name


def configured_exports(config: AwsConfig) -> Sequence[AwsExport]:
    """Return every export that [aws] and [[aws.exports]] describe.

    Raises:
        MissingSetting: If one lacks its bucket or export name.
        ExportCollision: If two would write the same raw table.
    """
    found: list[AwsExport] = []
    for name, settings in each(config, by="export_name"):
        found.append(checked(name, settings, first=not found))
    check_names(export.name for export in found)
    return found


def checked(name: str | None, settings: AwsConfig, *, first: bool) -> AwsExport:
    if not settings.bucket:
        raise MissingSetting("aws.bucket", "--bucket", "OPEN_FINOPS_AWS_BUCKET")
    if not settings.export_name:
        raise MissingSetting("aws.export_name", "--export-name", "OPEN_FINOPS_AWS_EXPORT_NAME")
    start, end = checked_range(settings)
    name = name or settings.export_name
    return AwsExport(
        name=name,
        settings=settings,
        start=start,
        end=end,
        table_prefix="" if first else f"{snake(name)}__",
    )


def is_bucket(text: str) -> bool:
    """Tell a bucket's name from a path.

    >>> [is_bucket(text) for text in ("bills", "bills/", "exports/bills", ".", "file:bills")]
    [True, True, False, False, False]
    """
    name = text.rstrip("/")
    return "/" not in name and name not in (".", "~") and not name.startswith("file:")


def open_store(export: AwsExport) -> ObjectStore:
    """Open the bucket, or the folder that mirrors one, of an export."""
    settings = export.settings
    assert settings.bucket is not None
    name = settings.bucket.removeprefix("s3://").rstrip("/")
    store, below = open_url(
        f"s3://{name}" if is_bucket(name) else settings.bucket, settings, setting="aws.bucket"
    )
    if below:
        expected = "a bucket or a folder; what lies below it belongs into prefix"
        raise BadSetting("aws.bucket", settings.bucket, expected)
    return store
