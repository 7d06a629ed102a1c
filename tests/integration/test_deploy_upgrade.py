"""An upgrade leaves what runs alone until the new version is there, and can always go on.

The engine only remembers; tests/containers/test_stack.py goes back with real containers.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from deploy import archive
from deploy.place import Place
from tests.fixtures.engine import METABASE, Engine, Stacked, engine, site

__all__ = ["engine", "site"]

IMAGES = {"dashboards": "localhost/open-finops", "metabase": "localhost/open-finops-metabase"}
AT_FIRST = ("--wait", "0")
KILLED = {
    "when all are removed": "deploy.stack:Stack.remove:after:1",
    "when all are started": "deploy.stack:Stack.wait:before:1",
}


def former(engine: Engine) -> dict[str, str]:
    return {name: engine.image(name) for name in IMAGES}


def kept(site: Stacked, service: str) -> str:
    project = Place(site.home).settings()["COMPOSE_PROJECT_NAME"]
    return f"localhost/open-finops-rollback/{service}:{project}"


def next_second() -> None:
    """Wait until a backup of now has another name: it tells the second."""
    time.sleep(1 - time.time() % 1)


def backup_of(site: Stacked) -> Path:
    [found] = (site.home / "backups").glob("before-upgrade-*.tar.zst")
    return found


def step(calls: list[str], text: str) -> int:
    return next(at for at, call in enumerate(calls) if text in call)


@pytest.mark.parametrize("service", IMAGES)
def test_an_image_that_cannot_be_built_leaves_what_runs_alone(
    service: str, site: Stacked, engine: Engine
) -> None:
    running, images = engine.running(), engine.state["images"]
    engine.remember(unbuildable=[service])

    done = site.deploy("upgrade", *AT_FIRST)

    assert done.code == 12
    assert "what runs was left as it is" in done.error
    assert engine.running() == running
    assert engine.state["metabase"] == METABASE
    assert [call for call in engine.calls() if " up " in call or " stop" in call] == []
    named = engine.state["images"]
    assert {name: named[name] for name in images} == images
    assert not (site.home / "backups").exists()


@pytest.mark.parametrize("command", ["up", "upgrade"])
def test_a_postgres_that_cannot_be_had_stops_nothing(
    command: str, site: Stacked, engine: Engine
) -> None:
    running, missing = engine.running(), "docker.io/library/postgres:none"
    with (site.home / ".env").open("a") as settings:
        settings.write(f"FINOPS_POSTGRES_IMAGE={missing}\n")
    engine.remember(unbuildable=[missing])

    done = site.deploy(command, *AT_FIRST)

    assert done.code == 12
    assert done.error == f"`podman pull {missing}` ended with exit code 125"
    assert engine.running() == running
    assert [call for call in engine.calls() if " up " in call or " stop" in call] == []


def test_the_backup_is_made_after_the_build_and_before_the_start(
    site: Stacked, engine: Engine
) -> None:
    before = former(engine)
    assert site.deploy("upgrade", *AT_FIRST).code == 0
    calls = engine.calls()
    marks = ("tag", "build dashboards", "build metabase", "pg_dump", "stop", "up --detach")
    steps = [step(calls, text) for text in marks]
    assert steps == sorted(steps)
    named = engine.state["images"]
    for service, name in IMAGES.items():
        assert named[kept(site, service)] == before[service]
        assert (
            named[f"{name}:{Place(site.home).suffix}"] == engine.image(service) != before[service]
        )
    assert not (site.home / ".upgrade.json").exists()


def test_a_backup_that_cannot_be_made_leaves_the_names_to_what_runs(
    site: Stacked, engine: Engine
) -> None:
    before = former(engine)
    (site.home / "backups").write_text("no folder")
    assert site.deploy("upgrade", *AT_FIRST).code == 7
    assert former(engine) == before
    assert (
        engine.state["images"][f"localhost/open-finops:{Place(site.home).suffix}"]
        == before["dashboards"]
    )


def test_what_metabase_knew_since_is_kept_when_going_back(site: Stacked, engine: Engine) -> None:
    before = former(engine)
    engine.remember(breaks=True)

    done = site.deploy("upgrade", *AT_FIRST)

    assert done.code == 12
    assert (
        "the former one runs again: after 0 s dashboards, metabase, scheduler are not healthy"
        in done.error
    )
    assert former(engine) == before
    [later] = (site.home / "backups").glob("before-upgrade-*-metabase-*.sql")
    assert later.read_text().splitlines()[-1].startswith(f"{METABASE}, seen by metabase ")
    assert later.stat().st_mode & 0o777 == 0o600
    assert engine.state["metabase"].startswith(f"{METABASE}, seen by {before['metabase']}")
    refused = kept(site, "metabase").replace("rollback", "refused")
    for path in (str(backup_of(site)), str(later), kept(site, "dashboards"), refused):
        assert path in done.hint
    assert engine.state["images"][refused].startswith("metabase ")
    assert not (site.home / ".upgrade.json").exists()


@pytest.mark.parametrize("point", KILLED)
def test_an_upgrade_that_was_killed_goes_on(point: str, site: Stacked, engine: Engine) -> None:
    before = former(engine)
    engine.remember(breaks=True)
    site.killed(KILLED[point], "upgrade", *AT_FIRST)
    assert "`./finops deploy upgrade` goes on with it" in site.deploy("status").err

    again = site.deploy("upgrade", *AT_FIRST)

    assert again.code == 12
    assert " was cut off, not healthy: dashboards, scheduler, " in again.err
    assert "the former one runs again" in again.error
    assert former(engine) == before
    assert engine.state["metabase"].startswith(f"{METABASE}, seen by {before['metabase']}")
    archive.read(backup_of(site))
    engine.remember(breaks=False)
    next_second()
    assert site.deploy("upgrade", *AT_FIRST).code == 0
    assert former(engine) != before


def test_one_killed_before_it_replaced_anything_begins_again(site: Stacked, engine: Engine) -> None:
    before = former(engine)
    site.killed("deploy.stack:Stack.remove:before:1", "upgrade", *AT_FIRST)
    next_second()
    done = site.deploy("upgrade", *AT_FIRST)
    assert done.code == 0
    assert "was cut off, but all services are healthy" in done.err
    assert engine.state["images"][kept(site, "dashboards")] == before["dashboards"]
    assert len(list((site.home / "backups").iterdir())) == 2


def test_up_completes_an_upgrade_that_was_killed(site: Stacked, engine: Engine) -> None:
    site.killed("deploy.stack:Stack.remove:after:1", "upgrade", *AT_FIRST)
    assert site.deploy("up", *AT_FIRST).code == 0
    assert "cut off" not in site.deploy("status").err


def test_where_going_back_fails_too_the_error_says_where_all_is(
    site: Stacked, engine: Engine
) -> None:
    before = former(engine)
    engine.remember(breaks=True, broken=["psql"])

    done = site.deploy("upgrade", *AT_FIRST)

    assert done.code == 12
    assert "; nor did the former one: `" in done.error
    [later] = (site.home / "backups").glob("*-metabase-*.sql")
    for path in (str(backup_of(site)), str(later), kept(site, "metabase")):
        assert path in done.hint
    assert former(engine) == before
    engine.remember(breaks=False, broken=[])
    next_second()
    assert site.deploy("upgrade", *AT_FIRST).code == 0


def test_a_stack_that_is_partly_down_is_brought_up_before_it_is_upgraded(
    site: Stacked, engine: Engine
) -> None:
    containers = engine.state["containers"]
    engine.remember(containers={k: v for k, v in containers.items() if v["service"] != "scheduler"})
    done = site.deploy("upgrade", *AT_FIRST)
    assert (done.code, done.error) == (12, "scheduler does not run")
    assert "`./finops deploy up` starts" in done.hint
    assert [call for call in engine.calls() if " tag " in call] == []


def test_what_the_new_version_reads_is_written_into_env(site: Stacked, engine: Engine) -> None:
    env = site.home / ".env"
    lines = env.read_text().splitlines(keepends=True)
    env.write_text("".join(line for line in lines if not line.startswith("FINOPS_FOLDER=")))
    assert site.deploy("upgrade", *AT_FIRST).code == 0
    [folder] = {one["labels"]["open-finops.folder"] for one in engine.state["containers"].values()}
    assert folder == str(site.home)


@pytest.mark.parametrize("point", ["deploy.upgrade:built:after:1", "deploy.upgrade:note:before:2"])
def test_up_after_a_kill_before_the_backup_is_noted_starts_the_former_version(
    point: str, site: Stacked, engine: Engine
) -> None:
    before = former(engine)
    site.killed(point, "upgrade", *AT_FIRST)
    assert (
        engine.state["images"][f"localhost/open-finops:{Place(site.home).suffix}"]
        != before["dashboards"]
    )
    assert "`./finops deploy up` gives them back" in site.deploy("status").err
    assert site.deploy("down").code == 0

    done = site.deploy("up", *AT_FIRST)

    assert done.code == 0
    assert "the images' names mean the former version again" in done.err
    assert former(engine) == before
    assert "cut off" not in site.deploy("status").err


def test_without_bills_metabase_goes_back_too(site: Stacked, engine: Engine) -> None:
    before = former(engine)
    site.database.unlink()
    engine.remember(breaks=True)

    done = site.deploy("upgrade", *AT_FIRST)

    assert done.code == 12
    assert former(engine) == before
    assert engine.state["metabase"].startswith(f"{METABASE}, seen by {before['metabase']}")
    saved = backup_of(site)
    assert list(archive.read(saved)["files"]) == ["metabase.sql"]
    assert (
        f"no bills are in it, as nothing is imported yet: there is no {site.database}" in done.err
    )
    assert f"`./finops deploy restore {saved} --replace`" in done.hint


def test_a_backup_that_is_gone_is_not_named_as_kept(site: Stacked, engine: Engine) -> None:
    engine.remember(breaks=True)
    site.killed(KILLED["when all are started"], "upgrade", *AT_FIRST)
    gone = backup_of(site)
    gone.unlink()
    done = site.deploy("upgrade", *AT_FIRST)
    assert done.code == 12
    assert f"{gone} is not there any more" in done.err
    assert str(gone) not in done.hint


def test_an_image_that_was_refused_is_new_only_when_it_has_its_name_again(
    site: Stacked, engine: Engine
) -> None:
    before, name = former(engine), IMAGES["dashboards"]
    engine.remember(
        images={**engine.state["images"], f"{name}:{Place(site.home).suffix}": "bad"},
        broken=["bad"],
    )
    done = site.deploy("upgrade", "--no-build", *AT_FIRST)
    refused = kept(site, "dashboards").replace("rollback", "refused")
    assert (done.code, refused in done.hint) == (12, True)
    assert engine.state["images"][refused] == "bad"

    next_second()
    again = site.deploy("upgrade", "--no-build", *AT_FIRST)

    assert (again.code, former(engine)) == (0, before)
    assert "no image is new" in again.err


def test_a_name_with_a_digest_is_refused_before_anything_changes(
    site: Stacked, engine: Engine
) -> None:
    env = site.home / ".env"
    name = "FINOPS_IMAGE=localhost/open-finops"
    env.write_text(
        env.read_text().replace(f"{name}:{Place(site.home).suffix}", f"{name}@sha256:{'0' * 64}")
    )
    done = site.deploy("upgrade", "--no-build", *AT_FIRST)
    assert done.code == 12
    assert "FINOPS_IMAGE in " in done.error
    assert [call for call in engine.calls() if " tag " in call] == []
