"""What Metabase's API takes: the keys and values of its schemas, and how it says no.

Metabase drops a key that it does not know without a word, also an entity_id for a new card. Here
such a key is refused: what is not kept is not worth sending.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

CARD = frozenset(
    "name type display visualization_settings dataset_query description parameters "
    "parameter_mappings collection_id collection_position result_metadata cache_ttl dashboard_id "
    "dashboard_tab_id".split()
)
CARD_CHANGE = CARD | frozenset(
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
PARAMETER = frozenset(
    "id name slug type sectionId default required isMultiSelect filteringParameters target "
    "temporal_units values_query_type values_source_type values_source_config".split()
)
PARAMETER_TYPES = frozenset(
    "date/all-options date/range date/single string/= string/!= number/= id category".split()
)
VALUE = frozenset(("id", "type", "target", "value"))
QUERY_BODY = frozenset("parameters ignore_cache dashboard_id collection_preview".split())
FIRST = {
    "id": 1, "card_id": 1, "collection_id": 1, "collection_position": 1, "position": 1,
    "cache_ttl": 1, "size_x": 1, "size_y": 1, "row": 0, "col": 0,
}  # fmt: skip
"""The lowest value of each key that is a whole number."""
NEVER_NULL = frozenset("size_x size_y row col width".split())


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


def whole(body: Mapping[str, Any], *names: str) -> None:
    """Refuse a value of these keys that is no whole number, or is below their first."""
    for name in names:
        value = body.get(name)
        missing = name not in body or (value is None and name not in NEVER_NULL)
        if not missing and (type(value) is not int or value < FIRST[name]):
            raise Refused(400, {"errors": {name: f"value must be an integer from {FIRST[name]}."}})


def check_parameter(one: Any) -> None:
    """Refuse what is no filter of a dashboard."""
    closed(one, PARAMETER, {"id", "type"}, "parameter")
    if not one["id"] or one["type"] not in PARAMETER_TYPES:
        raise Refused(400, {"errors": {"parameters": "must have :id and :type"}})
    if one.get("values_source_type") not in (None, "card", "static-list"):
        raise Refused(400, {"errors": {"values_source_type": "unknown"}})
    config = one.get("values_source_config")
    if config is not None:
        closed(config, {"values", "card_id", "value_field", "label_field"}, (), "config")
        whole(config, "card_id")
        kind, name, options = config["value_field"]
        if kind != "field" or not isinstance(name, str) or "base-type" not in options:
            raise Refused(400, {"errors": {"value_field": "invalid"}})


def check_target(target: Any) -> None:
    """Refuse what no parameter can set: a template tag, by its name, is the only thing here."""
    kind, (word, name) = target[:2]
    wrong = kind not in ("dimension", "variable") or (kind == "variable" and len(target) > 2)
    if wrong or word != "template-tag" or not isinstance(name, str):
        raise Refused(400, {"errors": {"target": "Invalid parameter :target"}})


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
