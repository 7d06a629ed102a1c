"""The units for systemd, as Debian 13's own podman and systemd read them.

No systemd runs here, so no unit is started: they are turned into services, and those are checked.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.containers.conftest import Podman
from tests.fixtures.finops import ROOT

UNITS = ROOT / "docker" / "quadlet"
GENERATOR = "/usr/libexec/podman/quadlet"
SERVICES = ("dashboards", "scheduler", "postgres", "metabase")
HARDENED = ("--read-only", "--cap-drop all", "--security-opt=no-new-privileges", "--pids-limit ")
PORTS = {"dashboards": ["127.0.0.1:8080:8080"], "metabase": ["127.0.0.1:3000:3000"]}
NETWORKS = {
    "dashboards": ["finops-dashboards"],
    "scheduler": ["finops-clouds"],
    "postgres": ["finops-metabase-data"],
    "metabase": ["finops-clouds", "finops-metabase-data"],
}


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as a machine has them, to be changed by a test."""
    copied = tmp_path / "units"
    shutil.copytree(UNITS, copied, ignore=shutil.ignore_patterns("rootless"))
    return copied


def read(podman: Podman, image: str, units: Path, script: str) -> tuple[int, str]:
    """Run a shell command where the units are podman's; return its code and what it writes."""
    done = podman(
        *("run", "--rm", "--network", "none", "--volume", f"{units}:/units:ro"),
        *("--env", "QUADLET_UNIT_DIRS=/units", image, "/bin/sh", "-c", script),
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("user", ["", " -user"])
def test_the_units_are_accepted(user: str, podman: Podman, trixie: str, units: Path) -> None:
    if user:
        shutil.copytree(UNITS / "rootless", units, dirs_exist_ok=True)
    code, said = read(podman, trixie, units, f"{GENERATOR} -dryrun{user}")
    assert code == 0, said
    mapped = said.count("--userns keep-id:uid=10001,gid=10001")
    assert mapped == (len(SERVICES) if user else 0)


def test_an_unknown_key_is_refused(podman: Podman, trixie: str, units: Path) -> None:
    unit = units / "finops-dashboards.container"
    unit.write_text(unit.read_text().replace("ReadOnly=true", "ReadOnlyRoot=true"))
    code, said = read(podman, trixie, units, f"{GENERATOR} -dryrun")
    assert code
    assert "unsupported key 'ReadOnlyRoot'" in said


def test_the_services_are_sound(podman: Podman, trixie: str, units: Path) -> None:
    verify = f"{GENERATOR} /made && systemd-analyze verify /made/finops-*.service"
    assert read(podman, trixie, units, verify) == (0, "")
    unit = units / "finops-metabase.container"
    unit.write_text(unit.read_text().replace("RestartSec=10", "RestartSec=soon"))
    code, said = read(podman, trixie, units, verify)
    assert "RestartSec" in said, code


@pytest.fixture
def started(podman: Podman, trixie: str, units: Path) -> dict[str, str]:
    """How systemd would start each service: the line of ExecStart."""
    show = f"{GENERATOR} /made && cd /made && grep -H ^ExecStart= finops-*.service"
    code, said = read(podman, trixie, units, show)
    assert code == 0, said
    found = dict(line.split(".service:ExecStart=", 1) for line in said.splitlines())
    return {name: found[f"finops-{name}"] for name in SERVICES}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_small_rights_and_its_networks(service: str, started: dict[str, str]) -> None:
    line = started[service]
    words = line.split()
    assert [one for one in HARDENED if one.replace("=", " ") not in line.replace("=", " ")] == []
    assert "--memory=" in line
    assert "--health-cmd" in line

    def values(option: str) -> list[str]:
        return [words[at + 1] for at, word in enumerate(words) if word == option]

    assert values("--publish") == PORTS.get(service, [])
    assert values("--network") == NETWORKS[service]
    assert "--user" in words


def test_no_unit_holds_a_secret(started: dict[str, str]) -> None:
    text = "".join(path.read_text() for path in UNITS.rglob("*") if path.is_file())
    named = [line for line in text.splitlines() if "PASS" in line or "TOKEN" in line]
    assert all(line.startswith("Secret=") or "_FILE=/run/secrets/" in line for line in named)
    assert len(named) == 6
