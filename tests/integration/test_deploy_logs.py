"""Logs that go on until they are ended end well."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from tests.fixtures.finops import Finops
from tests.fixtures.programs import program

PATIENCE = 30


def test_logs_that_go_on_are_whole_on_one_stream_and_end_without_an_error(
    finops: Finops, tmp_path: Path
) -> None:
    follows = tmp_path / "follows"
    follow = f"echo out; echo err >&2; touch {follows}; exec sleep {PATIENCE}"
    program(tmp_path / "bin", "podman", 0, f"case $1 in ps) echo one;; logs) {follow};; esac")
    program(tmp_path / "bin", "compose", 0)
    finops.environment |= {
        "PATH": os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]]),
        "FINOPS_COMPOSE": str(tmp_path / "bin" / "compose"),
    }
    process = finops.start("deploy", "--folder", str(finops.home), "logs", "--follow")
    end = time.monotonic() + PATIENCE
    while not follows.exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=PATIENCE) == ("out\nerr\n", "")
    assert process.returncode == 0


def test_who_reads_the_logs_may_have_enough(finops: Finops, tmp_path: Path) -> None:
    many = "exec yes line"
    program(tmp_path / "bin", "podman", 0, f"case $1 in ps) echo one;; logs) {many};; esac")
    program(tmp_path / "bin", "compose", 0)
    finops.environment |= {
        "PATH": os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]]),
        "FINOPS_COMPOSE": str(tmp_path / "bin" / "compose"),
    }
    with finops.start("deploy", "--folder", str(finops.home), "logs") as process:
        assert process.stdout and process.stderr
        assert process.stdout.readline() == "line\n"
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0
