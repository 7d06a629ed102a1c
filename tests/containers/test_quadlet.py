"""The units for systemd, as Debian 13's own podman and systemd read them.

No systemd runs here: they are turned into services, and those are checked. Postgres is started as
its service would start it, for a backup.
"""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.archive import read as read_backup
from deploy.own import SERVICES
from tests.containers.podman import Podman
from tests.containers.site import until
from tests.fixtures.finops import ROOT, Finops

UNITS = ROOT / "docker" / "quadlet"
GENERATOR = "/usr/libexec/podman/quadlet"
HARDENED = ("--read-only", "--cap-drop all", "--security-opt=no-new-privileges", "--pids-limit ")
SRV = "/srv/open-finops"
OF_SYSTEMD = ("--cgroups=", "--sdnotify=", "--cidfile=")
"""Options that only podman under systemd takes."""
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
    assert sorted(values("--label")) == [
        f"com.docker.compose.service={service}",
        f"open-finops.folder={SRV}",
    ]


def test_no_unit_holds_a_secret(started: dict[str, str]) -> None:
    text = "".join(path.read_text() for path in UNITS.rglob("*") if path.is_file())
    named = [line for line in text.splitlines() if "PASS" in line or "TOKEN" in line]
    assert all(line.startswith("Secret=") for line in named)
    assert len(named) == 6


@pytest.fixture
def running(
    podman: Podman, postgres: str, started: dict[str, str], tmp_path: Path
) -> Iterator[Path]:
    """Postgres, started as its service does, but from the tests' image; yield the site's folder."""
    _, *words = shlex.split(started["postgres"])
    image = words.index("docker.io/library/postgres:16.10-bookworm")
    command = [word for word in words[:image] if not word.startswith(OF_SYSTEMD)]
    command = [word.replace(SRV, str(tmp_path)) for word in command]
    secret, network = "finops-metabase-db-password", "finops-metabase-data"
    (tmp_path / "password").write_text("of-the-test-alone")
    podman("secret", "create", secret, str(tmp_path / "password"))
    podman("network", "create", "--internal", network)
    podman(*command, postgres, unit="finops-postgres.service")
    try:
        yield tmp_path
    finally:
        # `stop` would return before the one that --rm left to podman is gone, with its volumes' use
        podman("rm", "--force", "--ignore", "finops-postgres")
        podman("volume", "rm", "finops-postgres", "finops-postgres-socket")
        podman("network", "rm", network)
        podman("secret", "rm", secret)


def test_a_backup_holds_what_metabase_keeps_in_systemd_s_postgres(
    running: Path, podman: Podman, units: Path, built: Finops
) -> None:
    for path in units.glob("*.container"):
        path.write_text(path.read_text().replace(SRV, str(running)))
    site = Finops(running)
    (running / "data").mkdir()
    shutil.copyfile(built.database, site.database)
    site.environment |= {
        "PATH": podman.environment["PATH"],
        "CONTAINERS_CONF": podman.environment["CONTAINERS_CONF"],
        "QUADLET_UNIT_DIRS": str(units),
    }
    deploy = ("deploy", "--folder", str(running))

    def health() -> dict[str, str]:
        rows = json.loads(site(*deploy, "status", "--json").out)
        return {row["service"]: row["health"] for row in rows if row["state"] == "running"}

    until(lambda: health() == {"postgres": "healthy"}, "Postgres is not seen as healthy")
    file = running / "saved.tar"
    done = site(*deploy, "backup", str(file))
    assert done.code == 0, done.err
    assert list(read_backup(file)["files"]) == ["finops.duckdb", "metabase.sql"]
    assert site(*deploy, "down").error == f"systemd runs the stack of {running}, not compose"
