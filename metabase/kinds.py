"""Whether a value that was read from a file is of the type that a dataclass declares for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Any, get_args, get_origin

NAMES = {str: "a text", int: "a whole number", bool: "true or false"}


def fits(value: object, kind: Any) -> bool:
    """Tell whether a value is of a type, to its last element; true is no number.

    >>> fits((0, 6), tuple[int, int]), fits((0, "6"), tuple[int, int]), fits((0,), tuple[int, int])
    (True, False, False)
    >>> fits({"a": 1}, Mapping[str, int]), fits(["a", 1], Sequence[str]), fits(True, int)
    (True, False, False)
    """
    origin, parts = get_origin(kind), get_args(kind)
    if origin is None:
        return kind is Any or type(value) is kind
    if origin is UnionType:
        return any(fits(value, one) for one in parts)
    if origin is tuple:
        if not isinstance(value, tuple) or len(value) != len(parts):
            return False
        return all(fits(one, part) for one, part in zip(value, parts, strict=True))
    if origin is Sequence:
        return isinstance(value, list) and all(fits(one, parts[0]) for one in value)
    return isinstance(value, Mapping) and all(
        fits(key, parts[0]) and fits(one, parts[1]) for key, one in value.items()
    )


def spelt(kind: Any) -> str:
    """Return a type in words.

    >>> spelt(str), spelt(tuple[int, int]), spelt(Sequence[str]), spelt(Mapping[str, Any])
    ('a text', '2 whole numbers', 'a list', 'a table')
    """
    origin, parts = get_origin(kind), get_args(kind)
    if origin is tuple:
        return f"{len(parts)} {NAMES[parts[0]].removeprefix('a ')}s"
    return {Sequence: "a list", Mapping: "a table"}.get(origin) or NAMES[kind]
