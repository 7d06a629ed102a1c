"""What a restore notes before it exchanges the first part, so that one that was cut off is seen."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict, dataclass

from core.warehouse import disk_errors
from deploy.files import replace_file
from deploy.place import Place

NOTE = ".restore.json"


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A restore that has exchanged parts, or was about to."""

    source: str
    """The backup."""
    metabase: bool
    """Whether Metabase's data was asked for."""

    @property
    def command(self) -> str:
        """The command line that completes it."""
        less = "" if self.metabase else " --without-metabase"
        return f"./finops deploy restore {shlex.quote(self.source)} --replace{less}"


def note(place: Place, exchange: Exchange) -> None:
    """Keep beside .env that the exchange has begun.

    Raises:
        DiskError: If the folder cannot take the note.
    """
    with disk_errors(place.folder):
        place.folder.mkdir(parents=True, exist_ok=True)
        replace_file(place.folder / NOTE, json.dumps(asdict(exchange), indent=2) + "\n")


def cut_off(place: Place) -> str | None:
    """Return the sentence about a restore that has begun and not ended; None where there is none.

    Any restore that ends removes the note.
    """
    path = place.folder / NOTE
    if not path.exists():
        return None
    begun = Exchange(**json.loads(path.read_text(encoding="utf-8")))
    return f"the restore of {begun.source} was cut off; `{begun.command}` completes it"


def forget(place: Place) -> None:
    """Note that all parts are those of one backup."""
    (place.folder / NOTE).unlink(missing_ok=True)
