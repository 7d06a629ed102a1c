"""A backup put back: checked first, each part exchanged in one step, the former kept beside it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.backends.duckdb import connect_read_only
from core.config import Config
from core.errors import BadBackup, QueryError, WouldOverwrite
from core.serving import STATE
from core.warehouse import Warehouse, disk_errors, link, sync
from deploy.archive import read
from deploy.backup import DATABASE, DUMP, SETTINGS, copy_sqlite, fingerprint
from deploy.place import (
    METABASE,
    POSTGRES,
    Place,
    make_data,
    make_folder,
    owned,
    prepare,
    write_secret,
)
from deploy.postgres import dump, load
from deploy.stack import Say, Stack

SCRATCH = ".restore-"
FORMER = "before-restore-"


def restore(
    config: Config,
    place: Place,
    source: Path,
    *,
    replace: bool,
    metabase: bool,
    wait: int,
    say: Say,
) -> None:
    """Put back what a backup holds.

    A kill at any moment leaves each part whole, old or new; the same command, run again, completes.

    Args:
        config: Names the database.
        place: Of .env and secrets/, which are put back only where there are none.
        source: The backup.
        replace: Whether data that is here may be replaced; it is kept beside it.
        metabase: Whether Metabase's data is put back, where the backup has it.
        wait: Seconds that Postgres may take to start.
        say: Told what was done.

    Raises:
        BadBackup: If the backup is not whole.
        WouldOverwrite: If there is data and `replace` is not set.
        BusyError: If an import is at work.
    """
    database = config.database_path
    data = database.parent
    with disk_errors(data):
        make_data(data)
        for left in data.glob(f"{SCRATCH}*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=data) as scratch:
            new = Path(scratch)
            listed = read(source, into=new)
            check_parts(source, new)
            if database.exists() and not replace:
                raise WouldOverwrite(database, "--replace puts the backup in its place.")
            put_settings(place, new / SETTINGS, config, say)
            stack = stack_of(place, config) if metabase and (new / DUMP).exists() else None
            if stack:
                check_key(place, source, listed)
            former = data / f"{FORMER}{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
            with Warehouse(database).writer():
                keep(database, former, stack)
                put_data(database, new)
            if stack:
                put_metabase(stack, new / DUMP, wait)
                say("Metabase knows what it knew then")
            give_to_owner(data, former)
    say(f"{database} is as of {listed['made_at']}")
    if former.exists():
        say(f"what was here before is in {former}; delete it when all is well")


def check_parts(source: Path, new: Path) -> None:
    """Open every database of a backup.

    Raises:
        BadBackup: If one is none.
    """
    try:
        with connect_read_only(new / DATABASE) as connection:
            connection.execute("SELECT count(*) FROM ledger.loads").fetchone()
        if (new / STATE).exists():
            with closing(sqlite3.connect(new / STATE)) as state:
                [result] = state.execute("PRAGMA integrity_check").fetchone()
                if result != "ok":
                    raise BadBackup(source, f"{STATE}: {result}")
    except (QueryError, sqlite3.Error) as error:
        raise BadBackup(source, str(error)) from error


def put_settings(place: Place, saved: Path, config: Config, say: Say) -> None:
    """Put back .env, config.toml and secrets where there are none of them."""
    if not saved.is_dir():
        return
    targets = {path: place.folder / path.relative_to(saved) for path in saved.rglob("*")}
    for path, target in sorted(targets.items()):
        if not path.is_file():
            continue
        if target.exists() or (path.name == "config.toml" and config.path):
            say(f"{target} stays as it is")
            continue
        make_folder(target.parent, like=config.database_path.parent, mode=0o700)
        write_secret(target, path.read_text(encoding="utf-8"), config.database_path.parent)


def stack_of(place: Place, config: Config) -> Stack | None:
    """Return the stack that takes Metabase's data; None where Metabase is no part of it."""
    stack = Stack.at(place)
    prepare(place, config, rootless=stack.rootless)
    return stack if place.has_postgres else None


def check_key(place: Place, source: Path, listed: dict[str, Any]) -> None:
    """Raise BadBackup where Metabase could not read its own passwords afterwards."""
    if listed.get("metabase_key") != fingerprint(place):
        raise BadBackup(
            source,
            "Metabase's data was written with another encryption key than that of "
            f"{place.secrets / 'metabase.env'}; back up and restore with --with-secrets, into a "
            "folder without secrets, or leave it out with --without-metabase",
        )


def keep(database: Path, former: Path, stack: Stack | None) -> None:
    """Keep what is here beside it, whole, before anything of it is replaced."""
    state = database.with_name(STATE)
    postgres = stack is not None and stack.of(POSTGRES) is not None
    if not (database.exists() or state.exists() or postgres):
        return
    former.mkdir(mode=0o700)
    if database.exists():
        link(database, former / DATABASE)
    if state.exists():
        copy_sqlite(state, former / STATE)
    if stack and postgres:
        dump(stack, former / DUMP)
    sync(former)


def put_data(database: Path, new: Path) -> None:
    """Publish the database of a backup as an import does, then the dashboards' state."""
    with Warehouse(database).transaction() as copy:
        (new / DATABASE).replace(copy)
        copy.chmod(0o644)
        owned(copy, database.parent)
    if (new / STATE).exists():
        copy_sqlite(new / STATE, database.with_name(STATE))


def put_metabase(stack: Stack, path: Path, wait: int) -> None:
    """Load Metabase's data; a Metabase that ran runs again."""
    ran = stack.of(METABASE) is not None
    load(stack, path, wait)
    if ran:
        stack.start(METABASE)


def give_to_owner(data: Path, former: Path) -> None:
    """Give what root has made to the owner of the data folder."""
    if os.geteuid() == 0:
        for path in (*data.glob("*"), *data.glob(".*"), *data.glob("serving/*"), *former.glob("*")):
            owned(path, data)
