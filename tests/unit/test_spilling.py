"""What may run beside an import spills where the import does not."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import duckdb

from core.backends.duckdb import Limits, connect_writable
from core.scratch import spilling_alone

ROWS = 60_000


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
