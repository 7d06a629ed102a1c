"""AWS manifests: where they lie and what they say.

AWS writes the manifest after all data files, so the file list comes from it alone and never
from a folder. Layouts (docs/vendors/aws.md shows them):

legacy CUR    <prefix>/<report>/YYYYMMDD-YYYYMMDD/[<assemblyId>/]<report>-Manifest.json
Data Exports  <prefix>/<export>/metadata/BILLING_PERIOD=YYYY-MM/[<run>/]<export>-Manifest.json
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import unquote, urlsplit

from core.errors import BadManifest, ManifestNotFound, NothingInRange, WrongExportVersion
from core.exports import ExportVersion
from core.periods import name as period_name
from core.periods import parse_period
from core.storage.base import ObjectStore
from vendors.aws.config import AwsExport

MONTH_V1 = re.compile(r"(\d{4})(\d{2})\d{2}-\d{8}/$")
MONTH_V2 = re.compile(r"BILLING_PERIOD=(\d{4}-\d{2})/$")
FORMATS = {".parquet": "parquet", ".csv.gz": "csv.gz", ".csv.zip": "csv.zip", ".csv": "csv"}
FOCUS_1_2_COLUMNS = {"billingaccounttype", "invoiceid", "subaccounttype", "pricingcurrency"}


@dataclass(frozen=True)
class ManifestPlace:
    """A month's manifest, found but not yet read."""

    period: date
    key: str
    layout: str
    """'v1' or 'v2'."""


def versions(store: ObjectStore, export: AwsExport) -> Iterator[ExportVersion]:
    """Yield the current version of every billing month in range, oldest first.

    Raises:
        ManifestNotFound, NothingInRange, WrongExportVersion, BadManifest.
    """
    for place in places(store, export):
        yield read_version(store, export, place)


def places(store: ObjectStore, export: AwsExport) -> list[ManifestPlace]:
    """Find one manifest for each billing month in range, oldest first."""
    found = [p for layout in ("v2", "v1") for p in discover(store, export, layout)]
    wanted = export.settings.cur_version
    where = f"{store.location}/{export.settings.prefix}".rstrip("/")
    if not found:
        raise ManifestNotFound(where, export.source_name)
    layouts = {p.layout for p in found}
    if wanted and wanted not in layouts:
        raise WrongExportVersion(where, f"cur_version {wanted}", f"{layouts.pop()} manifests")
    if len(layouts) > 1 and not wanted:
        raise WrongExportVersion(where, "one layout", "both v1 and v2 manifests of this name")
    found = [p for p in found if not wanted or p.layout == wanted]
    in_range = [
        p
        for p in found
        if (not export.start or p.period >= export.start)
        and (not export.end or p.period <= export.end)
    ]
    if not in_range:
        months = sorted(p.period for p in found)
        raise NothingInRange(
            where,
            period_name(export.start or months[0]),
            period_name(export.end or months[-1]),
            f"{period_name(months[0])} to {period_name(months[-1])}",
        )
    return sorted(in_range, key=lambda p: p.period)


def discover(store: ObjectStore, export: AwsExport, layout: str) -> list[ManifestPlace]:
    """Look where AWS puts manifests of one layout; the prefix itself is the second guess."""
    name = export.source_name
    prefix = export.settings.prefix.strip("/")
    prefix = f"{prefix}/" if prefix else ""
    for base in (f"{prefix}{name}/", prefix):
        months = month_folders(store, base, layout)
        found = [
            ManifestPlace(period, key, layout)
            for period, folder in months
            if (key := newest_manifest(store, folder, name))
        ]
        if found:
            return found
    return []


def month_folders(store: ObjectStore, base: str, layout: str) -> list[tuple[date, str]]:
    """Return the billing months below `base` with their manifest folders."""
    months = []
    if layout == "v2":
        for folder in store.list(f"{base}metadata/").folders:
            if match := MONTH_V2.search(folder):
                months.append((parse_period(match[1]), folder))
    else:
        for folder in store.list(base).folders:
            if match := MONTH_V1.search(folder):
                months.append((parse_period(f"{match[1]}-{match[2]}"), folder))
    return months


def newest_manifest(store: ObjectStore, folder: str, name: str) -> str | None:
    """Return the month's manifest: the one of the month itself, else of its newest run."""
    file = f"{name}-Manifest.json"
    listing = store.list(folder)
    if folder + file in listing.files:
        return folder + file
    runs = [run + file for run in listing.folders if run + file in store.list(run).files]
    return runs[-1] if runs else None


def read_version(store: ObjectStore, export: AwsExport, place: ManifestPlace) -> ExportVersion:
    """Read one manifest into an export version."""
    where = f"{store.location}/{place.key}"
    body = store.read(place.key)
    manifest = parse_manifest(body, where)
    files = data_files(manifest, where)
    form = file_format(files, where)
    asked = export.settings.export_format
    if asked and not form.startswith(asked):
        raise WrongExportVersion(where, f"export_format {asked}", f"{form} files")
    version = manifest.get("executionId") if place.layout == "v2" else manifest.get("assemblyId")
    if not isinstance(version, str) or not version:
        key = "executionId" if place.layout == "v2" else "assemblyId"
        raise BadManifest(where, f"it has no {key}")
    return ExportVersion(
        vendor="aws",
        export=export.name,
        billing_period=place.period,
        version_id=version,
        fingerprint=hashlib.sha256(body).hexdigest(),
        manifest=place.key,
        files=files,
        format=form,
        dialect=dialect(place.layout, column_names(manifest)),
    )


def parse_manifest(body: bytes, where: str) -> dict[str, Any]:
    try:
        manifest = json.loads(body)
    except ValueError as error:
        raise BadManifest(where, f"it is not JSON ({error})") from error
    if not isinstance(manifest, dict):
        raise BadManifest(where, "it is not a JSON object")
    return manifest


def data_files(manifest: dict[str, Any], where: str) -> tuple[str, ...]:
    """Return the keys of the data files; `s3://any-bucket/key` means the key."""
    listed = manifest.get("dataFiles", manifest.get("reportKeys"))
    if not isinstance(listed, list) or not all(isinstance(f, str) for f in listed):
        raise BadManifest(where, "it lists no data files (dataFiles or reportKeys)")
    if not listed:
        raise BadManifest(where, "its list of data files is empty")
    keys = []
    for file in listed:
        key = urlsplit(file).path.lstrip("/") if file.startswith("s3://") else file.lstrip("/")
        keys.append(unquote(key) if "%3D" in key else key)
    if len(set(keys)) != len(keys):
        raise BadManifest(where, "it names a data file twice")
    return tuple(keys)


def file_format(files: tuple[str, ...], where: str) -> str:
    """Return the one format of all files, by their endings."""
    formats = {
        next((f for end, f in FORMATS.items() if file.lower().endswith(end)), "unknown")
        for file in files
    }
    if len(formats) != 1 or "unknown" in formats:
        raise BadManifest(where, f"its files are not of one known format: {', '.join(files[:3])}")
    return formats.pop()


def column_names(manifest: dict[str, Any]) -> set[str]:
    """Return the lower-cased column names that the manifest lists."""
    columns = manifest.get("columns")
    listed = columns if isinstance(columns, list) else []
    return {str(c.get("name", "")).lower() for c in listed if isinstance(c, dict)}


def dialect(layout: str, columns: set[str]) -> str:
    """Tell what the columns mean: a CUR or a FOCUS export, and which version."""
    if layout == "v1":
        return "cur_1"
    if "billedcost" in columns and "chargecategory" in columns:
        return "focus_1_2" if columns & FOCUS_1_2_COLUMNS else "focus_1_0"
    return "cur_2"
