"""No question takes longer than it may, and none keeps the server from others or from its end."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import duckdb
import pytest

from dashboards.server import AT_WORK
from dashboards.slices import FILTERS, TAG_KEYS
from tests.fixtures.built import copied
from tests.fixtures.finops import Finops
from tests.fixtures.served import Served, serving

ENDLESS = "group=ResourceId&grain=day"
"""A question to marts.charges, which `endless` makes a table that no query comes to the end of."""
BY_RESOURCE = [("group", "ResourceId"), ("grain", "day")]


def by_tags(keys: int) -> list[tuple[str, str]]:
    """Return a question with as many filters as there may be, on so many tags."""
    filters = [("filter", f"tag:k{n % keys}:not:a{n}") for n in range(FILTERS)]
    return [*BY_RESOURCE, *filters]


def test_more_tag_keys_than_a_question_may_have_are_refused(served: Served) -> None:
    for keys in (TAG_KEYS + 1, FILTERS):
        answer = served.ask("/api/v1/explore", by_tags(keys))
        assert answer.status == 400
        assert answer.detail == f"the question has {keys} different tag keys"
        assert f"at most {TAG_KEYS}" in answer.json["hint"]


def test_the_worst_questions_there_may_be_are_answered_at_little_work(demo: Finops) -> None:
    with serving(demo.database) as served, ThreadPoolExecutor(AT_WORK + 1) as users:
        served.get("meta")
        began = time.process_time()
        worst = [
            users.submit(served.ask, "/api/v1/explore", [*by_tags(TAG_KEYS), ("top", str(n + 1))])
            for n in range(AT_WORK)
        ]
        other = users.submit(served.ask, "/api/v1/explore", {"group": "ServiceName"})
        assert [one.result().status for one in (*worst, other)] == [200] * (AT_WORK + 1)
        assert time.process_time() - began < 2 * AT_WORK


@pytest.fixture
def endless(built: Finops, tmp_path: Path) -> Finops:
    """A database whose charges no query comes to the end of."""
    mine = copied(built, tmp_path / "endless")
    with duckdb.connect(str(mine.database)) as connection:
        connection.execute("ALTER VIEW marts.charges RENAME TO few")
        connection.execute(
            "CREATE VIEW marts.charges AS SELECT few.* FROM marts.few, range(1000000000000)"
        )
    return mine


def test_a_query_is_stopped_at_its_limit(endless: Finops) -> None:
    with serving(endless.database, query_seconds=1) as served:
        began = time.monotonic()
        answer = served.ask("/api/v1/explore", BY_RESOURCE)
        assert time.monotonic() - began >= 1
    assert (answer.status, answer.detail) == (504, "the query was stopped at its limit of 1 s")
    assert "query_seconds" in answer.json["hint"]


def test_those_who_wait_are_answered_once_the_slow_are_stopped(endless: Finops) -> None:
    with serving(endless.database, query_seconds=1) as served:
        served.get("meta")
        with ThreadPoolExecutor(AT_WORK + 1) as users:
            slow = [
                users.submit(served.ask, "/api/v1/explore", [*BY_RESOURCE, ("top", str(n + 1))])
                for n in range(AT_WORK)
            ]
            while served.server.workers.available_tokens and not slow[0].done():
                time.sleep(0.01)
            assert served.ask("/api/v1/explore", {"group": "ServiceName"}).status == 200
            assert [one.result().status for one in slow] == [504] * AT_WORK


@pytest.fixture
def process(endless: Finops) -> Iterator[subprocess.Popen[str]]:
    """`finops serve` of the endless charges."""
    started = endless.start("serve", "--port", "0", env={"PYTHONUNBUFFERED": "1"})
    yield started
    started.kill()
    started.communicate()


def test_the_server_ends_while_a_query_runs(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    address = process.stdout.readline().split()[1]
    assert urlopen(f"{address}api/v1/meta", timeout=60).status == 200
    said: list[tuple[int, str]] = []

    def ask() -> None:
        try:
            urlopen(f"{address}api/v1/explore?{ENDLESS}", timeout=60)
        except HTTPError as refused:
            said.append((refused.code, refused.read().decode()))

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(2)
    assert not said
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    asking.join()
    assert process.returncode == 0
    assert err.strip() == "dashboards: ended"
    [(status, body)] = said
    assert status == 503
    assert "the server ends" in body
