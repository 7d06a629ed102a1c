"""A killed import loses nothing: the last good state opens, and the next run completes."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.aws import Bucket
from tests.fixtures.finops import Finops
from tests.fixtures.killed import KILLED, POINTS, PUBLISHED, WITH_DBT, paused
from tests.integration.test_bad_inputs import assert_one_error

RAW_POINTS = [point for point in POINTS if point not in WITH_DBT]
OLD = {"2026-01": Decimal("2.20"), "2026-02": Decimal("1.00")}
NEW = {"2026-01": Decimal("2.20"), "2026-02": Decimal("1.25"), "2026-03": Decimal("3.30")}


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    """A bucket whose files must be unpacked."""
    return Bucket(tmp_path / "bucket", layout="v1", form="csv.zip")


@pytest.fixture
def command(bucket: Bucket, finops: Finops) -> list[str]:
    """An import with two months loaded, one of them restated since, and a third one new."""
    bucket.deliver("2026-01", ["1.10", "1.10"])
    bucket.deliver("2026-02", ["1.00"])
    finops.load(*bucket.options)
    bucket.deliver("2026-02", ["1.00", "0.25"], version="second")
    bucket.deliver("2026-03", ["3.30"])
    return ["aws", "import-cur", *bucket.options]


def state(finops: Finops) -> dict[str, Decimal]:
    """Return the money of each month; raw tables and ledger must agree on it."""
    months = dict(
        finops.sql(
            "SELECT strftime(billing_period, '%Y-%m'), sum(line_item_unblended_cost) "
            "FROM aws_billing.cur GROUP BY ALL ORDER BY ALL"
        )
    )
    assert months == dict(
        finops.sql(
            "SELECT strftime(l.billing_period, '%Y-%m'), sum(r.source_billed) "
            "FROM ledger.loads AS l JOIN ledger.reconciliation AS r USING (load_id) "
            "WHERE l.status = 'current' GROUP BY ALL ORDER BY ALL"
        )
    )
    return months


def assert_tidy(finops: Finops) -> None:
    """Nothing is left of a run that was killed, and BI tools find the current database."""
    assert not (finops.data / "work").exists()
    generations = sorted((finops.data / "serving").iterdir())
    assert 1 <= len(generations) <= 3
    assert generations[-1].samefile(finops.database)


@pytest.mark.parametrize("point", RAW_POINTS)
def test_killed_at_any_point_the_last_good_state_holds(point, command, finops):
    before = finops.fingerprint()

    result = finops.run(point, *command, "--no-transform", command=KILLED)

    assert result.code == -signal.SIGKILL, result.err
    if point in PUBLISHED:
        assert state(finops) == NEW
    else:
        assert finops.fingerprint() == before
        assert state(finops) == OLD
    assert finops(*command, "--no-transform").code == 0
    assert state(finops) == NEW
    if point not in PUBLISHED:
        assert_tidy(finops)


def test_killed_before_the_first_publication_there_is_no_database(bucket, finops):
    bucket.deliver("2026-01", ["1.10"])
    command = ["aws", "import-cur", *bucket.options, "--no-transform"]

    result = finops.run("after dlt has ended", *command, command=KILLED)

    assert result.code == -signal.SIGKILL
    assert not finops.database.exists()
    finops.load(*bucket.options)
    assert state(finops) == {"2026-01": Decimal("1.10")}
    assert_tidy(finops)


def test_killed_in_the_focus_build_the_last_good_state_holds(command, finops):
    """Also after dbt has written FOCUS: it went to the working copy."""
    before = finops.fingerprint()
    for point in WITH_DBT:
        result = finops.run(point, *command, command=KILLED)
        assert result.code == -signal.SIGKILL, (point, result.err)
        assert finops.fingerprint() == before, point

    assert finops(*command).code == 0

    assert state(finops) == NEW
    assert (
        dict(
            finops.sql(
                "SELECT strftime(BillingPeriodStart, '%Y-%m'), sum(BilledCost) "
                "FROM focus.cost_and_usage GROUP BY ALL"
            )
        )
        == NEW
    )
    assert_tidy(finops)


def test_killed_at_random_times_again_and_again(command, finops):
    chance = random.Random(20260131)
    for _ in range(10):
        process = finops.start(*command, "--no-transform", "--reset")
        time.sleep(chance.uniform(0.2, 2.5))
        process.kill()
        process.communicate()
        assert state(finops) in (OLD, NEW)

    assert finops(*command, "--no-transform", "--reset").code == 0

    assert state(finops) == NEW
    assert_tidy(finops)


@pytest.mark.parametrize(
    ("number", "point"),
    [
        (signal.SIGTERM, "after dlt has ended"),
        (signal.SIGINT, "after dlt has ended"),
        (signal.SIGTERM, "dlt.destinations.job_client_impl:ModelLoadJob.run:before:1"),
    ],
)
def test_an_interrupted_import_cleans_up_and_says_so(number, point, command, finops):
    before = finops.fingerprint()
    process, _ = paused(finops, point, *command, "--no-transform")

    process.send_signal(number)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 130
    assert said == "error: interrupted; what was not yet published is thrown away\n"
    assert finops.fingerprint() == before
    assert_tidy(finops)


def test_two_imports_at_once_are_one_clear_error(command, finops):
    """The first goes on; a reader may look meanwhile, and sees the last good state."""
    first, mark = paused(finops, "after dlt has ended", *command, "--no-transform")

    second = finops(*command, "--no-transform")

    assert_one_error(second, 6, (f"pid {first.pid}", "finops.duckdb"))
    assert state(finops) == OLD
    mark.unlink()
    _, said = first.communicate(timeout=60)
    assert first.returncode == 0, said
    assert state(finops) == NEW
    assert finops(*command, "--no-transform").out.startswith("cur  nothing new")


READER = """
import sys, time, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
query = "SELECT sum(line_item_unblended_cost) FROM aws_billing.cur"
print(connection.execute(query).fetchone()[0], flush=True)
for line in sys.stdin:
    print(connection.execute(query).fetchone()[0], flush=True)
"""


def test_a_reader_neither_blocks_an_import_nor_sees_it(command, finops):
    """It keeps what it opened; whoever opens the file afterwards sees the new state."""
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(finops.database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdin is not None and reader.stdout is not None
    seen = [Decimal(reader.stdout.readline())]
    try:
        for _ in range(2):
            assert finops(*command, "--no-transform", "--reset").code == 0
            reader.stdin.write("again\n")
            reader.stdin.flush()
            seen.append(Decimal(reader.stdout.readline()))
    finally:
        reader.communicate()

    assert seen == [Decimal("3.20")] * 3
    assert state(finops) == NEW


def test_the_lock_of_a_dead_process_is_none(command, finops):
    lock = finops.data / ".finops.duckdb.lock"
    lock.write_text("pid 1\n")

    assert finops(*command, "--no-transform").code == 0


def test_generations_follow_each_other_though_the_clock_goes_back(command, bucket, finops):
    serving = finops.data / "serving"
    (old,) = serving.iterdir()
    future = old.rename(serving / f"finops-{time.time_ns() + 10**18}.duckdb")

    assert finops(*command, "--no-transform").code == 0

    generations = sorted(serving.iterdir())
    assert generations[0] == future and len(generations) == 2
    assert generations[-1].samefile(finops.database)
