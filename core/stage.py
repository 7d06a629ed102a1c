"""Files that DuckDB cannot read where they lie are put beside the working copy first."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from core.errors import CorruptFile, FileMissing
from core.exports import ExportVersion
from core.storage.base import ObjectStore
from core.storage.folder import FolderStore


def stage(
    store: ObjectStore, version: ExportVersion, folder: Path
) -> tuple[ObjectStore, ExportVersion]:
    """Unpack a version's zip files into `folder`; other formats are read in place.

    Raises:
        FileMissing, CorruptFile.
    """
    if version.format != "csv.zip":
        return store, version
    keys: list[str] = []
    for number, key in enumerate(version.files):
        where = f"{store.location}/{key}"
        if store.size(key) is None:
            raise FileMissing(where, version.manifest)
        try:
            with zipfile.ZipFile(BytesIO(store.read(key))) as archive:
                for member in archive.infolist():
                    if member.is_dir() or not member.filename.lower().endswith(".csv"):
                        continue
                    target = f"{version.billing_period:%Y-%m}-{number}-{len(keys)}.csv"
                    folder.mkdir(parents=True, exist_ok=True)
                    with archive.open(member) as packed, (folder / target).open("wb") as plain:
                        shutil.copyfileobj(packed, plain, 1024 * 1024)
                    keys.append(target)
        except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
            raise CorruptFile(where, str(error)) from error
    if not keys:
        raise CorruptFile(f"{store.location}/{version.files[0]}", "the zip holds no .csv file")
    return FolderStore(folder), replace(version, files=tuple(keys), format="csv")
