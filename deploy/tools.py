"""Which compose tool and which engine this machine has, and running them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from core.errors import ComposeFailed, NoCompose, NoProgram, NotPulled, OldCompose

PODMAN, DOCKER = "podman", "docker"
LOCAL = "localhost/"
"""What the names of images begin with that are built here; others come from a registry."""
CANDIDATES = (
    (PODMAN, ("podman-compose",)),
    (PODMAN, (PODMAN, "compose")),
    (DOCKER, (DOCKER, "compose")),
)
"""Engine and compose command, the first that works is taken."""
LEAST = (1, 6, 0)
"""The first podman-compose that reads COMPOSE_PROFILES in .env and relabels secrets for SELinux."""
VERSION = re.compile(r"podman-composer? version:? +(\d+)\.(\d+)\.(\d+)")
STDOUT, STDERR = 1, 2
"""Only results go to standard output; what programs say of their work is beside it."""
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
            NoProgram: If it is not here.
            ComposeFailed: If it fails and `check` is set.
        """
        return run((self.engine, *arguments), stdin=stdin, stdout=stdout, check=check)

    def inspect(self, *names: str) -> list[Any]:
        """Return what the engine knows of containers; an unknown one is left out."""
        told = self.run("inspect", *names, check=False).stdout if names else ""
        return list(json.loads(told or "[]"))

    def has_image(self, name: str) -> bool:
        """Whether the engine's store holds an image of this name."""
        return self.run("image", "inspect", name, check=False).returncode == 0

    def check_built_here(self, image: str) -> None:
        """Raise NotPulled where an image has a registry's name, which no build here may take."""
        if not image.startswith(LOCAL):
            raise NotPulled(image, f"{self.engine} pull {image}")


def run(
    command: Sequence[str],
    *,
    stdin: IO[bytes] | None = None,
    stdout: IO[bytes] | None = None,
    check: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run a command quietly; a failure is one line that ends with the last it wrote.

    Raises:
        NoProgram: If there is no such command.
        ComposeFailed: If it fails and `check` is set.
    """
    with starting(command):
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


def show(command: Sequence[str], *, keep: Sequence[int] = ()) -> None:
    """Run a command that writes to the terminal itself, and inherits the open files in `keep`.

    What it writes to standard output goes to standard error: it is no result of ours.

    Raises:
        NoProgram: If there is no such command.
        ComposeFailed: If it fails.
    """
    if code := code_of(command, keep=keep, stdout=STDERR):
        raise ComposeFailed(command, code)


def code_of(
    command: Sequence[str],
    *,
    keep: Sequence[int] = (),
    stdout: int | None = None,
    stderr: int | None = None,
) -> int:
    """Run a command that writes to the terminal itself; return its exit code.

    Args:
        command: The program and its arguments.
        keep: Open files that it inherits.
        stdout: Where its standard output goes; None leaves it there.
        stderr: Where its errors go; None leaves them there.

    Raises:
        NoProgram: If there is no such command.
    """
    with starting(command):
        return subprocess.run(
            command, pass_fds=keep, stdout=stdout, stderr=stderr, check=False
        ).returncode


@contextmanager
def starting(command: Sequence[str]) -> Iterator[None]:
    """Turn a program that is not here, or may not be run, into one clear error."""
    try:
        yield
    except OSError as error:
        raise NoProgram(command[0], error.strerror or str(error)) from error


def find_tools(
    environment: Mapping[str, str] | None = None, *, beside: Path | None = BESIDE
) -> Tools:
    """Return the first compose command that works, in the folder `beside` or on PATH.

    One that the environment names is taken as it is.

    Raises:
        OldCompose: If there is only a podman-compose that is too old.
        NoCompose: If there is none.
    """
    environment = os.environ if environment is None else environment
    if named := environment.get(OVERRIDE, "").split():
        return Tools(DOCKER if DOCKER in Path(named[0]).name else PODMAN, tuple(named))
    path = (f"{beside}{os.pathsep}" if beside else "") + environment.get("PATH", os.defpath)
    old: OldCompose | None = None
    for engine, (name, *rest) in CANDIDATES:
        program = shutil.which(name, path=path)
        if program and shutil.which(engine, path=path):
            compose = (program, *rest)
            told = run((*compose, "version"), check=False)
            version = version_of(told.stdout + told.stderr)
            if version and version < LEAST:
                old = old or OldCompose(compose, written(version), written(LEAST))
            elif told.returncode == 0:
                return Tools(engine, compose)
    raise old or NoCompose()


def version_of(text: str) -> tuple[int, ...] | None:
    """Return the version of podman-compose that a text tells; None where it tells none."""
    found = VERSION.search(text)
    return tuple(int(part) for part in found.groups()) if found else None


def written(version: Sequence[int]) -> str:
    """Return a version with points between its numbers."""
    return ".".join(str(part) for part in version)
