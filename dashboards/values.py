"""The values of a dimension, to filter by."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from dashboards.answers import Amount, Key
from dashboards.dimensions import dimension
from dashboards.generations import Generation
from dashboards.keys import key
from dashboards.meta import currency_of, period_of
from dashboards.slices import CURRENCY, Bound, PeriodSlice, conditions, source_of


class ValuesAsked(PeriodSlice):
    """Which values of a dimension."""

    dimension: Annotated[str, Field(max_length=2000, examples=["ServiceName"])]
    search: Annotated[str, Field(description="Part of a value or of its name.")] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 50


class Value(BaseModel):
    """One value and its effective cost."""

    key: Key
    cost: Amount


class Values(BaseModel):
    """The values of a dimension, the costliest first."""

    dimension: str
    values: list[Value]
    more: bool
    """Whether there are others."""


def values(generation: Generation, asked: ValuesAsked) -> Values:
    """Return the values of a dimension among what the other filters let through."""
    meta = currency_of(generation, asked.currency)
    start, end = period_of(asked, meta)
    one = dimension(asked.dimension)
    filters = [f for f in asked.filters() if f.dimension.name != one.name]
    bound = Bound(search=asked.search.lower())
    source = source_of([one, *(f.dimension for f in filters)], bound)
    column = source.column(one)
    name = one.any_name
    found = generation.rows(
        f"""
        SELECT value, name, cost FROM (
            SELECT {column} AS value, {name} AS name, sum(costs.effective_cost) AS cost
            FROM {source.table}
            WHERE costs.cost_date >= {bound.add(start)} AND costs.cost_date < {bound.add(end)}
                AND {CURRENCY} = {bound.add(meta.currency)}
                AND {conditions(filters, source, bound)}
            GROUP BY {column}
        )
        WHERE $search = '' OR contains(lower(value), $search) OR contains(lower(name), $search)
        ORDER BY abs(cost) DESC, value LIMIT {asked.limit + 1}
        """,
        bound.values,
    )
    return Values(
        dimension=one.name,
        values=[
            Value(key=key(one, row["value"], row["name"]), cost=row["cost"])
            for row in found[: asked.limit]
        ],
        more=len(found) > asked.limit,
    )
