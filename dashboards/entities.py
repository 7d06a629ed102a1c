"""Lists of accounts, services, regions, resources and tag values, each with its cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field

from dashboards.answers import Amount, KeyChange, change_of
from dashboards.compared import Compared, Comparison, compared
from dashboards.dimensions import Dimension, dimension
from dashboards.generations import Generation
from dashboards.keys import key
from dashboards.meta import KINDS, currency_of, period_of
from dashboards.problems import Refused
from dashboards.slices import CURRENCY, Bound, PeriodSlice, source_of


class EntitiesAsked(PeriodSlice):
    """Which entities."""

    kind: Annotated[
        str,
        Field(
            max_length=2000,
            description=f"{', '.join(KINDS)} or tag:KEY.",
            examples=["ServiceName"],
        ),
    ]
    search: Annotated[str, Field(description="Part of a value or of its name.")] = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


class Entity(KeyChange):
    """One entity: its cost, the former one, and its months."""

    spark: list[Amount]


class Entities(BaseModel):
    """The entities of one kind, the costliest first."""

    kind: str
    label: str
    currency: str
    start: date
    end: date
    compare: Compared
    months: list[date]
    """Of the sparks: those that the period touches."""
    items: list[Entity]
    more: bool
    total: Amount
    """Of all entities, those not listed too."""


def kind_of(name: str) -> Dimension:
    """Return the dimension of a kind of entity.

    Raises:
        Refused: If there are no pages of that kind.
    """
    one = dimension(name)
    if one.name not in KINDS and not one.is_tag:
        raise Refused(400, f"{name[:80]!r} has no pages", f"Choose {', '.join(KINDS)} or tag:KEY.")
    return one


def entities(generation: Generation, asked: EntitiesAsked) -> Entities:
    """Return the entities of one kind."""
    meta = currency_of(generation, asked.currency)
    start, end = period_of(asked, meta)
    compare = compared(Comparison.previous, start, end, meta)
    one = kind_of(asked.kind)
    total, found = summed(generation, one, asked, meta.currency, compare, start, end)
    months = [m.month for m in meta.months if start.replace(day=1) <= m.month < end]
    return Entities(
        kind=one.name,
        label=KINDS.get(one.name, one.label),
        currency=meta.currency,
        start=start,
        end=end,
        compare=compare,
        months=months,
        items=[
            Entity(
                key=key(one, row["value"], row["name"]),
                spark=[row["months"].get(month, Decimal(0)) for month in months],
                **changed(row, compare),
            )
            for row in found[: asked.limit]
        ],
        more=len(found) > asked.limit,
        total=total,
    )


def summed(
    generation: Generation,
    one: Dimension,
    asked: EntitiesAsked,
    currency: str,
    compare: Compared,
    start: date,
    end: date,
) -> tuple[Decimal, list[dict[str, Any]]]:
    """Return the effective cost of all entities, and those that were searched for, costliest first.

    A row has value, name, cost of [start, end), `now` and `before` of the days that are compared,
    and months: each month's cost. There is one row more than asked for where some are left out.
    """
    bound = Bound(
        search=asked.search.lower(),
        start=start,
        end=end,
        own_end=compare.own_end,
        first=compare.start,
        after=compare.end,
    )
    source = source_of([one], bound)
    found = generation.rows(
        f"""
        WITH monthly AS (
            SELECT {source.column(one)} AS value, {one.any_name} AS name,
                CAST(date_trunc('month', costs.cost_date) AS DATE) AS month,
                coalesce(sum(costs.effective_cost) FILTER (
                    costs.cost_date >= $start AND costs.cost_date < $end), 0) AS cost,
                coalesce(sum(costs.effective_cost) FILTER (
                    costs.cost_date >= $start AND costs.cost_date < $own_end), 0) AS now,
                coalesce(sum(costs.effective_cost) FILTER (
                    costs.cost_date >= $first AND costs.cost_date < $after), 0) AS before
            FROM {source.table}
            WHERE (costs.cost_date >= $start AND costs.cost_date < $end
                    OR costs.cost_date >= $first AND costs.cost_date < $after)
                AND {CURRENCY} = {bound.add(currency)}
            GROUP BY 1, 3
        ),
        summed AS (
            SELECT value, any_value(name) AS name, sum(cost) AS cost, sum(now) AS now,
                sum(before) AS before, map(list(month), list(cost)) AS months
            FROM monthly GROUP BY value
        )
        SELECT found.*, (SELECT coalesce(sum(cost), 0) FROM summed) AS total
        FROM (SELECT true) LEFT JOIN summed AS found
        ON $search = '' OR contains(lower(value), $search) OR contains(lower(name), $search)
        ORDER BY abs(cost) DESC, abs(before) DESC, value LIMIT {asked.limit + 1}
        """,
        bound.values,
    )
    return found[0]["total"], [row for row in found if row["cost"] is not None]


def changed(row: dict[str, Any], compare: Compared) -> dict[str, Any]:
    """Return the fields of a Change; nothing is compared with days that have no data."""
    before = row["before"] if compare.is_covered else None
    return {**change_of(row["now"], before), "cost": row["cost"]}
