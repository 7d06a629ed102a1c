"""The image, built without a registry: from a Debian that is bootstrapped on this machine.

The store is the tests' own. Where podman cannot run here, the tier says why in one line.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.containers.debian import NoDebian, bootstrap
from tests.fixtures.finops import ROOT

BASE = "localhost/bookworm-python:1"
TRIXIE = "localhost/trixie:1"
OF_TRIXIE = ("ca-certificates", "podman", "systemd", "openjdk-21-jre-headless", "caddy")
"""What Debian 13 is asked for: its quadlet, Java 21, a proxy."""
IMAGE = "localhost/open-finops:test"
POSTGRES = "localhost/postgres:test"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
NEEDED = ("podman", "runc", "mmdebstrap")
SETTINGS = """
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
[network]
network_backend = "netavark"
"""
"""What podman needs where there is no systemd and no right to raise limits."""
HARDENED = (
    *("--read-only", "--tmpfs", "/tmp", "--cap-drop", "all"),
    *("--security-opt", "no-new-privileges", "--memory", "3g", "--pids-limit", "256"),
)


@dataclass(frozen=True)
class Podman:
    """podman with a store of the tests' own."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which `podman` means this one, for compose and for scripts."""
        return {
            **os.environ,
            "PATH": os.pathsep.join([str(self.folder / "bin"), os.environ["PATH"]]),
            "CONTAINERS_CONF": str(self.folder / "containers.conf"),
        }

    def __call__(
        self, *arguments: str, check: bool = True, timeout: float = 300, cwd: Path = ROOT
    ) -> subprocess.CompletedProcess[str]:
        """Run one command; a failure shows what podman said."""
        done = subprocess.run(
            ["podman", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd=cwd,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def run(self, *arguments: str, options: Sequence[str] = ()) -> str:
        """Run the image once, hardened and without a network; return what it prints."""
        limits = ("--rm", "--network", "none", *HARDENED, *options)
        return self("run", *limits, IMAGE, *arguments).stdout


@pytest.fixture(scope="session")
def podman() -> Iterator[Podman]:
    """podman, with the base image in its store."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        pytest.skip(f"containers need root and {', '.join(missing) or 'its rights'}")
    # Not below pytest's folder: it would fail to remove what a killed run left mounted there.
    folder = Path(tempfile.mkdtemp(prefix="finops-podman-"))
    (folder / "containers.conf").write_text(SETTINGS)
    (folder / "bin").mkdir()
    store = f"--root {folder / 'graph'} --runroot {folder / 'run'}"
    program = folder / "bin" / "podman"
    program.write_text(f'#!/bin/sh\nexec {shutil.which("podman")} {store} "$@"\n')
    program.chmod(0o755)
    found = Podman(folder)
    try:
        import_root(found, BASE, "bookworm", ("ca-certificates", "python3", "python3-venv"))
        trial = found("run", "--rm", BASE, "true", check=False)
        if trial.returncode:
            pytest.skip(f"podman runs no container here: {trial.stderr.strip().splitlines()[-1]}")
        yield found
    finally:
        found("rm", "--all", "--force", "--time", "0", check=False)
        found("system", "reset", "--force", check=False)
        subprocess.run(["umount", folder / "graph" / "overlay"], check=False, capture_output=True)
        shutil.rmtree(folder)


def import_root(podman: Podman, name: str, suite: str, packages: Sequence[str]) -> None:
    """Bootstrap a Debian and import it as a base image."""
    try:
        archive = bootstrap(suite, packages)
    except NoDebian as why:
        pytest.skip(str(why))
    podman("import", "--quiet", "--change", 'CMD ["/bin/sh"]', str(archive), name)


@pytest.fixture(scope="session")
def base(podman: Podman) -> str:
    """The base image of the finops image; it has no Java."""
    return BASE


@pytest.fixture(scope="session")
def trixie(podman: Podman) -> str:
    """A base image with Java 21, a current podman and systemd."""
    import_root(podman, TRIXIE, "trixie", OF_TRIXIE)
    return TRIXIE


@pytest.fixture(scope="session")
def image(podman: Podman) -> Podman:
    """The image of this checkout, built as a site builds it."""
    trusted = ("--volume", f"{CERTIFICATES}:{CERTIFICATES}:ro") if CERTIFICATES.exists() else ()
    podman(
        *("build", "--quiet", "--pull=never", "--format", "docker", *trusted),
        *("--build-arg", f"BASE={BASE}", "--file", str(ROOT / "docker/finops/Containerfile")),
        *("--tag", IMAGE, str(ROOT)),
        timeout=600,
    )
    return podman


@pytest.fixture(scope="session")
def postgres(podman: Podman) -> str:
    """A Postgres image, made of Debian's package; return its name."""
    shown = ("/etc/apt/sources.list.d", *([str(CERTIFICATES)] if CERTIFICATES.exists() else []))
    podman(
        *("build", "--quiet", "--pull=never", "--build-arg", f"BASE={BASE}", "--tag", POSTGRES),
        *(f"--volume={path}:{path}:ro" for path in shown),
        str(ROOT / "tests/containers/postgres"),
    )
    return POSTGRES


@pytest.fixture(scope="session")
def volume(image: Podman) -> str:
    """A volume in which the demo has run, hardened and without a network."""
    image("volume", "create", "demo")
    image.run("demo", "--rows", "20000", "--no-serve", options=("--volume", "demo:/data"))
    return "demo:/data"
