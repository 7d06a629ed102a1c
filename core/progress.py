"""The callback that tells a person how far long work has come."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with (what happens, how many are done, of how many)."""


def no_progress(what: str, done: int, total: int) -> None:
    """Report to nobody."""
