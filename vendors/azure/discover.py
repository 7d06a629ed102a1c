"""Find the exports that a container holds, without reading any of their data."""

from __future__ import annotations

from typing import Any

from core.errors import BadManifest
from core.periods import name as period_name
from core.storage.base import ObjectStore
from vendors.azure.config import AzureConfig, open_source, with_directory
from vendors.azure.manifest import (
    MONTH,
    manifests,
    month_of,
    newest_manifest,
    parse_manifest,
    section,
)

DEPTH = 5


def exports_in(settings: AzureConfig) -> list[dict[str, Any]]:
    """Return one row for each export below the prefix: name, prefix, type, version, months."""
    assert settings.source is not None
    prefix = with_directory(settings, settings.source).prefix.strip("/")
    return walk(open_source(settings), f"{prefix}/" if prefix else "", DEPTH)


def walk(store: ObjectStore, base: str, depth: int) -> list[dict[str, Any]]:
    """Search `base` and its folders; an export's own folders are not searched further."""
    folders = store.list(base).folders
    months = [match for folder in folders if (match := MONTH.search(folder))]
    if months:
        path = base.rstrip("/").rsplit("/", 1)
        found = sorted(month_name(match[1], match[2]) for match in months)
        return [
            {
                "export": path[-1],
                "prefix": path[0] if len(path) == 2 else "",
                **described(store, max(f for f in folders if MONTH.search(f))),
                "first": found[0],
                "last": found[-1],
            }
        ]
    if depth == 0:
        return []
    return [row for folder in folders for row in walk(store, folder, depth - 1)]


def month_name(first: str, last: str) -> str:
    """Return a folder's month, or its days where they are no month."""
    try:
        return period_name(month_of(first, last, ""))
    except BadManifest:
        return f"{first}-{last}"


def described(store: ObjectStore, folder: str) -> dict[str, str]:
    """Return type and version of an export, as its newest manifest names them."""
    found = manifests(store, folder)
    if not found:
        return {"type": "", "version": ""}
    key = newest_manifest(store, folder, found)
    try:
        about = section(parse_manifest(store.read(key), store.name(key)), "exportConfig")
    except BadManifest:
        about = {}
    return {"type": str(about.get("type") or ""), "version": str(about.get("dataVersion") or "")}
