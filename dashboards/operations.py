"""Every operation of the API: its path, what may be asked, what it answers, who answers.

The server routes by this list, and the API's description is written from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from dashboards.explore import Explored, explore
from dashboards.generations import Generation
from dashboards.meta import Meta, NoParameters
from dashboards.meta import meta as read_meta
from dashboards.overview import Overview, overview
from dashboards.question import TopQuestion
from dashboards.windows import MonthAsked


@dataclass(frozen=True, kw_only=True)
class Context:
    """What an operation may look at."""

    generation: Generation
    notice: str
    is_demo: bool


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing that can be asked."""

    name: str
    about: str
    asked: type[BaseModel] = NoParameters
    """The query parameters."""
    answer: type[BaseModel]
    handler: Callable[[Context, Any], BaseModel]

    @property
    def path(self) -> str:
        return f"/api/v1/{self.name}"


def on_generation(handler: Callable[[Generation, Any], BaseModel]) -> Any:
    """Return a handler of an operation that looks at the database alone."""
    return lambda context, asked: handler(context.generation, asked)


def meta(context: Context, asked: NoParameters) -> Meta:
    return read_meta(context.generation, demo=context.is_demo, notice=context.notice)


OPERATIONS = (
    Operation(
        name="meta",
        about="What there is to look at: currencies, months, dimensions, tag keys, metrics.",
        answer=Meta,
        handler=meta,
    ),
    Operation(
        name="overview",
        about="What a month costs, how it compares, what changed and how it will end.",
        asked=MonthAsked,
        answer=Overview,
        handler=on_generation(overview),
    ),
    Operation(
        name="explore",
        about="One cost by time and up to two dimensions, beside an earlier period.",
        asked=TopQuestion,
        answer=Explored,
        handler=on_generation(explore),
    ),
)
