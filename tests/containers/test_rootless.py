"""The image without root's rights: files of the data folder belong to who runs it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from pwd import getpwnam

import pytest

from core.config import load_config
from deploy.pairs import read_pairs
from deploy.place import Place, prepare
from tests.containers.podman import HARDENED, IMAGE, SETTINGS, Podman
from tests.containers.site import addresses_of, free_port, until
from tests.fixtures.aws import Bucket
from tests.fixtures.finops import ROOT

PYTHON = "/usr/bin/python3"
"""One that every user may run; this one may be root's alone."""
NEEDED = (PYTHON, "useradd", "userdel", "newuidmap", "runuser")
USER = f"finops-{os.getpid()}"
LIMITS = ("--memory", "3g", "--pids-limit", "256")
"""Of a user without a cgroup of their own, podman refuses these."""
RIGHTS = tuple(part for part in HARDENED if part not in LIMITS)
MAPPED = ("--userns", "keep-id:uid=10001,gid=10001")
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def user() -> Iterator[Path]:
    """A user who exists for this module; yield their home folder."""
    if missing := [name for name in NEEDED if shutil.which(name) is None]:
        pytest.skip(f"a user without root's rights needs {', '.join(missing)}")
    home = Path(tempfile.mkdtemp(prefix="finops-home-"))
    made = subprocess.run(
        ["useradd", "--home-dir", str(home), "--no-create-home", USER],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        if made.returncode:
            pytest.skip(f"no user can be made here: {made.stderr.strip()}")
        (home / "runtime").mkdir(mode=0o700)
        for name in ("bills", "exports", "site", "bin", "libraries"):
            (home / name).mkdir()
        (home / "containers.conf").write_text(SETTINGS)
        for path in (home, *home.iterdir()):
            shutil.chown(path, USER, USER)
        yield home
    finally:
        end_pause(home / "runtime")
        subprocess.run(["userdel", USER], capture_output=True, check=False)
        subprocess.run(["umount", home / "graph" / "overlay"], capture_output=True, check=False)
        shutil.rmtree(home)


def end_pause(runtime: Path) -> None:
    """End the process by which podman keeps a user's namespace."""
    for file in runtime.rglob("pause.pid"):
        pid = int(file.read_text())
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            while Path(f"/proc/{pid}").exists():
                time.sleep(0.05)


@pytest.fixture(scope="module")
def as_user(user: Path) -> Run:
    """Return what runs a command as that user, whose podman has a store of its own."""
    libraries = user / "libraries"
    for name in ("podman_compose", "yaml", "dotenv"):
        found = Path(str(import_module(name).__file__))
        if found.name == "__init__.py":
            shutil.copytree(found.parent, libraries / name)
        else:
            shutil.copy(found, libraries)
    store = f"--root {user / 'graph'} --runroot {user / 'run'} --storage-driver overlay"
    programs = {
        "podman": f'exec {shutil.which("podman")} {store} "$@"',
        "podman-compose": f'PYTHONPATH={libraries} exec {PYTHON} -m podman_compose "$@"',
    }
    for name, text in programs.items():
        (user / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (user / "bin" / name).chmod(0o755)
    environment = {
        "PATH": f"{user / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(user),
        "XDG_RUNTIME_DIR": str(user / "runtime"),
        "CONTAINERS_CONF": str(user / "containers.conf"),
    }

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["runuser", "--user", USER, "--", *command],
            env=environment,
            cwd=user / "site",
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


@pytest.fixture(scope="module")
def loaded(user: Path, as_user: Run, image: Podman) -> None:
    """The image in that user's store."""
    archive = user / "image.tar"
    image("save", "--quiet", "--format", "docker-archive", "--output", str(archive), IMAGE)
    archive.chmod(0o644)
    done = as_user("podman", "load", "--quiet", "--input", str(archive))
    archive.unlink()
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1]
        pytest.skip(f"podman without root's rights does not work here: {reason}")


@pytest.fixture
def run(user: Path, as_user: Run, loaded: None) -> Run:
    """Return what runs the image as that user, without a network."""

    def started(*arguments: str) -> subprocess.CompletedProcess[str]:
        options = ("--rm", "--network", "none", *RIGHTS, *MAPPED)
        data = ("--volume", f"{user / 'bills'}:/data")
        exports = ("--volume", f"{user / 'exports'}:/exports:ro")
        return as_user("podman", "run", *options, *data, *exports, IMAGE, *arguments)

    return started


def test_what_a_container_writes_belongs_to_the_user_who_runs_it(user: Path, run: Run) -> None:
    Bucket(user / "exports" / "aws").deliver("2026-01", costs=["1.10", "1.10"])
    done = run("aws", "import-cur", "-b", "/exports/aws", "-p", "exports", "-n", "cur")
    assert done.returncode == 0, done.stdout + done.stderr
    made = [path for path in (user / "bills").rglob("*") if path.is_file()]
    assert "finops.duckdb" in {path.name for path in made}
    assert {path.stat().st_uid for path in made} == {getpwnam(USER).pw_uid}


def test_finops_podman_sh_works_from_cron_for_that_user(user: Path, run: Run) -> None:
    (user / "checkout").mkdir()
    shutil.copy2(ROOT / "finops-podman.sh", user / "checkout")
    shutil.chown(user / "checkout", USER, USER)
    variables = {
        "HOME": str(user),
        "PATH": f"{user / 'bin'}:{os.environ['PATH']}",
        "XDG_RUNTIME_DIR": str(user / "runtime"),
        "CONTAINERS_CONF": str(user / "containers.conf"),
        "OPEN_FINOPS_IMAGE": IMAGE,
    }

    def cron(command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command as cron does: no terminal, hardly a variable."""
        given = [f"{name}={value}" for name, value in {**variables, **more}.items()]
        line = [
            "env",
            "-i",
            *given,
            "sh",
            "-c",
            f"cd {user} && ./checkout/finops-podman.sh {command}",
        ]
        return subprocess.run(
            ["runuser", "--user", USER, "--", *line],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    done = cron("config init")
    assert (done.returncode, done.stderr) == (0, "")
    done = cron("query 'SELECT 1'")
    assert (done.returncode, done.stdout) == (9, "")
    assert done.stderr.startswith(f"error: there is no database {user}/data/finops.duckdb yet\n")
    done = cron("query 'SELECT 1'", OPEN_FINOPS_DATA_DIR="/etc/not-mine")
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        9, "error: there is no database /etc/not-mine/finops.duckdb yet",
    )  # fmt: skip
    me = getpwnam(USER).pw_uid
    assert {path.stat().st_uid for path in (user / "config.toml", user / "data")} == {me}


def test_exit_codes_are_those_of_the_command(run: Run) -> None:
    assert run("--version").returncode == 0
    assert run("no-such-command").returncode == 2


@pytest.fixture
def site(user: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of that user with docker-compose.yml and what `deploy prepare` makes."""
    folder = user / "site"
    shutil.copy(ROOT / "docker-compose.yml", folder)
    (folder / "config.toml").write_text("")
    monkeypatch.setenv("HOME", str(user))
    own = {
        "COMPOSE_PROJECT_NAME": "finops-rootless",
        "COMPOSE_PROFILES": "",
        "FINOPS_IMAGE": IMAGE,
        "FINOPS_DASHBOARDS_PORT": str(free_port()),
    }
    prepare(Place(folder), load_config(folder / "config.toml", env={}), rootless=True, own=own)
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, USER, USER)
    return folder


def test_compose_starts_what_its_user_may_start(site: Path, as_user: Run, loaded: None) -> None:
    done = as_user("podman-compose", "up", "-d", "--no-build")
    assert done.returncode == 0, done.stdout + done.stderr
    containers = as_user("podman", "ps", "--quiet").stdout.split()
    assert len(containers) == 2
    for one in containers:
        until(lambda one=one: as_user("podman", "healthcheck", "run", one).returncode == 0, one)
    port = read_pairs(site / ".env")["FINOPS_DASHBOARDS_PORT"]
    assert addresses_of(int(port)) == {"127.0.0.1"}
    down = as_user("podman-compose", "down")
    assert down.returncode == 0, down.stdout + down.stderr
    assert {path.stat().st_uid for path in (site / "data").rglob("*")} == {getpwnam(USER).pw_uid}
