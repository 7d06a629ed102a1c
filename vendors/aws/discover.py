"""Find the exports that a bucket holds, without reading any of their data."""

from __future__ import annotations

from typing import Any

from core.periods import name as period_name
from core.storage.base import ObjectStore
from vendors.aws.config import AwsConfig, AwsExport, open_store
from vendors.aws.manifest import month_folders

DEPTH = 5
SKIPPED = ("data/", "metadata/", "BILLING_PERIOD=", "year=")


def exports_in(settings: AwsConfig) -> list[dict[str, Any]]:
    """Return one row for each export below the prefix: name, prefix, layout, months."""
    probe = AwsExport(name="", settings=settings, start=None, end=None, table_prefix="")
    prefix = settings.prefix.strip("/")
    return walk(open_store(probe), f"{prefix}/" if prefix else "", DEPTH)


def walk(store: ObjectStore, base: str, depth: int) -> list[dict[str, Any]]:
    """Search `base` and its folders; an export's own folders are not searched further."""
    for layout in ("v2", "v1"):
        months = month_folders(store, base, layout)
        if months:
            path = base.rstrip("/").rsplit("/", 1)
            return [
                {
                    "export": export_name(store, months[-1][1]) or path[-1],
                    "prefix": path[0] if len(path) == 2 else "",
                    "layout": layout,
                    "first": period_name(min(months)[0]),
                    "last": period_name(max(months)[0]),
                }
            ]
    if depth == 0:
        return []
    return [
        row
        for folder in store.list(base).folders
        if not folder.removeprefix(base).startswith(SKIPPED)
        for row in walk(store, folder, depth - 1)
    ]


def export_name(store: ObjectStore, folder: str) -> str:
    """Return the export's name from the manifest in one month's folder, '' if it has none."""
    listing = store.list(folder)
    files = [*listing.files, *(f for run in listing.folders for f in store.list(run).files)]
    names = [f.rsplit("/", 1)[-1] for f in files if f.endswith("-Manifest.json")]
    return names[0].removesuffix("-Manifest.json") if names else ""
