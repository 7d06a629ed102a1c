"""The image without root's rights: files of the data folder belong to who runs it.

Networks of podman without root are not tried here: the container has none.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from pwd import getpwnam

import pytest

from tests.containers.conftest import HARDENED, IMAGE, SETTINGS, Podman
from tests.fixtures.finops import ROOT

NEEDED = ("useradd", "userdel", "newuidmap", "runuser")
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
        (home / "data").mkdir()
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
def run(user: Path, image: Podman) -> Run:
    """Return what runs the image as that user, without a network."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(user),
        "XDG_RUNTIME_DIR": str(user / "runtime"),
        "CONTAINERS_CONF": str(user / "containers.conf"),
    }
    store = ("--root", str(user / "graph"), "--runroot", str(user / "run"))
    driver = ("--storage-driver", "overlay")

    def podman(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["runuser", "--user", USER, "--", "podman", *store, *driver, *arguments]
        return subprocess.run(
            command,
            env=environment,
            cwd=user,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    archive = user / "image.tar"
    image("save", "--quiet", "--format", "oci-archive", "--output", str(archive), IMAGE)
    archive.chmod(0o644)
    loaded = podman("load", "--quiet", "--input", str(archive))
    archive.unlink()
    if loaded.returncode:
        reason = loaded.stderr.strip().splitlines()[-1]
        pytest.skip(f"podman without root's rights does not work here: {reason}")

    def started(*arguments: str) -> subprocess.CompletedProcess[str]:
        options = ("--rm", "--network", "none", *RIGHTS, *MAPPED)
        volume = ("--volume", f"{user / 'data'}:/data")
        return podman("run", *options, *volume, IMAGE, *arguments)

    return started


def test_what_a_container_writes_belongs_to_the_user_who_runs_it(user: Path, run: Run) -> None:
    done = run("demo", "--rows", "500", "--no-serve")
    assert done.returncode == 0, done.stdout + done.stderr
    made = [path for path in (user / "data").rglob("*") if path.is_file()]
    assert "finops.duckdb" in {path.name for path in made}
    assert {path.stat().st_uid for path in made} == {getpwnam(USER).pw_uid}


def test_finops_podman_sh_works_from_cron_for_that_user(user: Path, run: Run) -> None:
    (user / "bin").mkdir()
    (user / "bin" / "podman").write_text(
        f"#!/bin/sh\nexec {shutil.which('podman')} --root {user / 'graph'} --runroot {user / 'run'}"
        ' --storage-driver overlay "$@"\n'
    )
    (user / "bin" / "podman").chmod(0o755)
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

    def cron(command: str) -> subprocess.CompletedProcess[str]:
        """Run a command as cron does: no terminal, hardly a variable."""
        given = [f"{name}={value}" for name, value in variables.items()]
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
    me = getpwnam(USER).pw_uid
    assert {path.stat().st_uid for path in (user / "config.toml", user / "data")} == {me}


def test_exit_codes_are_those_of_the_command(run: Run) -> None:
    assert run("--version").returncode == 0
    assert run("no-such-command").returncode == 2
