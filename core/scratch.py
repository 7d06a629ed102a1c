"""Folders for work in progress: one that a single process may use, or one for each."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BusyError, DiskError, disk_errors

if TYPE_CHECKING:
    from core.backends.duckdb import Limits


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Yield `folder`, made and empty; it and what is in it go away at the end.

    What a killed process left behind is removed by the next one.

    Raises:
        BusyError: If another process uses it.
        DiskError: If it cannot be made.
    """
    with held(folder, BusyError(folder, "with the same task")):
        with disk_errors(folder):
            for left_over in folder.iterdir():
                shutil.rmtree(left_over) if left_over.is_dir() else left_over.unlink()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def held(folder: Path, busy: BusyError) -> Iterator[None]:
    """Make a folder, and hold its lock as the only process.

    Raises:
        BusyError: `busy`, if another process holds it.
        DiskError: If it cannot be made, or its file system knows no locks.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY)
    try:
        with disk_errors(folder):
            if not taken(lock):
                raise busy
        yield
    finally:
        os.close(lock)


@contextmanager
def scratch_in(parent: Path, prefix: str) -> Iterator[Path]:
    """Yield a new folder in `parent` whose name begins with `prefix`; it goes away at the end.

    Several processes may have one each. What killed ones left behind is removed by the next, but
    where the file system cannot tell that they are gone, as on some shares, it stays.

    Raises:
        DiskError: If it cannot be made.
    """
    with ExitStack() as stack:
        with disk_errors(parent), locked(parent, wait=True) as alone:
            for left_over in parent.glob(f"{prefix}*") if alone else ():
                with suppress(FileNotFoundError), locked(left_over, wait=False) as dead:
                    if dead:
                        shutil.rmtree(left_over, ignore_errors=True)
            made = tempfile.TemporaryDirectory(prefix=prefix, dir=parent)
            folder = Path(stack.enter_context(made))
            stack.enter_context(locked(folder, wait=False))
        yield folder


@contextmanager
def spilling_alone(limits: Limits) -> Iterator[Limits]:
    """Yield limits whose `temp_directory` nothing else uses; it goes away at the end.

    For what may run beside an import or a question: DuckDB gives the files that it spills the same
    names in every database that is open, and writes over and removes those of another in the same
    folder. Who may not write there can spill nothing, and gets the limits as they are, as does who
    has no data folder yet.
    """
    with ExitStack() as stack:
        own = limits
        with suppress(DiskError, OSError):
            limits.temp_directory.mkdir(exist_ok=True)
            folder = stack.enter_context(scratch_in(limits.temp_directory, "spilled-"))
            own = replace(limits, temp_directory=folder)
        yield own


def taken(handle: int) -> bool:
    """Take the lock of an open file or folder; return whether nobody else has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def locked(folder: Path, *, wait: bool) -> Iterator[bool]:
    """Lock a folder for as long as this process lives; yield whether it could be locked."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
