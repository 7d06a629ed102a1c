"""Run whole processes and report what the system says they used."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    """One finished process."""

    cpu: float
    """User and system seconds."""
    wall: float
    """Seconds."""
    peak: float
    """Largest resident memory, in MB."""


def run(command: Sequence[str], env: Mapping[str, str], log: Path) -> Usage:
    """Run one command to its end.

    Raises:
        RuntimeError: If it fails; its output is in `log`.
    """
    with log.open("ab") as output:
        started = time.monotonic()
        process = subprocess.Popen(
            command, env={**os.environ, **env}, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed; see {log}")
    scale = 1024 if sys.platform == "linux" else 1024 * 1024
    return Usage(
        cpu=usage.ru_utime + usage.ru_stime,
        wall=time.monotonic() - started,
        peak=usage.ru_maxrss / scale,
    )


def interleaved(
    tasks: Mapping[str, Callable[[], Usage]], repeat: int, say: Callable[[str], None]
) -> dict[str, Usage]:
    """Run every task `repeat` times, in turn, and return each one's medians.

    Taking turns lets a drifting machine slow all of them alike.
    """
    found: dict[str, list[Usage]] = {name: [] for name in tasks}
    for turn in range(repeat):
        for name, task in tasks.items():
            usage = task()
            found[name].append(usage)
            say(f"{turn + 1}/{repeat}  {name:<34} {usage.cpu:8.1f} s CPU {usage.peak:7.0f} MB")
    return {
        name: Usage(
            cpu=statistics.median(u.cpu for u in usages),
            wall=statistics.median(u.wall for u in usages),
            peak=max(u.peak for u in usages),
        )
        for name, usages in found.items()
    }
