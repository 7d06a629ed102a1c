"""From the text of a URL to the parameters of an operation."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from dashboards.problems import Refused
from dashboards.state import ANOMALY, NAME, NEW_NAME
from dashboards.windows import MONTH

Asked = TypeVar("Asked", bound=BaseModel)
FORMS = {
    MONTH: "a month is written YYYY-MM, as 2026-06",
    NAME: "a name has 1 to 100 characters, none of them a control character",
    NEW_NAME: "a name has 1 to 100 characters, none of them a control character, "
    "and a space neither first nor last",
    ANOMALY: "an anomaly's id has 16 digits of 0 to 9 and a to f",
}
"""What to say instead of a pattern."""


def read_parameters(kind: type[Asked], pairs: Iterable[tuple[str, str]]) -> Asked:
    """Return what was asked, checked.

    Raises:
        Refused: If a parameter is unknown, is said twice or has a value that it cannot have.
    """
    lists = {
        name
        for name, field in kind.model_fields.items()
        if str(field.annotation).startswith("list")
    }
    given: dict[str, object] = {}
    for name, value in pairs:
        if name in lists:
            given.setdefault(name, [])
            found = given[name]
            assert isinstance(found, list)
            found.append(value)
        elif name in given:
            raise Refused(400, f"{name[:80]!r} is given twice", "Give it once.")
        else:
            given[name] = value
    return checked(kind, given)


def checked(kind: type[Asked], given: object) -> Asked:
    """Return a model of what was given.

    Raises:
        Refused: Naming what is wrong with it.
    """
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        wrong = FORMS.get(first.get("ctx", {}).get("pattern", ""), first["msg"])
        name = ".".join(str(part) for part in first["loc"])[:80]
        known = ", ".join(kind.model_fields) or "none"
        raise Refused(400, f"{name}: {wrong[:200]}", f"Parameters: {known}.") from None


def checked_json(kind: type[Asked], body: bytes) -> Asked:
    """Return a model of a JSON body.

    Raises:
        Refused: If it is no JSON, or not what it should be.
    """
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "the body is not JSON", "Send an object.") from None
    return checked(kind, given)
