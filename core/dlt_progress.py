"""dlt's progress as ours, and dlt kept quiet: no telemetry, no log on stdout.

It must not intercept signals either: Ctrl-C would wait for the running job, and be forgotten. Nor
may its pool keep one that strikes within a job: dlt would wait for the end of that job for ever.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from dlt.common.runners import pool_runner
from dlt.common.runtime.collector import Collector

SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    "LOAD__WORKERS": "1",
    "NORMALIZE__WORKERS": "1",
    "LOAD__RAISE_ON_FAILED_JOBS": "true",
    "LOAD__RAISE_ON_MAX_RETRIES": "1",
    "RUNTIME__INTERCEPT_SIGNALS": "false",
}


def quiet() -> None:
    """Set what dlt reads from its environment, unless the user has set it."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    logging.getLogger("dlt").setLevel(logging.CRITICAL)
    vars(pool_runner)["NullExecutor"] = Interruptible


class Interruptible(pool_runner.NullExecutor):
    """dlt's pool without threads, from which Ctrl-C and SIGTERM come out at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(fn, *args, **kwargs)
        if isinstance(error := future.exception(), KeyboardInterrupt):
            raise error
        return future


class JobProgress(Collector):
    """Counts finished load jobs."""

    def __init__(self, progress: Callable[[str, int, int], None], total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def update(
        self,
        name: str,
        inc: int = 1,
        total: int | None = None,
        inc_total: int | None = None,
        message: str | None = None,
        label: str | None = None,
    ) -> None:
        if self.step.startswith("Load") and name == "Jobs" and inc:
            self.done = min(self.total, self.done + inc)
            self.progress("loading", self.done, self.total)

    def _start(self, step: str) -> None:
        self.step = step

    def _stop(self) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)
