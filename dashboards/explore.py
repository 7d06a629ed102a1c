"""The explorer: one cost by time and up to two dimensions, beside an earlier period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from dashboards.answers import Amount, Key, Ratio, change_of
from dashboards.buckets import Bucket, Grain, buckets_of, starts_of
from dashboards.compared import Compared
from dashboards.generations import Generation
from dashboards.keys import key
from dashboards.question import Plan, TopQuestion, plan

ROWS = 1000
OTHER = "Other"


class Numbers(BaseModel):
    """A total beside that of the compared period."""

    total: Amount
    """Of all days of the period, complete or not."""
    before: Amount | None
    change: Amount | None
    """From before to the total of the own days that are compared."""
    change_ratio: Ratio | None


class Series(Numbers):
    """One line of the chart."""

    keys: list[Key]
    values: list[Amount]
    """One for each bucket."""
    is_other: bool


class Row(Numbers):
    """One line of the table."""

    keys: list[Key]


class Totals(Numbers):
    """Everything that the filters let through."""

    values: list[Amount]
    before_values: list[Amount] | None
    """The compared period's, one for each of its own buckets: there may be more or fewer."""


class Explored(BaseModel):
    """Costs by time and group."""

    metric: str
    currency: str
    unit: str | None
    """Of usage_quantity; null for costs, which are in the currency."""
    units: list[str]
    start: date
    end: date
    grain: Grain
    source: str
    """What was read: daily, tags or charges."""
    buckets: list[Bucket]
    series: list[Series]
    rows: list[Row]
    rows_left_out: int
    totals: Totals
    compare: Compared | None


def explore(generation: Generation, asked: TopQuestion) -> Explored:
    """Return one cost by time and group."""
    made = plan(generation, asked)
    found = generation.rows(statement(made, asked.grain, asked.top), made.bound.values)
    parts: dict[str, list[dict[str, Any]]] = {"series": [], "row": [], "left": []}
    for row in found:
        parts[row["part"]].append(row)
    starts = starts_of(made.start, made.end, asked.grain)
    rows = [
        Row(keys=keys(made, row), **numbers(row, made.is_compared))
        for row in sorted(parts["row"], key=lambda row: row["place"])
    ]
    own = [row for row in parts["series"] if row["is_own"]]
    return Explored(
        metric=asked.metric,
        currency=made.meta.currency,
        unit=made.unit,
        units=list(made.units),
        start=made.start,
        end=made.end,
        grain=asked.grain,
        source=made.source.name,
        buckets=buckets_of(made.start, made.end, asked.grain, made.meta.complete_until),
        series=series(own, rows, starts, asked.top) if made.groups else [],
        rows=rows,
        rows_left_out=sum(row["place"] for row in parts["left"]),
        totals=totals(made, parts["series"], starts, asked.grain),
        compare=made.compare,
    )


def statement(made: Plan, grain: Grain, top: int) -> str:
    """Return one SELECT for chart and table.

    Groups are summed and ranked first; only the largest are then told apart by time, as there may
    be millions of groups. A day counts on both sides where a long period shares it with the one
    before.
    """
    columns = [made.source.column(one) for one in made.groups]
    labels = [f"costs.{one.named_by}" if one.named_by else "NULL" for one in made.groups]
    ns = range(len(columns))
    picked = "".join(f", {columns[n]} AS k{n}, {labels[n]} AS n{n}" for n in ns)
    ks = "".join(f", k{n}" for n in ns)
    named = "".join(f", k{n}, any_value(n{n}) AS n{n}" for n in ns)
    kept = "".join(f", k{n}, n{n}" for n in ns)
    same = "".join(f" AND base.k{n} IS NOT DISTINCT FROM tops.k{n}" for n in ns)
    start, end = made.bound.add(made.start), made.bound.add(made.end)
    own_end = made.bound.add(made.own_end)
    return f"""
        WITH base AS NOT MATERIALIZED (
            SELECT costs.*, costs.cost_date >= {start} AND costs.cost_date < {end} AS is_own,
                costs.cost_date >= {start} AND costs.cost_date < {own_end} AS is_now,
                {made.is_before()} AS is_before,
                {grain.truncated("costs.cost_date")} AS bucket{picked}
            FROM {made.source.table}
            WHERE {made.where()}
        ),
        summed AS (
            SELECT is_own, is_now, is_before{named}, {made.formula} AS cost
            FROM base GROUP BY is_own, is_now, is_before{ks}
        ),
        paired AS (
            SELECT coalesce(sum(cost) FILTER (is_own), 0) AS total,
                coalesce(sum(cost) FILTER (is_now), 0) AS now,
                coalesce(sum(cost) FILTER (is_before), 0) AS before{named}
            FROM summed GROUP BY ALL
        ),
        ranked AS MATERIALIZED (
            SELECT *, row_number() OVER (ORDER BY abs(total) DESC, abs(before) DESC{ks}) AS place
            FROM paired
        ),
        tops AS (SELECT * FROM ranked WHERE place <= {top})
        SELECT 'series' AS part, is_own, is_now, is_before,
            coalesce(tops.place, {top + 1}) AS place, bucket, {made.formula} AS total
        FROM base LEFT JOIN tops ON true{same}
        GROUP BY is_own, is_now, is_before, tops.place, bucket
        UNION ALL BY NAME
        SELECT 'row' AS part, place, total, now, before{kept} FROM ranked WHERE place <= {ROWS}
        UNION ALL BY NAME
        SELECT 'left' AS part, count(*) AS place FROM ranked WHERE place > {ROWS}
    """


def keys(made: Plan, row: Mapping[str, Any]) -> list[Key]:
    return [key(one, row[f"k{n}"], row.get(f"n{n}")) for n, one in enumerate(made.groups)]


def numbers(row: Mapping[str, Any], is_compared: bool) -> dict[str, Any]:
    """Return the fields of Numbers."""
    compared = change_of(row["now"], row["before"] if is_compared else None)
    return {**compared, "total": row["total"]}


def series(
    found: Sequence[Mapping[str, Any]], rows: Sequence[Row], starts: Sequence[date], top: int
) -> list[Series]:
    """Return the lines of the chart: the largest, and the rest as one."""
    values: dict[int, dict[date, Decimal]] = {}
    for row in found:
        sums = values.setdefault(row["place"], {})
        sums[row["bucket"]] = sums.get(row["bucket"], Decimal(0)) + row["total"]
    lines = []
    for place in sorted(values):
        own = [values[place].get(start, Decimal(0)) for start in starts]
        if place > top:
            rest = Numbers(total=sum(own, Decimal(0)), before=None, change=None, change_ratio=None)
            named, summed = [Key(value=None, label=OTHER)], rest.model_dump()
        else:
            named, summed = rows[place - 1].keys, rows[place - 1].model_dump(exclude={"keys"})
        lines.append(Series(keys=named, values=own, is_other=place > top, **summed))
    return lines


def totals(
    made: Plan, found: Sequence[Mapping[str, Any]], starts: Sequence[date], grain: Grain
) -> Totals:
    """Return the sums over all groups."""
    own: dict[date, Decimal] = {}
    former: dict[date, Decimal] = {}
    now = Decimal(0)
    for row in found:
        now += row["total"] if row["is_now"] else 0
        for sums, is_in in ((own, row["is_own"]), (former, row["is_before"])):
            if is_in:
                sums[row["bucket"]] = sums.get(row["bucket"], Decimal(0)) + row["total"]
    values = [own.get(start, Decimal(0)) for start in starts]
    before = None
    if made.compare and made.is_compared:
        earlier = starts_of(made.compare.start, made.compare.end, grain)
        before = [former.get(start, Decimal(0)) for start in earlier]
    total = {
        "total": sum(values, Decimal(0)),
        "now": now,
        "before": sum(former.values(), Decimal(0)),
    }
    return Totals(values=values, before_values=before, **numbers(total, made.is_compared))
