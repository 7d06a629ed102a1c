"""`finops deploy` where FINOPS_COMPOSE names Docker's compose; the engine only remembers.

No Docker runs where the tests do; tests/containers/test_docker_compose.py starts the stack with its
compose, through podman.
"""

from __future__ import annotations

import pytest

from tests.fixtures.engine import Engine, Stacked, engine, site

__all__ = ["engine", "site"]


@pytest.fixture
def docker(site: Stacked, engine: Engine) -> Stacked:
    """A user whose stack is driven by docker, and asks no other program."""
    site.environment["FINOPS_COMPOSE"] = "docker compose"
    for name in ("podman", "podman-compose"):
        (engine.folder / name).unlink()
        (engine.folder / name).write_text("")
    return site


def test_docker_is_asked_for_the_same_in_its_own_words(docker: Stacked, engine: Engine) -> None:
    former = engine.running()
    for command in (
        ["up", "--build", "--wait", "0"],
        ["status"],
        ["exec", "run"],
        ["logs", "scheduler"],
        ["backup", str(docker.home / "saved.tar")],
        ["restore", str(docker.home / "saved.tar"), "--replace", "--wait", "0"],
        ["upgrade", "--wait", "0"],
    ):
        done = docker.deploy(*command)
        assert done.code == 0, (command, done.err)
    assert engine.running().keys() == former.keys()
    assert {call.partition(" ")[0] for call in engine.state["calls"]} == {"docker"}
    assert docker.deploy("down").code == 0
    assert engine.running() == {}


def test_docker_s_own_checks_tell_what_is_healthy(docker: Stacked, engine: Engine) -> None:
    engine.remember(broken=[engine.image("metabase")])
    done = docker.deploy("status")
    assert (done.code, done.error) == (12, "metabase is not healthy")
