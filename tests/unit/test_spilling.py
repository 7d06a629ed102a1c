"""What may run beside an import, or beside a question, spills where that does not."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import duckdb

from core.backends.duckdb import Limits, connect_writable
from core.scratch import spilling_alone
from tests.fixtures.finops import ROOT

ROWS = 60_000
LINES = 1_500_000
QUESTION = """
SELECT max(n) AS n, sum(n * i % 7) AS mixed
FROM (SELECT row_number() OVER (ORDER BY m) AS n, i, m FROM lines)
"""


def spill(connection: duckdb.DuckDBPyConnection) -> None:
    """Make a table that has no room in memory."""
    connection.execute(
        f"CREATE TEMP TABLE wide AS SELECT i, repeat(chr((65 + i % 26)::INTEGER), 2000) || i AS s "
        f"FROM range({ROWS}) r(i)"
    )


def test_what_an_import_spilled_outlives_what_runs_beside_it(tmp_path: Path) -> None:
    limits = Limits(threads=1, memory_limit="60MB", temp_directory=tmp_path / "tmp")
    memory = Path(":memory:")
    with connect_writable(memory, limits) as importing:
        spill(importing)
        spilled = sorted(limits.temp_directory.iterdir())
        assert spilled
        with ExitStack() as beside:
            own = [beside.enter_context(spilling_alone(limits)) for _ in range(2)]
            assert len({one.temp_directory for one in (limits, *own)}) == 3
            with connect_writable(memory, own[0]) as exporting:
                spill(exporting)
                assert list(own[0].temp_directory.iterdir())
        assert sorted(limits.temp_directory.iterdir()) == spilled
        query = "SELECT count(DISTINCT s[:1]), sum(length(s)) FROM wide"
        length = sum(2000 + len(str(n)) for n in range(ROWS))
        assert importing.execute(query).fetchall() == [(26, length)]


def test_two_questions_that_spill_at_once_are_both_answered(tmp_path: Path) -> None:
    """In one folder they would end each other, by a fault that no program survives."""
    database = tmp_path / "finops.duckdb"
    roomy = Limits(threads=2, memory_limit="1GB", temp_directory=tmp_path)
    with connect_writable(database, roomy) as connection:
        connection.execute(
            f"CREATE TABLE lines AS SELECT i, md5(i::TEXT) AS m FROM range({LINES}) r(i)"
        )
        [[_, mixed]] = connection.execute(QUESTION).fetchall()
    small = {
        "OPEN_FINOPS_DATA_DIR": str(tmp_path),
        "OPEN_FINOPS_DATABASE_DUCKDB_MEMORY_LIMIT": "60MB",
    }
    command = [sys.executable, "-m", "core.cli.main", "query", "--format", "csv", QUESTION]
    asked = [
        subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **small}, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [one.communicate()[0] for one in asked]
    assert said == [f"n,mixed\n{LINES},{mixed}\n"] * 2
    assert not list((tmp_path / "tmp").iterdir())
