"""A port that another program has: said before `deploy` changes or stops anything."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.pairs import read_pairs
from tests.fixtures.engine import Engine, Stacked, engine, site
from tests.fixtures.saved import files

__all__ = ["engine", "site"]

UP = ("up", "--wait", "0")


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A program that listens at a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def port_of(server: socket.socket) -> str:
    return str(server.getsockname()[1])


def say(site: Stacked, **settings: str) -> None:
    """Write settings into .env; the last line of a name counts."""
    with (site.home / ".env").open("a") as file:
        file.writelines(f"{name}={value}\n" for name, value in settings.items())


@pytest.mark.parametrize(
    ("service", "setting", "command"),
    [
        ("dashboards", "FINOPS_DASHBOARDS_PORT", [*UP, "--build"]),
        ("metabase", "FINOPS_METABASE_PORT", ["upgrade", "--wait", "0"]),
    ],
)
def test_a_port_that_another_program_has_is_named_with_its_line_of_env(
    service: str,
    setting: str,
    command: list[str],
    site: Stacked,
    engine: Engine,
    listener: socket.socket,
) -> None:
    say(site, **{setting: port_of(listener)})
    before = files(site.home)

    done = site.deploy(*command)

    assert done.code == 12
    assert f"127.0.0.1:{port_of(listener)}, where {service} is to: " in done.error
    assert done.error.endswith(f"{site.home / '.env'}, {setting}={port_of(listener)}")
    assert done.hint.startswith("Nothing was started. Write a port that is free into ")
    assert files(site.home) == before
    assert engine.calls() == []


def test_a_port_of_the_stack_itself_is_not_in_its_way(site: Stacked, engine: Engine) -> None:
    ports = read_pairs(site.home / ".env")
    with socket.create_server(("127.0.0.1", int(ports["FINOPS_DASHBOARDS_PORT"]))):
        assert site.deploy(*UP, "--build").code == 0
        assert site.deploy("upgrade", "--wait", "0").code == 0
        assert site.deploy("down").code == 0
        assert site.deploy(*UP).code == 12
    assert engine.running() == {}


def test_the_port_of_a_service_that_is_left_out_may_be_another_s(
    site: Stacked, listener: socket.socket
) -> None:
    say(site, FINOPS_METABASE_PORT=port_of(listener))
    assert site.deploy(*UP, "--without-metabase").code == 0


def test_a_port_that_was_just_in_use_is_free(site: Stacked, engine: Engine) -> None:
    port = int(read_pairs(site.home / ".env")["FINOPS_DASHBOARDS_PORT"])
    with socket.create_server(("127.0.0.1", port)) as server:
        client = socket.create_connection(("127.0.0.1", port))
        ended, _ = server.accept()
        ended.close()  # this end waits for what may still be under way (TIME_WAIT)
        client.close()
    assert site.deploy("down").code == 0
    assert site.deploy(*UP).code == 0


@pytest.mark.parametrize("wrong", ["pins", "port"])
def test_a_refused_start_changes_no_env_that_is_there_and_writes_a_new_one(
    wrong: str, site: Stacked, engine: Engine, listener: socket.socket, tmp_path: Path
) -> None:
    assert site.deploy(*UP, "--without-metabase").code == 0
    if wrong == "pins":
        say(site, FINOPS_METABASE_VERSION="", FINOPS_METABASE_IMAGE="localhost/none:1")
    else:
        say(site, FINOPS_METABASE_PORT=port_of(listener))
    before = files(site.home)

    done = site.deploy(*UP, "--with-metabase")

    assert done.code == 12
    assert ("which Metabase to build" in done.error) == (wrong == "pins")
    assert files(site.home) == before
    assert site.deploy("status").code == 0
    if wrong == "pins":
        (site.home / ".env").unlink()
        engine.remember(images={})
        assert site.deploy(*UP, "--with-metabase").code == 12
        assert read_pairs(site.home / ".env")["FINOPS_METABASE_SHA256"] == ""
