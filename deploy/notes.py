"""Notes that a command keeps beside .env of what it has begun, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from core.errors import BadNote, disk_errors
from deploy.files import replace_file
from deploy.pairs import read_text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Noted = TypeVar("Noted", bound="DataclassInstance")


def write_note(path: Path, noted: DataclassInstance) -> None:
    """Put a note in the place of the one before.

    Raises:
        DiskError: If the folder cannot take it.
    """
    with disk_errors(path.parent):
        replace_file(path, json.dumps(asdict(noted), indent=2) + "\n")


def read_note(kind: type[Noted], path: Path) -> Noted | None:
    """Return a note; None where there is none. What a later version has added is passed over.

    Raises:
        BadNote: If it is damaged.
        UnreadableSettings: If the system does not give it.
    """
    if not path.exists():
        return None
    try:
        said = json.loads(read_text(path))
        return kind(**{one.name: said[one.name] for one in fields(kind) if one.name in said})
    except (ValueError, TypeError) as error:
        raise BadNote(path) from error
