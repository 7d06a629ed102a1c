"""What people call a value of a dimension."""

from __future__ import annotations

from dashboards.answers import Key
from dashboards.dimensions import Dimension


def key(one: Dimension, value: str | None, name: str | None = None) -> Key:
    """Return a value with its label.

    Args:
        one: The dimension.
        value: None where the charges have none.
        name: What the bill calls it, where it does.
    """
    if value is None:
        return Key(value=None, label=f"No {one.label if one.is_tag else one.label.lower()}")
    return Key(value=value, label=name or value or "(empty)")
