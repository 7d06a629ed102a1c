"""podman with a store of the tests' own, and how the tests run images with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.scratch import locked
from tests.fixtures.finops import ROOT

STORES = "finops-podman-"
"""What the folder of a store is called, before a part of its own."""
BASE = "localhost/bookworm-python:1"
IMAGE = "localhost/open-finops:test"
POSTGRES = "localhost/postgres:test"
METABASE = "localhost/metabase:test"
"""Stands in for Metabase in the stack."""
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
lock_type = "file"
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
            "BUILDAH_FORMAT": "docker",
        }

    def __call__(
        self,
        *arguments: str,
        check: bool = True,
        timeout: float = 300,
        cwd: Path = ROOT,
        unit: str = "",
    ) -> subprocess.CompletedProcess[str]:
        """Run one command, as a unit of systemd does if one is named; a failure shows why."""
        of_unit = {"PODMAN_SYSTEMD_UNIT": unit} if unit else {}
        done = subprocess.run(
            ["podman", *arguments],
            env={**self.environment, **of_unit},
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

    def remove(self) -> None:
        """End every container, with its networks and the firewall's rules, and the store."""
        if (self.folder / "bin" / "podman").exists():  # else `podman` would be the machine's own
            self("rm", "--all", "--force", "--time", "0", check=False)
            self("system", "reset", "--force", check=False)
        overlay = self.folder / "graph" / "overlay"
        subprocess.run(["umount", overlay], check=False, capture_output=True)
        shutil.rmtree(self.folder)


def remove_killed() -> None:
    """Remove what runs left that were killed: their rules lead ports of this machine astray."""
    for folder in Path(tempfile.gettempdir()).glob(f"{STORES}*"):
        with locked(folder, wait=False) as is_left:
            if is_left:
                Podman(folder).remove()
