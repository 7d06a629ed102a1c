"""What a command notes beside .env of what it has begun, read again by the next one."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import BadNote
from deploy import halfway
from deploy.former import Former, started_from
from deploy.halfway import cut_off
from deploy.place import Place
from deploy.stack import Stack
from deploy.tools import Tools
from deploy.unfinished import NOTE, Begun, note, unfinished
from tests.fixtures.place import builder, place

__all__ = ["builder", "place"]


def test_a_note_of_a_later_version_is_read_as_far_as_it_is_known(place: Place) -> None:
    begun = Begun(at="20261128T220000Z", images={"dashboards": "a"}, backup=None)
    note(place, begun)
    path = place.folder / NOTE
    path.write_text(path.read_text().replace("{", '{"later": 1,', 1))
    assert unfinished(place) == begun


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", "null", '"at"'])
def test_a_damaged_note_is_one_clear_error(place: Place, builder: Tools, text: str) -> None:
    for name, read in ((NOTE, unfinished), (halfway.NOTE, cut_off)):
        path: Path = place.folder / name
        path.write_text(text)
        with pytest.raises(BadNote, match=f"{name} is damaged") as failed:
            read(place)
        assert "delete it" in failed.value.hint

    former = Former(place.folder)
    former.kept.mkdir()
    former.note.write_text(text)
    assert started_from(Stack(place, builder)) == (False, None)
