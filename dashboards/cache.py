"""Answers kept for those who ask the same again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from dashboards.answers import Encoded

KEPT_BYTES = 64_000_000
LARGEST = 4_000_000


class Cache:
    """The latest answers; who asks what is being worked out waits for it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Encoded] = OrderedDict()
        self._working: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()
        self._bytes = 0

    def get(self, key: Hashable, work: Callable[[], Encoded]) -> Encoded:
        """Return the answer for `key`, worked out once at a time; failures are not kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            turn = self._working.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            try:
                found = work()
                self._keep(key, found)
                return found
            finally:
                with self._lock:
                    if self._working.get(key) is turn:
                        del self._working[key]

    def _keep(self, key: Hashable, found: Encoded) -> None:
        if found.status != 200 or len(found.body) > LARGEST:
            return
        with self._lock:
            if replaced := self._kept.pop(key, None):
                self._bytes -= len(replaced.body)
            self._kept[key] = found
            self._bytes += len(found.body)
            while self._bytes > KEPT_BYTES:
                _, old = self._kept.popitem(last=False)
                self._bytes -= len(old.body)
