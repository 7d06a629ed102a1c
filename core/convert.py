"""Turn a TOML value, a variable's text or a flag into the type of its setting."""

from __future__ import annotations

import re
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from core.errors import BadSetting

MASK = "****"
WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def convert(name: str, value: Any, kind: Any, *, hide: bool = False) -> Any:
    """Return `value` as `kind`, the annotation of the setting `name`.

    Args:
        name: What an error calls the setting, such as aws.bucket.
        value: What was given.
        kind: Such as `str | None`; an empty text means None where None is allowed.
        hide: Keep the value out of the error, as secrets need.

    Raises:
        BadSetting: If the type cannot hold the value.
    """
    try:
        return converted(value, kind)
    except ValueError as error:
        raise BadSetting(name, MASK if hide else value, str(error)) from None


def converted(value: Any, kind: Any) -> Any:
    """Return `value` as `kind`; the text of a ValueError says what was expected.

    >>> converted("3", int), converted("yes", bool), converted("a, b", tuple[str, ...])
    (3, True, ('a', 'b'))
    """
    if get_origin(kind) in (UnionType, Union):
        if value == "":
            return None
        kind = next(k for k in get_args(kind) if k is not type(None))
    if get_origin(kind) is Literal:
        choices = get_args(kind)
        if value not in choices:
            raise ValueError("one of " + ", ".join(map(str, choices)))
        return value
    if get_origin(kind) is tuple:
        return tuple_of(value, get_args(kind)[0])
    if kind is bool:
        return boolean(value)
    if kind is int:
        return integer(value)
    if kind is Path and isinstance(value, str | Path) and str(value).strip():
        return Path(value)
    if kind is Path:
        raise ValueError('a path in double quotes, such as "data"')
    if not isinstance(value, str):
        raise ValueError('a text in double quotes, such as "x"')
    return value


def boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in WORDS:
        return WORDS[value.strip().lower()]
    raise ValueError("true or false")


def integer(value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"[+-]?\d+", str(value).strip(), re.ASCII):
        raise ValueError("a whole number")
    return int(value)


def tuple_of(value: Any, kind: Any) -> tuple[Any, ...]:
    """Return a list of texts, also from 'a, b' in a variable, or a list of tables."""
    if kind is str and isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    expected = str if kind is str else dict
    if isinstance(value, list | tuple) and all(isinstance(part, expected) for part in value):
        return tuple(value)
    raise ValueError('a list of texts, such as ["x", "y"]' if kind is str else "a list of tables")
