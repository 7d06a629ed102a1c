"""The server follows every import, and survives what can happen to the file."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from core.warehouse import Warehouse
from tests.fixtures.built import copied
from tests.fixtures.finops import Finops
from tests.fixtures.served import Served, serving


@pytest.fixture
def mine(built: Finops, tmp_path: Path) -> Finops:
    """A database of the test's own: January and February."""
    return copied(built, tmp_path / "mine")


@pytest.fixture
def following(mine: Finops) -> Iterator[Served]:
    with serving(mine.database) as found:
        yield found


def publish(finops: Finops, change: str) -> None:
    """Publish a new generation, as an import does."""
    import duckdb

    warehouse = Warehouse(finops.database)
    with (
        warehouse.writer(),
        warehouse.transaction() as copy,
        duckdb.connect(str(copy)) as connection,
    ):
        connection.execute(change)


def billed(served: Served) -> str:
    page = served.get("explore", currency="USD", metric="billed_cost", start="2026-01-01")
    return str(page["totals"]["total"])


def test_an_import_is_shown_without_a_restart(following: Served, mine: Finops) -> None:
    first = following.ask("/api/v1/meta")
    assert billed(following) == "4.200000000001"
    publish(mine, "DELETE FROM marts.daily_costs WHERE billing_period = '2026-02-01'")
    assert billed(following) == "2.200000000001"
    again = following.ask("/api/v1/meta", headers={"If-None-Match": first.headers["etag"]})
    assert again.status == 200
    assert again.headers["x-generation"] != first.headers["x-generation"]


def test_what_the_browser_has_is_not_sent_twice(following: Served) -> None:
    first = following.ask("/api/v1/overview")
    again = following.ask("/api/v1/overview", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


def test_a_deleted_file_is_told_and_the_pages_go_on(following: Served, mine: Finops) -> None:
    assert billed(following) == "4.200000000001"
    mine.database.unlink()
    assert billed(following) == "4.200000000001"
    assert following.get("meta")["notice"] == f"{mine.database} is gone"


def test_a_corrupt_file_is_told_and_the_pages_go_on(following: Served, mine: Finops) -> None:
    assert billed(following) == "4.200000000001"
    broken = mine.database.with_name("broken")
    broken.write_bytes(b"not a database" * 1000)
    broken.replace(mine.database)
    assert billed(following) == "4.200000000001"
    assert "cannot be opened" in following.get("meta")["notice"]


def test_a_file_that_was_broken_in_place_is_told(following: Served, mine: Finops) -> None:
    size = mine.database.stat().st_size
    with mine.database.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * (size - 4096 * 3))
    for operation in ("explore", "health", "entities?kind=ServiceName"):
        answer = following.ask(f"/api/v1/{operation}")
        assert answer.status in (200, 503), answer.body
    assert following.ask("/api/v1/explore?group=ResourceId&grain=day").status in (200, 503)


def test_a_file_that_another_program_holds_is_shown_once_it_lets_go(
    built: Finops, tmp_path: Path
) -> None:
    mine = copied(built, tmp_path)
    holding = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"
    )
    with (
        subprocess.Popen(
            [sys.executable, "-c", holding, str(mine.database)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as holder,
        serving(mine.database) as served,
    ):
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        answer = served.ask("/api/v1/meta")
        assert answer.status == 503
        assert str(mine.database) in answer.detail
        assert "another" in answer.json["hint"] or "close the program" in answer.json["hint"]
        holder.communicate("\n")
        end = time.monotonic() + 30
        while (status := served.ask("/api/v1/meta").status) != 200:
            assert time.monotonic() < end, status
            time.sleep(0.2)


def test_a_server_started_before_the_first_import_waits_for_it(
    built: Finops, tmp_path: Path
) -> None:
    database = tmp_path / "finops.duckdb"
    with serving(database) as served:
        answer = served.ask("/api/v1/meta")
        assert (answer.status, answer.detail) == (503, f"{database} does not exist yet")
        shutil.copyfile(built.database, database)
        assert billed(served) == "4.200000000001"


def test_a_database_without_marts_says_how_to_build_them(tmp_path: Path) -> None:
    import duckdb

    database = tmp_path / "finops.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("CREATE TABLE x (i INTEGER)")
    with serving(database) as served:
        answer = served.ask("/api/v1/overview")
    assert answer.status == 503
    assert "cannot be opened" in answer.detail


def test_views_outlive_imports(following: Served, mine: Finops) -> None:
    marked = {"X-Requested-With": "finops"}
    view = "/api/v1/views/By%20team"
    body = {"query": "group=tag%3Ateam"}
    assert following.ask(view, method="PUT", body=body, headers=marked).status == 200
    publish(mine, "SELECT 1")
    [found] = following.get("views")["views"]
    assert (found["name"], found["query"]) == ("By team", "group=tag%3Ateam")
    with serving(mine.database) as again:
        assert [one["name"] for one in again.get("views")["views"]] == ["By team"]
    assert following.ask(view, method="DELETE", headers=marked).json == {"views": []}
    assert following.ask(view, method="DELETE", headers=marked).status == 404


def test_a_view_may_have_a_slash_in_its_name(following: Served) -> None:
    marked = {"X-Requested-With": "finops"}
    path, body = "/api/v1/views/2026%2FQ1%3A%20teams", {"query": "group=tag%3Ateam"}
    saved = following.ask(path, method="PUT", body=body, headers=marked)
    assert (saved.status, [one["name"] for one in saved.json["views"]]) == (200, ["2026/Q1: teams"])
    assert following.ask(path, method="DELETE", headers=marked).json == {"views": []}


def test_a_refund_makes_no_share_negative(following: Served, mine: Finops) -> None:
    publish(
        mine,
        "UPDATE marts.daily_costs SET region_id = NULL, effective_cost = -1 "
        "WHERE rowid = (SELECT min(rowid) FROM marts.daily_costs WHERE charge_category = 'Usage' "
        "AND billing_currency = 'USD')",
    )
    found = following.get("health")["hygiene"]
    [region] = [one for one in found if (one["column"], one["currency"]) == ("RegionId", "USD")]
    assert Decimal(region["missing_cost"]) < 0
    assert 0 < float(region["share"]) < 1


def test_a_month_that_still_grows_is_marked_partial(following: Served) -> None:
    page = following.get("explore", currency="USD", start="2026-01-01", grain="month")
    assert [bucket["is_partial"] for bucket in page["buckets"]] == [False, True]
    overview = following.get("overview", currency="USD")
    assert overview["is_partial"] == page["buckets"][-1]["is_partial"]
