"""The file of a backup."""

from __future__ import annotations

import subprocess
import sys

import pytest

CUT_OFF = """
import sys
from pathlib import Path
from deploy.archive import writing
with writing(Path(sys.argv[1]), sys.argv[1]):
    sys.exit("the backup ends here")
"""


@pytest.mark.parametrize("ending", [".tar", ".tar.gz", ".tar.zst"])
def test_a_backup_that_is_cut_off_says_why_and_nothing_else(ending, tmp_path):
    command = [sys.executable, "-c", CUT_OFF, str(tmp_path / f"a{ending}")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "the backup ends here\n")
