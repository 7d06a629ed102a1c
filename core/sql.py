"""The one place where names and texts become SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable


def ident(name: str) -> str:
    """Quote one identifier.

    >>> ident('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def relation(qualified: str) -> str:
    """Quote a `schema.table` name part by part.

    >>> relation("aws_billing.billing_2026_01")
    '"aws_billing"."billing_2026_01"'
    """
    return ".".join(ident(part) for part in qualified.split("."))


def text(value: str) -> str:
    """Quote one string literal.

    >>> text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """Return a list literal of strings.

    >>> texts(["a", "b"])
    "['a', 'b']"
    """
    return "[" + ", ".join(text(value) for value in values) + "]"


def snake(name: str) -> str:
    """Return a name as part of a table's name.

    >>> snake("CUR prod-2")
    'cur_prod_2'
    """
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "export"
