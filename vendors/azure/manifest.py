"""Runs of Cost Management exports: where they lie and what their manifests say.

<prefix>/<export>/YYYYMMDD-YYYYMMDD/                    one month; the second date is its last day
    <YYYYMMDDHHmm>/<run>/manifest.json, 000001.csv      a folder for each run, partitioned
    <run>/manifest.json, part_0_0001.csv.gz             the same, newer
    manifest.json, part_0_0001.snappy.parquet           the former run is overwritten
    <export>_<run>.csv                                  neither partitioned nor with a manifest

Where runs are kept, the newest alone counts: each holds the whole month again.
"""

from __future__ import annotations

import hashlib
import json
import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.errors import BadManifest, FileMissing, WrongExportVersion
from core.storage.base import ObjectStore

MONTH = re.compile(r"(\d{8})-(\d{8})/$")
STAMP = re.compile(r"(?:^|/)(\d{12})/")
FORMATS = {".parquet": "parquet", ".csv.gz": "csv.gz", ".csv": "csv"}
MANIFEST = "manifest.json"
TYPES = {"actual": "ActualCost", "amortized": "AmortizedCost", "focus": "FocusCost"}
SAME_TYPE = {"Usage": "ActualCost"}
"""The oldest type of export has what was actual then."""
NEED = "Name exports of their types with --actual-export, --amortized-export and --focus-export."


@dataclass(frozen=True, kw_only=True)
class Run:
    """The newest delivery of one month of one export."""

    dataset: str
    """'actual', 'amortized' or 'focus'."""
    manifest: str
    """Key of the manifest, or of the one file that stands for it."""
    fingerprint: str
    run_id: str
    files: tuple[str, ...]
    format: str
    rows: int | None
    data_version: str
    """The version of the schema, such as '1.0r2'; '' where nothing says it."""


def month_folders(store: ObjectStore, base: str) -> Iterator[tuple[date, str]]:
    """Yield the billing months below an export's folder.

    Raises:
        BadManifest: If a folder is not one whole month.
    """
    for folder in store.list(base).folders:
        if match := MONTH.search(folder):
            yield month_of(match[1], match[2], store.name(folder)), folder


def month_of(first: str, last: str, where: str) -> date:
    """Return the month from its first to its last day, both written YYYYMMDD."""
    try:
        start, end = (datetime.strptime(text, "%Y%m%d").date() for text in (first, last))
    except ValueError:
        raise BadManifest(where, "its folder names no month") from None
    whole = start.day == 1 and end == start.replace(day=monthrange(start.year, start.month)[1])
    if not whole:
        raise BadManifest(where, f"it holds {start} to {end}, which is not one whole month")
    return start


def newest_run(store: ObjectStore, folder: str, dataset: str, period: date) -> Run | None:
    """Return the newest run of a month's folder, None where it has none yet."""
    found = manifests(store, folder)
    if not found:
        return single_file(store, folder, dataset)
    return read_run(store, newest_manifest(store, folder, found), dataset, period)


def newest_manifest(store: ObjectStore, folder: str, found: list[str]) -> str:
    """Return the manifest of a month's newest run.

    The name of the run's folder tells it, else the time of its file; where that cannot, what the
    manifest says: the files of a copied folder may have any time, a container's whole seconds.
    """
    stamps = {key: STAMP.search(key.removeprefix(folder)) for key in found}
    if all(stamps.values()):
        found = latest(found, lambda key: (stamps[key] or [""])[0])
    elif store.local(found[0]) is None:
        found = latest(found, store.modified)
    if len(found) > 1:
        found = latest(found, lambda key: (submitted(store, key), store.modified(key)))
    return max(found)


def latest(keys: list[str], time: Callable[[str], Any]) -> list[str]:
    """Return the keys whose time is the greatest."""
    times = {key: time(key) for key in keys}
    return [key for key in keys if times[key] == max(times.values())]


def submitted(store: ObjectStore, key: str) -> float:
    """Return when a manifest says that its run was submitted, 0 where it does not."""
    about = section(parse_manifest(store.read(key), store.name(key)), "runInfo")
    try:
        return datetime.fromisoformat(str(about.get("submittedTime"))).timestamp()
    except ValueError:
        return 0


def manifests(store: ObjectStore, folder: str) -> list[str]:
    """Return the manifests of a month: its own, else those of its runs, one or two levels down."""
    listing = store.list(folder)
    if folder + MANIFEST in listing.files:
        return [folder + MANIFEST]
    found: list[str] = []
    for run in listing.folders:
        below = store.list(run)
        if run + MANIFEST in below.files:
            found.append(run + MANIFEST)
        for deeper in below.folders:
            if deeper + MANIFEST in store.list(deeper).files:
                found.append(deeper + MANIFEST)
    return found


def single_file(store: ObjectStore, folder: str, dataset: str) -> Run | None:
    """Return the newest file of an export without manifests; each holds the whole month."""
    files = [key for key in store.list(folder).files if ending(key)]
    if not files:
        return None
    newest = max(files, key=lambda key: (store.modified(key), key))
    name = newest.rsplit("/", 1)[-1].split(".")[0]
    told = f"{newest} {store.size(newest)} {store.modified(newest)}"
    return Run(
        dataset=dataset,
        manifest=newest,
        fingerprint=hashlib.sha256(told.encode()).hexdigest(),
        run_id=name.rsplit("_", 1)[-1],
        files=(newest,),
        format=ending(newest),
        rows=None,
        data_version="",
    )


def read_run(store: ObjectStore, key: str, dataset: str, period: date) -> Run:
    """Read one manifest.

    Raises:
        BadManifest, FileMissing, WrongExportVersion.
    """
    where = store.name(key)
    try:
        body = store.read(key)
    except FileNotFoundError as error:
        raise BadManifest(where, "it has just been removed") from error
    manifest = parse_manifest(body, where)
    about, run = section(manifest, "exportConfig"), section(manifest, "runInfo")
    kind = str(about.get("type") or "")
    if kind and SAME_TYPE.get(kind, kind).lower() != TYPES[dataset].lower():
        raise WrongExportVersion(where, TYPES[dataset], kind, hint=NEED)
    refuse_other_month(run, period, where)
    blobs = listed_blobs(manifest, where)
    files = tuple(existing(store, blob, key) for blob in blobs)
    formats = {ending(file) or "unknown" for file in files}
    if len(formats) != 1 or "unknown" in formats:
        raise BadManifest(where, f"its files are not of one known format: {', '.join(files[:3])}")
    return Run(
        dataset=dataset,
        manifest=key,
        fingerprint=hashlib.sha256(body).hexdigest(),
        run_id=str(run.get("runId") or key.rsplit("/", 2)[-2]),
        files=files,
        format=formats.pop(),
        rows=row_count(manifest, where),
        data_version=str(about.get("dataVersion") or ""),
    )


def parse_manifest(body: bytes, where: str) -> dict[str, Any]:
    try:
        manifest = json.loads(body.decode("utf-8-sig"))
    except ValueError as error:
        raise BadManifest(where, f"it is not JSON ({error})") from error
    if not isinstance(manifest, dict):
        raise BadManifest(where, "it is not a JSON object")
    return manifest


def section(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object of the manifest, empty where it has none."""
    found = manifest.get(name)
    return found if isinstance(found, dict) else {}


def refuse_other_month(run: dict[str, Any], period: date, where: str) -> None:
    """Compare the month that the manifest names with its folder's."""
    start = str(run.get("startDate") or "")[:10]
    if start and start[:7] != f"{period:%Y-%m}":
        raise BadManifest(where, f"it is of a run from {start}, in the folder of {period:%Y-%m}")


def listed_blobs(manifest: dict[str, Any], where: str) -> list[str]:
    """Return the names of the data files, without the container.

    Raises:
        BadManifest: If there are none, one is odd or named twice, or their number is wrong.
    """
    blobs = manifest.get("blobs")
    if not isinstance(blobs, list):
        raise BadManifest(where, "it lists no data files (blobs)")
    names = [blob.get("blobName") if isinstance(blob, dict) else None for blob in blobs]
    if not names:
        raise BadManifest(where, "its list of data files is empty")
    if odd := [n for n in names if not isinstance(n, str) or not n or not n.isprintable()]:
        raise BadManifest(where, f"it names the data file {odd[0]!r}")
    keys = [str(name).lstrip("/") for name in names]
    if len(set(keys)) != len(keys):
        raise BadManifest(where, "it names a data file twice")
    count = manifest.get("blobCount")
    if isinstance(count, int) and count != len(keys):
        raise BadManifest(where, f"it counts {count} data files, but lists {len(keys)}")
    return keys


def row_count(manifest: dict[str, Any], where: str) -> int | None:
    """Return the lines that the manifest states, by file and in all.

    Raises:
        BadManifest: If the two differ.
    """
    stated = manifest.get("dataRowCount")
    parts = [blob.get("dataRowCount") for blob in manifest["blobs"]]
    numbers = [part for part in parts if isinstance(part, int)]
    if isinstance(stated, int) and len(numbers) == len(parts) and sum(numbers) != stated:
        raise BadManifest(where, f"it states {stated:,} lines, its files {sum(numbers):,}")
    if isinstance(stated, int):
        return stated
    return sum(numbers) if len(numbers) == len(parts) else None


def existing(store: ObjectStore, blob: str, manifest: str) -> str:
    """Return the key of a data file: as the manifest says, or beside it where it was moved.

    Raises:
        FileMissing.
    """
    beside = manifest.rsplit("/", 1)[0] + "/" + blob.rsplit("/", 1)[-1]
    for key in (blob, beside):
        if store.size(key) is not None:
            return key
    raise FileMissing(store.name(blob), f"the manifest {store.name(manifest)}")


def ending(key: str) -> str:
    """Return a file's format, '' where it has none that we know."""
    return next((form for end, form in FORMATS.items() if key.lower().endswith(end)), "")
