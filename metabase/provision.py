"""Provisioning: Metabase as the files say it. What is right already is left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext

from core.backends.duckdb import connect_read_only
from core.config import Config
from metabase.access import check_driver, has_users, set_up, sign_in, wait_for
from metabase.boards import put_boards
from metabase.cards import archive_cards, put_cards
from metabase.changes import Changes
from metabase.choices import first_choices
from metabase.client import Client
from metabase.content import Content
from metabase.database import current_generation, details_of, put_database, synced_fields
from metabase.ours import COLLECTION, find_collection, read_ours
from metabase.turns import alone

ABOUT = "Cloud costs, kept by `./finops metabase provision`."


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
        seconds: How long to wait for Metabase, for another that changes it, and for it to find the
            tables.
        tell: Called where Metabase has to be waited for.

    Raises:
        NoDatabase: If nothing was published yet.
        MissingSetting: If it is not said who signs in.
        MetabaseBusy: If another still changes it then.
        MetabaseError: If Metabase is away, does not let us in, or refuses a call.
    """
    serving = current_generation(config).parent
    with connect_read_only(config.database_path) as connection:
        choices = first_choices(connection, content, {})
        by_dashboard = {
            slug: first_choices(connection, content, dashboard.defaults)
            for slug, dashboard in content.dashboards.items()
        }
    wait_for(client, seconds, tell)
    with alone(serving, seconds, tell) if changes.write else nullcontext():
        apply(config, content, client, changes, seconds, choices, by_dashboard)


def apply(
    config: Config,
    content: Content,
    client: Client,
    changes: Changes,
    seconds: int,
    choices: Mapping[str, str],
    by_dashboard: Mapping[str, Mapping[str, str]],
) -> None:
    """Do what `provision` does, once Metabase is there and nobody else changes it."""
    if config.metabase.api_key or has_users(client):
        sign_in(client, config.metabase)
    elif changes.add("administrator: set up"):
        set_up(client, config.metabase)
    else:
        return
    check_driver(client)
    details = details_of(config, current_generation(config))
    database, changed = put_database(client, details, changes)
    fields = synced_fields(
        client, database, content.columns(), changes, changed=changed, seconds=seconds
    )
    collection = put_collection(client, changes)
    cards = read_ours(client, collection, "card")
    ids = put_cards(
        client,
        content,
        cards,
        database=database,
        fields=fields,
        choices=choices,
        collection=collection,
        changes=changes,
    )
    put_boards(client, content, ids, by_dashboard, collection, changes)
    archive_cards(client, content, cards, changes)


def put_collection(client: Client, changes: Changes) -> int:
    """Return the id of our collection, made where it is missing; 0 where it stays missing."""
    found = find_collection(client)
    if found is None and changes.add(f"collection {COLLECTION}: create"):
        body = {"name": COLLECTION, "description": ABOUT, "parent_id": None}
        found = client.create("/api/collection", body, lambda: find_collection(client))
    return int(found["id"]) if found else 0
