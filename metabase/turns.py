"""One process at a time changes Metabase: it makes twice what two find missing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import MetabaseBusy
from core.scratch import taken

PAUSE = 0.5


@contextmanager
def turn(
    folder: Path, seconds: int, tell: Callable[[str], object] = lambda text: None
) -> Iterator[None]:
    """Hold the right to change Metabase; wait for who has it.

    The lock is one on a folder, which takes no right to write there, and is seen from all
    containers of this machine that share it. Where the file system has no locks, nobody is
    kept out.

    Args:
        folder: That of the data.
        seconds: How long to wait for it.
        tell: Called once where it has to be waited for.

    Raises:
        MetabaseBusy: If another process still has it then.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        last = time.monotonic() + seconds
        told = False
        while not is_mine(handle):
            if time.monotonic() >= last:
                raise MetabaseBusy(seconds)
            if not told:
                tell(f"waiting for another command that changes Metabase, {seconds} s at most ...")
                told = True
            time.sleep(PAUSE)
        yield
    finally:
        os.close(handle)


def is_mine(handle: int) -> bool:
    """Take the lock of an open folder, where it has one; return whether nobody else has it."""
    try:
        return taken(handle)
    except OSError:  # as of a network's file system, on what is open for reading alone
        return True
