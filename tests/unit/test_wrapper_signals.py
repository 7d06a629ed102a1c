"""finops-podman.sh, told to end: as ./finops, whatever podman makes of it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.wrapped import WRAPPER, ask, place
from tests.source import ROOT

__all__ = ["ask", "place"]

PODMAN = """
case "$1 $2" in
    "container exists") [ -e "$PLACE/left" ] ;;
    "rm --force") rm "$PLACE/left" ;;
    "kill --signal")
        [ ! -e "$PLACE/told" ] || exit 1
        : >"$PLACE/told"
        kill -s USR1 "$(cat "$PLACE/run")" ;;
    run*)
        echo $$ >"$PLACE/run"
        for one in "$@"; do
            [ "$previous" != --cidfile ] || file=$one
            previous=$one
        done
        $MEANWHILE
        echo told to begin
        while :; do sleep 0.1; done ;;
esac
"""
ENDS = "trap 'exit 0' TERM"
"""What podman does before a container has begun."""
LEAVES = "trap ': >$PLACE/left; echo id >$file; exit 0' TERM"
BEGINS = "trap 'exit 143' TERM; trap 'sleep 1.2; exit 5' USR1; echo id >$file"
"""A container that is told once, and whose end podman is slow to see; SIGTERM would end podman."""


@pytest.fixture
def start(place: Path):
    """Return what starts the script beside a podman that does something until it is told to end."""

    def started(meanwhile: str) -> subprocess.Popen[str]:
        podman = place / "bin" / "podman"
        podman.write_text(f"#!/bin/sh{PODMAN.replace('$MEANWHILE', meanwhile)}")
        env = {
            "PATH": str(place / "bin"),
            "HOME": str(place / "home"),
            "PLACE": str(place),
            "OPEN_FINOPS_IMAGE": "image",
            "OPEN_FINOPS_DATA_DIR": str(place / "data"),
        }
        running = subprocess.Popen(
            [place / "checkout" / WRAPPER, "run"], cwd=place / "here", env=env, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert running.stdout
        assert running.stdout.readline() == "told to begin\n"
        return running

    return started


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("meanwhile", "code"), [(ENDS, 130), (LEAVES, 130), (BEGINS, 5)], ids=["ends", "leaves", "runs"]
)
def test_a_signal_ends_it_as_it_ends_finops(start, place, meanwhile, code, number):
    running = start(meanwhile)
    running.send_signal(number)
    _, err = running.communicate(timeout=60)
    assert running.returncode == code
    assert err == ("error: interrupted before the container began\n" if code == 130 else "")
    assert not (place / "left").exists()


def test_a_container_that_does_not_hear_at_first_is_told_again(start):
    running = start("trap 'rm $PLACE/told; trap \"exit 5\" USR1' USR1; echo id >$file")
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    assert running.returncode == 5


def test_finops_itself_ends_with_one_line_before_a_command_begins(tmp_path: Path) -> None:
    (tmp_path / "finops").write_text((ROOT / "finops").read_text())
    (tmp_path / "bootstrap.py").write_text(
        "import os, signal, time\n"
        "def enter(*_):\n    os.kill(os.getpid(), signal.SIGTERM)\n    time.sleep(9)\n"
    )
    done = subprocess.run([sys.executable, tmp_path / "finops"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "error: interrupted before the command began\n")
