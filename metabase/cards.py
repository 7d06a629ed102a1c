"""Cards: found by the mark in their description, changed in place, archived when gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from metabase.bodies import card_body
from metabase.changes import Changes
from metabase.client import Client
from metabase.content import Card, Content
from metabase.database import Fields
from metabase.ours import UNFINISHED, Ours, described, read_ours
from metabase.same import differing


def put_cards(
    client: Client,
    content: Content,
    ours: Ours,
    *,
    database: int,
    fields: Fields,
    choices: Mapping[str, str],
    collection: int,
    changes: Changes,
) -> dict[str, int]:
    """Make Metabase's cards those of the files; return the id of each that is there.

    Args:
        client: Metabase.
        content: The files.
        ours: The cards that are there.
        database: Id of the database.
        fields: Ids of the columns.
        choices: What filters that need a value hold at first.
        collection: Id of the collection; 0 where it is missing and stays so.
        changes: Where each change is noted.
    """
    ids = {}
    for slug, card in content.cards.items():
        body = card_body(
            card,
            content,
            database=database,
            fields=fields,
            choices=choices,
            collection=collection,
        )
        found = ours.find(slug, card.name)
        if found is None:
            if changes.add(f"card {card.name}: create"):
                found = created(client, card, body, collection)
                ids[slug] = int(found["id"])
            continue
        ids[slug] = int(found["id"])
        body["description"] = described(card.description, slug, found["entity_id"])
        keys = differing(found, body)
        if keys and changes.add(f"card {card.name}: update {', '.join(keys)}"):
            client.put(f"/api/card/{found['id']}", body)
    return ids


def created(client: Client, card: Card, body: Mapping[str, Any], collection: int) -> Any:
    """Return a new card, which bears our mark."""
    made = client.create(
        "/api/card",
        {**body, "description": UNFINISHED},
        lambda: read_ours(client, collection, "card").unfinished.get(card.name),
    )
    text = described(card.description, card.slug, made["entity_id"])
    client.put(f"/api/card/{made['id']}", {"description": text})
    return made
