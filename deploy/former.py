"""The compose file and .env that what runs was started from: an upgrade can go back to them.

`git pull` has replaced docker-compose.yml by the time an upgrade begins, and .env is written anew.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from core.config import ROOT
from core.errors import disk_errors
from deploy.files import make_folder, replace_file
from deploy.pairs import read_text
from deploy.place import Place
from deploy.stack import Stack
from deploy.tools import run

FOLDER = ".up"


@dataclass(frozen=True)
class Former(Place):
    """A place as its last start found it."""

    @property
    def kept(self) -> Path:
        return self.folder / FOLDER

    @property
    def env_file(self) -> Path:
        return self.kept / ".env"

    @property
    def compose_file(self) -> Path:
        return self.kept / "docker-compose.yml"

    @property
    def note(self) -> Path:
        """Ids of the containers that were started from these files, and the checkout's commit."""
        return self.kept / "started.json"


def keep_files(stack: Stack, commit: str | None) -> None:
    """Keep the files that a healthy stack was started from, for their owner's eyes.

    The note comes last: without it, or beside other containers, they are those of none.
    """
    former = Former(stack.place.folder)
    texts = {former.compose_file: read_text(stack.place.compose_file),
             former.env_file: read_text(stack.place.env_file)}  # fmt: skip
    started = {"containers": ids(stack), "commit": commit}
    with disk_errors(former.kept):
        make_folder(former.kept, like=stack.place.folder, mode=0o700)
        former.note.unlink(missing_ok=True)
        for path, text in texts.items():
            replace_file(path, text)
        replace_file(former.note, json.dumps(started, indent=2) + "\n")


def started_from(stack: Stack) -> tuple[bool, str | None]:
    """Tell whether what runs was started from the kept files, and the commit of then."""
    try:
        started = json.loads(read_text(Former(stack.place.folder).note))
        is_kept = started["containers"] == ids(stack)
        return is_kept, started["commit"] if is_kept else None
    except (ValueError, TypeError, KeyError):  # none, or a damaged one
        return False, None


def before(stack: Stack) -> Stack:
    """Return the stack as the kept files describe it."""
    return replace(stack, place=Former(stack.place.folder))


def ids(stack: Stack) -> list[str]:
    return sorted(one.id for one in stack.containers())


def commit() -> str | None:
    """Return the commit of this checkout; None where git knows none."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        return None
    asked = run(("git", "-C", str(ROOT), "rev-parse", "HEAD"), check=False)
    return asked.stdout.strip() if asked.returncode == 0 else None
