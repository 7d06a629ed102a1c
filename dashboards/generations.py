"""The published database, opened read-only; each new generation is followed at the next request.

A generation stays open, and answers, as long as nothing newer can be opened: a deleted or a broken
file does not stop the pages, it is told on them.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from core.backends.duckdb import Limits, connect_read_only, first_line
from core.errors import FinopsError, disk_errors
from core.warehouse import Warehouse, link
from dashboards.problems import Refused
from dashboards.watch import Watch

NEVER = (0, 0)
"""What no file has for its inode and time."""
RETRY_SECONDS = 1.0
NOTHING = "Run `./finops demo` or import a bill."


@dataclass
class Generation:
    """One published state of the database."""

    name: str
    published_at: datetime
    connection: duckdb.DuckDBPyConnection
    watch: Watch
    formulas: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """marts.metrics by metric: label, unit, source_mart, formula, description."""
    known: dict[str, Any] = field(default_factory=dict)
    """What was found out once."""

    def once(self, name: str, find: Callable[[Generation], Any]) -> Any:
        """Return what `find` returns, asked once for each generation."""
        if name not in self.known:
            self.known[name] = find(self)
        return self.known[name]

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Return the rows of a page, never of a bill, by column name.

        Raises:
            Refused: If the query takes longer than it may, or the marts are not built.
        """
        with self.answer(sql, values) as found:
            names = [str(column[0]) for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def arrow(self, sql: str, values: Mapping[str, Any] | None = None) -> pa.Table:
        """Return a whole result in columns.

        Raises:
            Refused: As in `rows`.
        """
        with self.answer(sql, values) as found:
            return found.to_arrow_table()

    @contextmanager
    def answer(
        self, sql: str, values: Mapping[str, Any] | None
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Run a query within its time."""
        with self.connection.cursor() as cursor, self.watch.limited(cursor):
            try:
                yield cursor.execute(sql, dict(values or {}))
            except duckdb.Error as error:
                raise self.refused(error) from None
            except BaseException:
                # Closing waits for DuckDB's own threads, to which Ctrl-C means nothing.
                cursor.interrupt()
                raise

    def refused(self, error: duckdb.Error) -> Exception:
        """Return what to say of a query that failed; the error itself where that is a fault."""
        said = first_line(error)
        if isinstance(error, duckdb.InterruptException):
            if self.watch.is_ending:
                return Refused(503, "the server ends", "Ask again when it is started again.")
            return Refused(
                504,
                f"the query was stopped at its limit of {self.watch.seconds:g} s",
                "Ask for less at once, or raise query_seconds under [dashboards].",
            )
        if isinstance(error, duckdb.OutOfMemoryException):
            return Refused(503, said, "Raise memory_limit under [database.duckdb].")
        if isinstance(error, duckdb.CatalogException | duckdb.BinderException):
            return Refused(
                503,
                f"the marts are not those of this version: {said}",
                "Run `./finops focus build`.",
            )
        if isinstance(error, duckdb.IOException | duckdb.FatalException | duckdb.InternalException):
            return Refused(
                503,
                f"the database cannot be read: {said}",
                "Import again, or restore one of data/serving/.",
            )
        return error


class Generations:
    """The newest generation that can be opened."""

    def __init__(self, database: Path, limits: Limits, seconds: int) -> None:
        self.database, self.limits, self.watch = database, limits, Watch(seconds)
        self.notice = ""
        """Why a newer state of the database is not shown; '' where all is well."""
        self._opened: Generation | None = None
        self._seen: tuple[int, int] | None = NEVER
        self._hint = NOTHING
        self._lent: Path | None = None
        """The name that was lent to a state without one."""
        self._again_at = 0.0
        """When to try again what could not be opened, by the machine's clock since its start."""
        self._lock = threading.Lock()
        self._open_files, self._former = ExitStack(), ExitStack()

    def current(self) -> Generation:
        """Return the newest generation; opening it is the first request's work.

        Raises:
            Refused: If there is none that can be opened.
        """
        with self._lock:
            stamp = self._stamp()
            if stamp != self._seen and time.monotonic() >= self._again_at:
                self._follow(stamp)
            if self._opened is None:
                raise Refused(503, self.notice, self._hint)
            return self._opened

    def close(self) -> None:
        with self._lock:
            self._open_files.close()
            self._former.close()
            self._opened, self._seen = None, NEVER

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self.database.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def _follow(self, stamp: tuple[int, int] | None) -> None:
        """Open what is published now; on failure keep what was, and try again in a while."""
        if stamp is None:
            self._seen = None
            self.notice = (
                f"{self.database} is gone"
                if self._opened
                else (f"{self.database} does not exist yet")
            )
            return
        opened = ExitStack()
        try:
            generation = self._open(opened)
        except (FinopsError, Refused, duckdb.Error) as error:
            opened.close()
            reason = first_line(error).replace(str(self._lent or self.database), str(self.database))
            self.notice = f"the newest state of the database cannot be opened: {reason}"
            self._hint = getattr(error, "hint", "") or NOTHING
            self._again_at = time.monotonic() + RETRY_SECONDS
            return
        # Requests may still be at work on the former one, not on the one before it.
        self._former.close()
        self._former, self._open_files = self._open_files, opened
        self._opened, self._seen, self.notice = generation, stamp, ""
        self._again_at = 0.0

    def _open(self, opened: ExitStack) -> Generation:
        path = self._published(opened)
        connection = opened.enter_context(connect_read_only(path, self.limits))
        published = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)
        number = path.stem.rpartition("-")[2]
        name = number if number.isdecimal() else str(path.stat().st_mtime_ns)
        generation = Generation(name, published, connection, self.watch)
        generation.formulas = {
            row["metric"]: row
            for row in generation.rows("SELECT * FROM marts.metrics ORDER BY position")
        }
        generation.rows("SELECT tag_set_id FROM marts.tag_sets LIMIT 0")
        return generation

    def _published(self, opened: ExitStack) -> Path:
        """Return a name that only this state of the database has: the generation's own file.

        By the name of the database DuckDB would find the former state, which this process still
        has open; where another program put the file in place, a link lends one.
        """
        for path in reversed(Warehouse(self.database).generations()):
            if path.samefile(self.database):
                return path
        beside = tempfile.TemporaryDirectory(prefix=".finops-", dir=self.database.parent)
        self._lent = lent = Path(opened.enter_context(beside)) / self.database.name
        with disk_errors(self.database):
            link(self.database, lent)
        return lent
