"""The FOCUS validator's environment: Python 3.12 with what requirements-validator.lock names.

The validator is a source distribution that needs numpy 1.26, whose last wheels are for Python 3.12.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.source import ROOT

LOCK = ROOT / "requirements-validator.lock"
PLACE = ROOT / ".venv-validator"
BUILT_HERE = "focus-validator=="
"""The one package without a wheel; the lock also holds what builds it."""

VERSION = "import sys, venv; sys.exit(sys.version_info[:2] != (3, 12))"
PIP = "install --require-hashes --no-deps --no-input --no-color --retries=2 --no-compile"
"""Nothing is compiled ahead: the validator uses a small part of what it brings."""
OFFLINE = ("Max retries exceeded", "NewConnectionError", "ProxyError")


class UnavailableError(Exception):
    """This machine lacks what the validator needs; the message says what."""


def prepared() -> Path:
    """Return the environment's Python; make the environment when it is not there or outdated."""
    python, mark = PLACE / "bin" / "python", PLACE / LOCK.name
    with PLACE.with_suffix(".lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not (mark.exists() and mark.read_bytes() == LOCK.read_bytes() and runs(python)):
            shutil.rmtree(PLACE, ignore_errors=True)
            install(find_python(candidates()), python)
            shutil.copyfile(LOCK, mark)
    return python


def install(base: Path, python: Path) -> None:
    """Make the environment and install the wheels, then the package that is built with them."""
    sources, wheels = split(LOCK.read_text())
    run([base, "-m", "venv", "--without-pip", "--prompt", PLACE.name, PLACE])
    pip = [sys.executable, "-m", "pip", "--python", python]
    for name, text, how in (
        ("wheels.txt", wheels, "--only-binary=:all:"),
        ("sources.txt", sources, "--no-binary=:all: --no-build-isolation"),
    ):
        (PLACE / name).write_text(text)
        run([*pip, *PIP.split(), *how.split(), "-r", PLACE / name])


def split(lock: str) -> tuple[str, str]:
    """Return a lock's entries without a wheel and the others, each with its hashes."""
    entries = lock.replace("\\\n", " ").splitlines()
    built = [entry for entry in entries if entry.startswith(BUILT_HERE)]
    return "\n".join(built), "\n".join(entry for entry in entries if entry not in built)


def run(command: list[str | Path]) -> None:
    """Run one step; without network the validator is unavailable, anything else is a failure."""
    mixing = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_USER")
    variables = {name: value for name, value in os.environ.items() if name not in mixing}
    done = subprocess.run(
        command, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    words = done.stdout + done.stderr
    if done.returncode and any(sign in words for sign in OFFLINE):
        raise UnavailableError("the package index cannot be reached")
    assert not done.returncode, words


def find_python(found: Iterator[Path]) -> Path:
    """Return the first Python 3.12 that runs and can make environments."""
    for path in found:
        if runs(path):
            return path
    raise UnavailableError("no Python 3.12 on PATH, with pyenv or with uv")


def runs(path: Path) -> bool:
    """Tell whether this is a Python 3.12 that works; a shim of pyenv may lead nowhere."""
    quiet = subprocess.DEVNULL
    try:
        return not subprocess.call([path, "-c", VERSION], stdout=quiet, stderr=quiet)
    except OSError:
        return False


def candidates() -> Iterator[Path]:
    """Yield where a Python 3.12 may be."""
    yield from (Path(folder) / "python3.12" for folder in os.get_exec_path())
    home = Path.home()
    for root, pattern in (
        (os.environ.get("PYENV_ROOT") or home / ".pyenv", "versions/3.12*/bin/python"),
        (os.environ.get("UV_PYTHON_INSTALL_DIR") or home / ".local/share/uv/python",
         "cpython-3.12*/bin/python3.12"),
    ):  # fmt: skip
        yield from sorted(Path(root).glob(pattern))
