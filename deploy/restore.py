"""A backup put back: checked first, each part exchanged in one step, the former kept beside it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from core.backends.duckdb import connect_read_only
from core.config import ROOT, Config, load_config
from core.errors import (
    BadBackup,
    BadConfigInBackup,
    BrokenPart,
    ConfigError,
    OtherKey,
    QueryError,
    WouldReplace,
)
from core.serving import STATE
from core.warehouse import Warehouse, disk_errors, link, sync
from deploy.archive import member, read
from deploy.backup import DATABASE, DUMP, SETTINGS, copy_sqlite, fingerprint
from deploy.place import (
    POSTGRES,
    Place,
    make_data,
    make_folder,
    owned,
    prepare,
    read_pairs,
    write_secret,
)
from deploy.postgres import awake, dump, is_filled, load, metabase_again, volume
from deploy.stack import Say, Stack
from deploy.units import KEY as SECRET
from deploy.units import find_units

SCRATCH = ".restore-"
FORMER = "before-restore-"
CONFIG = "config.toml"


@dataclass(frozen=True)
class Then(Place):
    """A place as it is once the settings of a backup are back: what is here already stays."""

    saved: Path
    """Folder of the backup's settings."""

    def settings(self) -> dict[str, str]:
        """Return what .env says then; the defaults where it does not."""
        here = self.env_file if self.env_file.exists() else self.saved / self.env_file.name
        return {**self.defaults(), **read_pairs(here)}

    def secret(self, file: str, name: str) -> str | None:
        """Return one line of a file of secrets/ as it is then."""
        here = self.secrets if (self.secrets / file).exists() else self.saved / self.secrets.name
        return read_pairs(here / file).get(name)


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

    All that can be wrong is looked for first, so that an error up to there leaves nothing behind.
    A kill at any moment leaves each part whole, old or new; with `replace`, it can be run again.

    Args:
        config: Names the database; without a config.toml, that of the backup does.
        place: Of .env and secrets/, which are put back only where there are none.
        source: The backup.
        replace: Whether data that is here may be replaced; it is kept beside it.
        metabase: Whether Metabase's data is put back, where the backup has it.
        wait: Seconds that Postgres may take to start.
        say: Told what was done.

    Raises:
        DeployError: If the backup, or its key, is not the right one: one class for each case.
        WouldReplace: If there is data and `replace` is not set.
        BusyError: If an import or another restore is at work.
        NotHealthy: If Postgres does not start.
    """
    config = config_then(config, place, source)
    database = config.database_path
    data = database.parent
    former = data / f"{FORMER}{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    with disk_errors(data), alone(database) as new:
        listed = read(source, into=new)
        check_parts(source, new)
        then = Then(place.folder, new / SETTINGS)
        key = listed.get("metabase_key")
        stack = stack_of(then, source, new, key, say) if metabase else None
        if not replace and (found := found_here(database, new, stack, wait)):
            raise WouldReplace(found)
        put_settings(place, new / SETTINGS, config, say)
        if stack and not stack.units:
            prepare(place, config, rootless=stack.rootless)
        if stack:
            awake(stack, wait)
        keep(database, former, stack)
        put_data(database, new)
        if stack:
            with metabase_again(stack):
                load(stack, new / DUMP, wait)
            say("Metabase knows what it knew then")
        give_to_owner(data, former)
    say(f"{database} is as of {listed['made_at']}")
    if former.exists():
        say(f"what was here before is in {former}; delete it when all is well")


def config_then(config: Config, place: Place, source: Path) -> Config:
    """Return the configuration that later commands find, once the settings are back.

    Raises:
        BadConfigInBackup: If this version cannot use the backup's config.toml.
    """
    target = place.folder.resolve() / CONFIG
    if config.path or target.parent not in (Path.cwd(), ROOT):
        return config
    content = member(source, f"{SETTINGS}/{CONFIG}")
    if content is None:
        return config
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / CONFIG
        path.write_bytes(content)
        try:
            return changed(load_config(path), path=target)
        except ConfigError as error:
            raise BadConfigInBackup(source, str(error).replace(str(path), CONFIG)) from error


@contextmanager
def alone(database: Path) -> Iterator[Path]:
    """Yield a folder beside a database for a backup's parts; nobody else writes meanwhile.

    What a restore that was killed has left is removed.

    Raises:
        BusyError: If an import or another restore is at work.
    """
    data = database.parent
    make_data(data)
    warehouse = Warehouse(database)
    with warehouse.writer():
        owned(warehouse.lock_file, data)
        for left in data.glob(f"{SCRATCH}*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=data) as scratch:
            yield Path(scratch)


def check_parts(source: Path, new: Path) -> None:
    """Open every database of a backup.

    Raises:
        BadBackup: If it has no bills.
        BrokenPart: If one is no database.
    """
    if not (new / DATABASE).exists():
        raise BadBackup(source, f"it holds no {DATABASE}")
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
        BySystemd: If systemd has to stop or start a service before.
    """
    if not (new / DUMP).exists():
        return None
    units = find_units(then.folder)
    if POSTGRES not in (units or then.services()):
        say("Metabase's data is left out, as the stack here has no Metabase")
        return None
    if key is None or key != fingerprint(then):
        held = f"the secret {SECRET} of podman" if units else f"that of {then.secrets}/metabase.env"
        raise OtherKey(source, held)
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
    elif stack and (name := volume(stack)):
        found.append(f"the volume {name} of Metabase's Postgres")
    return found


def put_settings(place: Place, saved: Path, config: Config, say: Say) -> None:
    """Put back .env, config.toml and secrets where there are none of them."""
    data = config.database_path.parent
    for path in sorted(path for path in saved.rglob("*") if path.is_file()):
        target = place.folder / path.relative_to(saved)
        used = config.path if target.name == CONFIG and config.path else target
        if used.exists():
            say(f"{used} stays as it is")
            continue
        make_folder(target.parent, like=data, mode=0o700)
        write_secret(target, path.read_text(encoding="utf-8"), data)


def keep(database: Path, former: Path, stack: Stack | None) -> None:
    """Keep what is here beside it, whole, before anything of it is replaced.

    Postgres runs, where there is a stack.
    """
    state = database.with_name(STATE)
    filled = stack is not None and is_filled(stack)
    if not (database.exists() or state.exists() or filled):
        return
    former.mkdir(mode=0o700)
    if database.exists():
        link(database, former / DATABASE)
    if state.exists():
        copy_sqlite(state, former / STATE)
    if stack and filled:
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


def give_to_owner(data: Path, former: Path) -> None:
    """Give what root has made to the owner of the data folder."""
    if os.geteuid() == 0:
        for path in (*data.glob("*"), *data.glob(".*"), *data.glob("serving/*"), *former.glob("*")):
            owned(path, data)
