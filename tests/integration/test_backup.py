"""A backup holds what was published, and comes back whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tarfile
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import WouldOverwrite
from deploy import archive
from deploy.backup import publish
from tests.fixtures.aws import Bucket, line
from tests.fixtures.built import copied
from tests.fixtures.finops import Finops
from tests.fixtures.killed import KILLED, paused
from tests.fixtures.saved import BEFORE, SPEND, Site, empty


@pytest.fixture
def site(built: Finops, tmp_path: Path) -> Site:
    found = Site(copied(built, tmp_path / "site").home)
    found.keep_view("by team")
    return found


@pytest.mark.parametrize("ending", archive.ENDINGS)
def test_what_was_saved_comes_back_on_another_machine(site, ending, tmp_path):
    file = tmp_path / f"saved{ending}"
    done = site.deploy("backup", str(file), "--json")
    assert done.code == 0, done.err
    listed = json.loads(done.out)
    assert list(listed["files"]) == ["finops.duckdb", "dashboards.sqlite"]
    assert file.stat().st_mode & 0o777 == 0o600

    other = empty(tmp_path)
    done = other.deploy("restore", str(file))

    assert done.code == 0, done.err
    assert other.value(SPEND) == BEFORE
    assert other.views() == ["by team"]
    assert len(list((other.data / "serving").iterdir())) == 1
    assert site.left_over == other.left_over == []
    assert not list(other.data.glob("before-restore-*"))


def test_data_that_is_here_is_replaced_only_when_asked_and_kept_beside(later, tmp_path):
    site = Site(Path(shutil.copytree(later, tmp_path / "site")))
    file = site.home / "saved.tar"
    assert site.value(SPEND) == Decimal("9.200000000001")

    done = site.deploy("restore", str(file))
    views = site.data / "dashboards.sqlite"
    assert (done.code, done.error) == (12, f"{site.database} and {views} are there already")
    assert "--replace puts the backup in that place" in done.hint
    assert site.value(SPEND) == Decimal("9.200000000001")

    assert site.deploy("restore", str(file), "--replace").code == 0
    assert site.value(SPEND) == BEFORE
    assert site.views() == ["by team"]
    [former] = site.data.glob("before-restore-*")
    kept = Site(site.home)
    kept.data, kept.database = former, former / "finops.duckdb"
    assert kept.value(SPEND) == Decimal("9.200000000001")
    assert kept.views() == ["by team", "by region"]


def test_a_backup_never_replaces_a_file(site, tmp_path):
    file = tmp_path / "saved.tar"
    file.write_text("mine")
    done = site.deploy("backup", str(file))
    assert (done.code, done.error) == (12, f"{file} is there already")
    assert file.read_text() == "mine"


def test_a_name_that_says_no_kind_is_refused(site, tmp_path):
    done = site.deploy("backup", str(tmp_path / "saved.zip"))
    assert done.code == 2
    assert done.error == f"{tmp_path}/saved.zip ends with none of .tar, .tar.gz, .tar.zst"
    assert ": saved.tar.zst, for one." in done.hint


@pytest.mark.parametrize(
    ("name", "reason"),
    [("file/saved.tar", "Not a directory"), (f"{'x' * 300}.tar", "File name too long")],
)
def test_a_backup_where_no_file_can_be_is_refused_for_that_reason(name, reason, site, tmp_path):
    (tmp_path / "file").touch()
    done = site.deploy("backup", str(tmp_path / name))
    assert (done.code, done.error) == (7, f"cannot write {tmp_path}/{name}: {reason}")
    assert "correct the path" in done.hint


def test_what_cannot_be_read_is_named_and_not_the_backup(site, tmp_path):
    views, database = site.data / "dashboards.sqlite", site.database
    file, other = tmp_path / "saved.tar", tmp_path / "other.tar"
    assert site.deploy("backup", str(file)).code == 0
    views.write_bytes(b"no database" * 999)
    for command in (["backup", str(other)], ["restore", str(file), "--replace"]):
        done = site.deploy(*command)
        assert (done.code, done.error) == (12, f"{views} cannot be copied: file is not a database")
    database.unlink()
    database.mkdir()
    done = site.deploy("backup", str(other))
    assert (done.error, other.exists()) == (f"{database} cannot be copied: Is a directory", False)


def test_without_data_there_is_nothing_to_save(tmp_path):
    done = empty(tmp_path).deploy("backup", str(tmp_path / "saved.tar"))
    assert (done.code, done.error.startswith("there is no database")) == (9, True)
    assert not (tmp_path / "saved.tar").exists()


def test_before_the_first_import_all_else_is_saved_and_put_back_beside_bills(site, tmp_path):
    early, file = empty(tmp_path), tmp_path / "early.tar"
    early.data.mkdir()
    early.keep_view("mine")
    done = early.deploy("backup", str(file))
    assert done.code == 0, done.err
    assert f"there is no {early.database}" in done.err
    assert list(archive.read(file)["files"]) == ["dashboards.sqlite"]

    done = site.deploy("restore", str(file), "--replace")

    assert done.code == 0, done.err
    assert f"holds no bills; {site.database} is as it was" in done.out
    assert site.views() == ["mine"]
    assert site.value(SPEND) == BEFORE


@pytest.mark.parametrize(
    ("ending", "part"),
    [(".tar", 0), (".tar", 0.5), (".tar", 0.98), (".tar.gz", 0.98), (".tar.zst", 0.98)],
)
def test_a_backup_that_was_cut_off_changes_nothing(site, ending, part, tmp_path):
    file = tmp_path / f"saved{ending}"
    assert site.deploy("backup", str(file)).code == 0
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * part)])
    other = empty(tmp_path)
    done = other.deploy("restore", str(file))
    assert done.code == 12
    assert done.error.startswith(f"{file} is no whole backup: ")
    assert not other.database.exists()
    assert other.left_over == []


def test_one_altered_byte_is_noticed(site, tmp_path):
    file = tmp_path / "saved.tar"
    assert site.deploy("backup", str(file)).code == 0
    content = bytearray(file.read_bytes())
    content[100_000] ^= 1
    file.write_bytes(content)
    done = site.deploy("restore", str(file), "--replace")
    assert (done.code, done.error) == (
        12,
        f"finops.duckdb in {file} differs from its checksum",
    )
    assert site.value(SPEND) == BEFORE


@pytest.mark.parametrize("name", ["../outside", "/outside", "a/../../outside"])
def test_a_name_that_leads_out_of_the_folder_is_refused(name, site, tmp_path):
    file = tmp_path / "saved.tar"
    with tarfile.open(file, "w") as tar:
        tar.addfile(tarfile.TarInfo(name))
    done = site.deploy("restore", str(file), "--replace")
    assert done.code == 12
    assert f"holds {name!r} as no backup does" in done.error
    assert not list(tmp_path.rglob("outside"))


def test_secrets_and_settings_go_along_when_asked_and_never_replace_others(site, tmp_path):
    (site.home / ".env").write_text("COMPOSE_PROFILES=\n")
    (site.home / "secrets").mkdir()
    (site.home / "secrets" / "scheduler.env").write_text("AWS_PROFILE=billing\n")
    (site.home / "secrets" / "my key.json").touch()
    plain, whole = tmp_path / "plain.tar", tmp_path / "whole.tar"
    assert site.deploy("backup", str(plain)).code == 0
    assert "not saved: my key.json of" in site.deploy("backup", str(whole), "--with-secrets").err
    assert b"AWS_PROFILE" not in plain.read_bytes()

    other = empty(tmp_path)
    (other.home / ".env").write_text("COMPOSE_PROFILES=metabase\n")
    assert other.deploy("restore", str(whole)).code == 0

    assert (other.home / ".env").read_text() == "COMPOSE_PROFILES=metabase\n"
    secret = other.home / "secrets" / "scheduler.env"
    assert secret.read_text() == "AWS_PROFILE=billing\n"
    assert secret.stat().st_mode & 0o777 == 0o600


def test_a_backup_while_an_import_runs_holds_the_last_good_data(site, bucket, tmp_path):
    bucket.deliver("2026-02", lines=[line("7.00", month="2026-02")])
    file = tmp_path / "saved.tar"
    words = ("aws", "import-cur", *bucket.options, "--no-transform")
    running, mark = paused(site, "before publication", *words)
    assert site.deploy("backup", str(file)).code == 0
    refused = site.deploy("restore", str(file), "--replace")
    assert refused.code == 6
    mark.unlink()
    running.communicate(timeout=60)
    assert running.returncode == 0

    other = empty(tmp_path)
    assert other.deploy("restore", str(file)).code == 0
    assert other.value(SPEND) == BEFORE


RESTORED = {
    "before the check": "deploy.restore:check_parts:before:1",
    "before the former is kept": "deploy.restore:keep:before:1",
    "after the former is kept": "deploy.restore:keep:after:1",
    "in the copy of the former": "core.warehouse:copy_file:half:1",
    "before publication": "core.warehouse:Warehouse._publish:before:1",
    "between link and replacement": "core.warehouse:link:after:1",
    "after the replacement": "core.warehouse:sync:before:4",
    "before the views": "deploy.restore:copy_sqlite:before:2",
    "after the views": "deploy.restore:copy_sqlite:after:2",
}


@pytest.mark.parametrize("point", RESTORED)
def test_a_restore_killed_at_any_moment_leaves_whole_parts_and_completes(point, later, tmp_path):
    site = Site(Path(shutil.copytree(later, tmp_path / "site")))
    file = site.home / "saved.tar"
    command = ("deploy", "--folder", str(site.home), "restore", str(file), "--replace")

    killed = site.run(RESTORED[point], *command, command=KILLED)

    assert killed.code == -9, killed.err
    assert site.value(SPEND) in (BEFORE, Decimal("9.200000000001"))
    assert site.views() in (["by team"], ["by team", "by region"])
    assert site.run(*command).code == 0
    assert site.value(SPEND) == BEFORE
    assert site.views() == ["by team"]
    assert site.left_over == []


@pytest.fixture(scope="module")
def later(built: Finops, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a user with a backup, and USD 5.00 and a view that came after it."""
    folder = tmp_path_factory.mktemp("later")
    site = Site(copied(built, folder / "site").home)
    site.keep_view("by team")
    assert site.deploy("backup", str(site.home / "saved.tar")).code == 0
    bucket = Bucket(folder / "more")
    bucket.deliver("2026-02", lines=[line("7.00", month="2026-02")])
    assert site("aws", "import-cur", *bucket.options).code == 0
    site.keep_view("by region")
    return site.home


@pytest.mark.parametrize("when", ["deploy.backup:save:after:1", "deploy.backup:read:after:1"])
def test_a_backup_that_is_killed_leaves_no_file_of_its_name(when, site, tmp_path):
    file = tmp_path / "to" / "saved.tar"
    command = ("deploy", "--folder", str(site.home), "backup", str(file))
    assert site.run(when, *command, command=KILLED).code == -9
    assert not file.exists()
    assert len(list(file.parent.iterdir())) == 1
    assert site.run(*command).code == 0
    assert archive.read(file)["files"].keys() == {"finops.duckdb", "dashboards.sqlite"}
    assert list(file.parent.iterdir()) == [file]


def test_a_backup_leaves_another_that_is_at_work_alone(site, tmp_path):
    first, other = tmp_path / "first.tar", tmp_path / "other.tar"
    words = ("deploy", "--folder", str(site.home), "backup", str(first))
    running, mark = paused(site, "deploy.backup:read:before:1", *words)
    assert site.deploy("backup", str(other)).code == 0
    assert not first.exists()
    mark.unlink()
    running.communicate(timeout=60)
    assert running.returncode == 0
    assert archive.read(first)["files"] == archive.read(other)["files"]


def not_on_fat(*_: object) -> None:
    """Do as FAT does, which has one name for a file, and no rights."""
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def test_on_fat_a_backup_gets_its_name_and_never_that_of_another(site, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", not_on_fat)
    monkeypatch.setattr(Path, "chmod", not_on_fat)
    file, late = tmp_path / "saved.tar", tmp_path / "late.tar"
    assert site.deploy("backup", str(file)).code == 0
    assert archive.read(file)["files"].keys() == {"finops.duckdb", "dashboards.sqlite"}
    assert file.stat().st_mode & 0o777 == 0o600
    late.write_text("made by another while this one was written")
    with pytest.raises(WouldOverwrite):
        publish(file, late)
    monkeypatch.undo()
    with pytest.raises(WouldOverwrite):
        publish(file, late)
    assert late.read_text() == "made by another while this one was written"
