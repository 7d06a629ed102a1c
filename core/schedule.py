"""`finops run` at the times of a cron line, one after another, again after what may pass.

Each run is a process of its own: its memory is given back, and a failure ends it alone. What the
last one did is kept in `schedule.json` beside the database, for people and for health checks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.config import ROOT, Config
from core.cron import ScheduleConfig, following
from core.errors import AccessError, BusyError, DiskError, disk_errors

PASSING = frozenset(kind.exit_code for kind in (AccessError, BusyError, DiskError))
"""Exit codes of failures that may be over a few minutes later."""
LONGEST_SLEEP = 30.0
"""Seconds; clocks are set, machines sleep."""
LATE = timedelta(minutes=10)
"""After so long past its time a run counts as missed by the scheduler."""
FAILURES = 3
"""So many runs in a row that failed are no longer an outage that passes."""
OWN_END = 1.0
"""Seconds that an interrupted run gets to end by itself before it is told."""
STATUS = "schedule.json"


@dataclass(frozen=True, kw_only=True)
class Status:
    """What the scheduler did last, and when it will do something next; times in UTC."""

    next_run: str | None = None
    last_started: str | None = None
    last_finished: str | None = None
    last_code: int | None = None
    failures_in_a_row: int = 0

    def write(self, path: Path) -> None:
        """Put this in the place of what was written last, in one step.

        Raises:
            DiskError: If the folder cannot take it.
        """
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            new = path.with_name(f"{path.name}.new")
            new.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
            new.replace(path)

    @classmethod
    def read(cls, path: Path) -> Status | None:
        """Return what was written last; None where there is nothing, or nothing to be read."""
        with suppress(OSError, ValueError, TypeError):
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        return None

    @property
    def is_failing(self) -> bool:
        """Whether run after run has failed since the scheduler was started."""
        return self.failures_in_a_row >= FAILURES

    def is_alive(self, now: datetime) -> bool:
        """Tell whether a run is at work, or the next one is not long due."""
        if self.last_started and (self.last_finished or "") < self.last_started:
            return True
        return self.next_run is not None and now < datetime.fromisoformat(self.next_run) + LATE


def run_forever(config: Config, settings: ScheduleConfig, say: Callable[[str], None]) -> None:
    """Run at every time of the cron line until interrupted; a run that takes longer skips some.

    Before the first, FOCUS is built anew where other models built it: after an upgrade. Failures
    are counted from the start of the scheduler, which may have mended what made them.

    Raises:
        DiskError: If its status cannot be written.
    """
    path = config.data_dir / STATUS
    due = following(settings, datetime.now(UTC))
    status = replace(Status.read(path) or Status(), failures_in_a_row=0, next_run=text(due))
    status.write(path)
    if config.database_path.is_file():
        run_once(config, ("focus", "build"), settings, say)
    while True:
        due = following(settings, datetime.now(UTC))
        status = replace(status, next_run=text(due))
        status.write(path)
        say(f"next run at {text(due)}")
        sleep_until(due)
        started = datetime.now(UTC)
        status = replace(status, last_started=text(started), next_run=None)
        status.write(path)
        code = run_once(config, ("run",), settings, say)
        status = replace(
            status,
            last_finished=text(datetime.now(UTC)),
            last_code=code,
            failures_in_a_row=status.failures_in_a_row + 1 if code else 0,
        )


def run_once(
    config: Config, words: Sequence[str], settings: ScheduleConfig, say: Callable[[str], None]
) -> int:
    """Run a command with the configuration of the scheduler, again after failures that may pass.

    Returns:
        The exit code of the last try.
    """
    named = ("--config", str(config.path)) if config.path else ()
    arguments = (sys.executable, "-m", "core.cli.main", *named, *words)
    wait = settings.retry_seconds
    for left in range(settings.retries, -1, -1):
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        code = finished(arguments, env)
        ended = f"{' '.join(words)} ended with exit code {code}"
        if code not in PASSING or not left:
            say(ended)
            return code
        say(f"{ended}; once more in {wait} s")
        time.sleep(wait)
        wait *= 2
    raise AssertionError("the last try returns")


def finished(arguments: Sequence[str], env: Mapping[str, str]) -> int:
    """Run a process and return its exit code; one that is interrupted cleans up before this ends.

    Ctrl-C on a terminal reaches it, too; a SIGTERM of this process does not.
    """
    with subprocess.Popen(arguments, env=env) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            with suppress(subprocess.TimeoutExpired):
                process.wait(OWN_END)
            process.terminate()
            process.wait()
            raise


def sleep_until(due: datetime) -> None:
    """Sleep until a moment of the clock has come, also one that was set meanwhile."""
    while (left := (due - datetime.now(UTC)).total_seconds()) > 0:
        collect_the_ended()
        time.sleep(min(left, LONGEST_SLEEP))


def collect_the_ended() -> None:
    """Let go of ended processes whose parents ended before them.

    In a container the scheduler is process 1, to which they come; dbt leaves one with each build,
    and each that is not collected counts against the container's limit of processes.
    """
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def text(moment: datetime) -> str:
    """Return a moment in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
