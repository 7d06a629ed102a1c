"""What a request is about: a currency, a period and filters, as parameters and as SQL.

Names of columns come from the dimensions alone; every value is bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from dashboards.dimensions import DAILY_MART, TAG_MART, Dimension, dimension
from dashboards.problems import Refused

NO_CURRENCY = "no currency"
FILTERS = 200
TAG_KEYS = 20
"""Of one question; DuckDB's planner, which nothing interrupts, takes long over many more."""
FILTER = re.compile(r"(tag:[^:]+|[A-Za-z_]+):(in|not|contains|null|notnull)(?::(.*))?", re.DOTALL)
DAY = re.compile(r"(19[7-9]|20\d|21\d)\d-\d{2}-\d{2}", re.ASCII)
CURRENCY = f"coalesce(billing_currency, '{NO_CURRENCY}')"

Text = Annotated[str, Field(max_length=2000)]


def iso_day(value: object) -> object:
    """Let only YYYY-MM-DD be a day, of 1970 to 2199; a bare number would be seconds since 1970."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError("a day is written YYYY-MM-DD, from 1970 to 2199")
    return value


Day = Annotated[date, BeforeValidator(iso_day)]


class Slice(BaseModel):
    """Which charges a request is about."""

    model_config = ConfigDict(extra="forbid", str_max_length=2000)

    currency: Annotated[
        str,
        Field(
            max_length=20,
            description="One of meta's currencies; that of most cost if left out.",
            examples=["USD"],
        ),
    ] = ""
    filter: Annotated[
        list[Text],
        Field(
            max_length=FILTERS,
            description="DIMENSION:OPERATOR:VALUE, repeatable. Operators: in, not, contains; "
            "null and notnull take no value. Values of one dimension and operator are "
            "alternatives; filters of different ones must all hold.",
            examples=[["ChargeCategory:not:Tax"]],
        ),
    ] = []

    def filters(self) -> list[Filter]:
        return read_filters(self.filter)


class PeriodSlice(Slice):
    """Which charges of which days."""

    start: Annotated[Day | None, Field(description="First day; default a year ago.")] = None
    end: Annotated[
        Day | None, Field(description="Day after the last; default the end of the data.")
    ] = None


@dataclass
class Filter:
    """All conditions on one dimension."""

    dimension: Dimension
    values: dict[str, list[str]] = field(default_factory=dict)
    """Values by operator."""


def read_filters(texts: Iterable[str]) -> list[Filter]:
    """Read filters, those on one dimension together.

    Raises:
        Refused: If one cannot be read, or names no dimension.

    >>> read_filters(["ServiceName:in:A", "ServiceName:in:B:C"])[0].values
    {'in': ['A', 'B:C']}
    """
    found: dict[str, Filter] = {}
    for text in texts:
        match = FILTER.fullmatch(text)
        if not match or (match[3] is None) != (match[2] in ("null", "notnull")):
            raise Refused(
                400,
                f"the filter {text[:80]!r} cannot be read",
                "Write it as ServiceName:in:VALUE, with in, not, contains, null or notnull.",
            )
        name, operator, value = match.groups()
        kept = dimension(name)
        one = found.setdefault(kept.name, Filter(kept))
        one.values.setdefault(operator, []).append(value or "")
    return list(found.values())


class Bound:
    """Values on their way into SQL."""

    def __init__(self, **values: Any) -> None:
        self.values: dict[str, Any] = values

    def add(self, value: Any) -> str:
        """Return the parameter that stands for a value."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"${name}"


@dataclass(frozen=True)
class Source:
    """The smallest table that knows every dimension of a question, joined with its tags."""

    name: str
    """daily, tags or charges."""
    table: str
    """FROM clause: a mart called `costs`, joined with the values of its tags."""
    columns: dict[str, str]
    """SQL of each dimension by its name."""

    def column(self, one: Dimension) -> str:
        return self.columns[one.name]


def source_of(dimensions: Sequence[Dimension], bound: Bound, *, charges: bool = False) -> Source:
    """Choose what to read.

    Args:
        dimensions: All that is grouped or filtered by.
        bound: Where the keys of tags go.
        charges: Whether only the charges will do.

    Raises:
        Refused: If there are more tags than a question may have.
    """
    used = {one.name: one for one in dimensions}
    plain = {one.column for one in used.values() if not one.is_tag}
    tags = [one for one in used.values() if one.is_tag]
    if len(tags) > TAG_KEYS:
        raise Refused(
            400,
            f"the question has {len(tags)} different tag keys",
            f"Group and filter by at most {TAG_KEYS}; each may have many values.",
        )
    if charges or not plain <= (TAG_MART if tags else DAILY_MART):
        name, table, joined = "charges", "marts.charges", "tags"
    elif tags:
        name, table, joined = "tags", "marts.daily_tag_costs", "tag_set_id"
    else:
        name, table, joined = "daily", "marts.daily_costs", ""
    columns = {one.name: f"costs.{one.column}" for one in used.values() if not one.is_tag}
    columns |= {one.name: f"tagged.t{number}" for number, one in enumerate(tags)}
    text = f"{table} AS costs"
    if tags:
        text += f" LEFT JOIN {values_of(tags, joined, bound)} AS tagged"
        text += f" ON costs.{joined} = tagged.{joined}"
    return Source(name, text, columns)


def values_of(tags: Sequence[Dimension], joined: str, bound: Bound) -> str:
    """Return the values of some tags by what they are joined on, each in a column.

    All are of one join: a join of each is slow to plan.
    """
    keys = [bound.add(one.column) for one in tags]
    columns = ", ".join(
        f"any_value(tag_value) FILTER (tag_key = {key}) AS t{number}"
        for number, key in enumerate(keys)
    )
    return (
        f"(SELECT {joined}, {columns} FROM marts.tag_sets"
        f" WHERE tag_key IN ({', '.join(keys)}) GROUP BY {joined})"
    )


def conditions(filters: Sequence[Filter], source: Source, bound: Bound) -> str:
    """Return the filters as one condition."""
    return " AND ".join(condition(one, source.column(one.dimension), bound) for one in filters) or (
        "true"
    )


def condition(one: Filter, column: str, bound: Bound) -> str:
    """Return the conditions on one dimension: any of what it may be, none of what it may not."""
    may = []
    if values := one.values.get("in"):
        may.append(f"{column} IN ({', '.join(map(bound.add, values))})")
    if "null" in one.values:
        may.append(f"{column} IS NULL")
    for value in one.values.get("contains", ()):
        may.append(f"contains(lower({column}), lower({bound.add(value)}))")
    must = [f"({' OR '.join(may)})"] if may else []
    if values := one.values.get("not"):
        listed = ", ".join(map(bound.add, values))
        must.append(f"({column} NOT IN ({listed}) OR {column} IS NULL)")
    if "notnull" in one.values:
        must.append(f"{column} IS NOT NULL")
    return " AND ".join(must)
