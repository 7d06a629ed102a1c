"""What in Metabase is ours: its collection, and what in it bears our mark.

Metabase takes no id of ours, neither for a card nor for a dashboard: it gives each an entity_id of
its own. So a description ends with the name of our file and that entity_id: a duplicate that
somebody made has another one, and is left alone. Where somebody wrote another description, ours is
known by its title.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from metabase.changes import Changes
from metabase.client import Client

COLLECTION = "FinOps"
MARK = "Kept by `./finops metabase provision`, which undoes changes: duplicate it to make it yours."
UNFINISHED = "Being made by `./finops metabase provision`."
MARKED = re.compile(re.escape(MARK) + r" \((.+?) ([\w-]{21})\)")


@dataclass
class Ours:
    """The cards, or the dashboards, that our collection holds and we made."""

    kept: dict[str, Any] = field(default_factory=dict)
    """Those that bear their own mark, by the name of their file."""
    unfinished: dict[str, Any] = field(default_factory=dict)
    """Those that a run began and did not finish, by their title; of two, the older."""
    spare: list[Any] = field(default_factory=list)
    """The younger of those."""
    unmarked: dict[str, Any] = field(default_factory=dict)
    """The oldest of a title without any mark: ours, edited by hand, where no other is."""

    def find(self, slug: str, title: str) -> Any:
        """Return what is made of a file, None where nothing is."""
        return self.kept.get(slug) or self.unfinished.get(title) or self.unmarked.get(title)


def described(text: str, slug: str, entity: str) -> str:
    """Return a description with the mark of what has an entity_id."""
    return f"{text}\n\n{MARK} ({slug} {entity})"


def find_collection(client: Client) -> Any:
    """Return our collection, None where there is none."""
    listed = client.get("/api/collection?archived=false")
    return next(
        (
            one
            for one in listed
            if one["name"] == COLLECTION
            and not one.get("archived")
            and one.get("location", "/") == "/"
            and not one.get("personal_owner_id")
        ),
        None,
    )


def read_ours(client: Client, collection: int, model: str) -> Ours:
    """Return what of a collection is ours; of two for one file, the older.

    Args:
        client: Metabase.
        collection: Its id; 0 where there is none.
        model: 'card' or 'dashboard'.
    """
    ours = Ours()
    if not collection:
        return ours
    listed = client.get(f"/api/collection/{collection}/items?models={model}")["data"]
    for item in sorted(listed, key=lambda one: int(one["id"])):
        found = client.get(f"/api/{model}/{item['id']}")
        if slug := slug_of(found):
            ours.kept.setdefault(slug, found)
        elif found.get("description") == UNFINISHED:
            if ours.unfinished.setdefault(found["name"], found) is not found:
                ours.spare.append(found)
        elif MARK not in (found.get("description") or ""):
            ours.unmarked.setdefault(found["name"], found)
    return ours


def slug_of(found: Mapping[str, Any]) -> str:
    """Return the name of the file that something is made of; '' where it is not ours."""
    marked = MARKED.search(found.get("description") or "")
    return marked[1] if marked and marked[2] == found["entity_id"] else ""


def archive(
    client: Client, model: str, ours: Ours, wanted: Container[str], changes: Changes
) -> None:
    """Archive what we made and the files no longer have, or what was begun twice.

    Args:
        client: Metabase.
        model: 'card' or 'dashboard'.
        ours: Those that are there.
        wanted: The names of the files.
        changes: Where each change is noted.
    """
    gone = [found for slug, found in ours.kept.items() if slug not in wanted]
    for found in (*gone, *ours.spare):
        if changes.add(f"{model} {found['name']}: archive"):
            client.put(f"/api/{model}/{found['id']}", {"archived": True})
