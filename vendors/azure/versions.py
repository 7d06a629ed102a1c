"""Export versions: the months of one export, or of an actual export and its amortized twin."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.errors import BadManifest, ManifestNotFound, WrongExportVersion
from core.exports import ExportVersion
from core.periods import name as period_name
from core.storage.base import ObjectStore
from vendors.azure.config import AzureExport
from vendors.azure.manifest import Run, month_folders, newest_run

FOCUS_VERSIONS = ("1.0", "1.0r2", "1.1", "1.2")
"""Those that the models read; Azure calls the last 1.2-preview."""
LOOK = (
    "Check source, prefix and export name with `./finops azure list-exports`; Cost Management "
    "runs a new export within a day, or at once with `Run now`."
)
HALF = (
    "Run the actual export for that month too (Export selected dates), or leave the month out "
    "with --start-date or --end-date."
)


@dataclass(frozen=True, kw_only=True)
class AzureVersion(ExportVersion):
    """A month of one export, or of a pair whose files are read together."""

    datasets: tuple[str, ...]
    """For each of `files`: 'actual', 'amortized' or 'focus'."""


def versions(store: ObjectStore, export: AzureExport) -> Iterator[ExportVersion]:
    """Yield the current version of every billing month in range, oldest first.

    Raises:
        ManifestNotFound, WrongExportVersion, BadManifest, FileMissing.
    """
    folders = {dataset: months(store, export, name) for dataset, name in export.datasets.items()}
    for period in export.in_range(place(store, export), {p for f in folders.values() for p in f}):
        runs = {
            dataset: run
            for dataset, found in folders.items()
            if period in found and (run := newest_run(store, found[period], dataset, period))
        }
        if not runs:
            continue
        if "amortized" in runs and "actual" not in runs:
            where = f"{place(store, export)} for {period_name(period)}"
            raise ManifestNotFound(where, export.datasets["actual"], hint=HALF)
        yield version(store, export, period, list(runs.values()))


def months(store: ObjectStore, export: AzureExport, name: str) -> dict[date, str]:
    """Return the months of one export of Cost Management, each with its folder."""
    prefix = export.settings.prefix.strip("/")
    prefix = f"{prefix}/" if prefix else ""
    for base in (f"{prefix}{name}/", prefix):
        found = dict(month_folders(store, base))
        if found and (base != prefix or prefix.endswith(f"{name}/")):
            return found
    raise ManifestNotFound(place(store, export), name, hint=LOOK)


def place(store: ObjectStore, export: AzureExport) -> str:
    return f"{store.location}/{export.settings.prefix}".rstrip("/")


def version(store: ObjectStore, export: AzureExport, period: date, runs: list[Run]) -> AzureVersion:
    """Join the runs of one month into one version."""
    main = runs[0]
    for run in runs[1:]:
        if run.format != main.format:
            where = store.name(run.manifest)
            raise BadManifest(where, f"its files are {run.format}, those of its twin {main.format}")
    counts = [run.rows for run in runs]
    return AzureVersion(
        vendor="azure",
        export=export.name,
        billing_period=period,
        version_id="+".join(run.run_id for run in runs),
        fingerprint=fingerprint(runs),
        manifest=main.manifest,
        files=tuple(file for run in runs for file in run.files),
        format=main.format,
        dialect=dialect(runs),
        rows=None if None in counts else sum(count for count in counts if count is not None),
        datasets=tuple(run.dataset for run in runs for _ in run.files),
    )


def fingerprint(runs: list[Run]) -> str:
    """Return one run's fingerprint, or a hash of all."""
    if len(runs) == 1:
        return runs[0].fingerprint
    return hashlib.sha256("\n".join(run.fingerprint for run in runs).encode()).hexdigest()


def dialect(runs: list[Run]) -> str:
    """Tell what the columns mean.

    'cost_pair' has actual and amortized lines, 'cost_actual' only the former; FOCUS exports are
    called by their version: 'focus_1_0', 'focus_1_0r2', 'focus_1_2'.

    Raises:
        WrongExportVersion: If Azure's FOCUS is of a version that no model reads.
    """
    if runs[0].dataset != "focus":
        return "cost_pair" if len(runs) == 2 else "cost_actual"
    run = runs[0]
    found = re.match(r"v?(\d+\.\d+(?:r\d+)?)", run.data_version)
    version = found[1] if found else FOCUS_VERSIONS[0]
    if version not in FOCUS_VERSIONS:
        known = f"one of {', '.join(FOCUS_VERSIONS)}"
        hint = "Choose one of these as the export's data version, or update finops."
        raise WrongExportVersion(run.manifest, known, f"FOCUS {version}", hint=hint)
    return f"focus_{version.replace('.', '_')}"
