"""A folder for work in progress that one process at a time may use."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import BusyError
from core.warehouse import disk_errors


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Yield `folder`, made and empty; it and what is in it go away at the end.

    What a killed process left behind is removed by the next one.

    Raises:
        BusyError: If another process uses it.
        DiskError: If it cannot be made.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(folder, "with the same task") from None
        with disk_errors(folder):
            for left_over in folder.iterdir():
                shutil.rmtree(left_over) if left_over.is_dir() else left_over.unlink()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)
