"""A backup as one file: a tar that ends with a list of what is in it, and the checksums.

A file that was cut off has no list; one that was altered does not agree with it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from core.errors import (
    AlienBackup,
    AlteredBackup,
    BadBackup,
    BadBackupName,
    NotCopied,
    OtherFormat,
    UnreadableBackup,
    disk_errors,
)

FORMAT = 1
MANIFEST = "manifest.json"
ENDINGS = (".tar", ".tar.gz", ".tar.zst")
SECRET = re.compile(r"[a-zA-Z0-9][\w.-]*")
"""The name of a file of secrets/: none that a shell hides, none that Python takes for a package."""
MEMBER = re.compile(
    r"finops\.duckdb|dashboards\.sqlite|metabase\.sql|manifest\.json|"
    rf"settings/(\.env|config\.toml|secrets/{SECRET.pattern})"
)
"""All that a backup ever holds."""
BLOCK = 1 << 20


class Hashing(io.RawIOBase):
    """Reads a file and sums what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.sha256, self.bytes = file, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, all that are left where it is negative."""
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
        """Add a file that nothing writes meanwhile as `name`.

        Raises:
            NotCopied: If the system does not give it.
        """
        with opened(path) as file:
            self.add(name, file, path.stat().st_size)

    def finish(self, facts: dict[str, Any]) -> None:
        """Add the list of all members, with `facts` above it."""
        text = json.dumps({"format": FORMAT, **facts, "files": self.files}, indent=2).encode()
        about = tarfile.TarInfo(MANIFEST)
        about.size, about.mode = len(text), 0o600
        self.tar.addfile(about, io.BytesIO(text))


def opened(path: Path) -> IO[bytes]:
    """Open what is to be saved.

    Raises:
        NotCopied: If the system does not give it.
    """
    try:
        return path.open("rb")
    except OSError as error:
        raise NotCopied(path, error.strerror or str(error)) from error


def check_name(path: Path) -> None:
    """Raise BadBackupName where the name does not say how to compress."""
    if not path.name.endswith(ENDINGS):
        raise BadBackupName(path, ENDINGS)


def private(path: Path) -> IO[bytes]:
    """Make a file that its owner alone may read, where the file system knows rights; open it."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


@contextmanager
def writing(path: Path, kind: str) -> Iterator[Writer]:
    """Write a backup; what the name `kind` ends with says how it is compressed."""
    with private(path) as file, ExitStack() as held:
        packed = packer(file, kind)
        if packed is not file:
            held.callback(packed.close)
        with tarfile.open(fileobj=packed, mode="w|", bufsize=BLOCK) as tar:
            yield Writer(tar)


def packer(file: IO[bytes], kind: str) -> Any:
    """Return what writes into `file`, compressed as the ending of `kind` says.

    For .tar that is `file` itself; the caller closes any other one before it.
    """
    if kind.endswith(".gz"):
        return gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6)
    if kind.endswith(".zst"):
        import pyarrow as arrow

        return arrow.CompressedOutputStream(arrow.PythonFile(file, "w"), "zstd")
    return file


def unpacker(path: Path) -> Any:
    """Return what reads a backup's tar, whichever way its name says it is compressed."""
    if path.name.endswith(".gz"):
        return gzip.open(path, "rb")
    if path.name.endswith(".zst"):
        import pyarrow as arrow

        return arrow.CompressedInputStream(arrow.OSFile(str(path)), "zstd")
    return path.open("rb")


@contextmanager
def reading(path: Path) -> Iterator[tarfile.TarFile]:
    """Open a backup, to be read once from its first member to its last.

    Raises:
        UnreadableBackup: If there is no such file, or the system does not give it.
        BadBackup: If it ends too early, or is no tar of its name's kind.
    """
    try:
        with (
            unpacker(path) as packed,
            tarfile.open(fileobj=packed, mode="r|", bufsize=BLOCK) as tar,
        ):
            yield tar
    except OSError as error:
        # gzip and zstd tell a broken file by an OSError that no call to the system made.
        if error.errno is None:
            raise BadBackup(path, str(error)) from error
        raise UnreadableBackup(path, os.strerror(error.errno)) from error
    except (EOFError, zlib.error, tarfile.TarError, ValueError) as error:
        raise BadBackup(path, str(error) or type(error).__name__) from error


def read(path: Path, *, into: Path | None = None, only: str | None = None) -> dict[str, Any]:
    """Check every member against the list, and write them into a folder if one is given.

    Args:
        path: The backup.
        into: The folder; what is to be written is not there yet.
        only: The one member to write, instead of all.

    Returns:
        The list: the facts of the backup, and `files`.

    Raises:
        UnreadableBackup: If the file cannot be read.
        BadBackup: If it was cut off.
        AlteredBackup: If a member is missing, too much, or not what it was.
        AlienBackup: If it holds what no backup does.
        OtherFormat: If another version made it, whose list means something else.
        DiskError: If the folder cannot take a member.
    """
    found: dict[str, dict[str, Any]] = {}
    listed: Any = None
    with reading(path) as tar:
        for about in tar:
            file = tar.extractfile(about) if about.isreg() else None
            if file is None or not MEMBER.fullmatch(about.name):
                raise AlienBackup(path, about.name)
            if about.name == MANIFEST:
                listed = json.loads(file.read())
            else:
                wanted = into if only in (None, about.name) else None
                found[about.name] = copied(file, wanted / about.name if wanted else None)
    check_list(path, listed)
    files = listed["files"]
    if wrong := sorted(n for n in {*found, *files} if found.get(n) != files.get(n)):
        raise AlteredBackup(path, wrong)
    return dict(listed)


def check_list(path: Path, listed: Any) -> None:
    """Raise where a backup has no list of its files, or one that this version does not know."""
    if listed is None:
        raise BadBackup(path, missing=MANIFEST)
    if not isinstance(listed, dict) or not isinstance(listed.get("files"), dict):
        raise AlienBackup(path, MANIFEST)
    if listed.get("format") != FORMAT:
        raise OtherFormat(path, listed.get("format"), FORMAT, listed.get("version"))


def member(path: Path, name: str) -> bytes | None:
    """Return one small member, not checked yet; None where there is none of that name.

    Raises:
        UnreadableBackup: If the file cannot be read.
        BadBackup: If it was cut off before that member.
    """
    with reading(path) as tar:
        for about in tar:
            if about.name == name and (file := tar.extractfile(about)):
                return file.read()
    return None


def copied(file: IO[bytes], target: Path | None) -> dict[str, Any]:
    """Read a member to its end, into a file if one is given; return size and checksum.

    Raises:
        DiskError: If the file cannot be written.
    """
    hashing = Hashing(file)
    if target is None:
        while hashing.read(BLOCK):
            pass
    else:
        with disk_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            out = private(target)
        try:
            while block := hashing.read(BLOCK):
                with disk_errors(target):
                    out.write(block)
        finally:
            with disk_errors(target):
                out.close()
    return {"bytes": hashing.bytes, "sha256": hashing.sha256.hexdigest()}
