"""What a request can fail with: one line what, one line what to do, as problem+json."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from dashboards.answers import Encoded, encoded

TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "There already",
    413: "Too large",
    421: "Wrong host",
    429: "Too many requests",
    500: "Fault of the server",
    503: "Not available",
    504: "Took too long",
}


class Problem(BaseModel):
    """The body of every failed answer."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    """What is wrong, for a person."""
    hint: str = ""
    """What to do next."""


class Refused(Exception):
    """A request that cannot be answered, and why."""

    def __init__(self, status: int, detail: str, hint: str = "", **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail, self.hint = status, detail, hint
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(self) -> Encoded:
        return problem(self.status, self.detail, self.hint, self.headers)


def problem(status: int, detail: str, hint: str = "", headers: Any = None) -> Encoded:
    """Return a failed answer."""
    body = Problem(title=TITLES.get(status, "Failed"), status=status, detail=detail, hint=hint)
    answer = encoded(body, status=status, media_type="application/problem+json")
    answer.headers.update({"cache-control": "no-store", **(headers or {})})
    return answer
