"""Answers kept for those who ask the same again."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

from dashboards.answers import Encoded

KEPT_BYTES = 64_000_000
LARGEST = 4_000_000


class Cache:
    """The latest answers; who asks what is being worked out waits for it. Of one event loop."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Encoded] = OrderedDict()
        self._working: dict[Hashable, asyncio.Task[Encoded]] = {}
        self._bytes = 0

    async def get(self, key: Hashable, work: Callable[[], Awaitable[Encoded]]) -> Encoded:
        """Return the answer for `key`, worked out once for all who wait; failures are not kept."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if key not in self._working:
            self._working[key] = asyncio.create_task(self._work(key, work))
        # Who gives up waiting does not end the work that others wait for.
        return await asyncio.shield(self._working[key])

    async def _work(self, key: Hashable, work: Callable[[], Awaitable[Encoded]]) -> Encoded:
        try:
            found = await work()
            self._keep(key, found)
            return found
        finally:
            del self._working[key]

    def _keep(self, key: Hashable, found: Encoded) -> None:
        if found.status != 200 or len(found.body) > LARGEST:
            return
        self._kept[key] = found
        self._bytes += len(found.body)
        while self._bytes > KEPT_BYTES:
            _, old = self._kept.popitem(last=False)
            self._bytes -= len(old.body)
