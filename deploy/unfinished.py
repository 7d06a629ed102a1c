"""What an upgrade notes before it changes anything, so that one that was cut off can go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.notes import read_note, write_note
from deploy.place import Place

NOTE = ".upgrade.json"


@dataclass(frozen=True, kw_only=True)
class Begun:
    """An upgrade that has begun."""

    at: str
    """When, in UTC."""
    images: Mapping[str, str]
    """Services whose image is built here, and the ids of the images that ran before."""
    backup: str | None
    """The backup that it made; None where there was nothing to save."""
    replaces: bool = True
    """Whether it has replaced containers, or was about to; before, it has no backup yet."""

    files: bool = False
    """Whether the compose file and .env that ran before are kept."""
    commit: str | None = None
    """Of the checkout that ran before, where that is known."""

    def told(self, *, at_work: bool) -> str:
        """Return a sentence for who asks how the stack is, while a command is at work or not."""
        if at_work:
            return f"an upgrade has begun at {self.at}, and a command is at work"
        if self.replaces:
            return (
                f"the upgrade of {self.at} was cut off; `./finops deploy upgrade` goes on with it"
            )
        return (
            f"the upgrade of {self.at} was cut off before it replaced anything: the images' names "
            "may mean the new version; `./finops deploy up` gives them back to the former one"
        )


def note(place: Place, begun: Begun) -> None:
    """Keep beside .env that an upgrade has begun.

    Raises:
        DiskError: If the folder cannot take the note.
    """
    write_note(place.folder / NOTE, begun)


def unfinished(place: Place) -> Begun | None:
    """Return the upgrade of a place that has begun and not ended."""
    return read_note(Begun, place.folder / NOTE)


def forget(place: Place) -> None:
    """Note that the upgrade has ended: the new version is healthy, or the former one again."""
    (place.folder / NOTE).unlink(missing_ok=True)
