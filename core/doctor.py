"""Look at everything a run depends on, and say for each whether it is well.

A probe yields findings; a FinopsError that it meets becomes a failed finding with that error's
hint and exit code, so that one fault does not hide the others.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import duckdb

from core import __version__
from core.backends.duckdb import connect_read_only, load_extension
from core.config import Config
from core.errors import ConfigError, DiskError, FinopsError, NothingInRange
from core.exports import load_vendor
from core.ledger import has_ledger
from core.machine import existing, in_bytes, memory_of_machine, size
from core.periods import name as period_name
from core.reference import known_variables
from core.sections import ENV_PREFIX
from core.warehouse import Warehouse
from core.words import counted

State = Literal["ok", "warn", "fail"]
OTHER_VARIABLES = ("OPEN_FINOPS_VENV",)
PACKAGES = ("duckdb", "dlt", "dbt-core", "dbt-duckdb")
KEPT_FREE = 1_000_000_000
"""Bytes; below this a warning, as an import needs room to work."""
SHARE_OF_MEMORY = 0.8
KEYS_FROM = {
    "explicit": "keys of config.toml, or of the role that it names",
    "env": "AWS_ variables",
    "shared-credentials-file": "the shared credentials file",
    "config-file": "the AWS config file",
    "sso": "AWS SSO",
    "iam-role": "the role of this machine",
    "container-role": "the role of this container",
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the report."""

    what: str
    state: State
    detail: str
    hint: str = ""
    exit_code: int = 0
    """That of the error's class where `state` is 'fail'."""


Probe = Iterator[Finding]


def examine(load: Callable[[], Config], env: Mapping[str, str]) -> Iterator[Finding]:
    """Yield every finding; `load` reads the configuration, which may be at fault itself."""
    yield from probe("versions", versions)
    yield from probe("variables", lambda: variables(env))
    try:
        config = load()
    except FinopsError as error:
        yield failed("settings", error)
        return
    yield Finding(
        what="settings",
        state="ok",
        detail=f"{config.path or 'no config.toml: defaults and environment'}",
    )
    yield from exports(config)
    yield from probe("database", lambda: database(config))
    yield from probe("writing", lambda: writing(config))
    yield from probe("disk", lambda: disk(config))
    yield from probe("memory", lambda: memory(config))


def probe(what: str, look: Callable[[], Probe]) -> Probe:
    """Yield the findings of `look`, and the error that ended it."""
    try:
        yield from look()
    except FinopsError as error:
        yield failed(what, error)


def failed(what: str, error: FinopsError) -> Finding:
    return Finding(
        what=what, state="fail", detail=str(error), hint=error.hint, exit_code=error.exit_code
    )


def versions() -> Probe:
    """The program, its engines, and the extension that reads buckets."""
    engines = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        what="versions",
        state="ok",
        detail=f"open-finops-stack {__version__}, Python {python}, {engines}",
    )
    statement = load_extension("httpfs")
    try:
        with duckdb.connect() as connection:
            connection.execute(statement)
    except duckdb.Error as error:
        raise DiskError(Path("httpfs"), str(error)) from error
    yield Finding(what="httpfs", state="ok", detail="loads without network")


def variables(env: Mapping[str, str]) -> Probe:
    """Variables that look like ours but that nothing reads."""
    known = (*known_variables(), *OTHER_VARIABLES)
    for name in sorted(name for name in env if name.startswith(ENV_PREFIX) and name not in known):
        near = get_close_matches(name, known, 1, 0.6)
        yield Finding(
            what="variables",
            state="warn",
            detail=f"nothing reads {name}",
            hint=f"Did you mean {near[0]}?" if near else "docs/configuration.md lists all.",
        )


def exports(config: Config) -> Probe:
    """Every configured export: can its store be reached, and what does it deliver."""
    if not config.configured:
        yield Finding(
            what="exports",
            state="warn",
            detail="none is configured",
            hint="`./finops config init` begins a config.toml; `./finops demo` needs none.",
        )
    for name in sorted(config.configured):
        vendor = load_vendor(name)
        try:
            found = vendor.exports(config.vendors[name])
        except ConfigError as error:
            yield failed(f"{name} exports", error)
            continue
        for export in found:
            what = f"{name} export {export.name}"
            yield from probe(what, partial(delivery, vendor, export, what))


def delivery(vendor: Any, export: Any, what: str) -> Probe:
    """One export's credentials and manifests."""
    store = vendor.store(export)
    if source := credentials(store):
        yield Finding(what=what, state="ok", detail=f"credentials: {source}")
    try:
        periods = [version.billing_period for version in vendor.versions(store, export)]
    except NothingInRange as error:
        yield Finding(what=what, state="warn", detail=str(error), hint=error.hint)
        return
    if not periods:
        yield Finding(what=what, state="warn", detail=f"{store.location}: no month has lines yet")
        return
    months = counted(len(periods), "month")
    span = f"{period_name(periods[0])} to {period_name(periods[-1])}"
    yield Finding(what=what, state="ok", detail=f"{store.location}: {months}, {span}")


def credentials(store: Any) -> str:
    """Say where the keys of a bucket come from, never what they are; '' for a folder."""
    session = getattr(store, "session", None)
    keys = session.get_credentials() if session else None
    return KEYS_FROM.get(keys.method, keys.method) if keys else ""


def database(config: Config) -> Probe:
    """The published file: does it open, how old is it, is FOCUS up to date."""
    path = config.database_path
    if not path.exists():
        yield Finding(
            what="database",
            state="warn",
            detail=f"{path} does not exist yet",
            hint="The first import makes it; `./finops demo` has one of its own.",
        )
        return
    with connect_read_only(path) as connection:
        loaded = (
            connection.execute(
                "SELECT count(*), max(finished_at), count(*) FILTER (NOT transformed) "
                "FROM ledger.loads WHERE status = 'current'"
            ).fetchone()
            if has_ledger(connection)
            else None
        )
    months, last, pending = loaded or (0, None, 0)
    generations = [file.name for file in Warehouse(path).generations()]
    since = f", last load {last:%Y-%m-%d %H:%M} UTC" if last else ""
    yield Finding(
        what="database",
        state="ok",
        detail=f"{path}: {size(path.stat().st_size)}, {counted(months, 'month')}{since}, "
        f"generation {generations[-1] if generations else 'none'}",
    )
    if pending:
        yield Finding(
            what="FOCUS",
            state="warn",
            detail=f"{counted(pending, 'loaded month')} not in FOCUS yet",
            hint="`./finops focus build` builds them.",
        )


def writing(config: Config) -> Probe:
    """The right to write, and whether another process is writing."""
    warehouse = Warehouse(config.database_path)
    for folder in dict.fromkeys((config.data_dir, warehouse.folder)):
        place = existing(folder)
        if not place.is_dir():
            raise DiskError(folder, f"{place} is no folder")
        if not os.access(place, os.W_OK | os.X_OK):
            raise DiskError(folder, f"{place} is not writable")
    if warehouse.lock_file.exists():
        with warehouse.lock_file.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                yield Finding(
                    what="writing",
                    state="warn",
                    detail=f"another finops process ({file.read().strip()}) is writing now",
                    hint="Readers are not disturbed; a second import has to wait.",
                )
                return
    yield Finding(
        what="writing", state="ok", detail=f"{config.data_dir} is writable, nobody writes"
    )


def disk(config: Config) -> Probe:
    """Room for the copy that a run works on."""
    path = config.database_path
    free = shutil.disk_usage(existing(path.parent)).free
    needed = path.stat().st_size if path.exists() else 0
    if free < needed:
        raise DiskError(
            path.parent, f"{size(free)} free, a copy of the database needs {size(needed)}"
        )
    enough = free >= max(KEPT_FREE, 2 * needed)
    yield Finding(
        what="disk",
        state="ok" if enough else "warn",
        detail=f"{size(free)} free, the database has {size(needed)}",
        hint="" if enough else "A run needs a second copy of the database and what is new.",
    )


def memory(config: Config) -> Probe:
    """DuckDB's limit against what the machine, or the container, has."""
    limit, total = in_bytes(config.limits.memory_limit), memory_of_machine()
    fits = limit <= total * SHARE_OF_MEMORY
    yield Finding(
        what="memory",
        state="ok" if fits else "warn",
        detail=f"DuckDB may use {size(limit)} of {size(total)}, {config.limits.threads} threads",
        hint="" if fits else "Lower memory_limit under [database.duckdb]; Python needs some too.",
    )
