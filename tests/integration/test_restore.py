"""A restore is refused before it changes anything, or puts everything where it belongs."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import tarfile
from pathlib import Path

import duckdb
import pytest

from tests.fixtures.built import copied
from tests.fixtures.finops import Finops
from tests.fixtures.saved import BEFORE, SPEND, Site, empty, files, pack

KEY = hashlib.sha256(b"the right one").hexdigest()[:16]
SETTINGS = {
    "settings/.env": b"COMPOSE_PROFILES=metabase\n",
    "settings/secrets/metabase.env": b"MB_ENCRYPTION_SECRET_KEY=the right one\n",
}
NO_ENGINE = {"PATH": ""}
"""Of a machine without podman and docker: what needs one comes after all that needs none."""


@pytest.fixture
def other(tmp_path: Path) -> Site:
    """A user of another machine, on which nothing is yet."""
    return empty(tmp_path)


@pytest.fixture
def parts(built: Finops) -> dict[str, bytes]:
    """What a backup with Metabase's data holds."""
    return {"finops.duckdb": built.database.read_bytes(), "metabase.sql": b"SELECT 1;\n"}


def test_views_that_are_here_are_replaced_only_when_asked_also_without_a_database(
    built: Finops, other: Site, tmp_path: Path
) -> None:
    site = Site(copied(built, tmp_path / "site").home)
    site.keep_view("by team")
    file = tmp_path / "saved.tar"
    assert site.deploy("backup", str(file)).code == 0
    other.data.mkdir()
    other.keep_view("mine")

    done = other.deploy("restore", str(file))

    assert (done.code, done.error) == (12, f"{other.data}/dashboards.sqlite is there already")
    assert other.views() == ["mine"]
    assert not other.database.exists()
    assert other.deploy("restore", str(file), "--replace").code == 0
    assert other.views() == ["by team"]
    [kept] = other.data.glob("before-restore-*/dashboards.sqlite")
    with sqlite3.connect(kept) as former:
        assert former.execute("SELECT name FROM views").fetchall() == [("mine",)]


@pytest.mark.parametrize("folder", ["bills", "/absolute"])
def test_data_go_where_the_config_toml_of_the_backup_says(
    folder: str, other: Site, parts: dict[str, bytes], tmp_path: Path
) -> None:
    wanted = tmp_path / folder.strip("/") if folder.startswith("/") else other.home / folder
    named = str(wanted) if folder.startswith("/") else folder
    config = f'[project]\ndata_dir = "{named}"\n'.encode()
    file = pack(tmp_path / "saved.tar", {**parts, "settings/config.toml": config})
    del other.environment["OPEN_FINOPS_DATA_DIR"]

    done = other.deploy("restore", str(file), "--without-metabase")

    assert done.code == 0, done.err
    assert (other.home / "config.toml").read_bytes() == config
    other.database = wanted / "finops.duckdb"
    assert other.value(SPEND) == BEFORE
    assert not other.data.exists()
    again = other.deploy("restore", str(file), "--without-metabase")
    assert (again.code, again.error) == (12, f"{other.database} is there already")


def test_a_config_toml_that_is_here_stays_and_says_where_data_go(
    other: Site, parts: dict[str, bytes], tmp_path: Path
) -> None:
    theirs = b'[project]\ndata_dir = "theirs"\n'
    file = pack(tmp_path / "saved.tar", {**parts, "settings/config.toml": theirs})
    ours = other.home / "config.toml"
    ours.write_text('[project]\ndata_dir = "ours"\n')
    del other.environment["OPEN_FINOPS_DATA_DIR"]

    done = other.deploy("restore", str(file), "--without-metabase")

    assert done.code == 0, done.err
    assert f"{ours} stays as it is" in done.err
    assert "ours" in ours.read_text()
    assert (other.home / "ours" / "finops.duckdb").exists()
    assert not (other.home / "theirs").exists()


def test_a_config_toml_of_another_version_is_refused(
    other: Site, parts: dict[str, bytes], tmp_path: Path
) -> None:
    config = b"[weather]\ncity = 'Oslo'\n"
    file = pack(tmp_path / "saved.tar", {**parts, **SETTINGS, "settings/config.toml": config})
    done = other.deploy("restore", str(file))
    assert (done.code, done.error) == (
        12,
        f"this version cannot use the config.toml in {file}: config.toml has no setting weather",
    )
    assert files(other.home) == {}


@pytest.mark.parametrize(
    ("here", "settings"),
    [
        pytest.param({}, {}, id="neither here nor in the backup"),
        pytest.param(
            {"secrets/metabase.env": "MB_ENCRYPTION_SECRET_KEY=another\n"},
            SETTINGS,
            id="another one here",
        ),
        pytest.param({"secrets/metabase.env": "MB_DB_PASS=x\n"}, SETTINGS, id="none in the file"),
    ],
)
def test_without_the_right_key_nothing_is_put_back_until_metabase_is_left_out(
    here: dict[str, str],
    settings: dict[str, bytes],
    other: Site,
    parts: dict[str, bytes],
    tmp_path: Path,
) -> None:
    file = pack(tmp_path / "saved.tar", {**parts, **settings}, metabase_key=KEY)
    for name, text in here.items():
        (other.home / name).parent.mkdir()
        (other.home / name).write_text(text)
    before = files(other.home)

    done = other.deploy("restore", str(file))

    assert done.code == 12
    assert done.error.startswith(f"Metabase's data in {file} needs the encryption key")
    assert done.error.endswith(f"{other.home}/secrets/metabase.env is another one, or missing")
    assert "--without-metabase" in done.hint
    assert files(other.home) == before
    assert other.deploy("restore", str(file), "--without-metabase").code == 0
    assert other.value(SPEND) == BEFORE


def test_a_restore_that_is_refused_does_not_bar_the_right_one(
    other: Site, parts: dict[str, bytes], tmp_path: Path
) -> None:
    wrong = pack(tmp_path / "wrong.tar", {**parts, **SETTINGS}, metabase_key="of another")
    right = pack(tmp_path / "right.tar", {**parts, **SETTINGS}, metabase_key=KEY)
    assert "encryption key" in other.deploy("restore", str(wrong), env=NO_ENGINE).error

    done = other.deploy("restore", str(right), env=NO_ENGINE)

    assert done.error.startswith("neither podman-compose nor")
    assert files(other.home) == {}


def test_where_metabase_is_no_part_of_the_stack_its_data_is_left_out(
    other: Site, parts: dict[str, bytes], tmp_path: Path
) -> None:
    file = pack(tmp_path / "saved.tar", {**parts, **SETTINGS}, metabase_key=KEY)
    (other.home / ".env").write_text("COMPOSE_PROFILES=\n")
    done = other.deploy("restore", str(file), env=NO_ENGINE)
    assert done.code == 0, done.err
    assert "Metabase's data is left out" in done.err
    assert other.value(SPEND) == BEFORE


def listing(**more: object) -> bytes:
    return json.dumps({"format": 1, "version": "0", "files": {}, **more}).encode()


def tar(members: dict[str, bytes]) -> bytes:
    """Return a tar that no backup made."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as file:
        for name, content in members.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            file.addfile(about, io.BytesIO(content))
    return packed.getvalue()


UNFIT = {
    "nothing": (b"", "is no whole backup: empty file", "copy it again"),
    "no tar": (b"x" * 10_000, "is no whole backup: invalid header", "copy it again"),
    "no list": (tar({}), "it holds no manifest.json", "copy it again"),
    "no part": (tar({"manifest.json": listing()}), "it holds nothing", "copy it again"),
    "another list": (tar({"manifest.json": b"[]"}), "holds 'manifest.json' as no", "deploy backup"),
    "a broken list": (tar({"manifest.json": b"{"}), "is no whole backup: ", "copy it again"),
    "a later format": (
        tar({"manifest.json": listing(format=2, version="9.1")}),
        "has format 2; this version reads format 1",
        "Version 9.1 made it",
    ),
    "too much": (
        tar({"dashboards.sqlite": b"", "metabase.sql": b"", "manifest.json": listing()}),
        "dashboards.sqlite, metabase.sql in",
        "Copy it again from where it was made",
    ),
}


@pytest.mark.parametrize("kind", UNFIT)
def test_each_unfit_file_has_an_error_and_a_hint_of_its_own(
    kind: str, other: Site, tmp_path: Path
) -> None:
    content, error, hint = UNFIT[kind]
    file = tmp_path / "saved.tar"
    file.write_bytes(content)
    done = other.deploy("restore", str(file))
    assert done.code == 12
    assert error in done.error
    assert hint in done.hint
    assert [path.name for path in other.home.iterdir()] == [".deploy.lock"]


def test_a_refused_restore_leaves_no_new_folder_and_takes_none_away(
    other: Site, parts: dict[str, bytes], tmp_path: Path
) -> None:
    file = pack(tmp_path / "saved.tar", {**parts, **SETTINGS}, metabase_key="of another")
    deep = other.home / "new" / "below"
    for folder, code in ((deep, 12), (other.home / "100%", 2)):
        other.environment["OPEN_FINOPS_DATA_DIR"] = str(folder)
        assert other.deploy("restore", str(file)).code == code
        assert [path.name for path in other.home.iterdir()] == [".deploy.lock"]
    folder.mkdir()
    assert (other.deploy("restore", str(file)).code, folder.exists()) == (2, True)


@pytest.mark.parametrize(
    "name",
    [
        "sitecustomize.py",
        "settings/sitecustomize.py",
        "settings/metabase/__init__.py",
        "settings/secrets/__init__.py",
        "settings/secrets/.hidden",
        "settings/secrets/below/metabase.env",
        "settings/secrets/../.env",
    ],
)
def test_nothing_but_what_a_backup_holds_is_ever_written(
    name: str, other: Site, parts: dict[str, bytes], tmp_path: Path
) -> None:
    file = pack(tmp_path / "saved.tar", {**parts, name: b"raise SystemExit('planted')"})
    done = other.deploy("restore", str(file), "--without-metabase")
    assert (done.code, done.error) == (12, f"{file} holds {name!r} as no backup does")
    assert files(other.home) == {}


def test_a_file_that_is_not_there_is_said_to_be_missing(other: Site, tmp_path: Path) -> None:
    for ending in (".tar", ".tar.gz", ".tar.zst"):
        file = tmp_path / f"saved{ending}"
        done = other.deploy("restore", str(file))
        assert (done.code, done.error) == (12, f"{file} cannot be read: No such file or directory")
        assert "Check its name" in done.hint


@pytest.mark.parametrize("part", ["finops.duckdb", "dashboards.sqlite"])
def test_a_part_that_was_saved_broken_is_named(
    part: str, other: Site, parts: dict[str, bytes], tmp_path: Path
) -> None:
    file = pack(tmp_path / "saved.tar", {**parts, **SETTINGS, part: b"no database" * 999})
    done = other.deploy("restore", str(file))
    assert done.code == 12
    assert done.error.startswith(f"{part} in {file} cannot be opened: ")
    assert files(other.home) == {}


def test_a_database_without_a_ledger_is_none_of_ours(other: Site, tmp_path: Path) -> None:
    made = tmp_path / "made.duckdb"
    duckdb.connect(str(made)).close()
    file = pack(tmp_path / "saved.tar", {"finops.duckdb": made.read_bytes()})
    done = other.deploy("restore", str(file))
    assert done.error.startswith(f"finops.duckdb in {file} cannot be opened: Catalog Error")
    assert not other.database.exists()


LIMITED = """
import resource, signal, sys
from core.cli.main import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
sys.exit(main(["deploy", "--folder", ".", "restore", *sys.argv[1:]]))
"""


def test_a_full_disk_is_not_taken_for_a_broken_backup(
    other: Site, parts: dict[str, bytes], tmp_path: Path
) -> None:
    file = pack(tmp_path / "saved.tar", parts)
    done = other.run(str(file), command=("-c", LIMITED))
    assert done.code == 7, done.err
    assert done.error.startswith(f"cannot write {other.data}/.restore-")
