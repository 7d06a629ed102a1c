"""The gate counts what ran, and its last line and exit code can be trusted."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

import run_tests
from run_tests import Checks, Count, Suite

OPTIONS = argparse.Namespace(coverage=False, pytest=[])


@pytest.fixture(autouse=True)
def variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take back at the end what `main` says to the tiers, which are processes of their own."""
    monkeypatch.setenv(run_tests.SHARED_DEMO, str(tmp_path))


def report(folder: Path, **counts: int) -> Path:
    path = folder / "report.xml"
    suite = " ".join(f'{name}="{count}"' for name, count in counts.items())
    path.write_text(f"<testsuites><testsuite {suite}/></testsuites>")
    return path


@pytest.mark.parametrize(
    ("counts", "code", "expected"),
    [
        ({"tests": 5, "failures": 0, "errors": 0, "skipped": 1}, 0, Count(4, 0, 1)),
        ({"tests": 5, "failures": 1, "errors": 1, "skipped": 0}, 1, Count(3, 2, 0)),
        ({"tests": 0, "failures": 0, "errors": 0, "skipped": 0}, 5, Count(0, 0, 0)),
        ({"tests": 3, "failures": 0, "errors": 0, "skipped": 0}, -9, Count(3, 1, 0)),
    ],
)
def test_a_report_is_counted(
    tmp_path: Path, counts: dict[str, int], code: int, expected: Count
) -> None:
    assert run_tests.read_report(report(tmp_path, **counts), code, sys.stdout) == expected


def test_a_tier_without_a_report_has_failed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_tests.read_report(tmp_path / "none.xml", 4, sys.stdout) == Count(failed=1)
    assert capsys.readouterr().out == "this tier did not start, or did not end\n"


def test_a_tier_without_tests_is_told_and_does_not_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run_tests, "ROOT", tmp_path)
    assert Suite("later", "").run(OPTIONS, sys.stdout) == Count()
    assert capsys.readouterr().out == "no tests in tests/later yet\n"


def test_a_command_that_hangs_is_ended() -> None:
    assert run_tests.call(["-c", "import time; time.sleep(60)"], minutes=0, out=sys.stdout) == 1


def test_every_check_of_a_tier_runs_and_one_failure_fails_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    codes = iter([1, 0])
    monkeypatch.setattr(run_tests, "call", lambda arguments, minutes, out: next(codes))
    assert Checks("lint", "", ("one", "two")).run(OPTIONS, sys.stdout) == Count(failed=1)
    assert list(codes) == []


@pytest.mark.parametrize(
    ("arguments", "ran", "last", "code"),
    [
        ([], ["lint", "unit", "s3"], "6 passed, 1 failed, 2 skipped", 1),
        (["--quick"], ["lint", "unit"], "4 passed, 0 failed", 0),
        (["--tier", "s3", "--tier", "lint"], ["lint", "s3"], "3 passed, 1 failed, 2 skipped", 1),
    ],
)
def test_the_last_line_sums_up(
    arguments: list[str],
    ran: list[str],
    last: str,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    counts = {"lint": Count(1), "unit": Count(3), "s3": Count(2, 1, 2)}
    monkeypatch.setattr(Suite, "run", lambda tier, options, out: counts[tier.name])
    tiers = tuple(Suite(name, name, beside=name == "s3") for name in counts)
    monkeypatch.setattr(run_tests, "TIERS", tiers)
    monkeypatch.setattr("sys.argv", ["run_tests.py", *arguments])

    assert run_tests.main() == code
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("===")] == [
        f"{name}:" for name in ran
    ]
    assert lines[-1] == last


def test_tiers_beside_each_other_write_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    commands = ("this --one", "this --two")
    monkeypatch.setattr(run_tests, "TIERS", [Checks(n, n, commands, beside=True) for n in "ab"])
    monkeypatch.setattr("sys.argv", ["run_tests.py"])

    assert run_tests.main() == 0
    shown = capfd.readouterr().out
    parts = sorted(part.split("--- ")[0] for part in shown.split("=== ")[1:])
    assert [part.split(":")[0] for part in parts] == ["a", "b"]
    assert all(part.count("Beautiful is better than ugly.") == 2 for part in parts)


def test_every_folder_of_tests_is_a_tier() -> None:
    folders = {path.parent.name for path in run_tests.ROOT.glob("tests/*/test_*.py")}
    assert folders <= {tier.name for tier in run_tests.TIERS}
