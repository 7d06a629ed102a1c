"""`doctor` looks at everything, says what to do, and changes nothing."""

from __future__ import annotations

import fcntl
import json
from collections import namedtuple
from pathlib import Path

import pytest

from tests.fixtures.aws import Bucket
from tests.fixtures.finops import Finops
from tests.fixtures.focus import charge, write_csv

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def healthy(built) -> Finops:
    return Finops(built.home)


def diagnosis(finops: Finops, code: int = 0, **env: str) -> dict[str, list[dict[str, str]]]:
    """Return the findings by what they are about."""
    result = finops("doctor", "--json", env=env)
    assert result.code == code, result.out
    found: dict[str, list[dict[str, str]]] = {}
    for finding in json.loads(result.out):
        found.setdefault(finding["what"], []).append(finding)
    return found


def tree(finops: Finops) -> list[Path]:
    """Return what is there, but for what other tests' questions may spill meanwhile."""
    return sorted(p for p in finops.home.rglob("*") if finops.data / "tmp" not in (p, *p.parents))


def source(bucket: Bucket) -> dict[str, str]:
    return {
        "OPEN_FINOPS_AWS_BUCKET": f"file://{bucket.root}",
        "OPEN_FINOPS_AWS_PREFIX": bucket.prefix,
        "OPEN_FINOPS_AWS_EXPORT_NAME": bucket.name,
    }


def test_a_sound_installation_is_ok_in_every_line(healthy):
    before = tree(healthy), healthy.fingerprint()
    found = diagnosis(healthy, **source(Bucket(healthy.home / "bucket")))

    assert {f["state"] for findings in found.values() for f in findings} == {"ok"}
    assert list(found) == [
        "versions",
        "httpfs",
        "settings",
        "aws export cur",
        "database",
        "writing",
        "disk",
        "memory",
    ]
    assert "duckdb 1.5" in found["versions"][0]["detail"]
    assert "2 months, 2026-01 to 2026-02" in found["aws export cur"][0]["detail"]
    assert "2 months, last load 20" in found["database"][0]["detail"]
    assert "generation finops-" in found["database"][0]["detail"]
    assert (tree(healthy), healthy.fingerprint()) == before


def test_a_first_start_has_warnings_but_no_failure(finops):
    found = diagnosis(finops)
    assert found["exports"][0]["state"] == "warn"
    assert found["database"][0]["state"] == "warn"
    assert "./finops demo" in found["database"][0]["hint"]
    assert not finops.data.exists()


def test_the_lines_are_for_people(finops):
    out = finops("doctor").out
    assert "ok    settings: no config.toml: defaults and environment\n" in out
    assert "      The first import makes it; `./finops demo` has one of its own.\n" in out


def test_a_wrong_setting_ends_it_with_code_2(finops):
    found = diagnosis(finops, 2, OPEN_FINOPS_DATABASE_DUCKDB_THREADS="many")
    assert found["settings"][0]["state"] == "fail"
    assert "threads = 'many'" in found["settings"][0]["detail"]
    assert "database" not in found


def test_a_variable_that_nothing_reads_is_named(finops):
    found = diagnosis(finops, OPEN_FINOPS_AWS_BUKET="x", OPEN_FINOPS_VENV="y")
    assert [f["detail"] for f in found["variables"]] == ["nothing reads OPEN_FINOPS_AWS_BUKET"]
    assert "OPEN_FINOPS_AWS_BUCKET" in found["variables"][0]["hint"]


def test_the_file_that_is_read_is_named(finops):
    path = finops.home / "config.toml"
    path.write_text("")
    assert diagnosis(finops)["settings"][0]["detail"] == str(path)


def test_a_configured_export_without_a_bucket_ends_it_with_code_2(finops):
    (finops.home / "config.toml").write_text("[aws]\n")
    assert "aws.bucket is not set" in diagnosis(finops, 2)["aws exports"][0]["detail"]


@pytest.mark.parametrize(
    ("variables", "code", "said"),
    [
        ({"OPEN_FINOPS_AWS_EXPORT_NAME": "other"}, 3, "no manifest of the export 'other'"),
        ({"OPEN_FINOPS_AWS_BUCKET": "/nowhere/at/all"}, 5, "/nowhere/at/all does not exist"),
        ({"OPEN_FINOPS_AWS_START_DATE": "2030-01"}, 0, "no billing period from 2030-01"),
    ],
)
def test_an_export_out_of_reach_is_told(variables, code, said, finops, bucket):
    bucket.deliver("2026-01", costs=["1.10"])
    found = diagnosis(finops, code, **{**source(bucket), **variables})
    name = variables.get("OPEN_FINOPS_AWS_EXPORT_NAME", "cur")
    finding = found[f"aws export {name}"][-1]
    assert said in finding["detail"]
    assert finding["hint"]
    assert finding["state"] == ("fail" if code else "warn")


def test_a_source_whose_files_have_no_lines_yet_is_a_warning(finops):
    write_csv(finops.home / "in" / "a.csv", [], names=list(charge()))
    (finops.home / "config.toml").write_text(
        f'[focus]\nprovider = "Grafana"\nsource = "{finops.home}/in"\n'
    )
    (finding,) = diagnosis(finops)["focus export Grafana"]
    assert (finding["state"], finding["detail"][-22:]) == ("warn", "no month has lines yet")


def test_one_export_that_fails_does_not_hide_the_others(finops, bucket):
    bucket.deliver("2026-01", costs=["1.10"])
    (finops.home / "config.toml").write_text(
        f'[aws]\nbucket = "{bucket.root}"\nprefix = "exports"\n'
        '[[aws.exports]]\nexport_name = "missing"\n[[aws.exports]]\nexport_name = "cur"\n'
    )
    found = diagnosis(finops, 3)
    assert found["aws export missing"][0]["state"] == "fail"
    assert found["aws export cur"][0]["state"] == "ok"
    assert found["memory"][0]["state"] == "ok"


def test_keys_of_a_bucket_are_told_by_their_source_alone(finops):
    env = {
        "OPEN_FINOPS_AWS_BUCKET": "bills",
        "OPEN_FINOPS_AWS_EXPORT_NAME": "cur",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "AKIACANARY",
        "AWS_SECRET_ACCESS_KEY": "canary-secret",
    }
    result = finops("doctor", env=env)
    assert result.code == 5
    assert "ok    aws export cur: credentials: AWS_ variables" in result.out
    assert "127.0.0.1:1" in result.out
    assert "anary" not in result.out.lower()


def test_months_that_wait_for_focus_are_told(finops, bucket):
    bucket.deliver("2026-01", costs=["1.10"])
    finops.load(*bucket.options)
    finding = diagnosis(finops)["FOCUS"][0]
    assert finding["detail"] == "1 loaded month not in FOCUS yet"
    assert "focus build" in finding["hint"]


def test_a_damaged_database_ends_it_with_code_9(finops):
    finops.data.mkdir()
    finops.database.write_bytes(b"x" * 20_000)
    finding = diagnosis(finops, 9)["database"][0]
    assert "cannot be opened" in finding["detail"]
    assert "data/serving" in finding["hint"]


def test_a_running_writer_is_named(finops):
    finops.data.mkdir()
    with (finops.data / ".finops.duckdb.lock").open("w") as file:
        file.write("pid 4711\n")
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        finding = diagnosis(finops)["writing"][0]
    assert (finding["state"], "pid 4711" in finding["detail"]) == ("warn", True)


def test_too_little_room_for_a_copy_ends_it_with_code_7(healthy, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: Usage(10**9, 10**9, 1000))
    finding = diagnosis(healthy, 7)["disk"][0]
    assert "1.0 kB free, a copy of the database needs" in finding["detail"]
    monkeypatch.setattr("shutil.disk_usage", lambda path: Usage(10**9, 0, 50_000_000))
    assert diagnosis(healthy)["disk"][0]["state"] == "warn"


def test_a_limit_beyond_the_machine_is_a_warning(finops):
    finding = diagnosis(finops, OPEN_FINOPS_DATABASE_DUCKDB_MEMORY_LIMIT="99TB")["memory"][0]
    assert (finding["state"], "99.0 TB" in finding["detail"]) == ("warn", True)


def test_a_data_folder_that_cannot_be_made_ends_it_with_code_7(finops):
    (finops.home / "file").touch()
    env = {"OPEN_FINOPS_DATA_DIR": str(finops.home / "file" / "data")}
    finding = diagnosis(finops, 7, **env)["writing"][0]
    assert "file is no folder" in finding["detail"]


def test_the_demo_needs_no_export_of_the_users(finops):
    path = finops.home / "config.toml"
    path.write_text(f'[project]\ndata_dir = "{finops.data}"\n[aws]\nprefix = "exports"\n')

    assert finops("doctor", "-c", str(path)).code == 2
    result = finops("doctor", "--demo", "-c", str(path))

    assert "aws" not in result.out
    assert result.code == 0
