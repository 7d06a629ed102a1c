"""Who reads the published data while imports go on: old data, then new, never an error.

Metabase reads as the second and third kind do, through DuckDB's JDBC. That comes from Maven alone
and was not to be had here: the third is a JVM in which DuckDB's own library is called through JNA.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import time
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.aws import Bucket
from tests.fixtures.finops import Finops
from tests.fixtures.killed import PATIENCE

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
LIBRARY = "@duckdb/node-bindings-linux-x64@1.5.5-r.5"
"""An npm package that holds libduckdb.so of the version that Metabase's driver has."""
JNA = Path("/usr/share/java/jna.jar")
MONTH = "2024-01"
COSTS = [Decimal(cost) for cost in ("1.00", "2.00", "3.00", "4.00", "5.00", "6.00")]
"""What the month costs, as it is corrected from import to import."""


@pytest.fixture
def jvm(tmp_path: Path) -> list[str]:
    """The command of a reader in a JVM, but for the folder that it reads."""
    if shutil.which("javac") is None or shutil.which("npm") is None or not JNA.exists():
        pytest.skip("a reader in a JVM needs javac, npm and Debian's libjna-java")
    source = Path(__file__).with_name("Reader.java")
    subprocess.run(["javac", "-cp", str(JNA), "-d", str(tmp_path), str(source)], check=True)
    packed = subprocess.run(
        ["npm", "pack", "--silent", LIBRARY],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    with tarfile.open(tmp_path / packed.stdout.strip()) as archive:
        archive.extract("package/libduckdb.so", tmp_path, filter="data")
    library = str(tmp_path / "package" / "libduckdb.so")
    return ["java", "-cp", f"{JNA}:{tmp_path}", "Reader", library]


@pytest.mark.parametrize("reader", [EACH_TIME_ANEW, LED_FROM_FILE_TO_FILE], ids=["anew", "led"])
def test_readers_see_old_data_then_new_and_no_import_waits_for_them(
    reader: str, bucket: Bucket, finops: Finops, tmp_path: Path
) -> None:
    watch([sys.executable, "-c", reader, str(finops.database)], bucket, finops, tmp_path)


def test_so_does_a_reader_in_a_jvm(
    jvm: list[str], bucket: Bucket, finops: Finops, tmp_path: Path
) -> None:
    watch([*jvm, str(finops.database.parent / "serving")], bucket, finops, tmp_path)


def wait_for(readers: list[subprocess.Popen[bytes]], outputs: list[Path], lines: int) -> None:
    """Wait until each reader has written so many lines; none of them may end."""
    end = time.monotonic() + PATIENCE
    while any(path.read_bytes().count(b"\n") < lines for path in outputs):
        assert time.monotonic() < end, [path.read_text() for path in outputs]
        assert all(one.poll() is None for one in readers), [path.read_text() for path in outputs]
        time.sleep(0.05)
    assert all(one.poll() is None for one in readers), [path.read_text() for path in outputs]


def watch(command: list[str], bucket: Bucket, finops: Finops, tmp_path: Path) -> None:
    """Start two readers, correct the month again and again; what they saw must be in order."""
    bucket.deliver(MONTH, [str(COSTS[0])])
    finops.load(*bucket.options)
    outputs = [tmp_path / "first.txt", tmp_path / "second.txt"]
    readers = []
    for path in outputs:
        with path.open("w") as out:
            readers.append(subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT))
    try:
        wait_for(readers, outputs, 1)
        for number, cost in enumerate(COSTS[1:]):
            bucket.deliver(MONTH, [str(cost)], version=f"corrected-{number}")
            finops.load(*bucket.options)
        wait_for(readers, outputs, 102)
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
