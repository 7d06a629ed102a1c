"""Which compose tool and which engine this machine has, and running them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from core.errors import ComposeFailed, NoCompose

PODMAN, DOCKER = "podman", "docker"
CANDIDATES = (
    (PODMAN, ("podman-compose",)),
    (PODMAN, (PODMAN, "compose")),
    (DOCKER, (DOCKER, "compose")),
)
"""Engine and compose command, the first that works is taken."""
BESIDE = Path(sys.executable).parent
"""Folder of this Python, where pip puts podman-compose."""
OVERRIDE = "FINOPS_COMPOSE"
"""Variable that names the compose command, such as "docker compose"."""


@dataclass(frozen=True)
class Tools:
    """A compose command, and the engine that it drives."""

    engine: str
    compose: tuple[str, ...]

    def run(self, *arguments: str, stdin: IO[bytes] | None = None, stdout: IO[bytes] | None = None,
            check: bool = True) -> subprocess.CompletedProcess[str]:  # fmt: skip
        """Ask the engine; return what it wrote, or write it to `stdout`.

        Raises:
            ComposeFailed: If it fails and `check` is set.
        """
        return run((self.engine, *arguments), stdin=stdin, stdout=stdout, check=check)

    def inspect(self, *names: str) -> list[Any]:
        """Return what the engine knows of containers or images; an unknown one is left out."""
        found = []
        for name in names:
            done = self.run("inspect", name, check=False)
            if done.returncode == 0:
                found += json.loads(done.stdout)
        return found


def run(
    command: Sequence[str],
    *,
    stdin: IO[bytes] | None = None,
    stdout: IO[bytes] | None = None,
    check: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run a command quietly; a failure is one line that ends with the last it wrote."""
    done = subprocess.run(
        command,
        stdin=stdin or subprocess.DEVNULL,
        stdout=stdout or subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    if check and done.returncode:
        raise ComposeFailed(command, done.returncode, done.stderr or done.stdout or "")
    return done


def show(command: Sequence[str]) -> None:
    """Run a command that writes to the terminal itself.

    Raises:
        ComposeFailed: If it fails.
    """
    code = subprocess.run(command, check=False).returncode
    if code:
        raise ComposeFailed(command, code)


def find_tools(
    environment: Mapping[str, str] | None = None, *, beside: Path | None = BESIDE
) -> Tools:
    """Return the first compose command that works, on PATH or in the folder `beside`.

    Raises:
        NoCompose: If there is none.
    """
    environment = os.environ if environment is None else environment
    if named := environment.get(OVERRIDE, "").split():
        return Tools(DOCKER if DOCKER in Path(named[0]).name else PODMAN, tuple(named))
    path = environment.get("PATH", os.defpath) + (f"{os.pathsep}{beside}" if beside else "")
    for engine, (name, *rest) in CANDIDATES:
        program = shutil.which(name, path=path)
        if program and shutil.which(engine, path=path) and works((program, *rest)):
            return Tools(engine, (program, *rest))
    raise NoCompose()


def works(compose: Sequence[str]) -> bool:
    """Tell whether a compose command exists: podman before 4.7 and bare docker have none."""
    return len(compose) == 1 or run((*compose, "version"), check=False).returncode == 0
