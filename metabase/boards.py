"""Dashboards: found by the mark in their description, changed in place, archived when gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from metabase.bodies import dashcard, parameters
from metabase.changes import Changes
from metabase.client import Client
from metabase.content import Content, Dashboard
from metabase.ours import UNFINISHED, archive, described, read_ours
from metabase.same import differing


def put_boards(
    client: Client,
    content: Content,
    ids: Mapping[str, int],
    choices: Mapping[str, Mapping[str, str]],
    collection: int,
    changes: Changes,
) -> None:
    """Make Metabase's dashboards those of the files.

    One that gets a position moves those at it and behind it by one: so the first comes first, and
    after a change each is read anew.

    Args:
        client: Metabase.
        content: The files.
        ids: Ids of the cards, by the names of their files.
        choices: What filters that need a value hold at first, by dashboard.
        collection: Id of the collection; 0 where it is missing and stays so.
        changes: Where each change is noted.
    """
    ours = read_ours(client, collection, "dashboard")
    changed = False
    for dashboard in sorted(content.dashboards.values(), key=lambda one: one.position):
        slug = dashboard.slug
        found = ours.find(slug, dashboard.name)
        if found is None:
            if not changes.add(f"dashboard {dashboard.name}: create"):
                continue
            found = created(client, dashboard, collection)
            body = board_body(dashboard, found, content, ids, choices[slug], collection)
            client.put(f"/api/dashboard/{found['id']}", body)
            changed = True
            continue
        if changed:
            found = client.get(f"/api/dashboard/{found['id']}")
        body = board_body(dashboard, found, content, ids, choices[slug], collection)
        keys = differing(comparable(found), comparable(body))
        if keys and changes.add(f"dashboard {dashboard.name}: update {', '.join(keys)}"):
            client.put(f"/api/dashboard/{found['id']}", body)
            changed = True
    archive(client, "dashboard", ours, content.dashboards, changes)


def created(client: Client, dashboard: Dashboard, collection: int) -> Any:
    """Return a new dashboard, still empty."""
    body = {"name": dashboard.name, "description": UNFINISHED, "collection_id": collection}
    made = client.create(
        "/api/dashboard",
        body,
        lambda: read_ours(client, collection, "dashboard").unfinished.get(dashboard.name),
    )
    return client.get(f"/api/dashboard/{made['id']}")


def board_body(
    dashboard: Dashboard,
    found: Mapping[str, Any],
    content: Content,
    ids: Mapping[str, int],
    choices: Mapping[str, str],
    collection: int,
) -> dict[str, Any]:
    """Return a dashboard; tabs and cards that are there keep their ids, new ones have negative."""
    tab_ids = {tab["name"]: tab["id"] for tab in found.get("tabs") or []}
    free: dict[tuple[Any, Any, Any], list[int]] = {}
    for one in sorted(found.get("dashcards") or [], key=lambda one: int(one["id"])):
        free.setdefault(place(one), []).append(one["id"])
    tabs: list[dict[str, Any]] = []
    cards: list[dict[str, Any]] = []
    for position, tab in enumerate(dashboard.tabs):
        tab_id = tab_ids.get(tab.name, -1 - position)
        tabs.append({"id": tab_id, "name": tab.name, "position": position})
        for placed in tab.cards:
            card = dashcard(placed, dashboard, content, ids.get(placed.card, 0))
            card["dashboard_tab_id"] = tab_id
            same = free.get(place(card), [])
            card["id"] = same.pop(0) if same else -1 - len(cards)
            cards.append(card)
    return {
        "name": dashboard.name,
        "description": described(dashboard.description, dashboard.slug, found["entity_id"]),
        "collection_id": collection,
        "collection_position": dashboard.position,
        "auto_apply_filters": True,
        "width": "full",
        "parameters": parameters(dashboard, content, ids, choices),
        "tabs": tabs,
        "dashcards": cards,
    }


def place(card: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """Return what makes a card on a dashboard the same from run to run: tab, card, text."""
    text = (card.get("visualization_settings") or {}).get("text")
    return card.get("dashboard_tab_id"), card.get("card_id"), text


def comparable(board: Mapping[str, Any]) -> dict[str, Any]:
    """Return a dashboard with its parts in an order of their own, whichever Metabase keeps."""
    cards = [
        {
            **card,
            "visualization_settings": own_settings(card.get("visualization_settings") or {}),
            "parameter_mappings": sorted(
                (
                    {**mapping, "target": list(mapping["target"])[:2]}
                    for mapping in card.get("parameter_mappings") or []
                ),
                key=lambda mapping: str(mapping["parameter_id"]),
            ),
            "series": [],
        }
        for card in sorted(board.get("dashcards") or [], key=lambda card: int(card["id"]))
    ]
    tabs = sorted(board.get("tabs") or [], key=lambda tab: int(tab["position"]))
    return {**board, "dashcards": cards, "tabs": tabs}


def own_settings(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return of a text its words alone: what else stands there is Metabase's to write."""
    return {"text": settings["text"]} if "text" in settings else settings
