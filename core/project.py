"""The dbt project as dbt has read it, kept in focus/target: reading it anew takes four seconds."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from core.config import ROOT
from core.interrupt import interrupted
from core.warehouse import sync

PROJECT = ROOT / "focus"
LEFT_BY_DBT = ("target", "logs", "dbt_packages")
READ: dict[str, Any] = {}
"""Name of the database -> the project, as this process holds it."""


def parsed(database: Path) -> Any:
    """Return dbt's manifest of the project; None where dbt has to name its faults.

    dbt writes the database's name into every model, so that each name has a project of its own.
    """
    name = database.stem
    if name not in READ:
        state = fingerprint()
        project = load(name, state)
        if project is None:
            project = parse()
            if project is None:
                return None
            keep(name, state, project)
        READ[name] = project
    return READ[name].deepcopy()


def parse() -> Any:
    """Let dbt read the project; None if it cannot."""
    from dbt.cli.main import dbtRunner

    result = dbtRunner().invoke(
        ["parse", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    )
    if result.exception is not None and interrupted(result.exception):
        raise KeyboardInterrupt from result.exception
    return result.result if result.success else None


def fingerprint() -> bytes:
    """Return what changes with any file of the project, its place and the version of dbt."""
    about = [str(PROJECT), version("dbt-core"), version("dbt-duckdb"), mark()]
    return hashlib.sha256("\n".join(about).encode()).hexdigest().encode()


def mark() -> str:
    """Return what changes with any file of the project: what FOCUS and the marts are built by."""
    sums = hashlib.sha256()
    for path in sorted(PROJECT.rglob("*")):
        inside = path.relative_to(PROJECT)
        if path.is_file() and inside.parts[0] not in LEFT_BY_DBT:
            sums.update(f"\n{inside}\n".encode())
            sums.update(hashlib.sha256(path.read_bytes()).digest())
    return sums.hexdigest()


def load(name: str, state: bytes) -> Any:
    """Return the project that an earlier process kept; None if there is none of this state."""
    from dbt.contracts.graph.manifest import Manifest

    try:
        found, _, body = place(name).read_bytes().partition(b"\n")
    except OSError:
        return None
    return Manifest.from_msgpack(body) if found == state else None


def keep(name: str, state: bytes, project: Any) -> None:
    """Leave the project to later processes; a checkout that cannot be written stays without."""
    new = place(f"{name}-{os.getpid()}")
    try:
        new.parent.mkdir(exist_ok=True)
        new.write_bytes(state + b"\n" + project.to_msgpack())
        sync(new)
        new.replace(place(name))
    except OSError:
        with suppress(OSError):
            new.unlink()


def place(name: str) -> Path:
    return PROJECT / "target" / f"{name}.msgpack"
