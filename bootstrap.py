"""Prepare the locked environment beside this file, then go on inside it.

`finops` and `run_tests.py` begin with `enter()`. Whatever Python starts them, it returns only in
the environment's own, with exactly the packages of the lock. A later start costs one `exec`.

The environment is built beside its place, marked with a copy of its lock and moved into place as
the last step: a start that fails or is killed leaves what was there, and the next begins again.

Every start passes here, also that of a Python too old for the rest. So this file keeps to a syntax
that old ones know and imports only what the moment needs; `pathlib` alone would double its time.
"""

import os
import sys

ROOT = os.path.dirname(os.path.realpath(__file__))
OLDEST = (3, 11)
SOUGHT = ("python3.13", "python3.12", "python3.11", "python3.14")
PIP = (
    "-m pip install --require-hashes --no-deps --only-binary=:all: "
    "--no-input --no-color --retries=2 --disable-pip-version-check -r"
)
OFFLINE = ("Retrying (", "Max retries exceeded", "NewConnectionError", "ProxyError")
UNAVAILABLE, INTERRUPTED = 69, 130


def enter(lock: str, place: str) -> None:
    """Return once this process runs in the environment at `place`, which holds what `lock` names.

    Args:
        lock: Requirements file with hashes, beside this file.
        place: Folder of the environment; a relative one lies beside this file.
    """
    locked, venv = os.path.join(ROOT, lock), os.path.realpath(os.path.join(ROOT, place))
    python = _python(venv)
    usable = os.access(python, os.X_OK)
    inside = usable and os.path.samefile(os.path.dirname(python), os.path.dirname(sys.executable))
    if inside and _complete(venv, locked):
        return
    if inside or not usable:
        try:
            _build(venv, locked)
        except OSError as error:
            hint = "OPEN_FINOPS_VENV can name another folder."
            raise _failure(f"cannot prepare {venv}: {error}.", hint) from None
        except KeyboardInterrupt:
            raise _failure("interrupted.", "The next start begins again.", INTERRUPTED) from None
    _start(python)


def _python(venv: str) -> str:
    return os.path.join(venv, "bin", "python")


def _mark(venv: str) -> str:
    """Return where a finished environment keeps the lock it was made from, for this Python."""
    return os.path.join(venv, "made-for-python{}.{}.lock".format(*sys.version_info))


def _complete(venv: str, locked: str) -> bool:
    try:
        with open(_mark(venv), "rb") as mark, open(locked, "rb") as wanted:
            return mark.read() == wanted.read() and os.access(_python(venv), os.X_OK)
    except FileNotFoundError:
        return False


def _variables() -> "dict[str, str]":
    """Return this process's variables without those that would mix other packages in."""
    mixing = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX")
    return {name: value for name, value in os.environ.items() if name not in mixing}


def _start(python: str) -> None:
    """Begin this command again under another Python, which takes every text for UTF-8."""
    variables = dict(_variables(), PYTHONUTF8="1")
    os.execve(python, [python, os.path.realpath(sys.argv[0]), *sys.argv[1:]], variables)


def _build(venv: str, locked: str) -> None:
    """Install, or wait for the start that already does."""
    import fcntl

    if sys.version_info < OLDEST:
        _start(_newer_python())
    _check_venv_module()
    os.makedirs(os.path.dirname(venv), exist_ok=True)
    with open(venv + ".lock", "w") as guard:
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say(f"Waiting for another start that is preparing {venv}.\n")
            fcntl.flock(guard, fcntl.LOCK_EX)
        if not _complete(venv, locked):
            _install(venv, locked, guard.fileno())


def _newer_python() -> str:
    """Find a Python on PATH that is new enough and runs."""
    import subprocess

    probe = "import sys; sys.exit(sys.version_info < (3, 11))"
    quiet = subprocess.DEVNULL
    for name in SOUGHT:
        for path in (os.path.join(folder, name) for folder in os.get_exec_path()):
            there = os.path.isfile(path) and os.access(path, os.X_OK)
            if there and not subprocess.call([path, "-c", probe], stdout=quiet, stderr=quiet):
                return path
    raise _failure(
        "Python 3.11 or newer is needed, this is {}.{}.".format(*sys.version_info),
        "Install one, so that python3.11, python3.12 or python3.13 is on PATH.",
    )


def _check_venv_module() -> None:
    import importlib.util

    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise _failure(
            f"{sys.executable} has no module ensurepip and so cannot make a virtual environment.",
            "Debian and Ubuntu have it in a package of its own: apt install python3-venv",
        )


def _install(venv: str, locked: str, guard: int) -> None:
    """Make the environment beside its place, mark it and move it there."""
    import shutil

    new, old = venv + ".new", venv + ".old"
    for left_over in (new, old):
        shutil.rmtree(left_over, ignore_errors=True)
    name, log = os.path.basename(venv), venv + ".log"
    steps = [
        [sys.executable, "-m", "venv", "--prompt", name, new],
        [_python(new), *PIP.split(), locked],
    ]
    if not _run(steps, f"Preparing {name} (once, about a minute) ...", log, guard):
        shutil.rmtree(new, ignore_errors=True)
        raise _failure(f"cannot install the packages: {_reason(log)}", f"Its own words: {log}")
    _rename_in_scripts(new, venv)
    shutil.copyfile(locked, _mark(new))
    if os.path.exists(venv):
        os.rename(venv, old)
    os.rename(new, venv)
    shutil.rmtree(old, ignore_errors=True)


def _rename_in_scripts(new: str, venv: str) -> None:
    """Let the environment's commands name the place where it will lie."""
    for folder in (new, os.path.join(new, "bin")):
        for path in (os.path.join(folder, name) for name in os.listdir(folder)):
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb+") as script:
                    text = script.read()
                    script.seek(0)
                    script.truncate()
                    script.write(text.replace(os.fsencode(new), os.fsencode(venv)))


def _run(steps: "list[list[str]]", title: str, log: str, guard: int) -> bool:
    """Run the steps under one line of progress and return whether all succeeded.

    What they say goes to `log`. They inherit the guard, so that the start after a kill waits for an
    installer that outlived its parent.
    """
    import subprocess
    import time

    began, back = time.monotonic(), f"\r{title}" if sys.stderr.isatty() else ""
    variables = dict(_variables(), PIP_USER="0", PYTHONUNBUFFERED="1")
    end = "\n"
    _say(title)
    try:
        with open(log, "wb") as words:
            for step in steps:
                process = subprocess.Popen(
                    step,
                    env=variables,
                    stdin=subprocess.DEVNULL,
                    stdout=words,
                    stderr=words,
                    pass_fds=[guard],
                )
                while process.returncode is None:
                    try:
                        process.wait(timeout=1)
                    except subprocess.TimeoutExpired:
                        _say(back and f"{back} {time.monotonic() - began:.0f} s")
                if process.returncode:
                    return False
        end = f"{back} ready in {time.monotonic() - began:.0f} s\n"
        return True
    finally:
        _say(end)


def _reason(log: str) -> str:
    """Return the installer's last error, or that there is no network where that is the cause."""
    with open(log, errors="replace") as text:
        lines = [line.strip() for line in text if line.strip()] or ["it was ended"]
    if any(sign in line for line in lines for sign in OFFLINE):
        return "the package index cannot be reached."
    last = ([line for line in lines if line.startswith("ERROR: ")] or lines)[-1]
    return last.split("ERROR: ")[-1]


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def _failure(problem: str, hint: str, code: int = UNAVAILABLE) -> SystemExit:
    _say(f"error: {problem}\nhint:  {hint}\n")
    return SystemExit(code)


if __name__ == "__main__":
    enter(sys.argv[1], sys.argv[2])
