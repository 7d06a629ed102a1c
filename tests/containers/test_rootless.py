"""The image and the stack without root's rights: what they write belongs to who runs them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from pwd import getpwnam

import pytest

from tests.containers.podman import HARDENED, IMAGE, SETTINGS, Podman
from tests.containers.site import Site, addresses_of, make_site
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
        for name in ("bills", "site", "bin"):
            (home / name).mkdir()
        (home / "containers.conf").write_text(SETTINGS)
        for path in (home, *home.iterdir()):
            shutil.chown(path, USER, USER)
        yield home
    finally:
        end_pause(home / "runtime")
        subprocess.run(["userdel", USER], capture_output=True, check=False)
        subprocess.run(["umount", home / "graph" / "overlay"], capture_output=True, check=False)
        subprocess.run(["rm", "-rf", str(home)], check=True)  # half of what shutil.rmtree takes


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
    store = f"--root {user / 'graph'} --runroot {user / 'run'} --storage-driver overlay"
    programs = {
        "podman": f'exec {shutil.which("podman")} {store} "$@"',
        "podman-compose": f'exec {user / "site" / ".venv/bin/python"} -m podman_compose "$@"',
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
def loaded(user: Path, as_user: Run, image: Podman, postgres: str) -> None:
    """The images in that user's store."""
    archive = user / "images.tar"
    kind = ("--format", "docker-archive", "--multi-image-archive", "--output", str(archive))
    image("save", "--quiet", *kind, IMAGE, postgres)
    archive.chmod(0o644)
    done = as_user("podman", "load", "--quiet", "--input", str(archive))
    archive.unlink()
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1]
        pytest.skip(f"podman without root's rights does not work here: {reason}")


def owners(*paths: Path) -> set[int]:
    """Return the users to whom files and folders belong, and all that is in them."""
    return {one.stat().st_uid for path in paths for one in (path, *path.rglob("*"))}


@pytest.fixture
def me(user: Path) -> int:
    """The number of that user."""
    return getpwnam(USER).pw_uid


def test_what_a_container_writes_belongs_to_the_user_who_runs_it(
    user: Path, me: int, as_user: Run, loaded: None
) -> None:
    options = ("--rm", "--network", "none", *RIGHTS, *MAPPED, "--volume", f"{user / 'bills'}:/data")
    made = as_user(
        "podman", "run", *options, IMAGE, "config", "init", "--path", "/data/config.toml"
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert owners(user / "bills" / "config.toml") == {me}


def test_finops_podman_sh_works_from_cron_for_that_user(user: Path, me: int, loaded: None) -> None:
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
    assert owners(user / "config.toml", user / "data") == {me}


@pytest.fixture(scope="module")
def site(user: Path, as_user: Run, loaded: None, image: Podman, postgres: str) -> Iterator[Site]:
    """That user's checkout, whose ./finops finds in .venv the packages that the tests have."""
    about = "import sys; print(sys.version_info[:2])"
    told = subprocess.run([PYTHON, "-c", about], capture_output=True, text=True, check=True).stdout
    if told.strip() != str(sys.version_info[:2]):
        pytest.skip(
            f"{PYTHON} is of another version than {sys.executable}, whose packages it needs"
        )
    made = make_site(user / "site", image, postgres)
    folder = made.folder
    shutil.copy2(ROOT / "finops", folder)
    Bucket(folder / "exports" / "aws").deliver("2026-01", costs=["1.10", "1.10"])
    (folder / "config.toml").write_text(
        '[aws]\nbucket = "exports/aws"\nprefix = "exports"\nexport_name = "cur"\n'
    )
    (folder / "config.toml").chmod(0o600)
    subprocess.run(["chown", "--recursive", f"{USER}:", str(folder)], check=True)
    done = as_user(PYTHON, "-m", "venv", "--without-pip", ".venv")
    assert done.returncode == 0, done.stdout + done.stderr
    [packages] = (folder / ".venv" / "lib").glob("python*/site-packages")
    made_for = "made-for-python{}.{}.lock".format(*sys.version_info)
    shutil.copy(folder / "requirements.lock", folder / ".venv" / made_for)
    # Read-only: who removes what a killed run left here must not reach the tests' own packages.
    bound = ("mount", "--options", "bind,ro", sysconfig.get_path("purelib"), str(packages))
    subprocess.run(bound, check=True)
    try:
        yield made
    finally:
        as_user("podman", "rm", "--all", "--force", "--time", "0")
        subprocess.run(["umount", str(packages)], check=True)


@pytest.fixture(scope="module")
def deploy(site: Site, as_user: Run) -> Callable[..., str]:
    """The stack of that user, with a month imported; return what runs `./finops deploy` there."""

    def run(*arguments: str) -> str:
        done = as_user("./finops", "deploy", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("prepare", "--without-metabase")
    done = as_user("podman-compose", "up", "-d")
    assert done.returncode == 0, done.stdout + done.stderr
    site.use("postgres")
    run("up", "--wait", "120")
    run("exec", "run")
    return run


def test_podman_compose_and_deploy_up_start_the_stack_for_that_user(
    deploy: Callable[..., str],
) -> None:
    found = {row["service"]: row for row in json.loads(deploy("status", "--json"))}
    assert {name: row["health"] for name, row in found.items()} == {
        name: "healthy" for name in ("dashboards", "scheduler", "postgres")
    }
    [port] = found["dashboards"]["ports"]
    assert addresses_of(int(port.partition(":")[2])) == {"127.0.0.1"}
    assert "next run at" in deploy("logs", "scheduler")


def test_that_user_s_backup_brings_back_bills_and_metabase_s_data(
    site: Site, deploy: Callable[..., str], as_user: Run
) -> None:
    container = f"{site.setting('COMPOSE_PROJECT_NAME')}_postgres_1"
    psql = ("podman", "exec", container, "psql", "-U", "metabase", "--tuples-only", "-c")

    def sql(text: str) -> str:
        return as_user(*psql, text, "metabase").stdout.strip()

    sql("CREATE TABLE question AS SELECT 'what did it cost?' AS name")
    deploy("backup", "saved.tar.zst")
    (site.data / "finops.duckdb").unlink()
    sql("DROP TABLE question")
    deploy("restore", "saved.tar.zst", "--replace")
    assert (site.data / "finops.duckdb").exists()
    assert sql("SELECT name FROM question") == "what did it cost?"


def test_after_down_all_that_was_written_is_that_user_s(
    site: Site, me: int, deploy: Callable[..., str], as_user: Run
) -> None:
    deploy("down")
    assert as_user("podman", "ps", "--all", "--quiet").stdout == ""
    folder = site.folder
    assert (site.data / "finops.duckdb").exists()
    assert owners(site.data, folder / "secrets", folder / ".env") == {me}
