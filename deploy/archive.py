"""A backup as one file: a tar that ends with a list of what is in it, and the checksums.

A file that was cut off has no list; one that was altered does not agree with it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from core.errors import BadBackup, BadSetting

FORMAT = 1
MANIFEST = "manifest.json"
ENDINGS = (".tar", ".tar.gz", ".tar.zst")
MEMBER = re.compile(r"[\w.-]+(/[\w.-]+)*")
BLOCK = 1 << 20


class Hashing(io.RawIOBase):
    """Reads a file and sums what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.sha256, self.bytes = file, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        block = self.file.read(size)
        self.sha256.update(block)
        self.bytes += len(block)
        return block


class Writer:
    """Adds members to a tar and keeps their checksums."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, name: str, file: IO[bytes], size: int) -> None:
        """Add `size` bytes of an open file as `name`."""
        about = tarfile.TarInfo(name)
        about.size, about.mode = size, 0o600
        hashing = Hashing(file)
        self.tar.addfile(about, hashing)
        self.files[name] = {"bytes": hashing.bytes, "sha256": hashing.sha256.hexdigest()}

    def add_path(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            self.add(name, file, path.stat().st_size)

    def finish(self, facts: dict[str, Any]) -> None:
        """Add the list of all members, with `facts` above it."""
        text = json.dumps({"format": FORMAT, **facts, "files": self.files}, indent=2).encode()
        about = tarfile.TarInfo(MANIFEST)
        about.size, about.mode = len(text), 0o600
        self.tar.addfile(about, io.BytesIO(text))


def check_name(path: Path) -> None:
    """Raise BadSetting where the name does not say how to compress."""
    if not path.name.endswith(ENDINGS):
        raise BadSetting("FILE", str(path), f"a name that ends with {', '.join(ENDINGS)}")


@contextmanager
def writing(path: Path, kind: str) -> Iterator[Writer]:
    """Write a backup; what the name `kind` ends with says how it is compressed."""
    with path.open("wb") as file:
        path.chmod(0o600)
        packed = packer(file, kind)
        with tarfile.open(fileobj=packed, mode="w|", bufsize=BLOCK) as tar:
            yield Writer(tar)
        if packed is not file:
            packed.close()


def packer(file: IO[bytes], kind: str) -> Any:
    if kind.endswith(".gz"):
        return gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6)
    if kind.endswith(".zst"):
        import pyarrow as arrow

        return arrow.CompressedOutputStream(arrow.PythonFile(file, "w"), "zstd")
    return file


def unpacker(path: Path) -> Any:
    if path.name.endswith(".gz"):
        return gzip.open(path, "rb")
    if path.name.endswith(".zst"):
        import pyarrow as arrow

        return arrow.CompressedInputStream(arrow.OSFile(str(path)), "zstd")
    return path.open("rb")


def read(path: Path, *, into: Path | None = None) -> dict[str, Any]:
    """Check every member against the list, and write them into a folder if one is given.

    Returns:
        The list: the facts of the backup, and `files`.

    Raises:
        BadBackup: If anything is missing, too much, or not what it was.
    """
    try:
        return checked(path, into)
    except (OSError, EOFError, zlib.error, tarfile.TarError, ValueError, KeyError) as error:
        raise BadBackup(path, str(error) or type(error).__name__) from error


def checked(path: Path, into: Path | None) -> dict[str, Any]:
    """Read a backup once, from its first member to its list."""
    found: dict[str, dict[str, Any]] = {}
    listed: dict[str, Any] | None = None
    with unpacker(path) as packed, tarfile.open(fileobj=packed, mode="r|", bufsize=BLOCK) as tar:
        for about in tar:
            file = tar.extractfile(about) if about.isreg() else None
            if file is None or not MEMBER.fullmatch(about.name) or ".." in about.name:
                raise ValueError(f"it holds {about.name!r}, which no backup does")
            if about.name == MANIFEST:
                listed = json.loads(file.read())
            else:
                found[about.name] = copied(file, into / about.name if into else None)
    if listed is None:
        raise ValueError("it ends before its list of files")
    if listed["format"] != FORMAT:
        raise ValueError(f"it has format {listed['format']}; this version reads {FORMAT}")
    if wrong := sorted(name for name in {*found, *listed["files"]}
                       if found.get(name) != listed["files"].get(name)):  # fmt: skip
        raise ValueError(f"{', '.join(wrong)} differs from its checksum")
    return listed


def copied(file: IO[bytes], target: Path | None) -> dict[str, Any]:
    """Read a member to its end, into a file if one is given; return size and checksum."""
    hashing = Hashing(file)
    if target is None:
        while hashing.read(BLOCK):
            pass
    else:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with target.open("wb") as out:
            target.chmod(0o600)
            while block := hashing.read(BLOCK):
                out.write(block)
    return {"bytes": hashing.bytes, "sha256": hashing.sha256.hexdigest()}
