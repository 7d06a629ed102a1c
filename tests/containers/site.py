"""A copy of the checkout with its own stack: what a user has on a machine."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.containers.podman import BASE, IMAGE, METABASE, Podman
from tests.fixtures.finops import ROOT, Result
from tests.fixtures.ports import free_port

USER = 12345
"""Owner of the data folder: neither root nor the images' own user."""
PATIENCE = 60
LISTENING = "0A"
"""A state of /proc/net/tcp."""
COPIED = ("core", "vendors", "focus", "dashboards", "metabase", "deploy", "docker")


@dataclass(frozen=True)
class Site:
    """A folder with a checkout, config.toml, exports/ and data/."""

    folder: Path
    podman: Podman

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the site's user."""
        environment = {**self.podman.environment, "HOME": str(self.folder / "home")}
        environment["PATH"] += f"{os.pathsep}{Path(sys.executable).parent}"  # podman-compose
        return environment

    def shell(self, text: str, *, env: dict[str, str] | None = None) -> Result:
        """Run shell commands in the folder, as a user copies them."""
        try:
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", text],
                cwd=self.folder,
                env={**self.environment, **(env or {})},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            pytest.fail(f"{late}\n{late.stdout!r}\n{late.stderr!r}\n{self.seen()}")
        return Result(done.returncode, done.stdout, done.stderr)

    def seen(self) -> str:
        """Return what runs here, and the last lines of each container."""
        told = [subprocess.run(["ps", "-ef"], capture_output=True, text=True, check=False).stdout]
        told.append(self.podman("ps", "--all", check=False).stdout)
        for container in self.podman("ps", "--all", "--quiet", check=False).stdout.split():
            logs = self.podman("logs", "--tail", "20", container, check=False)
            told.append(f"{container}\n{logs.stdout}{logs.stderr}")
        return "\n".join(told)

    def deploy(self, text: str) -> Result:
        """Run `finops deploy ...`; anything but success fails the test."""
        done = self.shell(f"./finops deploy {text}")
        assert done.code == 0, done.out + done.err
        return done

    def status(self) -> dict[str, dict[str, Any]]:
        done = self.shell("./finops deploy status --json")
        return {row["service"]: row for row in json.loads(done.out)}

    def container(self, service: str) -> str:
        """Return the id of a service's container."""
        project, name = "label=com.docker.compose.project=", "label=com.docker.compose.service="
        filters = (f"{project}{self.setting('COMPOSE_PROJECT_NAME')}", f"{name}{service}")
        options = [word for one in filters for word in ("--filter", one)]
        return self.podman("ps", "--all", "--quiet", "--no-trunc", *options).stdout.strip()

    def execute(self, service: str, *command: str) -> str:
        """Run a command in a service's container."""
        return self.podman("exec", self.container(service), *command).stdout

    def inspect(self, service: str) -> dict[str, Any]:
        """Return what podman knows of a service's container."""
        found: dict[str, Any] = json.loads(self.podman("inspect", self.container(service)).stdout)[
            0
        ]
        return found

    def sql(self, query: str) -> str:
        """Ask Postgres, as Metabase's user."""
        bare = ("--no-align", "--tuples-only", "--quiet")
        said = self.execute("postgres", "psql", "-U", "metabase", *bare, "-c", query, "metabase")
        return said.strip()

    def healthy(self, *services: str) -> bool:
        found = self.status()
        return all(found[name]["health"] == "healthy" for name in services)

    def use(self, profile: str) -> None:
        """Write into .env which services run."""
        env = self.folder / ".env"
        former = f"COMPOSE_PROFILES={self.setting('COMPOSE_PROFILES')}\n"
        env.write_text(env.read_text().replace(former, f"COMPOSE_PROFILES={profile}\n"))

    def setting(self, name: str) -> str:
        """Return a line of .env."""
        lines = (self.folder / ".env").read_text().splitlines()
        return next(line for line in lines if line.startswith(f"{name}=")).partition("=")[2]


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.5)


def addresses_of(port: int) -> set[str]:
    """Return this machine's addresses at which something listens at a port."""
    found = set()
    for file in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for row in file.read_text().splitlines()[1:]:
            local, state = row.split()[1], row.split()[3]
            address, _, number = local.partition(":")
            if state == LISTENING and int(number, 16) == port:
                known = len(address) == len("0100007F")
                found.add(socket.inet_ntoa(bytes.fromhex(address)[::-1]) if known else address)
    return found


def make_site(folder: Path, podman: Podman, postgres: str) -> Site:
    """Copy the checkout; `./finops` there runs under this Python."""
    for name in COPIED:
        left_out = shutil.ignore_patterns("node_modules", "__pycache__", "target", "logs")
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for path in ROOT.iterdir():
        if path.is_file() and path.name != "config.toml" and not path.name.startswith(".venv"):
            shutil.copy2(path, folder / path.name)
    program = f'#!/bin/sh\nPYTHONPATH={folder} exec {sys.executable} -m core.cli.main "$@"\n'
    (folder / "finops").write_text(program)
    for name in ("home", "data", "exports"):
        (folder / name).mkdir()
    for owned in (folder, folder / "data"):
        os.chown(owned, USER, USER)
    (folder / ".env").write_text(
        f"COMPOSE_PROJECT_NAME=finops-test-{os.getpid()}\n"
        "COMPOSE_PROFILES=postgres\n"
        f"FINOPS_IMAGE={IMAGE}\n"
        f"FINOPS_BASE={BASE}\n"
        f"FINOPS_POSTGRES_IMAGE={postgres}\n"
        f"FINOPS_METABASE_IMAGE={METABASE}\n"
        f"FINOPS_DASHBOARDS_PORT={free_port()}\n"
        f"FINOPS_METABASE_PORT={free_port()}\n"
    )
    return Site(folder, podman)
