"""What an upgrade notes before it replaces containers, so that one that was cut off can go on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from core.warehouse import disk_errors
from deploy.place import Place, replace_file

NOTE = ".upgrade.json"


@dataclass(frozen=True, kw_only=True)
class Begun:
    """An upgrade that has replaced containers, or was about to."""

    at: str
    """When, in UTC."""
    images: Mapping[str, str]
    """Services whose image is built here, and the ids of the images that ran before."""
    backup: str | None
    """The backup that it made; None where nothing was imported yet."""


def note(place: Place, begun: Begun) -> None:
    """Keep beside .env that an upgrade has begun."""
    with disk_errors(place.folder):
        replace_file(place.folder / NOTE, json.dumps(asdict(begun), indent=2) + "\n")


def unfinished(place: Place) -> Begun | None:
    """Return the upgrade of a place that has begun and not ended."""
    path = place.folder / NOTE
    return Begun(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def forget(place: Place) -> None:
    """Note that the upgrade has ended: the new version is healthy, or the former one again."""
    (place.folder / NOTE).unlink(missing_ok=True)
