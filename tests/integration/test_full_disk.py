"""A disk without room is one clear error, and nothing is lost."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from core.backends.duckdb import first_line
from tests.fixtures.aws import incompressible
from tests.integration.test_bad_inputs import assert_one_error


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of six megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_database_that_was_given_up_says_what_happened_first(small_disk: Path) -> None:
    """A commit without room ends it; each later statement would only say that it has ended."""
    with duckdb.connect(str(small_disk / "full.duckdb")) as connection:
        connection.execute("SET checkpoint_threshold = '100kB'")
        connection.execute("CREATE TABLE t (n VARCHAR)")
        fill = "INSERT INTO t SELECT uuid()::VARCHAR FROM range(20000)"
        with pytest.raises(duckdb.FatalException):
            for _ in range(100):
                connection.execute(fill)
        with pytest.raises(duckdb.FatalException) as given_up:
            connection.execute(fill)
    assert "invalidated" in str(given_up.value)
    assert first_line(given_up.value).endswith("No space left on device")


def test_a_full_disk_is_one_error_and_loses_nothing(small_disk, bucket, finops):
    finops.data = small_disk / "data"
    finops.database = finops.data / "finops.duckdb"
    finops.environment["OPEN_FINOPS_DATA_DIR"] = str(finops.data)
    bucket.deliver("2026-01", ["1.10"])
    finops.load(*bucket.options)
    bucket.deliver("2026-02", lines=incompressible("2026-02", 20000, noise=80))
    before = finops.fingerprint()

    result = finops.run("aws", "import-cur", *bucket.options, "--no-transform")

    assert_one_error(result, 7, ("cannot write",))
    assert finops.fingerprint() == before
    assert not (finops.data / "work").exists()
