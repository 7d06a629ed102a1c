"""Whoever waits for an answer keeps nobody from another one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from core.backends.duckdb import Limits
from core.serving import DashboardsConfig
from dashboards.answers import Encoded
from dashboards.cache import KEPT_BYTES, LARGEST, Cache
from dashboards.operations import Operation
from dashboards.server import AT_WORK, Server
from tests.fixtures.finops import Finops


def operation(name: str, work: Callable[[], None]) -> Operation:
    """Return an operation that does some work and answers its name."""

    def handler(context: Any, asked: Any) -> Encoded:
        work()
        return Encoded(name.encode())

    return Operation(name=name, about="", answer="text/plain", handler=handler)


def test_many_who_wait_for_one_answer_leave_the_workers_to_others(demo: Finops) -> None:
    begun: list[int] = []
    let_go = threading.Event()

    def slow() -> None:
        begun.append(1)
        assert let_go.wait(60)

    async def ask() -> None:
        limits = Limits(threads=2, memory_limit="1500MB", temp_directory=demo.database.parent)
        server = Server(demo.database, limits, DashboardsConfig(), is_demo=True)
        async with server.lifespan(server.application()):
            waiting = [
                asyncio.create_task(server.answer(operation("slow", slow), []))
                for _ in range(3 * AT_WORK)
            ]
            try:
                quick = server.answer(operation("quick", lambda: None), [])
                assert (await asyncio.wait_for(quick, 30)).body == b"quick"
            finally:
                let_go.set()
            assert {found.body for found in await asyncio.gather(*waiting)} == {b"slow"}
        assert len(begun) == 1

    asyncio.run(ask())


def test_what_is_in_memory_is_answered_while_all_workers_work(demo: Finops) -> None:
    let_go = threading.Event()

    async def ask() -> None:
        limits = Limits(threads=2, memory_limit="1500MB", temp_directory=demo.database.parent)
        server = Server(demo.database, limits, DashboardsConfig(), is_demo=True)
        async with server.lifespan(server.application()):
            known = operation("known", lambda: None)
            await server.answer(known, [])
            busy = [operation(f"busy{n}", lambda: assert_waited(let_go)) for n in range(AT_WORK)]
            working = [asyncio.create_task(server.answer(one, [])) for one in busy]
            try:
                while server.workers.available_tokens:
                    await asyncio.sleep(0.01)
                found = await asyncio.wait_for(server.answer(known, []), 30)
            finally:
                let_go.set()
            assert found.body == b"known"
            await asyncio.gather(*working)

    asyncio.run(ask())


def assert_waited(event: threading.Event) -> None:
    assert event.wait(60)


def test_a_failure_is_told_to_all_who_wait_and_not_kept() -> None:
    tries: list[int] = []

    async def work() -> Encoded:
        tries.append(1)
        await asyncio.sleep(0)
        if len(tries) == 1:
            raise ValueError("once")
        return Encoded(b"well")

    async def ask() -> None:
        cache = Cache()
        first = await asyncio.gather(*(cache.get("k", work) for _ in range(3)),
                                     return_exceptions=True)  # fmt: skip
        assert [str(one) for one in first] == ["once"] * 3
        assert (await cache.get("k", work)).body == b"well"
        assert len(tries) == 2

    asyncio.run(ask())


def test_who_gives_up_does_not_end_the_work_of_others() -> None:
    async def work() -> Encoded:
        await asyncio.sleep(0.05)
        return Encoded(b"well")

    async def ask() -> None:
        cache = Cache()
        first, second = (asyncio.create_task(cache.get("k", work)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert (await second).body == b"well"

    asyncio.run(ask())


def test_the_oldest_answers_make_room_and_the_largest_are_not_kept() -> None:
    tries: list[object] = []

    async def ask() -> None:
        cache = Cache()

        async def answer(key: object, size: int) -> None:
            async def work() -> Encoded:
                tries.append(key)
                return Encoded(b"x" * size)

            await cache.get(key, work)

        many = KEPT_BYTES // LARGEST + 1
        for n in [*range(many), many - 1, 0]:
            await answer(n, LARGEST)
        for _ in range(2):
            await answer("huge", LARGEST + 1)
        assert tries == [*range(many), 0, "huge", "huge"]

    asyncio.run(ask())
