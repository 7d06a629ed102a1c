"""What a restore notes before it changes anything, so that one that was cut off is seen."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace

from core.errors import disk_errors
from deploy.notes import read_note, write_note
from deploy.place import Place

NOTE = ".restore.json"


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A restore that has begun."""

    source: str
    """The backup."""
    metabase: bool
    """Whether Metabase's data was asked for."""
    begun: bool = True
    """Whether it has exchanged parts, or was about to."""
    woken: bool = False
    """Whether it has started Postgres, or was about to, over a stack that stands still."""

    @property
    def command(self) -> str:
        """The command line that completes it."""
        less = "" if self.metabase else " --without-metabase"
        return f"./finops deploy restore {shlex.quote(self.source)} --replace{less}"

    def told(self, *, at_work: bool) -> str:
        """Return a sentence for who asks how the stack is, while a command is at work or not."""
        if at_work:
            return f"a restore of {self.source} has begun, and a command is at work"
        woken = "; Postgres, which it had started, may still run" if self.woken else ""
        if self.begun:
            return f"the restore of {self.source} was cut off{woken}; `{self.command}` completes it"
        return (
            f"the restore of {self.source} was cut off before it changed anything{woken}; "
            "`./finops deploy up` or `down` puts that right"
        )


def note(place: Place, exchange: Exchange) -> None:
    """Keep beside .env how far a restore has come.

    Raises:
        DiskError: If the folder cannot take the note.
    """
    with disk_errors(place.folder):
        place.folder.mkdir(parents=True, exist_ok=True)
    write_note(place.folder / NOTE, exchange)


def cut_off(place: Place) -> Exchange | None:
    """Return the restore that has begun and not ended; None where there is none.

    Any restore that ends removes the note.
    """
    return read_note(Exchange, place.folder / NOTE)


def wakes(place: Place, exchange: Exchange) -> None:
    """Note that a restore starts Postgres; what one before has left half done stays noted."""
    half = cut_off(place)
    known = half if half and half.begun else replace(exchange, begun=False)
    note(place, replace(known, woken=True))


def settled(place: Place) -> None:
    """Note that Postgres is as it should be: it runs with its stack, or stands still with it."""
    if half := cut_off(place):
        if half.begun:
            note(place, replace(half, woken=False))
        else:
            forget(place)


def forget(place: Place) -> None:
    """Note that all parts are those of one backup."""
    (place.folder / NOTE).unlink(missing_ok=True)
