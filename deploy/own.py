"""What the owner of a stack may change in .env, and what each such setting may say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from core.errors import BadEnvValue
from deploy.pairs import read_pairs

METABASE, POSTGRES = "metabase", "postgres"
SERVICES = {
    "dashboards": frozenset[str](),
    "scheduler": frozenset[str](),
    POSTGRES: frozenset({METABASE, POSTGRES}),
    METABASE: frozenset({METABASE}),
}
"""Each service of docker-compose.yml with its profiles; none means always."""
PROJECT = "open-finops"
"""What the name of a stack's project begins with; six figures of its folder's path follow."""
OWN = {
    "COMPOSE_PROJECT_NAME": PROJECT,
    "COMPOSE_PROFILES": METABASE,
    "FINOPS_IMAGE": "localhost/open-finops:latest",
    "FINOPS_BASE": "docker.io/library/python:3.11-slim-bookworm",
    "FINOPS_METABASE_IMAGE": "localhost/open-finops-metabase:latest",
    "FINOPS_JAVA_BASE": "docker.io/library/eclipse-temurin:21-jre",
    "FINOPS_METABASE_VERSION": "",
    "FINOPS_METABASE_SHA256": "",
    "FINOPS_METABASE_JAR": "",
    "FINOPS_DRIVER_SHA256": "",
    "FINOPS_DRIVER_JAR": "",
    "FINOPS_POSTGRES_IMAGE": "docker.io/library/postgres:16.10-bookworm",
    "FINOPS_DASHBOARDS_PORT": "8080",
    "FINOPS_METABASE_PORT": "3000",
    "FINOPS_DASHBOARDS_MEMORY": "2g",
    "FINOPS_SCHEDULER_MEMORY": "4g",
    "FINOPS_METABASE_MEMORY": "4g",
}
"""Each setting, as it is at first."""
BUILT = {"dashboards": "FINOPS_IMAGE", METABASE: "FINOPS_METABASE_IMAGE"}
"""Services whose image is built of a checkout, and the setting that names it.

In these names a tag of the folder's path stands for latest.
"""
PUBLISHED = {"dashboards": "FINOPS_DASHBOARDS_PORT", METABASE: "FINOPS_METABASE_PORT"}
"""Services that listen at 127.0.0.1, and the setting with the port."""
PINS = ("FINOPS_METABASE_VERSION", "FINOPS_METABASE_SHA256", "FINOPS_DRIVER_SHA256")
"""What Metabase's image is not built without."""
OF_COMPOSE = tuple(
    f"COMPOSE_{word}"
    for word in (
        "ANSI", "BAKE", "CONVERT_WINDOWS_PATHS", "DISABLE_ENV_FILE", "ENV_FILES", "EXPERIMENTAL",
        "FILE", "HTTP_TIMEOUT", "IGNORE_ORPHANS", "MENU", "PARALLEL_LIMIT", "PATH_SEPARATOR",
        "PROGRESS", "PROJECT_DIR", "REMOVE_ORPHANS", "STATUS_STDOUT",
    )
)  # fmt: skip
"""Variables of docker compose and podman-compose that a .env may hold for them."""
PORT = r"[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]"
IMAGE = r"[a-z0-9][\w.:/@-]*"
MEANT = {
    "COMPOSE_PROJECT_NAME": ("[a-z0-9][a-z0-9_-]*", "a name of small letters, figures, - and _"),
    "COMPOSE_PROFILES": (
        "|(metabase|postgres)(,metabase|,postgres)*",
        "nothing, metabase, postgres or both",
    ),
    "_IMAGE": (IMAGE, "the name of an image, such as localhost/open-finops:1"),
    "_BASE": (IMAGE, "the name of an image, such as localhost/debian:13"),
    "_MEMORY": (r"(?i:[1-9]\d*([bkmg]|[kmg]b)?)", "an amount of memory, such as 512m or 4g"),
    "_PORT": (PORT, "a port, which is a number from 1 to 65535"),
}
"""What settings whose names end so look like, and in words."""


def checked(defaults: Mapping[str, str], file: Path) -> dict[str, str]:
    """Return what a .env says; the defaults where it does not.

    Raises:
        BadEnvValue: If compose could not use one of ours; it would say so after services stopped.
        BadLine, UnreadableSettings: If the file cannot be read as NAME=value lines.
    """
    settings = {**defaults, **read_pairs(file)}
    for name in OWN:
        for ending, (pattern, meant) in MEANT.items():
            if name.endswith(ending) and not re.fullmatch(pattern, settings[name], re.ASCII):
                raise BadEnvValue(file, name, settings[name], meant, defaults[name])
    check_ports(settings, defaults, file)
    return settings


def services_of(settings: Mapping[str, str]) -> list[str]:
    """Return the services that settings name, in the order of docker-compose.yml."""
    profiles = set(settings["COMPOSE_PROFILES"].split(","))
    return [name for name, wanted in SERVICES.items() if not wanted or wanted & profiles]


def check_ports(settings: Mapping[str, str], defaults: Mapping[str, str], file: Path) -> None:
    """Raise BadEnvValue where Metabase is part of the stack and has the dashboards' port."""
    pages, metabase = PUBLISHED.values()
    port = settings[metabase]
    if port == settings[pages] and METABASE in settings["COMPOSE_PROFILES"].split(","):
        wrong, other = (metabase, pages) if port != defaults[metabase] else (pages, metabase)
        raise BadEnvValue(file, wrong, port, f"free, as it is {other} already", defaults[wrong])


def unread(names: Iterable[str], known: Iterable[str], file: Path) -> list[str]:
    """Return a sentence for each name of a .env that looks like ours, but that nothing reads.

    It is none that stops a start: a later version, gone back from, has written names of its own.
    """
    ours = {name for name in names if name.startswith(("FINOPS_", "COMPOSE_"))}
    strange = sorted(ours - {*known, *OWN, *OF_COMPOSE})
    near = {name: get_close_matches(name, OWN, 1, 0.7) for name in strange}
    return [
        f"{file}: nothing reads {name}" + (f"; did you mean {near[name][0]}?" if near[name] else "")
        for name in strange
    ]
