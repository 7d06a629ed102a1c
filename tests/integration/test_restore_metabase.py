"""What Metabase knows is never replaced unasked, nor without being kept, and Metabase runs again.

The engine only remembers; tests/containers restores with a real Postgres.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.fixtures.engine import METABASE, Engine, Stacked, engine, make_stacked
from tests.fixtures.finops import Finops
from tests.fixtures.saved import BEFORE, SPEND, files

__all__ = ["engine"]

LATER = "knows 4 questions"


@pytest.fixture
def site(built: Finops, tmp_path: Path, engine: Engine) -> Stacked:
    """A stack that runs, with a backup, and what Metabase came to know after it."""
    found = make_stacked(built, tmp_path / "site", engine)
    engine.remember(metabase=METABASE)
    done = found.deploy("backup", str(found.home / "saved.tar"), "--with-secrets")
    assert done.code == 0, done.err
    engine.remember(metabase=LATER, calls=[])
    return found


def restore(site: Stacked, *options: str, file: str = "saved.tar"):
    return site.deploy("restore", str(site.home / file), "--wait", "0", *options)


def kept(site: Stacked) -> list[str]:
    """Return the last line of each dump that a restore has kept."""
    found = sorted(site.data.glob("before-restore-*/metabase.sql"))
    return [path.read_text().splitlines()[-1] for path in found]


def changes(engine: Engine) -> list[str]:
    """Return the calls that start, stop or write anything."""
    marks = (" up ", " stop", " rm ", "--interactive")
    return [call for call in engine.calls() if any(mark in call for mark in marks)]


def test_a_backup_says_that_it_leaves_out_the_volume_of_a_metabase_that_is_left_out(
    site: Stacked, engine: Engine
) -> None:
    assert site.deploy("up", "--without-metabase", "--wait", "0").code == 0
    [volume] = {*engine.state["volumes"]}
    done = site.deploy("backup", str(site.home / "bills.tar"))
    assert done.code == 0
    assert f"not saved: {volume}, Metabase's volume" in done.err
    assert "`./finops deploy up --with-metabase` and another backup save it" in done.err
    asked = site.deploy("backup", str(site.home / "asked.tar"), "--without-metabase")
    assert (asked.code, "not saved" in asked.err) == (0, False)

    engine.remember(volumes=[])
    never = site.deploy("backup", str(site.home / "never.tar"))
    assert (never.code, "not saved" in never.err) == (0, False)


def test_standard_output_holds_results_alone_and_programs_write_beside_it(
    site: Stacked, capfd: pytest.CaptureFixture[str]
) -> None:
    file = str(site.home / "again.tar")
    commands = {
        "down": [],
        "up --wait 0": ["dashboards: http://", "metabase:   http://"],
        f"backup {file}": [f"{file}: finops.duckdb, metabase.sql; "],
        f"restore {file} --replace --wait 0": [f"{site.database} is as of ", "what was here"],
    }
    for command, results in commands.items():
        lines = site.deploy(*command.split()).out.splitlines()
        begun = [line[: len(result)] for line, result in zip(lines, results, strict=True)]
        assert begun == results, command
    programs = capfd.readouterr()
    assert programs.out == ""
    assert "up in its own words" in programs.err


def test_what_a_stopped_postgres_holds_is_kept_before_it_is_replaced(
    site: Stacked, engine: Engine
) -> None:
    assert site.deploy("down").code == 0
    assert engine.running() == {}

    assert restore(site, "--replace").code == 0

    assert engine.state["metabase"] == METABASE
    assert kept(site) == [LATER]
    assert engine.state["containers"] == {}


def test_a_postgres_that_was_started_stops_again_also_when_nothing_could_be_loaded(
    site: Stacked, engine: Engine
) -> None:
    found = engine.state["containers"]
    still = {key: one | {"state": "exited"} for key, one in found.items()}
    engine.remember(containers=still, broken=["psql"])
    assert restore(site, "--replace").code == 12
    assert engine.state["containers"] == still
    assert kept(site) == [LATER]


WOKEN = "Postgres, which it had started, may still run"


@pytest.mark.parametrize("command", ["up --wait 0", "down"])
def test_a_postgres_that_a_kill_left_awake_is_told_until_the_next_command(
    command: str, site: Stacked, engine: Engine
) -> None:
    before = {*engine.running()}
    assert site.deploy("down").code == 0
    site.killed("deploy.restore:keep:before:1", "restore", str(site.home / "saved.tar"),
                "--replace", "--wait", "0")  # fmt: skip
    assert {*engine.running()} == {"postgres"}
    said = f"was cut off before it changed anything; {WOKEN}; `./finops deploy up` or `down`"
    assert said in site.deploy("status").err

    assert site.deploy(*command.split()).code == 0

    assert {*engine.running()} == (set() if command == "down" else before)
    assert "cut off" not in site.deploy("status").err
    assert engine.state["metabase"].startswith(LATER)


def test_the_next_restore_stops_what_a_kill_left_awake_also_when_it_is_refused(
    site: Stacked, engine: Engine
) -> None:
    found = engine.state["containers"]
    engine.remember(containers={key: one | {"state": "exited"} for key, one in found.items()})
    site.killed("deploy.restore:put_data:after:1", "restore", str(site.home / "saved.tar"),
                "--replace", "--wait", "0")  # fmt: skip
    assert {*engine.running()} == {"postgres"}
    assert f"was cut off; {WOKEN}; `./finops" in site.deploy("status").err

    refused = restore(site)

    assert refused.code == 12
    assert "Postgres, which a restore that was cut off had started, was stopped" in refused.err
    assert engine.running() == {}
    said = site.deploy("status").err
    assert ("completes it" in said, WOKEN in said) == (True, False)


def test_what_metabase_knows_is_replaced_only_when_asked(site: Stacked, engine: Engine) -> None:
    site.database.unlink()
    done = restore(site)
    assert (done.code, done.error) == (12, "what Metabase keeps in Postgres is there already")
    assert changes(engine) == []

    assert site.deploy("down").code == 0
    engine.remember(calls=[])
    done = restore(site)
    [volume] = engine.state["volumes"]
    assert done.code == 12
    assert done.error == f"the volume {volume} of Metabase's Postgres is there already"
    assert changes(engine) == []
    assert engine.state["metabase"] == LATER
    assert not site.database.exists()


def test_a_new_postgres_has_nothing_to_keep(site: Stacked, engine: Engine) -> None:
    site.database.unlink()
    engine.remember(metabase="")
    done = restore(site)
    assert done.code == 0, done.err
    assert "before-restore" not in done.out
    assert not list(site.data.glob("before-restore-*"))
    assert engine.state["metabase"] == METABASE
    assert site.value(SPEND) == BEFORE


def test_metabase_runs_again_after_data_that_could_not_be_loaded(
    site: Stacked, engine: Engine
) -> None:
    engine.remember(broken=["psql"])
    assert restore(site, "--replace").code == 12
    assert "podman-compose" in " ".join(call for call in changes(engine) if " stop" in call)
    assert "metabase" in engine.running()
    assert engine.state["metabase"] == LATER


def test_data_that_cannot_be_loaded_are_said_to_be_missing_until_they_are_there(
    site: Stacked, engine: Engine
) -> None:
    engine.remember(broken=["psql"])
    done = restore(site, "--replace")
    command = f"./finops deploy restore {site.home}/saved.tar --replace"
    [former] = site.data.glob("before-restore-*")
    assert done.code == 12
    assert f"what {site.home}/saved.tar holds is back, but " in done.error
    assert "Metabase keeps its former data" in done.error
    assert done.error.endswith(
        ': psql:<stdin>:9: ERROR:  invalid input syntax for type uuid: "..."'
    )
    assert "hunter2" not in done.err
    assert str(former) in done.hint
    assert f"`{command}` completes it" in done.hint
    assert "above" not in done.hint

    said = f"the restore of {site.home}/saved.tar was cut off; `{command}` completes it"
    assert said in site.deploy("status").err
    assert said in site.deploy("up", "--wait", "0").err
    engine.remember(broken=[])
    assert restore(site, "--replace").code == 0
    assert "cut off" not in site.deploy("status").err


def test_a_kill_between_the_bills_and_the_views_is_told(site: Stacked) -> None:
    options = ("--replace", "--without-metabase")
    file = str(site.home / "saved.tar")
    site.killed("deploy.restore:put_data:after:1", "restore", file, *options)
    assert f"restore {file} --replace --without-metabase` completes" in site.deploy("status").err
    assert restore(site, *options).code == 0
    assert not (site.home / ".restore.json").exists()


@pytest.mark.parametrize("when", ["before", "after"])
def test_after_a_kill_within_the_load_the_same_command_starts_metabase(
    when: str, site: Stacked, engine: Engine
) -> None:
    point = {"before": "deploy.postgres:awake:before:2", "after": "deploy.restore:load:after:1"}
    site.killed(point[when], "restore", str(site.home / "saved.tar"), "--replace", "--wait", "0")
    assert "metabase" not in engine.running()

    assert restore(site, "--replace").code == 0

    assert "metabase" in engine.running()
    assert engine.state["metabase"] == METABASE


def test_a_metabase_that_was_stopped_with_the_whole_stack_stays_so(
    site: Stacked, engine: Engine
) -> None:
    found = engine.state["containers"]
    engine.remember(containers={key: one | {"state": "exited"} for key, one in found.items()})
    assert restore(site, "--replace").code == 0
    assert engine.running() == {}


def test_a_new_machine_becomes_the_same_stack(
    site: Stacked, engine: Engine, tmp_path: Path
) -> None:
    other = new_machine(site, Engine(tmp_path / "otherwise"))
    other.engine.remember(metabase="")
    done = restore(other)
    assert done.code == 0, done.err
    assert other.engine.state["metabase"] == METABASE
    assert other.engine.running() == {}
    secrets = [one.home / "secrets" / "metabase.env" for one in (site, other)]
    assert secrets[0].read_bytes() == secrets[1].read_bytes()
    assert f"FINOPS_DATA={other.data}\n" in (other.home / ".env").read_text()


def test_the_containers_of_the_folder_that_was_saved_are_not_those_of_another(
    site: Stacked, engine: Engine
) -> None:
    other = new_machine(site, engine)
    before = files(other.home)
    done = restore(other, "--replace")
    assert done.code == 12
    assert f"are those of {site.home}, not of {other.home}" in done.error
    assert files(other.home) == before
    assert engine.state["metabase"] == LATER

    assert site.deploy("down").code == 0
    done = restore(other, "--replace")
    assert done.code == 12
    assert f"is that of {site.home}, not of {other.home}" in done.error
    assert files(other.home) == before
    assert engine.state["metabase"] == LATER
    assert engine.running() == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's data folder is refused")
def test_a_data_folder_as_whose_owner_no_container_runs_is_refused_first(
    site: Stacked, tmp_path: Path
) -> None:
    other = new_machine(site, Engine(tmp_path / "otherwise"))
    other.data.mkdir()
    (other.data / "note").write_text("root's")
    before = files(other.home)
    done = restore(other, "--replace")
    assert done.code == 12
    assert f"{other.data} belongs to root" in done.error
    assert files(other.home) == before


def new_machine(site: Stacked, engine: Engine) -> Stacked:
    """Return a user of a new folder, who has the backup and nothing else."""
    other = Stacked(site.home.with_name("other"), engine)
    other.home.mkdir()
    (other.home / "saved.tar").write_bytes((site.home / "saved.tar").read_bytes())
    return other
