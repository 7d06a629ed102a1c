"""Sections with entries: what was typed overrules them, a name picks, each overlays its section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from core.configured import each, picked
from core.errors import BadSetting
from core.sections import Section, tables


@dataclass(frozen=True, kw_only=True)
class Shelf(Section):
    """[shelf]: made up."""

    section: ClassVar[str] = "shelf"
    place: str | None = None
    book: str | None = None
    pages: int = 10
    exports: tuple[Any, ...] = tables(name="second", book="b")


TWO = ({"name": "first", "book": "a", "pages": 20}, {"name": "second", "book": "b", "place": "x"})


def pick(config: Shelf, **flags: Any) -> Shelf:
    return picked(config, flags, by="book", needs=("place",))


def found(config: Shelf) -> list[tuple[str | None, str | None, int]]:
    return [(name, one.book, one.pages) for name, one in each(config, by="book")]


def test_each_entry_lies_over_its_section() -> None:
    assert found(Shelf(pages=30, exports=TWO)) == [("first", "a", 20), ("second", "b", 30)]


def test_the_section_is_an_export_of_its_own_where_it_names_one_or_has_no_entry() -> None:
    assert found(Shelf(book="own", exports=TWO))[0] == (None, "own", 10)
    assert found(Shelf()) == [(None, None, 10)]


@pytest.mark.parametrize("name", ["second", "b"])
def test_a_name_picks_the_entry_that_has_it_or_means_it(name: str) -> None:
    assert found(pick(Shelf(book=name, exports=TWO), book=name)) == [("second", "b", 10)]


def test_what_was_typed_overrules_the_entries() -> None:
    assert found(pick(Shelf(pages=7, exports=TWO), pages=7)) == [
        ("first", "a", 7), ("second", "b", 7),
    ]  # fmt: skip


def test_a_name_that_no_entry_has_is_the_sections_own_where_it_has_a_place() -> None:
    assert found(pick(Shelf(place="here", book="new", exports=TWO), book="new")) == [
        (None, "new", 10)
    ]


def test_a_name_that_nothing_has_is_an_error_with_those_there_are() -> None:
    with pytest.raises(BadSetting, match="--book = 'nosuch' is not one of: first, second"):
        pick(Shelf(book="nosuch", exports=TWO), book="nosuch")
