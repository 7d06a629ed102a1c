"""A folder whose files lie under the same keys as in the bucket that it mirrors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.errors import AccessDenied, BucketNotFound
from core.storage.base import Listing


class FolderStore:
    """Reads a mirror of a bucket from disk."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.location = str(root)
        if not self.root.is_dir():
            raise BucketNotFound(f"the folder {root}")

    def path(self, key: str) -> Path:
        """Return the file of `key`; a key that leaves the folder does not exist."""
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root):
            raise FileNotFoundError(key)
        return path

    def list(self, prefix: str) -> Listing:
        folder = self.path(prefix)
        try:
            entries = sorted(folder.iterdir()) if folder.is_dir() else []
        except PermissionError as error:
            raise AccessDenied(str(folder), "list") from error
        return Listing(
            folders=tuple(f"{prefix}{e.name}/" for e in entries if e.is_dir()),
            files=tuple(f"{prefix}{e.name}" for e in entries if e.is_file()),
        )

    def read(self, key: str) -> bytes:
        try:
            return self.path(key).read_bytes()
        except PermissionError as error:
            raise AccessDenied(str(self.path(key)), "read") from error

    def head(self, key: str, size: int) -> bytes:
        try:
            with self.path(key).open("rb") as file:
                return file.read(size)
        except PermissionError as error:
            raise AccessDenied(str(self.path(key)), "read") from error

    def size(self, key: str) -> int | None:
        try:
            path = self.path(key)
        except FileNotFoundError:
            return None
        return path.stat().st_size if path.is_file() else None

    def url(self, key: str) -> str:
        return str(self.path(key))

    def statements(self) -> Sequence[str]:
        return ()
