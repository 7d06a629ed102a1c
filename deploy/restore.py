"""A backup put back: checked first, each part exchanged in one step, the former kept beside it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from core.backends.duckdb import connect_read_only
from core.config import Config
from core.errors import (
    BadBackup,
    BrokenPart,
    DeployError,
    HalfRestored,
    OtherKey,
    QueryError,
    WouldReplace,
    disk_errors,
)
from core.serving import STATE
from core.warehouse import Warehouse, link, sync
from deploy.archive import read
from deploy.backup import DATABASE, DUMP, SETTINGS, copy_sqlite, fingerprint
from deploy.files import owned
from deploy.halfway import Exchange, forget, note
from deploy.own import POSTGRES
from deploy.place import Place, make_data, prepare, user_of
from deploy.postgres import (
    asleep_again,
    awake_meanwhile,
    dump,
    is_filled,
    load,
    metabase_again,
)
from deploy.settings import Then, config_then, put_settings
from deploy.stack import Say, Stack
from deploy.units import KEY as SECRET
from deploy.units import find_units
from deploy.volumes import find_volume

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
) -> list[str]:
    """Put back what a backup holds; return what is here now, a sentence each.

    All that can be wrong is looked for first, so that an error up to there leaves nothing behind.
    A kill at any moment leaves each part whole, old or new; with `replace`, it can be run again.

    Args:
        config: Names the database; without a config.toml, that of the backup does.
        place: Of .env and secrets/, which are put back only where there are none.
        source: The backup.
        replace: Whether data that is here may be replaced; it is kept beside it.
        metabase: Whether Metabase's data is put back, where the backup has it.
        wait: Seconds that Postgres may take to start.
        say: Told each step.

    Raises:
        DeployError: If the backup, or its key, is not the right one: one class for each case.
        WouldReplace: If there is data and `replace` is not set.
        BusyError: If an import or another restore is at work.
        NotHealthy: If Postgres does not start.
        HalfRestored: If all but Metabase's data is back, which cannot be loaded.
    """
    config = config_then(config, place, source)
    database = config.database_path
    data = database.parent
    former = data / f"{FORMER}{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    with disk_errors(data), alone(database) as new:
        if asleep_again(place):
            say("Postgres, which a restore that was cut off had started, was stopped")
        listed = read(source, into=new)
        check_parts(source, new)
        then = Then(place.folder, new / SETTINGS)
        key = listed.get("metabase_key")
        stack = stack_of(then, source, new, key, say) if metabase else None
        if not replace and (found := found_here(database, new, stack, wait)):
            raise WouldReplace(found)
        if stack and not stack.units:
            user_of(config, rootless=stack.rootless)
        put_settings(place, new / SETTINGS, config, say)
        if stack and not stack.units:
            for mended in prepare(place, config, rootless=stack.rootless):
                say(mended)
        begun = Exchange(source=str(source), metabase=metabase)
        with awake_meanwhile(stack, begun, wait) if stack else nullcontext(begun) as exchange:
            keep(database, former, stack)
            note(place, exchange)
            put_data(database, new)
            if stack:
                with metabase_again(stack):
                    put_metabase(stack, new, wait, exchange, former)
                say("Metabase knows what it knew then")
        forget(place)
        give_to_owner(data, former)
    done = [f"{database} is as of {listed['made_at']}"]
    if DATABASE not in listed["files"]:
        done = [f"the backup of {listed['made_at']} holds no bills; {database} is as it was"]
    if former.exists():
        done.append(f"what was here before is in {former}; delete it when all is well")
    return done


@contextmanager
def alone(database: Path) -> Iterator[Path]:
    """Yield a folder beside a database for a backup's parts; nobody else writes meanwhile.

    What a restore that was killed has left is removed, and so is at the end a new data folder that
    nothing came into.

    Raises:
        BusyError: If an import or another restore is at work.
    """
    data = database.parent
    new = [folder for folder in (data, *data.parents) if not folder.exists()]
    make_data(data)
    warehouse = Warehouse(database)
    try:
        with warehouse.writer():
            owned(warehouse.lock_file, data)
            for left in data.glob(f"{SCRATCH}*"):
                shutil.rmtree(left)
            try:
                with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=data) as scratch:
                    yield Path(scratch)
            finally:
                if new and [*data.iterdir()] == [warehouse.lock_file]:
                    warehouse.lock_file.unlink()
    finally:
        with suppress(OSError):
            for folder in new:
                folder.rmdir()


def check_parts(source: Path, new: Path) -> None:
    """Open every database of a backup; one that was made before the first import has no bills.

    Raises:
        BadBackup: If there is nothing in it.
        BrokenPart: If one is no database.
    """
    if not any(new.iterdir()):
        raise BadBackup(source, "it holds nothing")
    if (new / DATABASE).exists():
        try:
            with connect_read_only(new / DATABASE) as connection:
                connection.execute("SELECT count(*) FROM ledger.loads").fetchone()
        except (QueryError, duckdb.Error) as error:
            raise BrokenPart(source, DATABASE, str(error)) from error
    if (new / STATE).exists():
        try:
            with closing(sqlite3.connect(new / STATE)) as state:
                [result] = state.execute("PRAGMA integrity_check").fetchone()
        except sqlite3.Error as error:
            raise BrokenPart(source, STATE, str(error)) from error
        if result != "ok":
            raise BrokenPart(source, STATE, result)


def stack_of(then: Then, source: Path, new: Path, key: str | None, say: Say) -> Stack | None:
    """Return the stack that takes Metabase's data; None where there is none, or none of it.

    Args:
        then: The place, once the settings are back.
        source: The backup.
        new: Its parts.
        key: Fingerprint of the key that Metabase's data was written with.
        say: Told where it is left out.

    Raises:
        OtherKey: If Metabase could not read its own passwords afterwards.
        NoCompose: If nothing here drives containers.
        AnotherFolder: If the stack of another folder has its name.
        OthersVolume: If only the volume of that one is left.
        BySystemd: If systemd has to stop or start a service before.
    """
    if not (new / DUMP).exists():
        return None
    units = find_units(then.folder)
    if POSTGRES not in (units or then.services()):
        say("Metabase's data is left out, as the stack here has no Metabase")
        return None
    if key is None or key != fingerprint(then):
        file = then.secrets / "metabase.env"
        raise OtherKey(source, secret=SECRET) if units else OtherKey(source, file=file)
    stack = Stack.at(then)
    stack.check_loadable()
    return stack


def found_here(database: Path, new: Path, stack: Stack | None, wait: int) -> list[str]:
    """Name what is here and what a backup would replace.

    A Postgres that does not run is not started to look into it: its volume counts.
    """
    pairs = ((database, new / DATABASE), (database.with_name(STATE), new / STATE))
    found = [str(here) for here, part in pairs if here.exists() and part.exists()]
    if stack and stack.of(POSTGRES):
        stack.wait(wait, [POSTGRES])
        if is_filled(stack):
            found.append("what Metabase keeps in Postgres")
    elif stack and (name := find_volume(stack.place, stack.tools)):
        found.append(f"the volume {name} of Metabase's Postgres")
    return found


def keep(database: Path, former: Path, stack: Stack | None) -> None:
    """Keep what is here beside it, whole, before anything of it is replaced; else nothing.

    Postgres runs, where there is a stack.

    Raises:
        NotCopied: If the dashboards' state cannot be read.
        ComposeFailed: If Postgres does not give its data.
    """
    state = database.with_name(STATE)
    filled = stack is not None and is_filled(stack)
    if not (database.exists() or state.exists() or filled):
        return
    former.mkdir(mode=0o700)
    try:
        if database.exists():
            link(database, former / DATABASE)
        if state.exists():
            copy_sqlite(state, former / STATE)
        if stack and filled:
            dump(stack, former / DUMP)
        sync(former)
    except BaseException:  # Ctrl-C, too
        shutil.rmtree(former, ignore_errors=True)
        raise


def put_data(database: Path, new: Path) -> None:
    """Publish the database of a backup as an import does, then the dashboards' state."""
    if (new / DATABASE).exists():
        with Warehouse(database).transaction() as copy:
            (new / DATABASE).replace(copy)
            copy.chmod(0o644)
            owned(copy, database.parent)
    if (new / STATE).exists():
        copy_sqlite(new / STATE, database.with_name(STATE))


def put_metabase(stack: Stack, new: Path, wait: int, exchange: Exchange, former: Path) -> None:
    """Load Metabase's data, after all else.

    Raises:
        HalfRestored: If it cannot be loaded.
    """
    try:
        load(stack, new / DUMP, wait)
    except DeployError as error:
        kept = former if former.exists() else None
        raise HalfRestored(exchange.source, str(error), exchange.command, kept) from error


def give_to_owner(data: Path, former: Path) -> None:
    """Give what root has made to the owner of the data folder."""
    if os.geteuid() == 0:
        for path in (*data.glob("*"), *data.glob("serving/*"), *former.glob("*")):
            owned(path, data)
