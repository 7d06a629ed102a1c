"""Ctrl-C within a long statement ends any command at once, in one line, and changes nothing."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import duckdb
import pytest

from tests.fixtures.aws import Bucket
from tests.fixtures.built import copied
from tests.fixtures.finops import Finops, Result
from tests.fixtures.killed import paused

INTERRUPTED = ("-m", "tests.fixtures.killed", "interrupt")
LINES = 400_000
SAID = "error: interrupted; what was not yet published is thrown away\n"
ENDLESS = """
    DROP TABLE marts.metrics;
    CREATE VIEW marts.metrics AS
        SELECT 'USD' AS metric, sum(a.i * b.i) AS position
        FROM range(1000000) AS a(i), range(1000000) AS b(i)
"""


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Bucket:
    """A small month, and one that takes dlt and dbt a while."""
    bucket = Bucket(tmp_path_factory.mktemp("months") / "bucket", form="parquet")
    bucket.deliver("2026-01", ["1.10"])
    file = bucket.deliver("2026-02", ["1.00"]).files[0]
    duckdb.execute(
        f"COPY (SELECT f.* FROM read_parquet('{file}') AS f, range({LINES})) "
        f"TO '{file}.new' (FORMAT parquet)"
    )
    Path(f"{file}.new").replace(file)
    return bucket


def assert_interrupted(result: Result) -> None:
    assert result.code == 130, result
    assert result.err == SAID
    assert result.out == ""


@pytest.mark.parametrize("point", ["after dlt has planned", "while dbt builds"])
def test_an_import_ends_also_within_dlt_and_within_dbt(point, months, finops):
    """dlt on its own would let the statement end, and forget the signal."""
    finops.load(*months.options, "-e", "2026-01")
    before = finops.fingerprint()

    assert_interrupted(finops.run(point, "aws", "import-cur", *months.options, command=INTERRUPTED))

    assert finops.fingerprint() == before
    assert not (finops.data / "work").exists()


def test_a_run_of_two_exports_does_not_go_on_with_the_next(months, tmp_path, finops):
    other = Bucket(tmp_path / "other", name="other")
    other.deliver("2026-01", ["2.20"])
    (finops.home / "config.toml").write_text(
        f'[aws]\nbucket = "{months.root}"\nprefix = "exports"\nexport_name = "cur"\n'
        f'[[aws.exports]]\nname = "other"\nbucket = "{other.root}"\nexport_name = "other"\n'
    )

    result = finops.run("after dlt has planned", "run", "--no-transform", command=INTERRUPTED)

    assert_interrupted(result)
    assert not finops.database.exists()


def test_a_build_of_focus_ends_and_the_next_one_completes(months, finops):
    finops.load(*months.options)
    before = finops.fingerprint()

    assert_interrupted(finops.run("while dbt builds", "focus", "build", command=INTERRUPTED))

    assert finops.fingerprint() == before
    assert finops("focus", "build").code == 0
    assert finops.value("SELECT count(*) FROM focus.cost_and_usage") == LINES + 1


def test_a_report_ends_though_its_statement_would_not(built, tmp_path):
    finops: Finops = copied(built, tmp_path / "home")
    with duckdb.connect(str(finops.database)) as connection:
        connection.execute(ENDLESS)
    before = finops.fingerprint()

    point = "dashboards.generations:Generations.current:before:1"
    assert_interrupted(finops.run(point, "report", "overview", command=INTERRUPTED, timeout=60))

    assert finops.fingerprint() == before


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT sum(a.i * b.i) FROM range(1000000) a(i), range(1000000) b(i)",
        "SELECT a.i FROM range(100000000000) a(i)",
    ],
)
def test_ctrl_c_ends_a_query_at_once(sql, built):
    process, mark = paused(built, "core.cli.query:ask:before:1", "query", sql, "--format", "csv")
    mark.unlink()
    time.sleep(1)  # the statement is at work
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == SAID
    assert time.monotonic() - began < 20
