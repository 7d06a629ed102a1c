"""The section [gcp] of config.toml and its [[gcp.exports]] entries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from core.configured import Configured, checked_range, picked
from core.errors import BadSetting, MissingSetting
from core.rawtables import check_names
from core.sections import Section, place, tables
from core.sql import snake
from core.storage.access import GoogleAccess
from core.storage.base import ObjectStore
from core.storage.open import WILD
from core.storage.open import open_store as open_url
from vendors.gcp.formats import format_of

FILES = "files"
"""Name of an export of files, where none is given."""
NAMES = {
    "project_id": r"[a-z0-9.:-]{1,100}",
    "dataset": r"[A-Za-z0-9_]{1,1024}",
    "table": r"[A-Za-z0-9_-]{1,1024}",
}


@dataclass(frozen=True, kw_only=True)
class GcpConfig(GoogleAccess, Section):
    """The Google Cloud bill: the billing export in BigQuery, or files extracted from it."""

    section = "gcp"

    source: str | None = place()
    """Files extracted from the billing export, instead of BigQuery: a file, a folder, file:///folder
    or gs://bucket/folder; Parquet, CSV, JSON lines or Avro."""

    project_id: str | None = None
    """Project that holds the export's dataset."""

    dataset: str | None = None
    """BigQuery dataset of the export."""

    table: str | None = None
    """Table of the export, such as gcp_billing_export_resource_v1_012345_6789AB_CDEF01."""

    pricing_source: str | None = place()
    """Files of the pricing export as Parquet, a file or a folder of this machine: list prices for
    lines that have none. Costs never come from it."""

    export_name: str | None = None
    """Name of the export here; the table's, or 'files', when not set."""

    billing_project_id: str | None = None
    """Project that pays for reading; project_id when not set."""

    location: str | None = None
    """Location of the dataset, such as EU; asked of BigQuery when not set."""

    skip_columns: tuple[str, ...] = ()
    """Top-level columns of the table that are not read, to save bytes."""

    maximum_bytes_billed: int = 20_000_000_000
    """Bytes that one import may have BigQuery bill; an import that needs more does not begin."""

    storage_endpoint: str | None = None
    """Another address of BigQuery's Storage Read API, host:port, without encryption."""

    table_strategy: Literal["separate", "single"] = "separate"
    """One raw table for each invoice month, or one for all."""

    start_date: str | None = None
    """First invoice month to load, YYYY-MM."""

    end_date: str | None = None
    """Last invoice month to load, YYYY-MM, itself included."""

    reset: bool = False
    """Load months again that are already loaded."""

    exports: tuple[Any, ...] = tables(name="second-account", table="its-table")
    """Further exports: each takes the settings above, plus a `name` of its own."""

    @classmethod
    def resolve(
        cls, file: Mapping[str, Any], env: Mapping[str, str], flags: Mapping[str, Any]
    ) -> Self:
        """Resolve [gcp]; what was typed overrules [[gcp.exports]], and --export-name picks one.

        Files and BigQuery are two sources: a flag for one leaves the file's setting for the other.
        """
        config = super().resolve(file, env, flags)
        if flags.get("table") and not flags.get("source"):
            config = replace(config, source=None)
        return picked(config, flags, by="export_name", needs=("source", "table"))


@dataclass(frozen=True, kw_only=True)
class GcpExport(Configured[GcpConfig]):
    """One configured export, checked."""

    def open(self) -> tuple[ObjectStore, str]:
        """Open the store that its files lie in; return it and which of its keys are meant.

        Raises:
            BadSetting: If extracts are not read from such an address.
        """
        source = str(self.settings.source)
        if source.startswith("gs://"):
            bucket, _, key = source.removeprefix("gs://").partition("/")
            if key and format_of(key) is None and not WILD.search(key):
                source = f"gs://{bucket}/{key.rstrip('/')}/"
        elif "://" in source and not source.startswith("file://"):
            raise BadSetting("gcp.source", source, "a path, file:///folder or gs://bucket/folder")
        return open_url(source, self.settings, setting="gcp.source")


def configured_exports(config: GcpConfig) -> Sequence[GcpExport]:
    """Return every export that [gcp] and [[gcp.exports]] describe.

    Raises:
        MissingSetting: If one has neither files nor a table.
        ExportCollision: If two would write the same raw table.
    """
    alone = replace(config, exports=())
    entries = [overlaid(alone, **entry) for entry in config.exports]
    if config.source or config.table or not entries:
        entries.insert(0, (config.export_name, alone))
    found: list[GcpExport] = []
    for name, settings in entries:
        found.append(checked(name, settings, first=not found))
    check_names(export.name for export in found)
    return found


def overlaid(
    config: GcpConfig, *, name: str | None = None, **entry: Any
) -> tuple[str | None, GcpConfig]:
    """Lay one [[gcp.exports]] entry over [gcp]; its table replaces files, its files a table."""
    if "table" in entry and "source" not in entry:
        entry["source"] = None
    return name, replace(config, **entry)


def checked(name: str | None, settings: GcpConfig, *, first: bool) -> GcpExport:
    if not settings.source:
        for setting in ("table", "dataset", "project_id"):
            if not getattr(settings, setting):
                raise missing(setting)
        for setting, shape in NAMES.items():
            value = getattr(settings, setting)
            if not re.fullmatch(shape, str(value)):
                raise BadSetting(f"gcp.{setting}", value, f"a name of BigQuery's for {setting}")
    start, end = checked_range(settings)
    if settings.maximum_bytes_billed <= 0:
        raise BadSetting("gcp.maximum_bytes_billed", settings.maximum_bytes_billed, "above 0")
    name = name or settings.export_name or (settings.table if not settings.source else FILES)
    assert name is not None
    return GcpExport(
        name=name,
        settings=settings,
        start=start,
        end=end,
        table_prefix="" if first else f"{snake(name)}__",
    )


def missing(setting: str) -> MissingSetting:
    """Return the error of a setting without which BigQuery cannot be asked."""
    return MissingSetting(
        f"gcp.{setting}",
        f"--{setting.replace('_', '-')} (or --source for files)",
        f"OPEN_FINOPS_GCP_{setting.upper()}",
    )


def open_store(export: GcpExport) -> ObjectStore:
    """Open what an export lies in: a folder, a bucket, or BigQuery."""
    if export.settings.source:
        return export.open()[0]
    from vendors.gcp.bigquery import BigQueryStore

    return BigQueryStore(export.settings)
