"""Whether Metabase holds what we want: it adds keys, and writes queries in a form of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TAG_KEYS = ("type", "display-name", "widget-type", "required", "default")


def holds(found: Any, wanted: Any) -> bool:
    """Tell whether all that is wanted is there; further keys of an object do not matter.

    >>> holds({"a": 1, "b": [{"c": 2, "d": 3}]}, {"b": [{"c": 2}]})
    True
    >>> holds({"b": [1, 2]}, {"b": [1]})
    False
    """
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            holds(found.get(key), value) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(holds(one, other) for one, other in zip(found, wanted, strict=True))
        )
    return bool(found == wanted)


def differing(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Return the keys of a card or dashboard whose values are not those wanted."""
    return [
        key
        for key, value in wanted.items()
        if not (
            same_query(found.get(key), value)
            if key == "dataset_query"
            else holds(found.get(key), value)
        )
    ]


def same_query(found: Any, wanted: Any) -> bool:
    """Tell whether two native queries ask the same, in whichever of the two forms.

    >>> old = {"type": "native", "database": 1, "native": {"query": "SELECT 1"}}
    >>> new = {"database": 1, "stages": [{"native": "SELECT 1", "template-tags": {}}]}
    >>> same_query(old, new)
    True
    """
    return bool(found) and plain(found) == plain(wanted)


def plain(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a native query says, from its old form or from that of 0.57 and later."""
    if "stages" in query:
        native = query["stages"][0]
        sql, tags = native.get("native"), native.get("template-tags")
    else:
        native = query.get("native") or {}
        sql, tags = native.get("query"), native.get("template-tags")
    return {
        "database": query.get("database"),
        "sql": sql,
        "tags": {name: plain_tag(tag) for name, tag in (tags or {}).items()},
    }


def plain_tag(tag: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a tag is ours; what is absent and what is null are the same."""
    own = {key: tag[key] for key in TAG_KEYS if tag.get(key) not in (None, False)}
    column = tag.get("dimension") or ()
    return own | {"column": next((part for part in column if isinstance(part, int)), None)}
