"""Who reads the published data while imports go on: old data, then new, never an error.

Metabase reads as the second kind does, through DuckDB's JDBC; that could not be had here (it comes
from Maven alone), so these readers are Python processes. What locks files is DuckDB itself.
"""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.aws import Bucket
from tests.fixtures.finops import Finops

EACH_TIME_ANEW = """
import sys, duckdb
query = "SELECT sum(line_item_unblended_cost) FROM aws_billing.cur"
while True:
    with duckdb.connect(sys.argv[1], read_only=True) as connection:
        print(connection.execute(query).fetchone()[0], flush=True)
"""
LED_FROM_FILE_TO_FILE = """
import sys, time, duckdb
from pathlib import Path
query = "SELECT sum(line_item_unblended_cost) FROM aws_billing.cur"
path = connection = None
while True:
    newest = max(Path(sys.argv[1]).parent.glob("serving/finops-*.duckdb"))
    if newest != path:
        after = duckdb.connect(str(newest), read_only=True)
        if connection is not None:
            connection.close()
        path, connection = newest, after
    print(connection.execute(query).fetchone()[0], flush=True)
    time.sleep(0.01)
"""
MONTH = "2024-01"
COSTS = [Decimal(cost) for cost in ("1.00", "2.00", "3.00", "4.00", "5.00", "6.00")]
"""What the month costs, as it is corrected from import to import."""


@pytest.mark.parametrize("reader", [EACH_TIME_ANEW, LED_FROM_FILE_TO_FILE])
def test_readers_see_old_data_then_new_and_no_import_waits_for_them(
    reader: str, bucket: Bucket, finops: Finops, tmp_path: Path
) -> None:
    bucket.deliver(MONTH, [str(COSTS[0])])
    finops.load(*bucket.options)
    outputs = [tmp_path / "first.txt", tmp_path / "second.txt"]
    readers = []
    for path in outputs:
        with path.open("w") as out:
            command = [sys.executable, "-c", reader, str(finops.database)]
            readers.append(subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT))
    try:
        for number, cost in enumerate(COSTS[1:]):
            bucket.deliver(MONTH, [str(cost)], version=f"corrected-{number}")
            finops.load(*bucket.options)
        assert all(one.poll() is None for one in readers), [path.read_text() for path in outputs]
    finally:
        for one in readers:
            one.kill()
            one.wait()

    for path in outputs:
        seen = [Decimal(text) for text in path.read_text().splitlines()[:-1]]
        assert set(seen) <= set(COSTS)
        assert seen == sorted(seen)
        assert len(set(seen)) > 2
        assert len(seen) > 100
