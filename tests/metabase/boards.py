"""The cards and dashboards of the Metabase in memory."""

from __future__ import annotations

import copy
import itertools
import math
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from tests.metabase import contract
from tests.metabase.contract import Refused, closed


class Boards:
    """Cards and dashboards, by id."""

    numbers: Iterator[int] = itertools.count(1)
    collections: dict[int, dict[str, Any]]
    databases: dict[int, dict[str, Any]]

    def __init__(self) -> None:
        self.cards: dict[int, dict[str, Any]] = {}
        self.dashboards: dict[int, dict[str, Any]] = {}

    def there(self, kept: Mapping[int, Any], number: Any) -> Any:
        if number not in kept:
            raise Refused(404, "Not found.")
        return kept[number]

    def items(self, number: int, models: list[str]) -> Any:
        self.there(self.collections, number)
        kept = {"card": self.cards, "dashboard": self.dashboards}
        found = [
            {
                **{name: one[name] for name in ("id", "name", "description", "entity_id")},
                "model": model,
            }
            for model in models
            for one in kept[model].values()
            if one["collection_id"] == number and not one["archived"]
        ]
        return {"data": found, "total": len(found)}

    # ---- cards

    def card(self, number: int) -> Any:
        return self.there(self.cards, number)

    def add_card(self, body: Any) -> Any:
        closed(body, contract.CARD, contract.CARD_NEEDS)
        self.check_card(body)
        query = contract.stored_query(body["dataset_query"])
        made = {"collection_id": None, "description": None, **body, "dataset_query": query}
        made |= {"id": next(self.numbers), "entity_id": secrets.token_hex(11)[:21]}
        made |= {"archived": False, "creator_id": 1}
        self.cards[made["id"]] = made
        return made

    def change_card(self, number: int, body: Any) -> Any:
        closed(body, contract.CARD_CHANGE)
        found = self.card(number)
        self.check_card({**found, **body})
        changed = dict(body)
        if "dataset_query" in body:
            changed["dataset_query"] = contract.stored_query(body["dataset_query"])
        found.update(changed)
        return found

    def check_card(self, body: Any) -> None:
        contract.whole(body, "collection_id", "collection_position", "cache_ttl")
        if not body["name"] or body.get("description") == "":
            raise Refused(400, {"errors": {"name": "value must be a non-blank string."}})
        if body["display"] not in contract.DISPLAYS:
            raise Refused(400, {"errors": {"display": "unknown"}})
        self.check_collection(body)
        if body["dataset_query"]["database"] not in self.databases:
            raise Refused(404, "Not found.")

    def check_collection(self, body: Any) -> None:
        if body.get("collection_id") is not None:
            self.there(self.collections, body["collection_id"])

    # ---- dashboards

    def add_dashboard(self, body: Any) -> Any:
        closed(body, contract.DASHBOARD, {"name"})
        self.check_collection(body)
        made = {"description": None, "collection_id": None, "parameters": [], **body}
        made.setdefault("collection_position", None)
        self.reconcile(made["collection_id"], None, made["collection_position"])
        made |= {"id": next(self.numbers), "entity_id": secrets.token_hex(11)[:21]}
        made |= {"archived": False, "tabs": [], "dashcards": [], "width": "fixed"}
        self.dashboards[made["id"]] = made
        return made

    def dashboard(self, number: int) -> Any:
        """Return a dashboard with its cards inside, but those in the trash, as Metabase does."""
        found = self.there(self.dashboards, number)
        cards = [
            {**one, "card": self.cards.get(one["card_id"]), "created_at": "2026-01-01T00:00:00Z"}
            for one in copy.deepcopy(found["dashcards"])
            if not self.in_trash(one)
        ]
        for one in cards:
            one["visualization_settings"].get("virtual_card", {}).pop("dataset_query", None)
        return {**found, "dashcards": cards, "creator_id": 1, "last-edit-info": {}}

    def change_dashboard(self, number: int, body: Any) -> Any:
        """Change a dashboard; tabs and dashcards are replaced whole."""
        closed(body, contract.DASHBOARD_CHANGE)
        contract.whole(body, "collection_id", "collection_position", "cache_ttl")
        if body.get("width", "full") not in ("full", "fixed"):
            raise Refused(400, {"errors": {"width": "enum of fixed, full"}})
        for parameter in body.get("parameters", []):
            contract.check_parameter(parameter)
        for parts in ("tabs", "dashcards"):
            ids = [one["id"] for one in body.get(parts, [])]
            if len(set(ids)) < len(ids):
                raise Refused(400, {"errors": {parts: "value must be seq of maps with unique ids"}})
        found = self.there(self.dashboards, number)
        self.check_collection(body)
        if "dashcards" in body and found["archived"]:
            raise Refused(404, "The object has been archived.")
        if "collection_position" in body:
            old, new = found["collection_position"], body["collection_position"]
            self.reconcile(found["collection_id"], old, new)
        changed = dict(body)
        new_tabs: dict[int, int] = {}
        if "tabs" in body:
            changed["tabs"] = [self.tab(found, one, new_tabs) for one in body["tabs"]]
        if "dashcards" in body:
            tabs = [one["id"] for one in changed.get("tabs", found["tabs"])]
            cards = body["dashcards"]
            changed["dashcards"] = [
                *(self.dashcard(found, one, tabs, new_tabs) for one in cards),
                *(one for one in found["dashcards"] if self.in_trash(one)),
            ]
        found.update(changed)
        return self.dashboard(number)

    def in_trash(self, dashcard: Any) -> bool:
        return bool(self.cards.get(dashcard["card_id"], {}).get("archived"))

    def reconcile(self, collection: int | None, old: int | None, new: int | None) -> None:
        """Move what is pinned in a collection, as something goes from one position to another."""
        if old == new:
            return
        if new is None or (old is not None and new > old):
            step, first, last = -1, old or 0, new or math.inf
        else:
            step, first, last = 1, new, old or math.inf
        for one in [*self.cards.values(), *self.dashboards.values()]:
            position = one.get("collection_position")
            if one["collection_id"] == collection and position and first <= position <= last:
                one["collection_position"] = position + step

    def tab(self, found: Any, one: Any, new_tabs: dict[int, int]) -> Any:
        closed(one, contract.TAB, {"id", "name"}, "tab")
        number = self.kept_id(found["tabs"], one["id"])
        new_tabs[one["id"]] = number
        return {**one, "id": number, "dashboard_id": found["id"]}

    def dashcard(self, found: Any, one: Any, tabs: list[int], new_tabs: dict[int, int]) -> Any:
        closed(one, contract.DASHCARD, contract.DASHCARD_NEEDS, "dashcard")
        contract.whole(one, "size_x", "size_y", "row", "col", "card_id")
        for more in one.get("series") or []:
            closed(more, {"id"}, {"id"}, "series")
        tab = new_tabs.get(one.get("dashboard_tab_id"), one.get("dashboard_tab_id"))
        if tabs and tab not in tabs:
            raise Refused(400, {"message": "This dashboard has tab, makes sure every card has one"})
        if one["col"] + one["size_x"] > 24:
            raise Refused(400, {"message": "the grid has 24 columns"})
        card = one.get("card_id")
        if card is not None and self.there(self.cards, card)["archived"]:
            raise Refused(404, "The object has been archived.")
        for mapping in one.get("parameter_mappings", []):
            closed(mapping, {"parameter_id", "card_id", "target"}, {"parameter_id", "target"})
            contract.check_target(mapping["target"])
        number = self.kept_id(found["dashcards"], one["id"])
        return {**one, "id": number, "dashboard_tab_id": tab}

    def kept_id(self, kept: list[Any], number: int) -> int:
        """Return the id of a part: a new one for a negative id, else one that is there."""
        if number < 0:
            return next(self.numbers)
        if number not in [one["id"] for one in kept]:
            raise Refused(404, "Not found.")
        return number
