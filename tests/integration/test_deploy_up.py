"""`deploy up` and `backup` on a stack that runs; the engine only remembers."""

from __future__ import annotations

from deploy.pairs import read_pairs
from tests.fixtures.engine import Engine, Stacked, engine, site
from tests.fixtures.programs import program

__all__ = ["engine", "site"]


def test_images_are_built_again_and_started_only_when_asked(site: Stacked, engine: Engine) -> None:
    former = engine.running()
    assert site.deploy("up", "--wait", "0").code == 0
    assert engine.running() == former

    assert site.deploy("up", "--build", "--wait", "0").code == 0
    assert engine.running().keys() == former.keys()
    assert not {*engine.running().values()} & {*former.values()}
    for service, setting in (("dashboards", "FINOPS_IMAGE"), ("metabase", "FINOPS_METABASE_IMAGE")):
        name = read_pairs(site.home / ".env")[setting]
        assert engine.image(service) == engine.state["images"][name]


def test_a_stack_that_does_not_become_healthy_is_no_success(site: Stacked, engine: Engine) -> None:
    engine.remember(broken=[engine.image("metabase")])
    done = site.deploy("up", "--wait", "0")
    assert (done.code, done.error) == (12, "after 0 s metabase is not healthy")
    assert "./finops deploy logs metabase" in done.hint
    assert done.out == ""


def test_an_interrupted_start_says_where_to_see_how_far_it_came(
    site: Stacked, engine: Engine
) -> None:
    program(engine.folder, "podman-compose", 0, "kill -INT $PPID; sleep 1")
    done = site.run("deploy", "--folder", str(site.home), "up")
    said = "error: interrupted; `./finops deploy status` shows what runs and what was cut off\n"
    assert (done.code, done.out, done.err) == (130, "", said)


def test_a_backup_without_env_says_that_metabase_s_volume_is_not_saved(
    site: Stacked, engine: Engine
) -> None:
    [volume] = engine.state["volumes"]
    (site.home / ".env").unlink()
    done = site.deploy("backup", str(site.home / "bills.tar"))
    assert done.code == 0
    assert f"not saved: {volume}, Metabase's volume" in done.err


def test_a_data_folder_that_cannot_be_looked_into_is_what_the_error_names(site: Stacked) -> None:
    data = site.home / ("x" * 300)
    for command, code in ((["backup", str(site.home / "bills.tar")], 12), (["up"], 7)):
        done = site.deploy(*command, env={"OPEN_FINOPS_DATA_DIR": str(data)})
        assert (done.code, done.error.endswith("File name too long")) == (code, True)
        assert str(data) in done.error
