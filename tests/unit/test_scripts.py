"""Shell scripts are clean."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.source import ROOT

FOLDERS = (ROOT / "docker", ROOT / "tests")
SCRIPTS = [
    *(ROOT / ".ci" / "run", *ROOT.glob("*.sh")),
    *(path for folder in FOLDERS for path in sorted(folder.rglob("*.sh"))),
]


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_shellcheck_finds_nothing(script):
    done = subprocess.run(["shellcheck", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
