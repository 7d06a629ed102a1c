"""Provisioning: Metabase as the files say it. What is right already is left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from core.backends.duckdb import connect_read_only
from core.config import Config
from metabase.access import check_driver, has_users, set_up, sign_in, wait_for
from metabase.boards import put_boards
from metabase.bodies import card_body
from metabase.changes import Changes
from metabase.choices import first_choices
from metabase.client import Client
from metabase.content import Content
from metabase.database import Fields, current_generation, details_of, put_database, synced_fields
from metabase.same import differing

COLLECTION = "FinOps"
ABOUT = "Cloud costs, kept by `./finops metabase provision`."
OURS = "finops"
"""How the entity_id of each card of ours begins."""


def provision(
    config: Config,
    content: Content,
    client: Client,
    changes: Changes,
    *,
    seconds: int,
    tell: Callable[[str], object] = lambda text: None,
) -> None:
    """Bring Metabase into the state that the files describe, or note what that would take.

    Args:
        config: The resolved configuration.
        content: The files.
        client: Metabase; nobody is signed in yet.
        changes: Where each change is noted, and whether it is made.
        seconds: How long to wait for Metabase, and for it to find the tables.
        tell: Called where Metabase has to be waited for.

    Raises:
        NoDatabase: If nothing was published yet.
        MissingSetting: If it is not said who signs in.
        MetabaseError: If Metabase is away, does not let us in, or refuses a call.
    """
    generation = current_generation(config)
    with connect_read_only(config.database_path) as connection:
        choices = first_choices(connection, content, {})
        by_dashboard = {
            slug: first_choices(connection, content, dashboard.defaults)
            for slug, dashboard in content.dashboards.items()
        }
    wait_for(client, seconds, tell)
    if config.metabase.api_key or has_users(client):
        sign_in(client, config.metabase)
    elif changes.add("administrator: set up"):
        set_up(client, config.metabase)
    else:
        return
    check_driver(client)
    database, changed = put_database(client, details_of(config, generation), changes)
    fields = synced_fields(
        client, database, content.columns(), changes, changed=changed, seconds=seconds
    )
    collection = put_collection(client, changes)
    ids = put_cards(client, content, database, fields, choices, collection, changes)
    put_boards(client, content, ids, by_dashboard, collection, changes)
    archive_cards(client, content, collection, changes)


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


def put_collection(client: Client, changes: Changes) -> int:
    """Return the id of our collection, made where it is missing; 0 where it stays missing."""
    found = find_collection(client)
    if found is None and changes.add(f"collection {COLLECTION}: create"):
        body = {"name": COLLECTION, "description": ABOUT, "parent_id": None}
        found = client.create("/api/collection", body, lambda: find_collection(client))
    return int(found["id"]) if found else 0


def put_cards(
    client: Client,
    content: Content,
    database: int,
    fields: Fields,
    choices: Mapping[str, str],
    collection: int,
    changes: Changes,
) -> dict[str, int]:
    """Make Metabase's cards those of the files; return the id of each that is there."""
    ids = {}
    for slug, card in content.cards.items():
        path = f"/api/card/{card.entity_id}"
        body = card_body(
            card,
            content,
            database=database,
            fields=fields,
            choices=choices,
            collection=collection,
        )
        found = client.find(path)
        if found is None:
            if changes.add(f"card {card.name}: create"):
                whole = {**body, "entity_id": card.entity_id}
                made = client.create("/api/card", whole, partial(client.find, path))
                ids[slug] = int(made["id"])
            continue
        ids[slug] = int(found["id"])
        body["archived"] = False
        keys = differing(found, body)
        if keys and changes.add(f"card {card.name}: update {', '.join(keys)}"):
            client.put(f"/api/card/{found['id']}", body)
    return ids


def archive_cards(client: Client, content: Content, collection: int, changes: Changes) -> None:
    """Archive cards that we made and the files no longer have."""
    if not collection:
        return
    kept = {card.entity_id for card in content.cards.values()}
    for item in client.get(f"/api/collection/{collection}/items?models=card")["data"]:
        entity = item.get("entity_id") or ""
        if (
            entity.startswith(OURS)
            and entity not in kept
            and changes.add(f"card {item['name']}: archive")
        ):
            client.put(f"/api/card/{item['id']}", {"archived": True})
