"""The first start on a machine: prepared once, from the lock, whatever comes in between."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.source import ROOT

COMMAND = """import sys
import six

def run():
    sys.stdout.write(" ".join([six.__version__, *sys.argv[1:]]))
"""


def lay_out(home: Path) -> Path:
    """Make a checkout whose lock holds one small package."""
    (home / "core" / "cli").mkdir(parents=True)
    (home / "core" / "cli" / "main.py").write_text(COMMAND)
    for name in ("finops", "bootstrap.py"):
        shutil.copy(ROOT / name, home)
    lock = (ROOT / "requirements.lock").read_text()
    (home / "requirements.lock").write_text("six==" + lock.split("\nsix==")[1].split("\n    # ")[0])
    return home


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that was never started."""
    return lay_out(tmp_path / "checkout")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that was started once, in a folder with a space in its name."""
    home = lay_out(tmp_path_factory.mktemp("bootstrap") / "a checkout")
    code, out, err = finops(home, "demo", "--name", "a b")
    assert (code, out) == (0, "1.17.0 demo --name a b")
    assert err.startswith("Preparing .venv") and err.count("\n") == 1
    return home


def start(home: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(home / "finops"), *arguments],
        cwd="/",
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finops(home: Path, *arguments: str, **variables: str) -> tuple[int, str, str]:
    process = start(home, *arguments, **variables)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_a_later_start_only_enters(prepared: Path) -> None:
    assert finops(prepared, "demo") == (0, "1.17.0 demo", "")


def test_the_commands_of_the_environment_know_their_place(prepared: Path) -> None:
    files = [file for file in (prepared / ".venv" / "bin").iterdir() if file.is_file()]
    assert [file for file in files if b".venv.new" in file.read_bytes()] == []
    pip = subprocess.run([prepared / ".venv" / "bin" / "pip", "--version"], capture_output=True)
    assert os.fsencode(prepared) in pip.stdout


def test_packages_of_the_callers_environment_stay_out(prepared: Path, tmp_path: Path) -> None:
    (tmp_path / "six.py").write_text("__version__ = 'the wrong one'")
    assert finops(prepared, PYTHONPATH=str(tmp_path)) == (0, "1.17.0", "")


def test_a_lock_that_cannot_be_installed_leaves_the_former_environment(prepared: Path) -> None:
    lock = prepared / "requirements.lock"
    former = lock.read_text()
    lock.write_text(re.sub("sha256:.", "sha256:0", former))
    code, out, err = finops(prepared)
    assert (code, out) == (69, "")
    assert "DO NOT MATCH THE HASHES" in err and "Traceback" not in err

    lock.write_text(former)
    assert finops(prepared) == (0, "1.17.0", "")


def test_a_changed_lock_is_installed(prepared: Path) -> None:
    with (prepared / "requirements.lock").open("a") as lock:
        lock.write("\n# a change\n")
    assert "Preparing" in finops(prepared)[2]
    assert finops(prepared) == (0, "1.17.0", "")


def test_a_python_that_is_gone_is_replaced(prepared: Path) -> None:
    python = prepared / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/gone/python3")
    assert "Preparing" in finops(prepared)[2]
    assert finops(prepared) == (0, "1.17.0", "")


def test_a_start_after_a_kill_begins_again(checkout: Path) -> None:
    killed = start(checkout)
    while not (checkout / ".venv.new" / "bin" / "python").exists():
        time.sleep(0.01)
    killed.kill()
    killed.communicate()
    assert not (checkout / ".venv").exists()

    assert finops(checkout)[:2] == (0, "1.17.0")
    assert not (checkout / ".venv.new").exists()


def test_two_first_starts_at_once_prepare_once(checkout: Path, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere" / "venv"
    starts = [start(checkout, name, OPEN_FINOPS_VENV=str(place)) for name in ("one", "two")]
    ends = [process.communicate(timeout=120) for process in starts]
    assert [out for out, _ in ends] == ["1.17.0 one", "1.17.0 two"]
    assert sum("Preparing" in err for _, err in ends) == 1
    assert place.exists() and not (checkout / ".venv").exists()


def test_without_a_network_there_is_one_clear_error(checkout: Path) -> None:
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_NO_CACHE_DIR": "1"}
    code, _, err = finops(checkout, PIP_CONFIG_FILE=os.devnull, PIP_FIND_LINKS="", **nowhere)
    assert code == 69
    assert "the package index cannot be reached" in err and "Traceback" not in err
    assert not (checkout / ".venv.new").exists()
