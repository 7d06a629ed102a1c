"""Every operation of the API: its path, what may be asked, what it answers, who answers.

The server routes by this list, and the API's description is written from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from dashboards import download
from dashboards.anomalies import Anomalies, AnomaliesAsked, acknowledge, anomalies
from dashboards.answers import Encoded
from dashboards.commitments import Commitments, CommitmentsAsked, commitments
from dashboards.entities import Entities, EntitiesAsked, entities
from dashboards.entity import EntityAsked, EntityPage, entity
from dashboards.explore import Explored, explore
from dashboards.generations import Generation
from dashboards.health import Health, health
from dashboards.invoices import Invoices, InvoicesAsked, invoices
from dashboards.meta import Meta, NoParameters
from dashboards.meta import meta as read_meta
from dashboards.overview import Overview, overview
from dashboards.question import Question, TopQuestion
from dashboards.search import Search, SearchAsked, search
from dashboards.state import (
    ANOMALY,
    NAME,
    NEW_NAME,
    Acknowledged,
    Acknowledgement,
    State,
    ViewBody,
    Views,
)
from dashboards.tags import Tags, tags
from dashboards.values import Values, ValuesAsked, values
from dashboards.views import check_view
from dashboards.windows import MonthAsked


@dataclass(frozen=True, kw_only=True)
class Context:
    """What an operation may look at."""

    generation: Generation
    state: State
    notice: str
    is_demo: bool


Handler = Callable[[Context, Any], BaseModel | Encoded]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing that can be asked of the data."""

    name: str
    about: str
    asked: type[BaseModel] = NoParameters
    """The query parameters."""
    answer: type[BaseModel] | str
    """The answer's type, or its media type where it is a file."""
    handler: Handler
    is_kept: bool = True
    """Whether the answer depends on the database and the question alone."""

    @property
    def path(self) -> str:
        return f"/api/v1/{self.name}"


class AnomalyPath(BaseModel):
    """Which anomaly."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(pattern=ANOMALY)]


class ViewPath(BaseModel):
    """Which view."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=NAME)]


class NewViewPath(BaseModel):
    """How a view is to be called."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=NEW_NAME)]


@dataclass(frozen=True, kw_only=True)
class Write:
    """One thing that users can keep; it needs the header X-Requested-With."""

    name: str
    method: str
    path: str
    about: str
    where: type[BaseModel]
    """The parameters of the path."""
    body: type[BaseModel] | None
    answer: type[BaseModel]
    handler: Callable[[Context, Any, Any], BaseModel]
    refusals: tuple[int, ...] = ()
    """Statuses that it alone may answer."""


def of(handler: Callable[[Generation, Any], BaseModel | Encoded]) -> Handler:
    """Return the handler of an operation that looks at the database alone."""
    return lambda context, asked: handler(context.generation, asked)


def meta(context: Context, asked: NoParameters) -> Meta:
    return read_meta(context.generation, demo=context.is_demo, notice=context.notice)


def save_view(context: Context, where: NewViewPath, body: ViewBody) -> Views:
    """Save a view.

    Raises:
        Refused: If it is no question of the explorer, or there is a view of that name.
    """
    check_view(body.query)
    return context.state.save(where.name, body)


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
        handler=of(overview),
    ),
    Operation(
        name="explore",
        about="One cost by time and up to two dimensions, beside an earlier period.",
        asked=TopQuestion,
        answer=Explored,
        handler=of(explore),
    ),
    Operation(
        name="explore.csv",
        about="The same as CSV: a row for each bucket and group, none left out.",
        asked=Question,
        answer="text/csv",
        handler=of(download.csv),
    ),
    Operation(
        name="explore.parquet",
        about="The same as Parquet, amounts as decimals.",
        asked=Question,
        answer="application/vnd.apache.parquet",
        handler=of(download.parquet),
    ),
    Operation(
        name="values",
        about="The values of a dimension, to filter by.",
        asked=ValuesAsked,
        answer=Values,
        handler=of(values),
    ),
    Operation(
        name="entities",
        about="Accounts, services, regions, resources or values of a tag, each with its cost.",
        asked=EntitiesAsked,
        answer=Entities,
        handler=of(entities),
    ),
    Operation(
        name="entity",
        about="One of them: trend, make-up, SKUs, commitments, what it is used with.",
        asked=EntityAsked,
        answer=EntityPage,
        handler=of(entity),
    ),
    Operation(
        name="commitments",
        about="What commitments cover, how well they are used, what they save, when they end.",
        asked=CommitmentsAsked,
        answer=Commitments,
        handler=of(commitments),
    ),
    Operation(
        name="tags",
        about="How well costs are tagged: coverage by key, the untagged, variants of values.",
        asked=MonthAsked,
        answer=Tags,
        handler=of(tags),
    ),
    Operation(
        name="invoices",
        about="Invoices, the proof that nothing is missing, what providers restated.",
        asked=InvoicesAsked,
        answer=Invoices,
        handler=of(invoices),
    ),
    Operation(
        name="anomalies",
        about="Days in a row on which a service of an account cost far more or less than usual.",
        asked=AnomaliesAsked,
        answer=Anomalies,
        handler=lambda context, asked: anomalies(context.generation, context.state, asked),
        is_kept=False,
    ),
    Operation(
        name="health",
        about="How fresh the data are, what was loaded, which checks hold.",
        answer=Health,
        handler=of(health),
        is_kept=False,
    ),
    Operation(
        name="search",
        about="Whatever has a text in its id or name, with its page.",
        asked=SearchAsked,
        answer=Search,
        handler=of(search),
    ),
    Operation(
        name="views",
        about="The saved views.",
        answer=Views,
        handler=lambda context, asked: context.state.views(),
        is_kept=False,
    ),
)
WRITES = (
    Write(
        name="acknowledge_anomaly",
        method="PUT",
        path="/api/v1/anomalies/{id}",
        about="Keep, or forget, that somebody has looked at an anomaly.",
        where=AnomalyPath,
        body=Acknowledgement,
        answer=Acknowledged,
        handler=lambda context, where, body: acknowledge(
            context.generation, context.state, where.id, body
        ),
    ),
    Write(
        name="save_view",
        method="PUT",
        path="/api/v1/views/{name}",
        about="Save a view; over one of that name only where it says so.",
        where=NewViewPath,
        body=ViewBody,
        answer=Views,
        handler=save_view,
        refusals=(409,),
    ),
    Write(
        name="delete_view",
        method="DELETE",
        path="/api/v1/views/{name}",
        about="Delete a view.",
        where=ViewPath,
        body=None,
        answer=Views,
        handler=lambda context, where, body: context.state.delete(where.name),
    ),
)
