"""What Metabase's API takes: the keys of its closed schemas, and how it says no."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

CARD = frozenset(
    "name type display visualization_settings dataset_query description parameters "
    "parameter_mappings collection_id collection_position result_metadata cache_ttl dashboard_id "
    "dashboard_tab_id entity_id".split()
)
CARD_CHANGE = CARD - {"entity_id"} | frozenset(
    "archived enable_embedding embedding_type embedding_params collection_preview".split()
)
CARD_NEEDS = frozenset("name display visualization_settings dataset_query".split())
DASHBOARD = frozenset(
    "name description collection_id parameters cache_ttl collection_position".split()
)
DASHBOARD_CHANGE = frozenset(
    "name description caveats points_of_interest show_in_getting_started enable_embedding "
    "embedding_type embedding_params parameters position width archived auto_apply_filters "
    "collection_id collection_position cache_ttl dashcards tabs".split()
)
DASHCARD = frozenset(
    "id size_x size_y row col card_id action_id dashboard_tab_id parameter_mappings "
    "visualization_settings inline_parameters series".split()
)
DASHCARD_NEEDS = frozenset("id size_x size_y row col".split())
TAB = frozenset(("id", "name", "position"))
DATABASE = frozenset(
    "name engine details is_full_sync is_on_demand auto_run_queries schedules".split()
)
DATABASE_CHANGE = DATABASE - {"is_full_sync", "is_on_demand"}
DETAILS = frozenset(
    "database_file read_only old_implicit_casting allow_unsigned_extensions memory_limit "
    "azure_transport_option_type motherduck_token init_sql additional-options".split()
)
SETUP = frozenset(("token", "user", "prefs"))
COLLECTION = frozenset(("name", "description", "parent_id"))
DISPLAYS = frozenset(
    "table bar line area row pie scalar smartscalar combo pivot funnel map scatter waterfall "
    "progress gauge sankey boxplot object list".split()
)
QUERY = frozenset(("lib/type", "database", "stages"))
STAGE = frozenset(("lib/type", "native", "template-tags"))
ENTITY_ID = re.compile(r"[A-Za-z0-9_-]{21}")


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


def closed(
    body: Any, known: Collection[str], needed: Collection[str] = (), what: str = "body"
) -> None:
    """Refuse a map with unknown keys, or without those that it needs."""
    if not isinstance(body, Mapping):
        raise Refused(400, {"errors": {what: "must be a map"}})
    errors = {key: "disallowed key" for key in body if key not in known}
    errors |= {key: "missing required key" for key in needed if key not in body}
    if errors:
        raise Refused(400, {"specific-errors": errors, "errors": errors})


def stored_query(query: Any) -> dict[str, Any]:
    """Return a native query as it is stored; refuse one that is no native query."""
    closed(query, QUERY, QUERY, "dataset_query")
    kinds = query["lib/type"], query["stages"][0].get("lib/type")
    if kinds != ("mbql/query", "mbql.stage/native") or not isinstance(query["database"], int):
        raise Refused(400, {"errors": {"dataset_query": "invalid"}})
    [stage] = query["stages"]
    closed(stage, STAGE, STAGE - {"template-tags"}, "stage")
    tags = {name: stored_tag(name, tag) for name, tag in stage.get("template-tags", {}).items()}
    if set(tags) != set(re.findall(r"\{\{(\w+)\}\}", stage["native"])):
        raise Refused(400, {"errors": {"template-tags": "are not those of the query"}})
    return {**query, "stages": [{**stage, "template-tags": tags}]}


def stored_tag(name: str, tag: Mapping[str, Any]) -> dict[str, Any]:
    """Return a template tag as it is stored: its column's options get an id of their own."""
    known = {"id", "name", "display-name", "type", "required", "default"}
    if tag.get("type") == "dimension":
        known |= {"dimension", "widget-type"}
    closed(tag, known, {"id", "name", "display-name", "type"}, name)
    if tag["name"] != name or tag["type"] not in ("text", "dimension"):
        raise Refused(400, {"errors": {name: "invalid template tag"}})
    stored = dict(tag)
    if tag["type"] == "dimension":
        kind, options, column = tag["dimension"]
        if kind != "field" or not isinstance(column, int) or not isinstance(options, Mapping):
            raise Refused(400, {"errors": {name: "invalid dimension"}})
        stored["dimension"] = ["field", {**options, "lib/uuid": f"of {name}"}, column]
    return stored
