"""The time that queries may take: one thread interrupts those that are late."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

AGAIN_SECONDS = 0.01


class Watch:
    """Interrupts queries at their end; its thread begins with the first of them."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        """What one query may take."""
        self._running: dict[duckdb.DuckDBPyConnection, float] = {}
        """When each query must have ended, by the machine's clock since its start."""
        self._ending_at = math.inf
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()

    @property
    def is_ending(self) -> bool:
        """Whether queries are stopped because the server ends, not because they are slow."""
        return time.monotonic() >= self._ending_at

    @contextmanager
    def limited(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Interrupt what a cursor does in this block, as soon as it is late."""
        with self._changed:
            self._running[cursor] = min(time.monotonic() + self.seconds, self._ending_at)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, daemon=True)
                self._thread.start()
            self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                del self._running[cursor]

    def end_within(self, seconds: float) -> None:
        """Let what runs, and what is still asked, end within so many seconds from now."""
        with self._changed:
            self._ending_at = time.monotonic() + seconds
            for cursor, end in self._running.items():
                self._running[cursor] = min(end, self._ending_at)
            self._changed.notify()

    def _watch(self) -> None:
        """Interrupt whatever is late, again and again: a query may not have begun at the first."""
        with self._changed:
            while True:
                now = time.monotonic()
                late = [cursor for cursor, end in self._running.items() if end <= now]
                for cursor in late:
                    cursor.interrupt()
                first = min(self._running.values(), default=now + threading.TIMEOUT_MAX)
                self._changed.wait(AGAIN_SECONDS if late else first - now)
