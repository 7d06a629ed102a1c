"""Where systemd runs the stack: the units of docker/quadlet/ as they are on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.own import SERVICES
from deploy.pairs import read_text
from deploy.tools import PODMAN, run

FOLDER = "open-finops.folder"
"""Label that names the folder of a container's stack, in units and in docker-compose.yml."""
SERVICE = "com.docker.compose.service"
"""Label that names a container's service, in units too."""
SEARCHED = "QUADLET_UNIT_DIRS"
"""Variable by which podman, too, is told to look for units elsewhere."""

KEY = "finops-metabase-encryption-key"
"""Secret of podman with the key that Metabase encrypts its connections with."""


def find_units(folder: Path, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the services that systemd runs for a folder, in their order, and their units' names.

    Nothing where no unit carries the label of this folder.
    """
    found = {}
    for path in (path for one in searched(environment) for path in one.glob("*.container")):
        labels = labels_of(path)
        if FOLDER in labels and Path(labels[FOLDER]).resolve() == folder.resolve():
            found[labels.get(SERVICE, "")] = path.stem
    return {name: found[name] for name in SERVICES if name in found}


def searched(environment: Mapping[str, str] | None = None) -> list[Path]:
    """Return the folders that hold the units of this user, root's or another's."""
    environment = os.environ if environment is None else environment
    if named := environment.get(SEARCHED):
        return [Path(one) for one in named.split(os.pathsep)]
    if os.geteuid() == 0:
        return [Path("/etc/containers/systemd")]
    home = environment.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return [Path(home) / "containers" / "systemd"]


def labels_of(path: Path) -> dict[str, str]:
    """Return the labels that a unit gives its container."""
    lines = read_text(path).splitlines()
    named = (line.removeprefix("Label=") for line in lines if line.startswith("Label="))
    pairs = (line.strip().partition("=") for line in named)
    return {name: value for name, _, value in pairs}


def systemctl(verb: str, units: Iterable[str]) -> str:
    """Return the command that starts or stops units of this user."""
    whose = "" if os.geteuid() == 0 else "--user "
    return f"systemctl {whose}{verb} {' '.join(units)}"


def metabase_key() -> str | None:
    """Return the key that a Metabase of systemd's encrypts with; None where podman tells none."""
    shown = ("--showsecret", "--format", "{{.SecretData}}", KEY)
    return run((PODMAN, "secret", "inspect", *shown), check=False).stdout.strip() or None
