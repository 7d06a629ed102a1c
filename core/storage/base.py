"""Where exports lie: a bucket, or a folder that mirrors its keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.errors import AccessDenied
from core.progress import Progress

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Listing:
    """One level of keys: the names below a prefix, each whole."""

    folders: tuple[str, ...]
    """Prefixes that end in '/'."""
    files: tuple[str, ...]


class ObjectStore(Protocol):
    """The few things that an import asks of a bucket. Keys never begin with '/'."""

    location: str
    """What a person would call it, such as s3://bucket."""

    def name(self, key: str) -> str:
        """Return what a person would call the object of `key`."""

    def list(self, prefix: str) -> Listing:
        """Return one level below `prefix` ('' or ending in '/'), sorted."""

    def read(self, key: str) -> bytes:
        """Return a small object whole. Raises FileNotFoundError."""

    def size(self, key: str) -> int | None:
        """Return the object's size in bytes, or None where there is none."""

    def modified(self, key: str) -> float:
        """Return when the object was written, in seconds; only to compare within one store."""

    def local(self, key: str) -> Path | None:
        """Return the object's file where it lies on this machine, else None."""

    def download(self, key: str, target: Path) -> None:
        """Copy the object to a file, as it is. Raises FileNotFoundError."""

    def in_place(self, key: str) -> bool:
        """Tell whether DuckDB reads the object by its `url`, without a copy."""

    def url(self, key: str) -> str:
        """Return what DuckDB reads for this key."""

    def refused(self, where: str) -> AccessDenied:
        """Return the error for an object that DuckDB may not read, with the right that it needs."""

    def statements(self) -> Sequence[str]:
        """Return the SQL that lets a DuckDB connection read `url`s; may hold secrets that expire.

        `renewing` runs it.
        """


@contextmanager
def asking(store: ObjectStore) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection of its own, in UTC, that can read a store's `url`s."""
    import duckdb

    with duckdb.connect() as connection:
        for statement in ("SET TimeZone = 'UTC'", *store.statements()):
            connection.execute(statement)
        yield connection


def renewing(
    connection: duckdb.DuckDBPyConnection, store: ObjectStore, progress: Progress
) -> Progress:
    """Return `progress`, which also lets a connection read a store, with the store's keys of now.

    An import announces each of its steps, and a statement takes its keys when it begins: temporary
    keys that expire during the import are replaced in between.
    """
    former: Sequence[str] = ()

    def announce(what: str, done: int, total: int) -> None:
        nonlocal former
        statements = store.statements()
        if statements != former:
            for statement in statements:
                connection.execute(statement)
            former = statements
        progress(what, done, total)

    return announce
