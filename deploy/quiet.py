"""Removing what may be gone already, without an error for each container that is."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence

from core.errors import ComposeFailed
from deploy.tools import STDERR, starting

ABSENT = re.compile(r"Error: no (container|pod) with (name or )?ID ")
"""What podman says of a container that podman-compose asks it to stop, and that is not there."""


def show_but_absent(command: Sequence[str]) -> None:
    """Run a command as `show` does; lines on absent containers are shown only where it fails.

    Raises:
        NoProgram: If there is no such command.
        ComposeFailed: If it fails.
    """
    absent = []
    with (
        starting(command),
        subprocess.Popen(
            command, stdout=STDERR, stderr=subprocess.PIPE, text=True, errors="replace"
        ) as process,
    ):
        for line in process.stderr or ():
            if ABSENT.match(line):
                absent.append(line)
            else:
                sys.stderr.write(line)
    if process.returncode:
        sys.stderr.write("".join(absent))
        raise ComposeFailed(command, process.returncode)
