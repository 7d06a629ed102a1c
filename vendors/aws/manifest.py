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
from urllib.parse import unquote

from core.errors import (
    BadManifest,
    BadSetting,
    ManifestNotFound,
    TwoManifests,
    WrongExportVersion,
)
from core.exports import ExportVersion
from core.periods import name as period_name
from core.periods import parse_period
from core.storage.base import ObjectStore
from vendors.aws.config import AwsExport

LOOK = (
    "Check bucket, prefix and export name with `./finops aws list-exports`; "
    "AWS delivers the first manifest up to 24 hours after an export is made."
)
DETECTED = "Leave --cur-version and --export-format out: both are detected."
MONTH_V1 = re.compile(r"(\d{4})(\d{2})\d{2}-\d{8}/$")
MONTH_V2 = re.compile(r"BILLING_PERIOD=(\d{4})-(\d{2})/$")
FORMATS = {".parquet": "parquet", ".csv.gz": "csv.gz", ".csv.zip": "csv.zip", ".csv": "csv"}
RUN = re.compile(r"(^|/)\d{4}-\d{2}-\d{2}T[^/]*/$")
"""A Data Exports run: its folder's name begins with the time."""

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
        ManifestNotFound, NothingInRange, WrongExportVersion, BadManifest, TwoManifests.
    """
    for place in places(store, export):
        yield read_version(store, export, place)


def places(store: ObjectStore, export: AwsExport) -> list[ManifestPlace]:
    """Find one manifest for each billing month in range, oldest first."""
    found = [p for layout in ("v2", "v1") for p in discover(store, export, layout)]
    wanted = export.settings.cur_version
    where = f"{store.location}/{export.settings.prefix}".rstrip("/")
    if not found:
        raise ManifestNotFound(where, export.source_name, hint=LOOK)
    layouts = {p.layout for p in found}
    if wanted and wanted not in layouts:
        raise WrongExportVersion(
            where, f"cur_version {wanted}", f"{layouts.pop()} manifests", hint=DETECTED
        )
    if len(layouts) > 1 and not wanted:
        first, second = (next(p.key for p in found if p.layout == x) for x in ("v1", "v2"))
        raise TwoManifests(
            where, first, second, "Say which with --cur-version v1 or v2: they are two exports."
        )
    found = [p for p in found if not wanted or p.layout == wanted]
    refuse_two_for_a_month(found, where)
    months = export.in_range(where, [p.period for p in found])
    return sorted((p for p in found if p.period in months), key=lambda p: p.period)


def refuse_two_for_a_month(found: list[ManifestPlace], where: str) -> None:
    """Refuse two folders of one month, such as 20260101-20260131 and 20260101-20260201."""
    months: dict[date, str] = {}
    for place in found:
        if place.period in months:
            raise TwoManifests(
                f"{where} {period_name(place.period)}",
                months[place.period],
                place.key,
                "Remove the older delivery from the folder: a month is replaced as a whole.",
            )
        months[place.period] = place.key


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
    inside = f"{base}metadata/" if layout == "v2" else base
    for folder in store.list(inside).folders:
        match = (MONTH_V2 if layout == "v2" else MONTH_V1).search(folder)
        if match:
            try:
                months.append((parse_period(f"{match[1]}-{match[2]}"), folder))
            except BadSetting:
                raise BadManifest(store.name(folder), "its folder names no month") from None
    return months


def newest_manifest(store: ObjectStore, folder: str, name: str) -> str | None:
    """Return the month's manifest: the one of the month itself, else of its newest run.

    Data Exports begin a run's folder with its time. Legacy CUR calls it by a random id, so
    that only the time of the file tells the newest.
    """
    file = f"{name}-Manifest.json"
    listing = store.list(folder)
    if folder + file in listing.files:
        return folder + file
    runs = [run for run in listing.folders if run + file in store.list(run).files]
    if len(runs) > 1 and not all(RUN.search(run) for run in runs):
        runs.sort(key=lambda run: (store.modified(run + file), run))
    return runs[-1] + file if runs else None


def read_version(store: ObjectStore, export: AwsExport, place: ManifestPlace) -> ExportVersion:
    """Read one manifest into an export version."""
    where = store.name(place.key)
    try:
        body = store.read(place.key)
    except FileNotFoundError as error:
        raise BadManifest(where, "it has just been removed") from error
    manifest = parse_manifest(body, where)
    files = tuple(existing(store, key) for key in data_files(manifest, where))
    form = file_format(files, where)
    asked = export.settings.export_format
    if asked and not form.startswith(asked):
        raise WrongExportVersion(where, f"export_format {asked}", f"{form} files", hint=DETECTED)
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
    keys = tuple(file_key(file) for file in listed)
    if odd := [key for key in keys if not key or not key.isprintable()]:
        raise BadManifest(where, f"it names the data file {odd[0]!r}")
    if len(set(keys)) != len(keys):
        raise BadManifest(where, "it names a data file twice")
    return keys


def file_key(file: str) -> str:
    """Return the key that a manifest's entry means, whatever bucket it names.

    >>> file_key("s3://bucket/exports/cur/data/a%b#c.csv.gz"), file_key("/exports/a.csv.gz")
    ('exports/cur/data/a%b#c.csv.gz', 'exports/a.csv.gz')
    """
    if file.startswith("s3://"):
        file = file.removeprefix("s3://").partition("/")[2]
    return file.lstrip("/")


def existing(store: ObjectStore, key: str) -> str:
    """Return the key as it is, or unquoted where only that is the key of an object."""
    plain = unquote(key)
    if plain != key and store.size(key) is None and store.size(plain) is not None:
        return plain
    return key


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
