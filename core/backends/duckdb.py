"""DuckDB connections, all opened here so that all have the same settings."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from core import sql
from core.errors import BusyError, DiskError, FinopsError, NoDatabase, QueryError
from core.scratch import spilling_alone

LOCKED = re.compile(r"Could not set lock on file.*?PID (\d+)", re.DOTALL)
CUT_OFF = "Could not read enough bytes"
GIVEN_UP = '\nOriginal error: "'
"""What stands before the reason why a database takes no more statements."""
STORAGE = "v1.5.0"
"""The file format: newer compresses better, but Metabase's DuckDB is 1.5."""
ROWS_PER_THREAD = 245_760
"""Two row groups. What a thread inserts beyond its last full one is written a second time."""
BYTES_PER_THREAD = 8_000_000
"""Bytes of files worth a thread: one that finds no work waits by spinning, at full price."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What DuckDB may use."""

    threads: int
    memory_limit: str
    """Such as '2GB'; DuckDB spills to `temp_directory` beyond it."""
    temp_directory: Path

    def environment(self) -> dict[str, str]:
        """Return the limits as the variables that `focus/profiles.yml` reads."""
        return {
            "FINOPS_THREADS": str(self.threads),
            "FINOPS_MEMORY_LIMIT": self.memory_limit,
            "FINOPS_TEMP_DIR": str(self.temp_directory),
        }


@contextmanager
def connect_writable(path: Path, limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open `path` for writing, times in UTC, rows in no promised order."""
    limits.temp_directory.mkdir(parents=True, exist_ok=True)
    opened = duckdb.connect(
        str(path),
        config={
            "threads": limits.threads,
            "memory_limit": limits.memory_limit,
            "temp_directory": str(limits.temp_directory),
            "preserve_insertion_order": False,
            "storage_compatibility_version": STORAGE,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    with closing(opened) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


@contextmanager
def closing(connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Close a connection at the end, at once also where Ctrl-C left its threads at work."""
    with connection:
        try:
            yield connection
        except BaseException:
            connection.interrupt()
            raise


@contextmanager
def few_threads(connection: duckdb.DuckDBPyConnection, worth: int) -> Iterator[None]:
    """Work with as many threads as there is work for, at least one.

    Args:
        connection: The database.
        worth: Threads that the work keeps busy: rows of a table // ROWS_PER_THREAD, or bytes of
            files // BYTES_PER_THREAD.
    """
    row = connection.execute("SELECT current_setting('threads')").fetchone()
    allowed = int(row[0]) if row else 1
    connection.execute(f"SET threads = {max(1, min(allowed, worth))}")
    try:
        yield
    finally:
        connection.execute(f"SET threads = {allowed}")


@contextmanager
def connect_read_only(
    path: Path, limits: Limits | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a published database so that SQL can neither write nor leave it.

    Args:
        limits: In their `temp_directory` it spills into a folder of its own, all that SQL reaches
            beside the database. Without limits nothing is spilled.

    Raises:
        NoDatabase: If `path` does not exist.
        QueryError: If the file is not a DuckDB database that this version can read.
        BusyError: If another program has it open for writing.
    """
    if not path.is_file():
        raise NoDatabase(path)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if limits:
        settings |= {"threads": limits.threads, "memory_limit": limits.memory_limit}
    with ExitStack() as stack:
        own = stack.enter_context(spilling_alone(limits)) if limits else None
        spilled = str(own.temp_directory) if own else ""
        try:
            opened = duckdb.connect(str(path), read_only=True, config=settings)
        except duckdb.Error as error:
            raise unopened(path, error) from error
        connection = stack.enter_context(closing(opened))
        if not is_locked(connection):
            for statement in (
                "SET TimeZone = 'UTC'",
                f"SET temp_directory = {sql.text(spilled)}",
                "SET enable_external_access = false",
                "SET lock_configuration = true",
            ):
                connection.execute(statement)
        try:
            yield connection
        except duckdb.IOException as error:
            raise unopened(path, error) from error


def is_locked(connection: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether this process has the same file open already, with what we would set."""
    return connection.execute("SELECT current_setting('lock_configuration')").fetchone() == (True,)


def unopened(path: Path, error: Exception) -> FinopsError:
    """Return our error for a database that DuckDB cannot open."""
    if holder := LOCKED.search(str(error)):
        return BusyError(path, f"pid {holder[1]}")
    return QueryError(
        f"{path} cannot be opened: {first_line(error)}",
        hint="Move the file away and import again, or restore one of data/serving/.",
    )


def load_extension(name: str) -> str:
    """Return the LOAD statement of an extension that a pinned wheel brought; no network."""
    spec = importlib.util.find_spec(f"duckdb_extension_{name}")
    if spec is None or spec.origin is None:
        raise DiskError(Path(f"duckdb_extension_{name}"), "the package is not installed")
    folder = Path(spec.origin).parent / "extensions" / f"v{duckdb.__version__}"
    return f"LOAD {sql.text(str(folder / f'{name}.duckdb_extension'))}"


def default_threads() -> int:
    """Return the processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text, for a message of one line.

    Of a database that DuckDB has given up, it is what had happened first.

    >>> first_line(ValueError('FATAL Error: gone.\\nOriginal error: "a "full" disk"'))
    'a "full" disk'
    """
    said, _, original = str(error).partition(GIVEN_UP)
    lines = (original.removesuffix('"') or said).strip().splitlines()
    return lines[0] if lines else type(error).__name__
