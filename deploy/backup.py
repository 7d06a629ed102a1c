"""Everything of a stack that cannot be had again, in one file, while it works.

The bills, FOCUS and the ledger are one database file that is only ever replaced: the file that is
published at the start is the one that is saved, whatever an import does meanwhile.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core import __version__
from core.config import Config
from core.errors import DiskError, NoDatabase, NotCopied, WouldOverwrite, disk_errors
from core.scratch import scratch_in
from core.serving import STATE
from core.warehouse import Warehouse, sync
from deploy.archive import SECRET, Writer, check_name, opened, read, writing
from deploy.place import Place
from deploy.postgres import dump
from deploy.stack import Say, Stack
from deploy.units import find_units, metabase_key
from deploy.volumes import volume_left_out

DATABASE = "finops.duckdb"
DUMP = "metabase.sql"
SETTINGS = "settings"
"""Folder in a backup of .env, config.toml and secrets/."""
KEY = "MB_ENCRYPTION_SECRET_KEY"
SCRATCH = ".finops-backup-"


def backup(
    config: Config, place: Place, target: Path, *, secrets: bool, metabase: bool, say: Say
) -> dict[str, Any]:
    """Save what there is of bills, dashboards' state and Metabase's data; return the list of it.

    Args:
        config: Names the database.
        place: Holds .env and secrets/.
        target: File to make; its ending says how it is compressed.
        secrets: Whether .env, config.toml and secrets/ are part of it.
        metabase: Whether Metabase's data is, where Metabase belongs to the stack.
        say: Told what is not part of it.

    Raises:
        WouldOverwrite: If the file exists.
        NoDatabase: If there is nothing to save.
        NoPostgres: If Metabase's data cannot be had.
        NotCopied: If something that is here cannot be read.
        BusyError: If a program that is not finops writes the database.
    """
    check_target(target)
    with disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with scratch_in(target.parent, SCRATCH) as scratch:
            part = scratch / target.name
            with writing(part, target.name) as writer:
                facts = save(config, place, writer, scratch, secrets, metabase)
                writer.finish(facts)
            if not writer.files:
                raise NoDatabase(config.database_path)
            sync(part)
            listed = read(part)
            publish(part, target)
        sync(target.parent)
    if DATABASE not in listed["files"]:
        say(f"no bills are in it, as nothing is imported yet: there is no {config.database_path}")
    if secrets and (left := left_out(place)):
        say(f"not saved: {', '.join(left)} of {place.secrets}, of which a backup takes no folder "
            "and no file with a blank or an unusual sign in its name")  # fmt: skip
    if metabase and (volume := volume_left_out(place)):
        say(f"not saved: {volume}, Metabase's volume, as .env leaves Metabase out or is gone; "
            "`./finops deploy up --with-metabase` and another backup save it")  # fmt: skip
    return listed


def summary(target: Path, listed: dict[str, Any]) -> str:
    """Return in one line what a backup is."""
    size = target.stat().st_size
    return f"{target}: {', '.join(listed['files'])}; {size / 1e6:,.1f} MB, checked"


def check_target(target: Path) -> None:
    """Raise where no backup can have that name.

    Raises:
        BadBackupName: If it says no kind.
        DiskError: If what is to be its folder is a file, or no one's to look into.
        WouldOverwrite: If the file is there.
    """
    check_name(target)
    with disk_errors(target):
        if target.parent.exists() and not target.parent.is_dir():
            raise DiskError(target, os.strerror(errno.ENOTDIR))
        if target.exists():
            raise WouldOverwrite(target)


def publish(part: Path, target: Path) -> None:
    """Give a whole file its name, never in the place of another one.

    Where the file system knows no second name for a file, as FAT and some shares, the name is
    taken first: a kill in between leaves an empty file, which no restore takes for a backup.

    Raises:
        WouldOverwrite: If the file is there by now.
    """
    try:
        os.link(part, target)
    except FileExistsError:
        raise WouldOverwrite(target) from None
    except OSError:
        reserve(target)
        part.replace(target)


def reserve(target: Path) -> None:
    """Make an empty file of a name that nothing has."""
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise WouldOverwrite(target) from None


def save(
    config: Config, place: Place, writer: Writer, scratch: Path, secrets: bool, metabase: bool
) -> dict[str, Any]:
    """Add all members that there are; return the facts that stand above their list."""
    facts: dict[str, Any] = {
        "version": __version__,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    warehouse = Warehouse(config.database_path)
    if is_there(config.database_path):
        with opened(config.database_path) as file, warehouse.unwritten():
            writer.add(DATABASE, file, os.fstat(file.fileno()).st_size)
    state = config.database_path.with_name(STATE)
    if is_there(state):
        copy_sqlite(state, scratch / STATE)
        writer.add_path(STATE, scratch / STATE)
    stack = Stack.with_postgres(place) if metabase else None
    if stack:
        dump(stack, scratch / DUMP)
        writer.add_path(DUMP, scratch / DUMP)
        facts["metabase_key"] = fingerprint(place)
    if secrets:
        for name, path in settings_files(config, place):
            writer.add_path(f"{SETTINGS}/{name}", path)
    return facts


def is_there(path: Path) -> bool:
    """Tell whether there is a file to save.

    Raises:
        NotCopied: If its folder may not be looked into.
    """
    try:
        return path.exists()
    except OSError as error:
        raise NotCopied(path, error.strerror or str(error)) from error


def settings_files(config: Config, place: Place) -> list[tuple[str, Path]]:
    """Return the files that make this stack itself again on another machine."""
    found: list[tuple[str, Path]] = [("config.toml", config.path)] if config.path else []
    if place.env_file.exists():
        found.append((".env", place.env_file))
    if place.secrets.is_dir():
        named = (path for path in place.secrets.iterdir() if SECRET.fullmatch(path.name))
        files = sorted(path for path in named if path.is_file())
        found += [(f"secrets/{path.name}", path) for path in files]
    return found


def left_out(place: Place) -> list[str]:
    """Return the names in secrets/ that no backup takes, without the empty folder of `prepare`."""
    if not place.secrets.is_dir():
        return []
    others = (path for path in place.secrets.iterdir() if path.name != "none")
    return sorted(p.name for p in others if not (p.is_file() and SECRET.fullmatch(p.name)))


def fingerprint(place: Place) -> str | None:
    """Return what tells whether two encryption keys of Metabase are one, and not which."""
    by_systemd = bool(find_units(place.folder))
    key = metabase_key() if by_systemd else place.secret("metabase.env", KEY)
    return hashlib.sha256(key.encode()).hexdigest()[:16] if key else None


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite database as of one moment, also into one that is in use.

    Raises:
        NotCopied: If it cannot be read, or is none; or if the other cannot be written.
    """
    uri = f"{source.absolute().as_uri()}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(uri, uri=True, timeout=30)) as reader,
            closing(sqlite3.connect(target, timeout=30)) as writer,
        ):
            reader.backup(writer)
    except sqlite3.Error as error:
        raise NotCopied(source, str(error)) from error
