"""Shell scripts are clean."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.source import ROOT

SCRIPTS = [
    *("finops-podman.sh", ".ci/run", "docker/with_secrets.sh"),
    *(f"docker/metabase/{name}.sh" for name in ("check", "health", "start")),
]


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
@pytest.mark.parametrize("script", SCRIPTS)
def test_shellcheck_finds_nothing(script):
    done = subprocess.run(["shellcheck", ROOT / script], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
