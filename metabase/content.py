"""What Metabase shall show, read from files: filters, cards and dashboards."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from core.config import ROOT
from core.errors import BadContent
from metabase.kinds import fits, spelt

FOLDER = ROOT / "docker" / "metabase" / "content"
Made = TypeVar("Made")
TAG = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One filter, as cards know it and dashboards show it."""

    name: str
    label: str
    parameter: str
    """Metabase's type, such as 'string/='."""
    choice: bool = False
    """Whether it is one value that must be there, instead of a condition on a column."""
    values: str = ""
    """The card whose first column, which has the filter's name, lists what to choose from."""


@dataclass(frozen=True)
class Column:
    """A column of the database that a filter is bound to."""

    schema: str
    table: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.table}.{self.name}"


@dataclass(frozen=True, kw_only=True)
class Card:
    """One question: its SQL and how it is shown."""

    slug: str
    """The name of its file."""
    name: str
    description: str
    display: str
    sql: str
    filters: Mapping[str, Column | None] = field(default_factory=dict)
    """By the filter's name; None for a choice."""
    formats: Mapping[str, str] = field(default_factory=dict)
    """Columns that are money or percent."""
    visualization: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A card, or a text, on a dashboard's grid of 24 columns."""

    at: tuple[int, int]
    """Row and column."""
    size: tuple[int, int]
    """Width and height."""
    card: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Tab:
    name: str
    cards: Sequence[Placed]


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """One dashboard: its filters and its tabs."""

    slug: str
    name: str
    description: str
    position: int
    filters: Sequence[str]
    tabs: Sequence[Tab]
    defaults: Mapping[str, str] = field(default_factory=dict)
    """What filters hold at first."""


@dataclass(frozen=True)
class Content:
    """All of it, by names of files."""

    folder: Path
    filters: Mapping[str, Filter]
    cards: Mapping[str, Card]
    dashboards: Mapping[str, Dashboard]

    def columns(self) -> list[Column]:
        """Return every column that a filter of a card is bound to."""
        bound = {column for card in self.cards.values() for column in card.filters.values()}
        return sorted((column for column in bound if column), key=str)


def read_content(folder: Path = FOLDER) -> Content:
    """Read and check all files of a folder.

    Raises:
        BadContent: If one is missing, cannot be read, or does not fit the others.
    """
    from metabase.checked import check

    path = folder / "filters.toml"
    filters = {
        name: made(Filter, path, {"name": name, **table_of(path, name, table)})
        for name, table in parsed(path, text_of(path)).items()
    }
    content = Content(
        folder,
        filters,
        {file.stem: read_card(file) for file in sorted((folder / "cards").glob("*.sql"))},
        {
            file.stem: read_dashboard(file)
            for file in sorted((folder / "dashboards").glob("*.toml"))
        },
    )
    check(content)
    return content


def read_card(path: Path) -> Card:
    """Read a card: TOML in the comments at the top of its file, SQL below them."""
    lines = text_of(path).splitlines()
    end = next((n for n, line in enumerate(lines) if not line.startswith("--")), len(lines))
    head = "\n".join(line.removeprefix("--").strip() for line in lines[:end])
    table = parsed(path, head)
    table["filters"] = {
        name: column(path, bound)
        for name, bound in table_of(path, "filters", table.get("filters", {})).items()
    }
    sql = "\n".join(lines[end:]).strip()
    return made(Card, path, {**table, "slug": path.stem, "sql": sql})


def column(path: Path, bound: object) -> Column | None:
    """Return the column that 'schema.table.column' names; None for true, a choice."""
    if bound is True:
        return None
    parts = str(bound).split(".")
    if len(parts) != 3 or not all(parts):
        raise BadContent(path, f"{bound!r} is no schema.table.column")
    return Column(*parts)


def read_dashboard(path: Path) -> Dashboard:
    """Read a dashboard, a file of TOML."""
    table = parsed(path, text_of(path))
    tabs = []
    for tab in tables_of(path, "tabs", table.get("tabs", [])):
        cards = [
            made(Placed, path, {n: tuple(v) if isinstance(v, list) else v for n, v in one.items()})
            for one in tables_of(path, "cards", tab.get("cards", []))
        ]
        tabs.append(made(Tab, path, {**tab, "cards": cards}))
    return made(Dashboard, path, {**table, "slug": path.stem, "tabs": tabs})


def made(kind: type[Made], path: Path, values: Mapping[str, Any]) -> Made:
    """Return a `kind` of a file's values.

    Raises:
        BadContent: If one is missing, unknown or of another type.
    """
    try:
        found = kind(**values)
    except TypeError as error:
        raise BadContent(path, str(error).partition("__init__() ")[2]) from None
    for name, wanted in get_type_hints(kind).items():
        if not fits(value := getattr(found, name), wanted):
            raise BadContent(path, f"{name} = {value!r} is not {spelt(wanted)}")
    return found


def table_of(path: Path, name: str, value: object) -> dict[str, Any]:
    """Return a value that has to be a table."""
    if not isinstance(value, dict):
        raise BadContent(path, f"{name} is no table")
    return value


def tables_of(path: Path, name: str, values: object) -> list[dict[str, Any]]:
    """Return values that have to be a list of tables."""
    if not isinstance(values, list):
        raise BadContent(path, f"{name} is no list of tables")
    return [table_of(path, f"one of {name}", value) for value in values]


def parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadContent(path, str(error)) from None


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadContent(path, error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        raise BadContent(path, str(error)) from None
