"""Whose containers are meant: those of this folder, by compose or by systemd, and no other's."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy import archive
from deploy.place import Place
from deploy.stack import FINOPS
from tests.fixtures.engine import METABASE, Engine, Stacked, engine, make_stopped, site
from tests.fixtures.finops import ROOT, Finops

__all__ = ["engine", "site"]

UNITS = ROOT / "docker" / "quadlet"
SRV = "/srv/open-finops"


def second(site: Stacked, tmp_path: Path, engine: Engine) -> Stacked:
    """Return the user of a second clone, which has imported the same and was never started."""
    return make_stopped(site.database, tmp_path / "second", engine, "COMPOSE_PROFILES=\n")


def test_two_clones_are_two_stacks(site: Stacked, tmp_path: Path, engine: Engine) -> None:
    first = engine.running()
    other = second(site, tmp_path, engine)
    assert other.deploy("up", "--wait", "0").code == 0

    names = [Place(one.home).settings()["COMPOSE_PROJECT_NAME"] for one in (site, other)]
    assert len({*names}) == 2
    assert all(name.startswith("open-finops-") and len(name) == 18 for name in names)
    assert set(first.values()) < set(engine.state["containers"])
    assert other.deploy("down").code == 0
    assert engine.running() == first


def test_a_project_keeps_the_name_that_it_has(site: Stacked) -> None:
    env = site.home / ".env"
    assert site.deploy("down").code == 0
    name = Place(site.home).settings()["COMPOSE_PROJECT_NAME"]
    env.write_text(env.read_text().replace(name, "open-finops"))
    assert site.deploy("up", "--wait", "0").code == 0
    assert "COMPOSE_PROJECT_NAME=open-finops\n" in env.read_text()


@pytest.mark.parametrize(
    "command", [["up"], ["down"], ["status"], ["logs"], ["upgrade"], ["backup", "saved.tar"]]
)
def test_another_folders_containers_are_left_alone(
    command: list[str], site: Stacked, tmp_path: Path, engine: Engine
) -> None:
    first = engine.running()
    other = second(site, tmp_path, engine)
    shutil.copyfile(site.home / ".env", other.home / ".env")

    done = other.deploy(*command)

    assert done.code == 12
    assert f"are those of {site.home}, not of {other.home}" in done.error
    assert "another COMPOSE_PROJECT_NAME" in done.hint
    assert engine.running() == first
    assert engine.state["metabase"].startswith(METABASE)
    assert not (other.home / "saved.tar").exists()


def test_a_copied_folder_does_not_take_the_volume_of_a_stack_that_is_down(
    site: Stacked, tmp_path: Path, engine: Engine
) -> None:
    assert site.deploy("down").code == 0
    other = Stacked(tmp_path / "copy", engine)
    subprocess.run(["cp", "-a", site.home, other.home], check=True)
    project = Place(site.home).settings()["COMPOSE_PROJECT_NAME"]

    for command in (["up"], ["prepare"], ["backup", str(other.home / "saved.tar")]):
        done = other.deploy(*command)
        assert done.code == 12
        assert f"the volume {project}_postgres" in done.error
        assert f"is that of {site.home}, not of {other.home}" in done.error
        assert f"Write another COMPOSE_PROJECT_NAME= into {other.home}/.env" in done.hint
    assert engine.running() == {}

    env = other.home / ".env"
    env.write_text(env.read_text().replace(project, "another"))
    assert other.deploy("up", "--wait", "0").code == 0
    assert engine.state["volumes"] == [f"{project}_postgres", "another_postgres"]
    assert site.deploy("status").code == 12  # down, and its own
    assert other.deploy("down").code == 0


def test_a_folder_that_was_moved_keeps_its_volume_when_its_env_says_so(
    site: Stacked, tmp_path: Path, engine: Engine
) -> None:
    assert site.deploy("down").code == 0
    moved = Stacked(tmp_path / "moved", engine)
    site.home.rename(moved.home)
    refused = moved.deploy("up", "--wait", "0")
    assert f"FINOPS_FOLDER={moved.home} in it keeps the volume" in refused.hint
    env = moved.home / ".env"
    former, line = f"FINOPS_FOLDER={site.home}\n", f"FINOPS_FOLDER={moved.home}\n"
    env.write_text(env.read_text().replace(former, line))
    assert moved.deploy("up", "--wait", "0").code == 0
    assert len({*engine.state["volumes"]}) == 1


def test_containers_of_an_earlier_version_tell_the_folder_of_their_compose_file(
    site: Stacked, engine: Engine
) -> None:
    containers = engine.state["containers"]
    for one in containers.values():
        one["labels"]["open-finops.folder"] = ""
        one["labels"]["com.docker.compose.project.working_dir"] = str(ROOT)
    engine.remember(containers=containers)
    assert site.deploy("status").code == 0
    for one in containers.values():
        one["labels"]["com.docker.compose.project.working_dir"] = "/home/other/clone"
    engine.remember(containers=containers)
    assert "are those of /home/other/clone, not of" in site.deploy("status").error


@pytest.fixture
def units(built: Finops, tmp_path: Path, engine: Engine) -> Stacked:
    """A user whose stack systemd runs: the units, as they are, but for another folder."""
    found = Stacked(tmp_path / "srv", engine)
    found.data.mkdir(parents=True)
    shutil.copyfile(built.database, found.database)
    copied = tmp_path / "units"
    copied.mkdir()
    containers = {}
    for path in UNITS.glob("*.container"):
        text = path.read_text().replace(SRV, str(found.home))
        (copied / path.name).write_text(text)
        named = [line[6:] for line in text.splitlines() if line.startswith("Label=")]
        labels = dict(line.split("=", 1) for line in named)
        labels["PODMAN_SYSTEMD_UNIT"] = f"{path.stem}.service"
        containers[path.stem] = {"service": labels["com.docker.compose.service"], "image": "a",
                                 "labels": labels, "state": "running"}  # fmt: skip
    engine.remember(containers=containers, secret="the key")
    found.environment |= {"QUADLET_UNIT_DIRS": str(copied)}
    return found


def absent(engine: Engine, *services: str) -> None:
    """Let systemd have stopped services: their containers are gone."""
    containers = engine.state["containers"].items()
    engine.remember(containers={k: v for k, v in containers if v["service"] not in services})


def test_what_systemd_runs_is_seen(units: Stacked, engine: Engine) -> None:
    assert units.deploy("status").code == 0
    assert units.deploy("logs", "scheduler").code == 0
    assert engine.calls()[-1] == "podman logs --names --tail 100 finops-scheduler"
    absent(engine, "postgres")
    done = units.deploy("status", "--json")
    assert (done.code, done.error) == (12, "postgres does not run")
    assert [row["state"] for row in json.loads(done.out)] == [
        "running", "running", "absent", "running"
    ]  # fmt: skip
    assert units.deploy("logs", "postgres").error == "postgres does not run"


def test_a_command_in_a_container_of_systemd_s_has_its_variables(
    units: Stacked, engine: Engine
) -> None:
    assert units.deploy("exec", "metabase", "provision").code == 0
    inside = " ".join((engine.running()["scheduler"], *FINOPS, "metabase", "provision"))
    assert engine.calls()[-1].startswith("podman exec --interactive --env FINOPS_COMMAND=")
    assert engine.calls()[-1].endswith(f" {inside}")


def test_a_backup_of_what_systemd_runs_holds_metabase_s_data(
    units: Stacked, engine: Engine, tmp_path: Path
) -> None:
    file = units.home / "saved.tar"
    assert units.deploy("backup", str(file)).code == 0
    saved = archive.read(file, into=tmp_path / "read")
    assert list(saved["files"]) == ["finops.duckdb", "metabase.sql"]
    assert len(saved["metabase_key"]) == 16
    assert (tmp_path / "read" / "metabase.sql").read_text().splitlines()[-1] == METABASE

    absent(engine, "postgres")
    done = units.deploy("backup", str(units.home / "other.tar"))
    assert done.code == 12
    assert "Postgres, which holds what Metabase knows, does not run" in done.error


def test_without_metabase_s_units_there_is_nothing_of_it(
    units: Stacked, engine: Engine, tmp_path: Path
) -> None:
    for name in ("postgres", "metabase"):
        (tmp_path / "units" / f"finops-{name}.container").unlink()
    absent(engine, "postgres", "metabase")
    assert units.deploy("status").code == 0
    file = units.home / "saved.tar"
    assert units.deploy("backup", str(file)).code == 0
    assert list(archive.read(file)["files"]) == ["finops.duckdb"]


@pytest.mark.parametrize(
    ("command", "verb"), [("up", "start"), ("down", "stop"), ("upgrade", "restart")]
)
def test_what_systemd_starts_and_stops_is_left_to_it(
    command: str, verb: str, units: Stacked, engine: Engine
) -> None:
    running = engine.running()
    done = units.deploy(command)
    assert (done.code, done.error) == (12, f"systemd runs the stack of {units.home}, not compose")
    assert f"{verb} finops-dashboards finops-scheduler finops-postgres finops-metabase`" in (
        done.hint
    )
    assert engine.running() == running
    assert not (units.home / ".env").exists()
    assert not (units.home / "secrets").exists()


def test_a_restore_wants_metabase_stopped_and_postgres_running(
    units: Stacked, engine: Engine
) -> None:
    file = units.home / "saved.tar"
    assert units.deploy("backup", str(file)).code == 0
    engine.remember(metabase="knows 4 questions")
    again = ("restore", str(file), "--replace", "--wait", "0")

    done = units.deploy(*again)
    assert done.code == 12
    assert "systemctl stop finops-metabase`" in done.hint
    absent(engine, "metabase", "postgres")
    assert "systemctl start finops-postgres`" in units.deploy(*again).hint
    assert engine.state["metabase"] == "knows 4 questions"
    assert not list(units.data.glob("before-restore-*"))
    assert not (units.home / ".env").exists()


def test_restored_beside_systemd_metabase_knows_what_it_knew(
    units: Stacked, engine: Engine
) -> None:
    file = units.home / "saved.tar"
    assert units.deploy("backup", str(file)).code == 0
    engine.remember(metabase="knows nothing")
    absent(engine, "metabase")
    assert units.deploy("restore", str(file), "--replace").code == 0
    assert engine.state["metabase"] == METABASE
