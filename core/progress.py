"""The callback that tells a person how far long work has come."""

from __future__ import annotations

import sys
from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with (what happens, how many are done, of how many)."""


def no_progress(what: str, done: int, total: int) -> None:
    """Report to nobody."""


def say(text: str) -> None:
    """Tell the person who waits one line that must be read, such as what a step will cost."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
