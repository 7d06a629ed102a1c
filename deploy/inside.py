"""Finops commands in the scheduler's container."""

from __future__ import annotations

import os
import secrets

from core.errors import NotRunning
from deploy.stack import FINOPS, WITH_SECRETS, Stack
from deploy.tools import code_of

SCHEDULER = "scheduler"
MARK = "FINOPS_COMMAND"
"""Variable by which a command's processes are found inside."""
END = """
count=0
while [ $count -lt 120 ] && found=$(grep -ls "$1" /proc/[0-9]*/environ || true) && [ "$found" ]; do
    for file in $found; do
        file=${file#/proc/}
        kill -s TERM "${file%/environ}" 2>/dev/null
    done
    count=$((count + 1))
    sleep 0.5
done
"""
"""Tells processes to end until they have; after a minute they are left to themselves."""


def line(stack: Stack, *arguments: str) -> tuple[str, ...]:
    """Return a finops command as it stands inside, with the services' secrets."""
    entry = FINOPS if stack.units else (*WITH_SECRETS, *FINOPS)  # units set variables
    return (*entry, *arguments)


def finops(stack: Stack, *arguments: str, stdout: int | None = None) -> int:
    """Run a finops command with the services' secrets, on this terminal; return its exit code.

    No engine hands on to it what interrupts the command here. So it is told to end inside, too,
    and has ended when the interruption is raised again.

    Args:
        stack: Where its scheduler runs.
        arguments: Of finops.
        stdout: Where its standard output goes; None leaves it there.

    Raises:
        NotRunning: If that service does not run.
    """
    found = stack.of(SCHEDULER)
    if found is None:
        raise NotRunning([SCHEDULER])
    mark = f"{MARK}={secrets.token_hex(8)}"
    options = ["--tty"] if all(os.isatty(number) for number in range(3)) else []
    command = [*options, "--env", mark, found.id, *line(stack, *arguments)]
    try:
        return code_of([stack.tools.engine, "exec", "--interactive", *command], stdout=stdout)
    except KeyboardInterrupt:
        stack.tools.run("exec", found.id, "/bin/sh", "-c", END, "end", mark, check=False)
        raise
