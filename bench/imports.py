"""Measure a vendor's import against raw DuckDB: what the benches of all vendors share."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from bench.measure import Usage, interleaved, run
from core.config import DuckDbConfig

THREADS = 2
LIMITS = {"OPEN_FINOPS_DATABASE_DUCKDB_THREADS": str(THREADS)}
LIMIT = 1.5
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One import and what it is measured against; both are the arguments of a Python process."""

    what: str
    ours: Sequence[str]
    """It finds an empty data folder."""
    raw: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What both sides of a case took."""

    what: str
    ours: Usage
    raw: Usage

    def line(self) -> str:
        """Return a line of the table."""
        ratio = self.ours.cpu / self.raw.cpu
        verdict = "" if ratio <= LIMIT else " (missed)"
        return (
            f"| {self.what} | {self.ours.cpu:.1f} | {self.raw.cpu:.1f} | {ratio:.2f} | "
            f"<= {LIMIT}{verdict} | {self.ours.peak:.0f} |"
        )


def connect(database: str, **more: str) -> duckdb.DuckDBPyConnection:
    """Open an empty database for a baseline, with the limits that an import has.

    Args:
        database: Its file; one that is there is deleted.
        more: Further settings of DuckDB.
    """
    Path(database).unlink(missing_ok=True)
    connection = duckdb.connect(
        database,
        config={
            "threads": THREADS,
            "memory_limit": DuckDbConfig().memory_limit,
            "temp_directory": f"{database}.tmp",
            "preserve_insertion_order": False,
            **more,
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def measure(folder: Path, cases: Sequence[Case], repeat: int, say: Say) -> list[Measured]:
    """Run both sides of every case in turn, as often as asked."""
    log = folder / "bench.log"

    def import_into_nothing(case: Case) -> Usage:
        shutil.rmtree(folder / "data", ignore_errors=True)
        env = {**LIMITS, "OPEN_FINOPS_DATA_DIR": str(folder / "data")}
        return run([sys.executable, *case.ours], env, log)

    def baseline(case: Case) -> Usage:
        return run([sys.executable, *case.raw], {}, log)

    tasks: dict[str, Callable[[], Usage]] = {}
    for case in cases:
        tasks[f"raw DuckDB: {case.what}"] = partial(baseline, case)
        tasks[case.what] = partial(import_into_nothing, case)
    found = interleaved(tasks, repeat, say)
    return [
        Measured(what=case.what, ours=found[case.what], raw=found[f"raw DuckDB: {case.what}"])
        for case in cases
    ]


def main(name: str, about: str | None, cases: Callable[[Path, int, Say], Sequence[Case]]) -> None:
    """Run a bench from the command line; `cases` writes the files and returns what to measure."""
    parser = argparse.ArgumentParser(prog=f"python -m {name}", description=about)
    parser.add_argument("--rows", type=int, default=1_000_000, help="lines of the bill")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="keep the files here for the next run")
    options = parser.parse_args()

    def say(line: str) -> None:
        sys.stderr.write(f"{line}\n")

    with tempfile.TemporaryDirectory(prefix="finops-bench-") as temporary:
        folder = (options.keep or Path(temporary)) / str(options.rows)
        folder.mkdir(parents=True, exist_ok=True)
        found = measure(folder, cases(folder, options.rows, say), options.repeat, say)
    sys.stdout.write("| what | CPU | raw DuckDB | ratio | target | peak MB |\n")
    sys.stdout.write("|---|---:|---:|---:|---:|---:|\n")
    for one in found:
        sys.stdout.write(one.line() + "\n")
