"""Provisioning: Metabase as the files say it. What is right already is left alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

from core.backends.duckdb import connect_read_only
from core.config import Config
from metabase.access import check_account, check_driver, has_users, set_up, sign_in, wait_for
from metabase.boards import put_boards
from metabase.cards import put_cards
from metabase.changes import Changes
from metabase.choices import first_choices
from metabase.client import Client
from metabase.content import Content
from metabase.database import current_generation, details_of, put_database, synced_fields
from metabase.ours import COLLECTION, archive, find_collection, read_ours
from metabase.turns import turn

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
        NoDatabase: If nothing was published yet; a Metabase without users has its administrator.
        MissingSetting: If it is not said who signs in.
        MetabaseBusy: If another still changes it then.
        MetabaseError: If Metabase is away, does not let us in, or refuses a call.
    """
    check_account(config.metabase)
    wait_for(client, seconds, tell)
    folder = config.database_path.parent
    with turn(folder, seconds, tell) if changes.write and folder.is_dir() else nullcontext():
        if enter(config, client, changes):
            put_all(config, content, client, changes, seconds=seconds)


def enter(config: Config, client: Client, changes: Changes) -> bool:
    """Sign in, as the administrator whom a Metabase without users gets; tell whether we are in."""
    if config.metabase.api_key or has_users(client):
        sign_in(client, config.metabase)
    elif changes.add("administrator: set up"):
        set_up(client, config.metabase)
    else:
        return False
    return True


def put_all(
    config: Config, content: Content, client: Client, changes: Changes, *, seconds: int
) -> None:
    """Put database, collection, cards and dashboards into a Metabase that knows us."""
    generation = current_generation(config)
    with connect_read_only(config.database_path) as connection:
        choices = first_choices(connection, content, {})
        by_dashboard = {
            slug: first_choices(connection, content, dashboard.defaults)
            for slug, dashboard in content.dashboards.items()
        }
    check_driver(client)
    database, changed = put_database(client, details_of(config, generation), changes)
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
    archive(client, "card", cards, content.cards, changes)


def put_collection(client: Client, changes: Changes) -> int:
    """Return the id of our collection, made where it is missing; 0 where it stays missing."""
    found = find_collection(client)
    if found is None and changes.add(f"collection {COLLECTION}: create"):
        body = {"name": COLLECTION, "description": ABOUT, "parent_id": None}
        found = client.create("/api/collection", body, lambda: find_collection(client))
    return int(found["id"]) if found else 0
