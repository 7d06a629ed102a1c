"""Files and folders of a stack: whose they are, and written whole."""

from __future__ import annotations

import os
from pathlib import Path


def make_folder(folder: Path, *, like: Path, mode: int = 0o750) -> None:
    """Make a folder that belongs to the owner of another one."""
    if not folder.exists():
        folder.mkdir(mode=mode)
        owned(folder, like)


def owned(path: Path, like: Path) -> None:
    """Give a path, not what a link leads to, to the owner of another one, where root may."""
    if os.geteuid() == 0:
        owner = like.stat()
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def write_secret(path: Path, text: str, data: Path) -> None:
    """Write a file that its owner alone may read, whole or not at all."""
    replace_file(path, text)
    owned(path, data)


def replace_file(path: Path, text: str) -> None:
    """Write a file with mode 0600 in one step: a reader sees the former text or all of this."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text.encode(errors="surrogateescape"))
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
