"""Files that DuckDB should not read where they lie are put beside the working copy first.

A zip is unpacked. CSV files of a bucket are copied, still compressed: they are read more than
once, checked to the last byte, and must not change in between. So is parquet that DuckDB cannot
read from where it lies.
"""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from core.errors import CorruptFile, FileMissing
from core.exports import ExportVersion
from core.storage.base import ObjectStore
from core.storage.folder import FolderStore

ROOM = 4 * 1024**3
"""Bytes that may lie staged at once, where one month alone has not more."""
UNPACKED = 12
"""How much larger a zip's content is taken to be."""


def batches(
    store: ObjectStore, versions: Sequence[ExportVersion]
) -> Iterator[Sequence[ExportVersion]]:
    """Yield the versions in groups that are staged together; all at once where none is."""
    batch: list[ExportVersion] = []
    room = ROOM
    for version in versions:
        need = room_for(store, version)
        if batch and need > room:
            yield batch
            batch, room = [], ROOM
        batch.append(version)
        room -= need
    if batch:
        yield batch


def room_for(store: ObjectStore, version: ExportVersion) -> int:
    """Return the bytes that staging a version will take."""
    size = sum(store.size(key) or 0 for key in version.files)
    if version.format == "csv.zip":
        return size * UNPACKED
    return 0 if in_place(store, version) else size


def in_place(store: ObjectStore, version: ExportVersion) -> bool:
    """Tell whether DuckDB reads a version's files where they lie."""
    if version.format == "csv.zip":
        return False
    if store.local(version.files[0]) is not None:
        return True
    return version.format == "parquet" and all(store.in_place(key) for key in version.files)


def stage(
    store: ObjectStore, version: ExportVersion, folder: Path
) -> tuple[ObjectStore, ExportVersion]:
    """Make a version's CSV files local and plain or gzip; parquet is read in place.

    Raises:
        FileMissing, CorruptFile.
    """
    for key in version.files:
        if store.size(key) is None:
            raise FileMissing(store.name(key), version.named_by(store))
    if in_place(store, version):
        return store, version
    zipped = version.format == "csv.zip"
    folder.mkdir(parents=True, exist_ok=True)
    names: dict[str, str] = {}
    for number, key in enumerate(version.files):
        stem, where = f"{version.billing_period:%Y-%m}-{number}", store.name(key)
        path = store.local(key)
        if path is None:
            path = folder / f"{stem}.{version.format}"
            try:
                store.download(key, path)
            except FileNotFoundError as error:
                raise FileMissing(where, version.named_by(store)) from error
        unpacked = unzip(path, where, folder, stem) if zipped else [path.name]
        names |= dict.fromkeys(unpacked, where)
    form = "csv" if zipped else version.format
    return Staged(folder, names), replace(version, files=tuple(names), format=form)


class Staged(FolderStore):
    """A folder of staged files, each still called by the name of its source."""

    def __init__(self, folder: Path, names: Mapping[str, str]) -> None:
        super().__init__(folder)
        self.names = names

    def name(self, key: str) -> str:
        return self.names[key]


def unzip(path: Path, where: str, folder: Path, stem: str) -> list[str]:
    """Unpack the CSV files of one zip and return their names in `folder`.

    Raises:
        CorruptFile: If it is no zip, a checksum is wrong or it holds no CSV file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [
                unpack(archive, member, folder / f"{stem}.{number}.csv")
                for number, member in enumerate(csv_members(archive))
            ]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise CorruptFile(where, str(error) or "the zip ends too early") from error
    if not names:
        raise CorruptFile(where, "the zip holds no .csv file")
    return names


def csv_members(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    for member in archive.infolist():
        if not member.is_dir() and member.filename.lower().endswith(".csv"):
            yield member


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> str:
    with archive.open(member) as packed, target.open("wb") as plain:
        shutil.copyfileobj(packed, plain, 1024 * 1024)
    return target.name
