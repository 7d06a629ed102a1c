"""The environment of Google's test servers: what requirements-google.lock names."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.source import ROOT

LOCK = ROOT / "requirements-google.lock"
PLACE = ROOT / ".venv-google"
PIP = (
    "install --require-hashes --no-deps --only-binary=:all: --no-input --retries=2 --no-compile -r"
)
"""Nothing is compiled ahead: the servers use a small part of what they bring."""
OFFLINE = ("Max retries exceeded", "NewConnectionError", "ProxyError", "No matching distribution")


class UnavailableError(Exception):
    """This machine cannot have the servers; the message says why."""


def prepared() -> Path:
    """Return the environment; make it when it is not there or outdated."""
    mark = PLACE / LOCK.name
    with PLACE.with_suffix(".lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not (mark.exists() and mark.read_bytes() == LOCK.read_bytes()):
            shutil.rmtree(PLACE, ignore_errors=True)
            run([sys.executable, "-m", "venv", "--without-pip", PLACE])
            python = PLACE / "bin" / "python"
            run([sys.executable, "-m", "pip", "--python", python, *PIP.split(), LOCK])
            shutil.copyfile(LOCK, mark)
    return PLACE


def run(command: list[str | Path]) -> None:
    """Run one step; without network the servers are unavailable, anything else is a failure."""
    mixing = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_USER")
    variables = {name: value for name, value in os.environ.items() if name not in mixing}
    done = subprocess.run(
        command, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    words = done.stdout + done.stderr
    if done.returncode and any(sign in words for sign in OFFLINE):
        raise UnavailableError("the package index cannot be reached")
    assert not done.returncode, words


def spatial(place: Path, home: Path) -> None:
    """Put DuckDB's spatial extension, which the server loads, where it looks first."""
    for found in place.rglob("spatial.duckdb_extension"):
        version = found.parent.name
        folder = home / ".duckdb" / "extensions" / version / platform(place)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found, folder / found.name)


def platform(place: Path) -> str:
    """Return what DuckDB calls this machine."""
    query = "import duckdb; print(duckdb.sql('PRAGMA platform').fetchone()[0])"
    done = subprocess.run(
        [place / "bin" / "python", "-c", query], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
