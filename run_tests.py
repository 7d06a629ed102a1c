#!/usr/bin/env python3
"""The gate: lint, types and every test, tier after tier.

`python run_tests.py` installs what it needs into .venv-dev and runs all tiers; a tier that fails
does not keep the later ones from running. After lint three run at a time, the longest first, and
what they write appears when they end. The last line sums up: `N passed, N failed`.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import IO, NamedTuple
from xml.etree import ElementTree

import bootstrap

ROOT = Path(__file__).resolve().parent
SHORT = "--output-format concise"
NO_TESTS = 5  # pytest's exit code
SHARED_DEMO = "DEMO_OF_THE_TESTS"
"""Names the folder where the tiers that look at the demo's data share it."""
RUNNING: set[subprocess.Popen[bytes]] = set()
"""What Ctrl-C must end."""


class Count(NamedTuple):
    """How many tests ended which way."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


@dataclass(frozen=True)
class Checks:
    """A tier of plain commands: one test, passed when all of them succeed."""

    name: str
    about: str
    commands: tuple[str, ...]
    minutes: int = 5
    beside: bool = False

    def run(self, options: argparse.Namespace, out: IO[str]) -> Count:
        """Run every command, also after a failure, so that one run shows all there is to mend."""
        codes = [call(["-m", *command.split()], self.minutes, out) for command in self.commands]
        return Count(failed=1) if any(codes) else Count(passed=1)


@dataclass(frozen=True)
class Suite:
    """A tier of pytest tests, in tests/<name>."""

    name: str
    about: str
    arguments: str = ""
    minutes: int = 15
    beside: bool = False
    """Whether it uses one core, and another such tier may run at the same time."""

    def run(self, options: argparse.Namespace, out: IO[str]) -> Count:
        """Run the folder's tests; a folder that has none yet is told, not failed."""
        folder = ROOT / "tests" / self.name
        if not any(folder.rglob("test_*.py")):
            say(f"no tests in tests/{self.name} yet", out)
            return Count()
        with tempfile.TemporaryDirectory() as scratch:
            report = Path(scratch) / "report.xml"
            arguments = ["-m", "pytest", f"tests/{self.name}", f"--junitxml={report}", "-q"]
            arguments += [*self.arguments.split(), *options.pytest]
            if options.coverage:
                arguments += ["--cov", "--cov-append", "--cov-report="]
            code = call(arguments, self.minutes, out)
            return read_report(report, code, out)


TIERS: tuple[Checks | Suite, ...] = (
    Checks("lint", "style and format", (f"ruff check {SHORT} .", f"ruff format --check {SHORT} .")),
    Suite(
        "containers",
        "the images and the stack of them",
        "-o faulthandler_timeout=600",
        minutes=24,
        beside=True,
    ),
    Suite("integration", "from export to marts", "-n 2", minutes=24, beside=True),
    Suite("slow", "kills, a fresh clone", minutes=20, beside=True),
    Suite("property", "what must hold for any input", "-n 2", beside=True),
    Checks("types", "strict types", ("mypy",), beside=True),
    Suite(
        "unit",
        "one piece at a time, with the doctests",
        "core vendors dashboards metabase deploy --doctest-modules",
        beside=True,
    ),
    Suite("dbt", "the FOCUS project", beside=True),
    Suite("serve", "the dashboards' server", beside=True),
    Suite("metabase", "Metabase's cards and its API", beside=True),
    Suite("browser", "the dashboards in a browser", beside=True),
    Suite("docs", "the documentation against the code", beside=True),
    Suite("s3", "against an S3 server", beside=True),
    Suite("azurite", "against an Azure Blob server", beside=True),
    Suite("bigquery", "against BigQuery and Cloud Storage servers", beside=True),
    Suite(
        "validator",
        "the export against the FOCUS validator",
        "-o faulthandler_timeout=600",
        beside=True,
    ),
)
ASIDES = 3
"""On two cores: some tiers wait for servers, containers and pages as long as they work."""
QUICK = ("lint", "types", "unit")


def call(arguments: list[str], minutes: int, out: IO[str]) -> int:
    """Run Python with these arguments, all its children ended with it; an exit code of its own."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        start_new_session=True,
        stdout=None if out is sys.stdout else out,
        stderr=None if out is sys.stdout else subprocess.STDOUT,
    )
    RUNNING.add(process)
    try:
        return process.wait(timeout=minutes * 60)
    except subprocess.TimeoutExpired:
        say(f"ended after {minutes} minutes", out)
        return 1
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that still runs, and all that it began."""
    RUNNING.discard(process)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def read_report(report: Path, code: int, out: IO[str]) -> Count:
    """Count the tests of a JUnit report; a run that broke without a failed test counts as one."""
    if not report.exists():
        say("this tier did not start, or did not end", out)
        return Count(failed=1)
    suites = list(ElementTree.parse(report).iter("testsuite"))
    total, failures, errors, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites)
        for name in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors
    if code not in (0, NO_TESTS) and not failed:
        return Count(total - skipped, 1, skipped)
    return Count(max(total - failed - skipped, 0), failed, skipped)


def say(text: str, out: IO[str]) -> None:
    """Write one line at once, in order with what the tiers write."""
    out.write(text + "\n")
    out.flush()


def run_tier(tier: Checks | Suite, options: argparse.Namespace, out: IO[str]) -> Count:
    """Run one tier between two lines that name it."""
    say(f"\n=== {tier.name}: {tier.about}", out)
    began = time.monotonic()
    count = tier.run(options, out)
    say(f"--- {tier.name}: {count}; {time.monotonic() - began:.0f} s", out)
    return count


def run_aside(tier: Checks | Suite, options: argparse.Namespace) -> tuple[Count, str]:
    """Run one tier beside another; return what it wrote, too."""
    with tempfile.TemporaryFile("w+", errors="replace") as out:
        count = run_tier(tier, options, out)
        out.seek(0)
        return count, out.read()


def run_tiers(
    tiers: Sequence[Checks | Suite], options: argparse.Namespace
) -> Iterator[tuple[str, Count]]:
    """Run tiers in order, neighbours that use one core together; yield each one's count."""
    for beside, group in groupby(tiers, key=lambda tier: tier.beside):
        if beside:
            yield from run_asides(list(group), options)
        else:
            yield from ((tier.name, run_tier(tier, options, sys.stdout)) for tier in group)


def run_asides(
    tiers: Sequence[Checks | Suite], options: argparse.Namespace
) -> Iterator[tuple[str, Count]]:
    """Run some tiers at a time, and write what each has to say when it has ended."""
    with ThreadPoolExecutor(1 if options.coverage else ASIDES) as pool:
        asides = {pool.submit(run_aside, tier, options): tier.name for tier in tiers}
        try:
            for done in as_completed(asides):
                count, text = done.result()
                say(text.rstrip(), sys.stdout)
                yield asides[done], count
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(RUNNING):
                end(process)
            raise


def read_options() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        description="Run the tests: all tiers, or some.",
        epilog="tiers: " + "; ".join(f"{tier.name}: {tier.about}" for tier in TIERS),
    )
    names = [tier.name for tier in TIERS]
    parser.add_argument("--quick", action="store_true", help="only " + ", ".join(QUICK))
    parser.add_argument(
        "--tier", action="append", choices=names, metavar="NAME", help="only this tier; repeatable"
    )
    parser.add_argument("--coverage", action="store_true", help="report which lines no test ran")
    parser.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    return parser.parse_args()


def main() -> int:
    """Run the tiers that were asked for and return the exit code."""
    options = read_options()
    wanted = options.tier or (QUICK if options.quick else [tier.name for tier in TIERS])
    if options.coverage:
        call(["-m", "coverage", "erase"], 1, sys.stdout)
    with tempfile.TemporaryDirectory() as shared:
        os.environ.setdefault(SHARED_DEMO, shared)
        counts = dict(run_tiers([tier for tier in TIERS if tier.name in wanted], options))
    if options.coverage:
        call(["-m", "coverage", "report"], 1, sys.stdout)
    for name, count in counts.items():
        if count.skipped:
            say(f"\nNot run in {name}: {count.skipped}; above is why", sys.stdout)
    failed = [name for name, count in counts.items() if count.failed]
    if failed:
        again = " ".join(f"--tier {name}" for name in failed)
        say(f"\nTo run again what failed: python run_tests.py {again}", sys.stdout)
    total = Count(*(sum(column) for column in zip(*counts.values(), strict=True)))
    say(f"\n{total}", sys.stdout)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    bootstrap.enter("requirements-dev.lock", ".venv-dev")
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
