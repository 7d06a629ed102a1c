"""Whether the files of the content fit each other, before any of them reaches Metabase."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from core.errors import BadContent
from metabase.bodies import FORMATS
from metabase.content import TAG, Card, Content, Dashboard, Placed

COLUMNS = 24
DISPLAYS = frozenset("table bar line area row pie scalar smartscalar combo waterfall".split())
PARAMETERS = frozenset(("string/=", "date/all-options"))


def check(content: Content) -> None:
    """Raise BadContent with the first thing that does not fit."""
    for path, problem in problems(content):
        raise BadContent(path, problem)


def problems(content: Content) -> Iterator[tuple[Path, str]]:
    """Yield what does not fit, with the file that says it."""
    if not content.cards or not content.dashboards:
        yield content.folder, "it holds no cards, or no dashboards"
    for one in content.filters.values():
        if one.parameter not in PARAMETERS:
            yield content.folder / "filters.toml", f"{one.name}: parameter {one.parameter!r}"
        if one.choice and one.values not in content.cards:
            yield content.folder / "filters.toml", f"{one.name}: there is no card {one.values!r}"
        elif one.choice and one.name in needed(content, one.name):
            yield content.folder / "filters.toml", f"{one.name}: its card needs the choice itself"
    names = Counter(card.name for card in content.cards.values())
    for card in content.cards.values():
        path = content.folder / "cards" / f"{card.slug}.sql"
        yield from ((path, problem) for problem in card_problems(content, card))
        if names[card.name] > 1:
            yield path, "another card has its name"
    titles = Counter(dashboard.name for dashboard in content.dashboards.values())
    positions = Counter(dashboard.position for dashboard in content.dashboards.values())
    for dashboard in content.dashboards.values():
        path = content.folder / "dashboards" / f"{dashboard.slug}.toml"
        yield from ((path, problem) for problem in dashboard_problems(content, dashboard))
        if titles[dashboard.name] > 1:
            yield path, "another dashboard has its name"
        if dashboard.position < 1 or positions[dashboard.position] > 1:
            yield path, "its position is below 1, or that of another dashboard"


def needed(content: Content, name: str) -> set[str]:
    """Return the choices that have to be made before one; itself, too, where they go in a ring."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        card = content.cards.get(content.filters[waiting.pop()].values)
        for other in card.filters if card else ():
            if other in content.filters and content.filters[other].choice and other not in found:
                found.add(other)
                waiting.append(other)
    return found


def card_problems(content: Content, card: Card) -> Iterator[str]:
    """Yield what is wrong with one card."""
    if not card.name.strip() or not card.description.strip():
        yield "its name or its description is empty"
    if card.display not in DISPLAYS:
        yield f"display {card.display!r}"
    if unknown := set(card.formats.values()) - set(FORMATS):
        yield f"formats {sorted(unknown)}"
    if set(TAG.findall(card.sql)) != set(card.filters):
        yield "the filters in its head are not those in its SQL"
    for name, column in card.filters.items():
        if name not in content.filters:
            yield f"there is no filter {name!r}"
        elif content.filters[name].choice != (column is None):
            yield f"{name} must be {'true' if content.filters[name].choice else 'a column'}"
    if "money" in card.formats.values() and "currency" not in card.filters:
        yield "it shows money without the filter currency"


def dashboard_problems(content: Content, dashboard: Dashboard) -> Iterator[str]:
    """Yield what is wrong with one dashboard."""
    used: set[str] = set()
    for tab in dashboard.tabs:
        for placed in tab.cards:
            if bool(placed.card) == bool(placed.text):
                yield f"{tab.name}: give each place a card or a text"
            elif placed.card and placed.card not in content.cards:
                yield f"{tab.name}: there is no card {placed.card!r}"
            elif placed.card:
                used |= set(content.cards[placed.card].filters)
            if min(placed.at) < 0 or min(placed.size) < 1:
                yield f"{tab.name}: {placed.card or 'a text'} has no place on the grid"
            if placed.at[1] + placed.size[0] > COLUMNS:
                yield f"{tab.name}: {placed.card or 'a text'} is wider than {COLUMNS} columns"
        for one, other in combinations(tab.cards, 2):
            if overlap(one, other):
                yield f"{tab.name}: {one.card or 'a text'} lies on {other.card or 'a text'}"
    if not dashboard.name.strip() or not dashboard.tabs:
        yield "it has no name, or no tabs"
    if unused := set(dashboard.filters) - used:
        yield f"no card has the filters {sorted(unused)}"
    choices = {name for name in used if content.filters[name].choice}
    if missing := choices - set(dashboard.filters):
        yield f"its cards need the filters {sorted(missing)}"
    if set(dashboard.defaults) - set(dashboard.filters):
        yield "there is a default of a filter that it does not have"


def overlap(one: Placed, other: Placed) -> bool:
    """Tell whether two places share a cell.

    >>> overlap(Placed(at=(0, 0), size=(6, 3)), Placed(at=(2, 5), size=(6, 3)))
    True
    >>> overlap(Placed(at=(0, 0), size=(6, 3)), Placed(at=(3, 0), size=(6, 3)))
    False
    """
    apart = (
        one.at[0] + one.size[1] <= other.at[0]
        or other.at[0] + other.size[1] <= one.at[0]
        or one.at[1] + one.size[0] <= other.at[1]
        or other.at[1] + other.size[0] <= one.at[1]
    )
    return not apart
