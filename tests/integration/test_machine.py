"""Disks, rights, locks, clocks and languages: one clear error, or no difference at all."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.aws import Bucket, incompressible, line
from tests.fixtures.finops import Finops
from tests.integration.test_bad_inputs import assert_one_error


@pytest.fixture
def loaded(bucket: Bucket, finops: Finops) -> list[str]:
    """The import command of a bucket with one loaded month and one new one."""
    bucket.deliver("2026-01", ["1.10", "1.10"])
    finops.load(*bucket.options)
    bucket.deliver("2026-02", ["2.20"])
    return ["aws", "import-cur", *bucket.options, "--no-transform"]


def obey_rights() -> None:
    """Take from root what lets it pass over a file's mode."""
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


def test_a_database_that_is_none_is_one_error(loaded, finops):
    finops.database.write_bytes(b"this is no database" * 1000)
    before = finops.fingerprint()

    assert_one_error(finops(*loaded), 9, ("finops.duckdb cannot be opened",))
    assert finops.fingerprint() == before


@pytest.mark.parametrize("kept", [0.9, 0.5, 0.01])
def test_a_database_that_is_cut_off_is_one_error(kept, loaded, finops):
    whole = finops.database.read_bytes()
    finops.database.write_bytes(whole[: int(len(whole) * kept)])
    before = finops.fingerprint()

    assert_one_error(finops(*loaded), 9, ("finops.duckdb cannot be opened",))
    assert finops.fingerprint() == before


def test_a_database_of_another_program_is_left_alone(loaded, finops):
    import sqlite3

    finops.database.unlink()
    with sqlite3.connect(finops.database) as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    before = finops.fingerprint()

    assert_one_error(finops(*loaded), 9, ("finops.duckdb cannot be opened",))
    assert finops.fingerprint() == before


def test_a_database_that_another_program_writes_is_one_error(loaded, finops):
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(finops.database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert other.stdout is not None
    other.stdout.readline()
    try:
        result = finops(*loaded)
    finally:
        other.communicate(b"\n")

    assert_one_error(result, 6, ("finops.duckdb", str(other.pid)))


def test_what_another_program_left_unmerged_is_not_lost(loaded, finops):
    """A program that dies while writing leaves a .wal file beside the database."""
    code = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]);"
        "c.execute('CREATE TABLE main.mine AS SELECT 42 AS answer'); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", code, str(finops.database)], check=False)
    wal = finops.database.with_name("finops.duckdb.wal")
    assert wal.exists()

    assert finops(*loaded).code == 0

    assert not wal.exists()
    assert finops.value("SELECT answer FROM main.mine") == 42
    assert finops.value("SELECT count(*) FROM aws_billing.cur") == 3


def test_a_file_system_without_links_is_none_the_worse(loaded, finops, monkeypatch):
    def refuse(source: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)

    assert finops(*loaded).code == 0

    newest = sorted((finops.data / "serving").iterdir())[-1]
    assert newest.read_bytes() == finops.database.read_bytes()
    assert finops.value("SELECT count(*) FROM aws_billing.cur") == 3


def test_going_back_as_the_page_says_spoils_no_generation(loaded, finops):
    """The newest generation and the database are one file: a copy onto one would change both."""
    assert finops(*loaded).code == 0
    former, newest = sorted((finops.data / "serving").iterdir())
    kept = newest.read_bytes()

    shutil.copy(former, finops.data / "former.duckdb").replace(finops.database)

    assert finops.value("SELECT count(*) FROM aws_billing.cur") == 2
    assert newest.read_bytes() == kept
    assert finops(*loaded).code == 0
    assert finops.value("SELECT count(*) FROM aws_billing.cur") == 3


def test_a_data_folder_that_is_a_file_is_one_error(bucket, finops):
    bucket.deliver("2026-01", ["1.10"])
    finops.data.write_text("")

    result = finops("aws", "import-cur", *bucket.options, "--no-transform")

    assert_one_error(result, 7, ("cannot write",))


def test_a_data_folder_without_the_right_to_write_is_one_error(loaded, finops):
    before = finops.fingerprint()
    finops.data.chmod(0o500)
    try:
        result = finops.run(*loaded, preexec_fn=obey_rights)
    finally:
        finops.data.chmod(0o700)

    assert_one_error(result, 7, ("cannot write", "Permission denied"))
    assert "may not write there" in result.hint
    assert finops.fingerprint() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_every_command_of_root_s_leaves_the_data_to_their_owners_also_where_they_lie_apart(finops):
    disk = finops.home / "disk"
    left = [finops.data / "dbt" / "log", finops.data / "demo" / "written", finops.data / "notes"]
    left += [disk / "bills.duckdb.tmp" / "spilled", disk / "dashboards.sqlite"]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    os.chown(finops.data, 12345, 12345)
    os.chown(disk, 23456, 23456)

    assert (
        finops("config", "show", env={"OPEN_FINOPS_DATABASE_PATH": str(disk / "bills.duckdb")}).code
        == 0
    )

    assert [path.stat().st_uid for path in left] == [12345, 12345, 0, 23456, 23456]
    assert (finops.data / "dbt").stat().st_uid == 12345


@pytest.mark.parametrize("what", ["manifest", "data", "folder"])
def test_a_file_without_the_right_to_read_is_one_error(what, bucket, finops):
    delivery = bucket.deliver("2026-01", ["1.10"])
    path = {
        "manifest": delivery.manifest,
        "data": delivery.files[0],
        "folder": delivery.manifest.parent,
    }[what]
    path.chmod(0)
    try:
        result = finops.run(
            "aws", "import-cur", *bucket.options, "--no-transform", preexec_fn=obey_rights
        )
    finally:
        path.chmod(0o700)

    assert_one_error(result, 5, ("denied", path.name))
    assert not finops.database.exists()


def test_a_config_file_without_the_right_to_read_is_one_error(finops):
    path = finops.home / "config.toml"
    path.write_text("[aws]\n")
    path.chmod(0)

    result = finops.run("aws", "import-cur", preexec_fn=obey_rights)

    assert_one_error(result, 2, ("config.toml",))


@pytest.mark.parametrize("kilobytes", [10, 300, 1500, 2500])
def test_a_file_that_may_not_grow_is_one_error(kilobytes, loaded, bucket, finops):
    """A quota or limit that strikes at any moment: in the copy, the load or the publication."""
    bucket.deliver("2026-03", lines=incompressible("2026-03", 8000, noise=50))
    before = finops.fingerprint()

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, kilobytes * 1024))

    result = finops.run(*loaded, preexec_fn=limit)

    assert_one_error(result, 7, ("cannot write",))
    assert finops.fingerprint() == before
    assert not (finops.data / "work").exists()
    finops.load(*bucket.options)
    assert finops.value("SELECT count(*) FROM aws_billing.cur") == 8003


ODDITIES = [
    {"TZ": "Pacific/Apia", "LC_ALL": "tr_TR.UTF-8"},
    {"TZ": "America/Sao_Paulo", "LANG": "de_DE", "LC_ALL": "de_DE"},
    {"TZ": "No/Where", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
    {"TZ": "", "LANG": "", "LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii", "COLUMNS": "1"},
]


@pytest.mark.parametrize("odd", ODDITIES, ids=lambda odd: odd["TZ"] or "no TZ")
def test_clock_and_language_make_no_difference(odd, bucket, finops):
    """Hours that a zone skips or repeats, and letters that a locale cannot write."""
    times = ["2026-03-29T02:30:00Z", "2025-10-26T01:30:00Z", "2011-12-30T10:00:00Z"]
    bucket.deliver(
        "2026-03",
        lines=[
            line(
                "1.10",
                month="2026-03",
                line_item_usage_start_date=time,
                line_item_product_code="İstanbul ı",
            )
            for time in times
        ],
        version="名前",
    )

    result = finops.run("aws", "import-cur", *bucket.options, "--no-transform", env=odd)

    assert (result.code, result.err) == (0, "")
    assert "2026-03" in result.out
    assert finops.sql(
        "SELECT strftime(line_item_usage_start_date, '%Y-%m-%dT%H:%M:%SZ'), "
        "line_item_product_code, CAST(line_item_unblended_cost AS VARCHAR) "
        "FROM aws_billing.billing_2026_03 ORDER BY ALL DESC"
    ) == [(time, "İstanbul ı", "1.100000000000000000") for time in times]
    state = finops.run("aws", "show-state", "--json", env=odd)
    assert (state.code, state.err) == (0, "")
