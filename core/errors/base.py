"""What every error of ours is."""

from __future__ import annotations


class FinopsError(Exception):
    """A failure that the user can act on; the CLI prints it without a traceback."""

    exit_code = 1

    def __init__(self, problem: str, *, hint: str) -> None:
        super().__init__(problem)
        self.hint = hint
