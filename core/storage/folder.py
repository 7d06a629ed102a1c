"""A folder whose files lie under the same keys as in the bucket that it mirrors."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.errors import AccessDenied, BucketNotFound, OutsideFolder
from core.storage.base import Listing

LONGEST_NAME = 255


class FolderStore:
    """Reads a mirror of a bucket from disk."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.location = str(root)
        if not self.root.is_dir():
            raise BucketNotFound(f"the file or folder {root}")

    def name(self, key: str) -> str:
        return f"{self.location}/{key}"

    def path(self, key: str) -> Path:
        """Return the file of `key`.

        Raises:
            OutsideFolder: If the key, or a link on its way, leads out of the folder.
        """
        try:
            path = (self.root / key).resolve()
        except (OSError, RuntimeError):
            path = self.root.parent
        if not path.is_relative_to(self.root):
            raise OutsideFolder(self.name(key), self.location)
        return path

    def list(self, prefix: str) -> Listing:
        folder = self.path(prefix)
        with self._errors(folder, "list"):
            entries = sorted(folder.iterdir()) if folder.is_dir() else []
            return Listing(
                folders=tuple(f"{prefix}{e.name}/" for e in entries if e.is_dir()),
                files=tuple(f"{prefix}{e.name}" for e in entries if e.is_file()),
            )

    def read(self, key: str) -> bytes:
        path = self.path(key)
        with self._errors(path, "read"):
            return path.read_bytes()

    def size(self, key: str) -> int | None:
        path = self.path(key)
        with self._errors(path, "read"):
            if len(path.name) > LONGEST_NAME or not path.is_file():
                return None
            with path.open("rb"):
                return path.stat().st_size

    def modified(self, key: str) -> float:
        return self.path(key).stat().st_mtime

    def local(self, key: str) -> Path | None:
        return self.path(key)

    def download(self, key: str, target: Path) -> None:
        shutil.copyfile(self.path(key), target)

    def in_place(self, key: str) -> bool:
        return True

    def url(self, key: str) -> str:
        return str(self.path(key))

    def refused(self, where: str) -> AccessDenied:
        return denied(where, "read")

    def statements(self) -> Sequence[str]:
        return ()

    @contextmanager
    def _errors(self, path: Path, action: str) -> Iterator[None]:
        try:
            yield
        except PermissionError as error:
            raise denied(str(path), action) from error


def denied(where: str, action: str) -> AccessDenied:
    hint = "Give the user that runs finops the right to read it (chmod, chown)."
    return AccessDenied(where, action, hint=hint)
