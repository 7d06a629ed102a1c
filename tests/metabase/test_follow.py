"""After a run Metabase reads the new data; a Metabase that is down keeps no run from succeeding."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from core.warehouse import Warehouse
from metabase.turns import turn
from tests.fixtures.aws import Bucket
from tests.fixtures.finops import Finops, Result
from tests.metabase.instance import Instance
from tests.metabase.serving import Fault, Site, listening

KEY = "mb_key_of_the_test"


@pytest.fixture
def followed(finops: Finops) -> Iterator[Site]:
    """A Metabase that reads the first generation, and knows our key."""
    instance = Instance(finops.data / "serving")
    instance.keys.add(KEY)
    with listening(instance) as site:
        yield site


def run(finops: Finops, bucket: Bucket, site: Site, *options: str, **more: str) -> Result:
    env = {
        "OPEN_FINOPS_AWS_BUCKET": str(bucket.root),
        "OPEN_FINOPS_AWS_PREFIX": bucket.prefix,
        "OPEN_FINOPS_AWS_EXPORT_NAME": bucket.name,
        "OPEN_FINOPS_METABASE_URL": site.url,
        "OPEN_FINOPS_METABASE_API_KEY": KEY,
        "OPEN_FINOPS_METABASE_FOLLOW": "true",
    }
    return finops("run", "--no-transform", *options, env={**env, **more})


def add_database(site: Site, finops: Finops) -> dict[str, Any]:
    """Add the database as provisioning does, on the generation that is published."""
    details = {"database_file": f"/data/serving/{generation(finops)}", "memory_limit": "2GB"}
    body = {"name": "FinOps", "engine": "duckdb", "details": details}
    found: dict[str, Any] = site.instance.add_database(body)
    return found


def generation(finops: Finops) -> str:
    return Warehouse(finops.database).generations()[-1].name


def billed(finops: Finops, database: dict[str, Any]) -> Decimal:
    """Return the cost in the file that Metabase has open."""
    file = finops.data / "serving" / database["details"]["database_file"].rpartition("/")[2]
    with duckdb.connect(str(file), read_only=True) as connection:
        [(cost,)] = connection.execute(
            "SELECT sum(line_item_unblended_cost) FROM aws_billing.cur"
        ).fetchall()
    return Decimal(cost)


def test_metabase_reads_what_a_run_published(
    finops: Finops, bucket: Bucket, followed: Site
) -> None:
    bucket.deliver("2026-01", costs=["1.10", "1.10"])
    first = run(finops, bucket, followed)
    assert first.code == 0
    assert "Metabase has no FinOps database yet" in first.err
    database = add_database(followed, finops)
    assert billed(finops, database) == Decimal("2.20")

    bucket.deliver("2026-01", costs=["1.10", "1.25"], version="corrected")
    result = run(finops, bucket, followed, "--json")
    assert result.code == 0
    assert result.err == f"Metabase now reads /data/serving/{generation(finops)}\n"
    assert result.out.startswith("[")
    assert billed(finops, database) == Decimal("2.35")
    assert database["details"]["init_sql"] == "SET enable_external_access=false"
    path = f"/api/database/{database['id']}"
    assert followed.writes == [("PUT", path), ("POST", f"{path}/sync_schema")]

    followed.forget()
    assert run(finops, bucket, followed).err == ""
    assert followed.writes == []


def shown_and_corrected(finops: Finops, bucket: Bucket, followed: Site) -> dict[str, Any]:
    """Return Metabase's database, which shows USD 1.10; USD 1.25 waits to be imported."""
    bucket.deliver("2026-01", costs=["1.10"])
    run(finops, bucket, followed)
    database = add_database(followed, finops)
    bucket.deliver("2026-01", costs=["1.25"], version="corrected")
    return database


def test_a_metabase_that_is_down_is_led_to_the_data_by_the_next_run(
    finops: Finops, bucket: Bucket, followed: Site
) -> None:
    database = shown_and_corrected(finops, bucket, followed)

    followed.fault = lambda number, method, path: Fault()
    result = run(finops, bucket, followed)
    assert result.code == 0
    assert result.err.splitlines() == [
        f"attention: Metabase was not led to the new data: Metabase at {followed.url} does not "
        "answer: no connection after 0 s"
    ]
    assert billed(finops, database) == Decimal("1.10")

    followed.fault = lambda number, method, path: None
    result = run(finops, bucket, followed)
    assert "nothing new" in result.out
    assert billed(finops, database) == Decimal("1.25")


def test_a_key_that_was_revoked_is_told_without_it_and_the_run_succeeds(
    finops: Finops, bucket: Bucket, followed: Site
) -> None:
    bucket.deliver("2026-01", costs=["1.10"])
    result = run(finops, bucket, followed, OPEN_FINOPS_METABASE_API_KEY="mb_old")
    assert result.code == 0
    assert "refuses the login, the session or the key" in result.err
    assert "mb_old" not in result.err


def test_a_run_that_waits_for_its_turn_says_so_and_succeeds_without_it(
    finops: Finops, bucket: Bucket, followed: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metabase.follow.PATIENCE", 1)
    bucket.deliver("2026-01", costs=["1.10"])
    finops.data.mkdir(exist_ok=True)
    with turn(finops.data, 0):
        result = run(finops, bucket, followed)
    assert result.code == 0
    waiting, missed = result.err.splitlines()
    assert waiting == "waiting for another command that changes Metabase, 1 s at most ..."
    assert missed.startswith("attention: Metabase was not led to the new data: after 1 s another ")


def test_a_run_that_does_not_follow_asks_nothing(
    finops: Finops, bucket: Bucket, followed: Site
) -> None:
    bucket.deliver("2026-01", costs=["1.10"])
    assert run(finops, bucket, followed, OPEN_FINOPS_METABASE_FOLLOW="false").code == 0
    assert followed.calls == []


def test_a_run_of_which_one_export_failed_still_leads_metabase_to_the_others(
    finops: Finops, bucket: Bucket, followed: Site
) -> None:
    database = shown_and_corrected(finops, bucket, followed)
    missing = {
        "OPEN_FINOPS_FOCUS_PROVIDER": "Grafana",
        "OPEN_FINOPS_FOCUS_SOURCE": str(finops.home / "nowhere"),
    }
    result = run(finops, bucket, followed, **missing)
    assert result.code == 5, result.err
    assert billed(finops, database) == Decimal("1.25")
