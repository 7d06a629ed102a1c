"""What the bootstrap says when a machine cannot run the project."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

import bootstrap


def test_a_newer_python_is_found_behind_one_that_does_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "python3.13"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    working = tmp_path / "python3.12"
    working.symlink_to(sys.executable)
    monkeypatch.setenv("PATH", f"/nowhere:{tmp_path}")
    assert bootstrap._newer_python() == str(working)


def test_without_a_newer_python_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SystemExit, match="69"):
        bootstrap._newer_python()
    assert "Python 3.11 or newer is needed" in capsys.readouterr().err


def test_without_ensurepip_the_error_names_the_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="69"):
        bootstrap._check_venv_module()
    assert "apt install python3-venv" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Collecting a\nERROR: No space left on device\n", "No space left on device"),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken\nERROR: No matching a\n",
            "the package index cannot be reached.",
        ),
        ("Segmentation fault\n", "Segmentation fault"),
        ("", "it was ended"),
    ],
)
def test_the_reason_of_a_failed_installation(tmp_path: Path, words: str, reason: str) -> None:
    log = tmp_path / "log"
    log.write_text(words)
    assert bootstrap._reason(str(log)) == reason
