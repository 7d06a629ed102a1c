"""One command at a time changes a stack."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import StackBusy, disk_errors
from core.scratch import taken
from deploy.place import Place

LOCK = ".deploy.lock"
GLANCE = 0.1
"""Seconds after which `is_busy` of another process has let go again."""


@contextmanager
def alone(place: Place) -> Iterator[int]:
    """Hold the lock of a place; yield its handle.

    A child that inherits the handle keeps the lock when this process is killed.

    Raises:
        StackBusy: If another command, or a build that outlived one, holds it.
        DiskError: If the folder is not there, or cannot be written.
    """
    with disk_errors(place.folder):
        handle = os.open(place.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with disk_errors(place.folder):
            if not (taken(handle) or taken_later(handle)):
                owner = os.read(handle, 100).decode(errors="replace").strip() or "unknown pid"
                raise StackBusy(place.folder, owner)
            os.ftruncate(handle, 0)
            os.write(handle, f"pid {os.getpid()}\n".encode())
        yield handle
    finally:
        os.close(handle)


def taken_later(handle: int) -> bool:
    """Take the lock that somebody may hold to look alone; return whether nobody else has it."""
    time.sleep(GLANCE)
    return taken(handle)


def is_busy(place: Place) -> bool:
    """Whether a command that changes the stack is at work."""
    try:
        with alone(place):
            return False
    except StackBusy:
        return True
