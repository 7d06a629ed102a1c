"""The file transaction: `data/finops.duckdb` is always complete, consistent and closed.

A run that changes anything works on a copy in `data/work/`, then moves the copy over the
old file in one step. Readers keep the file they opened; a crash leaves the last good one.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.backends.duckdb import unopened
from core.errors import BadSetting, BusyError, disk_errors
from core.serving import STATE

FICLONE = 0x40049409
GENERATIONS_KEPT = 3
BESIDE = ("dbt", "dbt-check", "check", "tmp", "work", "serving", "demo", "schedule.json", STATE)
"""What stands beside the database; its own log, spill and lock besides."""


class Warehouse:
    """One published database file and the folders beside it."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.folder = database.parent
        self.work = self.folder / "work"
        self.serving = self.folder / "serving"
        self.lock_file = self.folder / f".{database.name}.lock"

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Hold the only right to write; released by the system if the process dies.

        Raises:
            BusyError: If another process holds it.
            BadSetting: If DuckDB or dlt could not work in a folder of that name.
        """
        if set("%?") & set(str(self.database)):
            raise BadSetting("data_dir", str(self.folder), "a path without % and ?")
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.lock_file, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                owner = os.read(handle, 100).decode(errors="replace").strip() or "unknown pid"
                raise BusyError(self.database, owner) from None
            os.ftruncate(handle, 0)
            os.write(handle, f"pid {os.getpid()}\n".encode())
            self.give_to_owner()
            try:
                yield
            finally:
                self.give_to_owner()
        finally:
            os.close(handle)

    def give_to_owner(self) -> list[str]:
        """Give what root has made here to the owner of the folder, who could not write it else.

        Links are not followed, and what is not ours stays as it is.

        Returns:
            The names in the folder that were root's or held something of root's.
        """
        log = self._log().name
        spilled = f"{self.database.name}.tmp"
        names = (self.database.name, log, spilled, self.lock_file.name, *BESIDE)
        return give_to_owner(self.folder, names)

    @contextmanager
    def transaction(self) -> Iterator[Path]:
        """Yield a working copy; publish it on success, throw it away on any failure.

        The caller holds `writer` and has closed every connection to the copy at the end.
        """
        shutil.rmtree(self.work, ignore_errors=True)
        try:
            with disk_errors(self.database):
                self._settle()
                self.work.mkdir(parents=True)
                copy = self.work / self.database.name
                if self.database.exists():
                    copy_file(self.database, copy)
            yield copy
            with disk_errors(self.database):
                self._publish(copy)
        finally:
            shutil.rmtree(self.work, ignore_errors=True)

    def _settle(self) -> None:
        """Bring in order what a killed program left: ours, or another that wrote the database.

        DuckDB could not open the next database beside the log of the former one.
        """
        newer: list[Path] = []
        for generation in reversed(self.generations()):
            if self.database.exists() and generation.samefile(self.database):
                for never_published in newer:
                    never_published.unlink()
                break
            newer.append(generation)
        if self._log().exists():
            import duckdb

            try:
                with duckdb.connect(str(self.database)) as connection:
                    connection.execute("CHECKPOINT")
            except duckdb.Error as error:
                raise unopened(self.database, error) from error

    def _log(self) -> Path:
        return self.database.with_name(f"{self.database.name}.wal")

    def _publish(self, copy: Path) -> None:
        sync(copy)
        self.serving.mkdir(exist_ok=True)
        former = [int(path.stem.rpartition("-")[2]) for path in self.generations()]
        number = max(time.time_ns(), *(old + 1 for old in former), 0)
        generation = self.serving / f"{self.database.stem}-{number}.duckdb"
        with self.unwritten():
            link(copy, generation)
            copy.replace(self.database)
        sync(self.serving)
        sync(self.folder)
        for old in self.generations()[:-GENERATIONS_KEPT]:
            old.unlink(missing_ok=True)

    @contextmanager
    def unwritten(self) -> Iterator[None]:
        """Keep other programs from writing the old file while the new one takes its place.

        Raises:
            BusyError: If one is writing it, or has written it since it was copied.
        """
        if not self.database.exists():
            yield
            return
        with self.database.open("rb") as file:
            try:
                fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                raise BusyError(self.database, "not finops") from None
            if self._log().exists():
                raise BusyError(self.database, "not finops, and now gone")
            yield

    def generations(self) -> list[Path]:
        """Return the published generations, oldest first; the last is the current one."""
        name = re.compile(re.escape(self.database.stem) + r"-\d+\.duckdb")
        found = self.serving.iterdir() if self.serving.is_dir() else ()
        return sorted(path for path in found if name.fullmatch(path.name))


def copy_file(source: Path, target: Path) -> None:
    """Copy by reference where the filesystem can, else by bytes."""
    with source.open("rb") as reader, target.open("wb") as writer:
        try:
            fcntl.ioctl(writer.fileno(), FICLONE, reader.fileno())
            return
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise
    shutil.copyfile(source, target)


def link(source: Path, target: Path) -> None:
    """Give a file a second name, or copy it where the filesystem knows no links."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        copy_file(source, target)


def give_to_owner(folder: Path, names: Iterable[str]) -> list[str]:
    """Give what is root's of these in a folder to the folder's owner; return their names."""
    if os.geteuid() != 0 or not folder.is_dir():
        return []
    owner = folder.stat()
    if owner.st_uid == 0:
        return []
    return [name for name in names if give(folder / name, owner.st_uid, owner.st_gid)]


def give(path: Path, user: int, group: int) -> bool:
    """Give what is root's of a file or a folder with all in it away; return whether something was.

    Where the filesystem knows no owners, or what is there is just going away, it stays.
    """
    given = False
    with suppress(OSError):
        if path.lstat().st_uid == 0:
            os.chown(path, user, group, follow_symlinks=False)
            given = True
        for _, folders, files, here in os.fwalk(path):
            for name in (*folders, *files):
                with suppress(OSError):
                    if os.stat(name, dir_fd=here, follow_symlinks=False).st_uid == 0:
                        os.chown(name, user, group, dir_fd=here, follow_symlinks=False)
                        given = True
    return given


def sync(path: Path) -> None:
    """Force a file or a folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
