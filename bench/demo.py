"""The demo at any size, made once, and the server that shows it."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


def parser(name: str, about: str | None, **counts: int) -> argparse.ArgumentParser:
    """Return the command line of a measurement: the demo's size, and counts with defaults."""
    found = argparse.ArgumentParser(
        prog=f"python -m {name}",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument("--rows", type=int, default=1_000_000, help="bill lines of the demo")
    found.add_argument("--keep", type=Path, help="keep the demo here for the next run")
    for count, default in counts.items():
        found.add_argument(f"--{count}", type=int, default=default)
    return found


@contextmanager
def demo(options: argparse.Namespace) -> Iterator[Path]:
    """Make the demo of that size, unless it is there; yield its data folder."""
    with tempfile.TemporaryDirectory(prefix="finops-bench-") as temporary:
        data = (options.keep or Path(temporary)).absolute() / f"demo-{options.rows}"
        command = ["-m", "core.cli.main", "demo", "--rows", str(options.rows), "--no-serve"]
        env = {**os.environ, "OPEN_FINOPS_DATA_DIR": str(data)}
        subprocess.run([sys.executable, *command], env=env, check=True, stdout=subprocess.DEVNULL)
        yield data


@contextmanager
def served(data: Path) -> Iterator[int]:
    """Serve the demo in a process of its own; yield its port."""
    env = {**os.environ, "OPEN_FINOPS_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "core.cli.main", "serve", "--demo", "--port", "0"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r":(\d+)/", process.stdout.readline())
            assert found
            yield int(found[1])
        finally:
            process.terminate()


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that so many are not above.

    >>> percentile([3.0, 1.0, 2.0], 0.5)
    2.0
    """
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
