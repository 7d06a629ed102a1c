"""Cards and dashboards as Metabase's API wants them; only keys that its closed schemas know."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from metabase.content import Card, Content, Dashboard, Filter, Placed
from metabase.database import Fields

FORMATS: Mapping[str, Mapping[str, Any]] = {
    "money": {"number_style": "decimal", "decimals": 2},
    "percent": {"number_style": "percent", "decimals": 1},
}


def card_body(
    card: Card,
    content: Content,
    *,
    database: int,
    fields: Fields,
    choices: Mapping[str, str],
    collection: int,
) -> dict[str, Any]:
    """Return a card, whose description does not bear our mark yet.

    Args:
        card: What it shows.
        content: Its filters.
        database: Id of the database.
        fields: Ids of the columns; one that is not there yet is 0.
        choices: What filters that need a value hold at first.
        collection: Id of the collection that it is in.
    """
    tags = {
        name: tag(card, content.filters[name], fields, choices)
        for name in content.filters
        if name in card.filters
    }
    return {
        "name": card.name,
        "description": card.description,
        "type": "question",
        "display": card.display,
        "visualization_settings": visualization(card),
        "dataset_query": {
            "lib/type": "mbql/query",
            "database": database,
            "stages": [
                {"lib/type": "mbql.stage/native", "native": card.sql, "template-tags": tags}
            ],
        },
        "collection_id": collection,
    }


def tag(card: Card, one: Filter, fields: Fields, choices: Mapping[str, str]) -> dict[str, Any]:
    """Return a template tag: a value that must be there, or a condition on a column."""
    made: dict[str, Any] = {
        "id": tag_id(card, one),
        "name": one.name,
        "display-name": one.label,
    }
    column = card.filters[one.name]
    if column is None:
        return made | {"type": "text", "required": True, "default": choices[one.name]}
    return made | {
        "type": "dimension",
        "dimension": ["field", {}, fields.get(column, 0)],
        "widget-type": one.parameter,
    }


def tag_id(card: Card, one: Filter) -> str:
    """Return the id that a card's template tag always has."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"finops/{card.slug}/{one.name}"))


def visualization(card: Card) -> dict[str, Any]:
    """Return how a card is drawn."""
    columns = {
        json.dumps(["name", name], separators=(",", ":")): dict(FORMATS[kind])
        for name, kind in card.formats.items()
    }
    return {**card.visualization, **({"column_settings": columns} if columns else {})}


def parameters(
    dashboard: Dashboard, content: Content, ids: Mapping[str, int], choices: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return a dashboard's filters."""
    return [
        parameter(content.filters[name], dashboard.defaults.get(name), ids, choices)
        for name in dashboard.filters
    ]


def parameter(
    one: Filter, default: str | None, ids: Mapping[str, int], choices: Mapping[str, str]
) -> dict[str, Any]:
    """Return one filter of a dashboard, with what it holds at first."""
    made: dict[str, Any] = {
        "id": one.name,
        "name": one.label,
        "slug": one.name,
        "type": one.parameter,
        "sectionId": one.parameter.partition("/")[0],
    }
    if not one.choice:
        return made | ({"default": [default]} if default else {})
    return made | {
        "default": [default or choices[one.name]],
        "required": True,
        "isMultiSelect": False,
        "values_query_type": "list",
        "values_source_type": "card",
        "values_source_config": {
            "card_id": ids.get(one.values, 0),
            "value_field": ["field", one.name, {"base-type": "type/Text"}],
        },
    }


def dashcard(placed: Placed, dashboard: Dashboard, content: Content, card: int) -> dict[str, Any]:
    """Return a place on the grid, without its own id and its tab's."""
    made: dict[str, Any] = {
        "row": placed.at[0],
        "col": placed.at[1],
        "size_x": placed.size[0],
        "size_y": placed.size[1],
        "series": [],
    }
    if placed.text:
        virtual: dict[str, Any] = {"name": None, "display": "text", "archived": False}
        virtual |= {"visualization_settings": {}, "dataset_query": {}}
        settings = {"virtual_card": virtual, "text": placed.text}
        return made | {
            "card_id": None,
            "parameter_mappings": [],
            "visualization_settings": settings,
        }
    return made | {
        "card_id": card,
        "parameter_mappings": [
            {
                "parameter_id": name,
                "card_id": card,
                "target": target(content.filters[name]),
            }
            for name in dashboard.filters
            if name in content.cards[placed.card].filters
        ],
        "visualization_settings": {},
    }


def target(one: Filter) -> list[Any]:
    """Return what of a card a dashboard's filter sets."""
    return ["variable" if one.choice else "dimension", ["template-tag", one.name]]
