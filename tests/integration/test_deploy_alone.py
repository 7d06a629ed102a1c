"""One command at a time changes a stack, also while a build outlives the one that began it."""

from __future__ import annotations

import os
import signal
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.errors import ComposeFailed
from deploy.alone import alone, is_busy
from deploy.halfway import Exchange, note
from deploy.place import Place
from deploy.stack import Stack
from deploy.tools import BESIDE, PODMAN, Tools
from tests.fixtures.engine import Engine, Stacked, engine, site
from tests.fixtures.finops import Finops
from tests.fixtures.killed import paused
from tests.fixtures.programs import program
from tests.fixtures.saved import BEFORE, SPEND, empty, pack

__all__ = ["engine", "site"]


@pytest.mark.parametrize("command", ["up", "down", "upgrade", "restore x.tar", "prepare"])
def test_one_command_at_a_time_changes_a_stack(command: str, site: Stacked, engine: Engine) -> None:
    with alone(Place(site.home)):
        done = site.deploy(*command.split())
    assert (done.code, engine.calls()) == (6, [])
    assert f"is at work on {site.home}" in done.error


def test_who_only_looks_keeps_no_command_from_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path)
    with ExitStack() as look:
        look.enter_context(alone(place))
        monkeypatch.setattr(time, "sleep", lambda seconds: look.close())
        with alone(place):
            pass


def test_a_restore_at_work_is_not_said_to_be_cut_off(site: Stacked) -> None:
    place = Place(site.home)
    note(place, Exchange(source="/monday.tar", metabase=True))
    with alone(place):
        said = site.deploy("status").err
    assert "a restore of /monday.tar has begun, and a command is at work" in said
    assert "the restore of /monday.tar was cut off" in site.deploy("status").err


def test_a_build_that_outlives_finops_and_podman_compose_keeps_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, build = Place(tmp_path), tmp_path / "build"
    place.env_file.write_text("COMPOSE_PROFILES=\nFINOPS_SECRETS=/none\n")
    program(tmp_path / "bin", "podman", 0, "echo podman version 4.3.1\n"
            f'case $1 in build) echo $$ >{build}; kill -9 $PPID; exec sleep 60;; esac')  # fmt: skip
    monkeypatch.setenv("PATH", f"{tmp_path}/bin", prepend=os.pathsep)
    stack = Stack(place, Tools(PODMAN, (str(BESIDE / "podman-compose"),)))
    with alone(place) as held, pytest.raises(ComposeFailed, match="-9"):
        stack.build(held, only_missing=False, say=str)
    assert is_busy(place)
    os.kill(int(build.read_text()), signal.SIGKILL)
    end = time.monotonic() + 60
    while is_busy(place):
        assert time.monotonic() < end


def test_a_second_restore_waits_for_none_and_takes_nothing_from_the_first(
    built: Finops, tmp_path: Path
) -> None:
    other = empty(tmp_path)
    file = pack(tmp_path / "saved.tar", {"finops.duckdb": built.database.read_bytes()})
    command = ("deploy", "--folder", str(other.home), "restore", str(file), "--without-metabase")
    first, mark = paused(other, "deploy.restore:check_parts:before:1", *command)
    try:
        for second in (command, (*command, "--replace")):
            refused = other.run(*second)
            assert refused.code == 6
            assert f"(pid {first.pid})" in refused.error
        mark.unlink()
        _, said = first.communicate(timeout=60)
        assert first.returncode == 0, said
        assert other.value(SPEND) == BEFORE
    finally:
        first.kill()
