"""The one place where a URL, or a path, becomes a store: its scheme says which.

A store of another kind is one more line in `OPENERS`. What it needs to know (region, keys,
endpoint) is in the section that names the URL where that section's class is one of
core/storage/access.py's; any other section leaves it to the provider's own chain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from core.errors import BadSetting
from core.storage.access import AzureAccess, GoogleAccess, S3Access
from core.storage.base import ObjectStore

WILD = re.compile(r"[*?\[]")


def open_store(
    url: str, settings: Any = None, *, setting: str = "source"
) -> tuple[ObjectStore, str]:
    """Return the store that a URL or a path names, and what it names within the store.

    Args:
        url: Such as s3://bucket/folder, az://container/folder, gs://bucket/file.csv, file:///folder
            or folder/*.parquet.
        settings: The config section whose attributes say how to reach it.
        setting: What an error calls the URL.

    Returns:
        The store, and a folder ('' or ending in '/'), a key, or a pattern with wildcards.

    Raises:
        BadSetting: If no store has this scheme.
    """
    try:
        scheme = urlsplit(url).scheme if "://" in url or url.startswith("file:") else ""
    except ValueError:  # a bracket that is not closed
        scheme = "none"
    if scheme not in OPENERS:
        expected = "a path, or a URL of one of " + ", ".join(f"{s}://" for s in OPENERS if s)
        raise BadSetting(setting, shown(url), expected)
    return OPENERS[scheme](url, settings, setting)


def _folder(url: str, settings: Any, setting: str) -> tuple[ObjectStore, str]:
    from core.storage.folder import FolderStore

    path = Path(url2pathname(urlsplit(url).path) if url.startswith("file:") else url).expanduser()
    if path.is_dir():
        return FolderStore(path), ""
    if not WILD.search(str(path)) or path.exists():
        return FolderStore(path.parent if path.is_file() else path), path.name
    parts = path.parts
    first = next(n for n, part in enumerate(parts) if WILD.search(part))
    return FolderStore(Path(*parts[:first])), "/".join(parts[first:])


def _s3(url: str, settings: Any, setting: str) -> tuple[ObjectStore, str]:
    from core.storage.s3 import S3Store

    bucket, _, key = url.removeprefix("s3://").partition("/")
    access = settings if isinstance(settings, S3Access) else S3Access()
    return S3Store(bucket, access, setting), within(key)


def _azure(url: str, settings: Any, setting: str) -> tuple[ObjectStore, str]:
    from core.storage.azure import AzureStore, parse_address

    address = parse_address(url, setting)
    access = settings if isinstance(settings, AzureAccess) else AzureAccess()
    return AzureStore(address, access), within(address.path)


def _gcs(url: str, settings: Any, setting: str) -> tuple[ObjectStore, str]:
    from core.storage.gcs import GcsStore

    bucket, _, key = url.removeprefix("gs://").partition("/")
    if not bucket:
        raise BadSetting(setting, url, "an address like gs://bucket/folder")
    access = settings if isinstance(settings, GoogleAccess) else GoogleAccess()
    return GcsStore(bucket, access), within(key)


OPENERS: dict[str, Callable[[str, Any, str], tuple[ObjectStore, str]]] = {
    "": _folder,
    "file": _folder,
    "s3": _s3,
    "gs": _gcs,
    **dict.fromkeys(("az", "azure", "abfs", "abfss", "https", "http"), _azure),
}
"""Scheme -> (url, settings, what an error calls the URL) -> store and what the URL names in it."""


def shown(url: str) -> str:
    """Return a URL as it may be shown: without the signature that an https address can carry.

    >>> shown("https://acme.blob.core.windows.net/bills?sv=1&sig=2"), shown("a/b?.csv")
    ('https://acme.blob.core.windows.net/bills', 'a/b?.csv')
    """
    return url.partition("?")[0] if url.startswith(("https://", "http://")) else url


def within(key: str) -> str:
    """Return a URL's key as a folder, unless it is a file's name or a pattern.

    >>> within("a/b"), within("a/b.csv.gz"), within("a/*.parquet"), within("")
    ('a/b/', 'a/b.csv.gz', 'a/*.parquet', '')
    """
    last = key.rsplit("/", 1)[-1]
    return key if not last or "." in last or WILD.search(key) else f"{key}/"


def files_within(store: ObjectStore, wanted: str, endings: Sequence[str]) -> Iterator[str]:
    """Yield the keys below a folder, or those that a key or pattern names, by their endings.

    Files and folders whose names begin with '.' or '_' are left out.
    """
    wild = WILD.search(wanted)
    fixed = wanted[: wild.start()] if wild else wanted
    for key in walk(store, fixed[: fixed.rfind("/") + 1]):
        named = not wanted or wanted.endswith("/") or key == wanted
        if (named or (wild and fnmatchcase(key, wanted))) and key.lower().endswith(tuple(endings)):
            yield key


def walk(store: ObjectStore, folder: str) -> Iterator[str]:
    listing = store.list(folder)
    for key in listing.files:
        if not key.rsplit("/", 1)[-1].startswith((".", "_")):
            yield key
    for below in listing.folders:
        if not below.rstrip("/").rsplit("/", 1)[-1].startswith((".", "_")):
            yield from walk(store, below)
