"""The explorer: one cost by time and up to two dimensions, beside an earlier period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from dashboards.answers import Amount, Key, Ratio
from dashboards.buckets import Bucket, Grain, buckets_of, starts_of
from dashboards.generations import Generation
from dashboards.keys import key
from dashboards.question import Compared, Plan, TopQuestion, plan

ROWS = 1000
OTHER = "Other"


class Numbers(BaseModel):
    """A total beside that of the compared period."""

    total: Amount
    before: Amount | None
    change: Amount | None
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
    """The compared period's, bucket by bucket where it has as many."""


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
    parts: dict[str, list[dict[str, Any]]] = {"series": [], "row": [], "total": [], "left": []}
    for row in found:
        parts[row["part"]].append(row)
    starts = starts_of(made.start, made.end, asked.grain)
    rows = [
        Row(keys=keys(made, row), **numbers(row, made.is_compared))
        for row in sorted(parts["row"], key=lambda row: row["place"])
    ]
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
        series=series(made, parts["series"], rows, starts, asked.top) if made.groups else [],
        rows=rows,
        rows_left_out=sum(row["place"] for row in parts["left"]),
        totals=totals(made, parts["total"], starts, asked.grain),
        compare=made.compare,
    )


def statement(made: Plan, grain: Grain, top: int) -> str:
    """Return one SELECT for chart, table and totals, so that the costs are read once."""
    columns = [made.source.column(one) for one in made.groups]
    labels = [f"costs.{one.named_by}" if one.named_by else "NULL" for one in made.groups]
    picked = "".join(
        f", {column} AS k{n}, any_value({label}) AS n{n}"
        for n, (column, label) in enumerate(zip(columns, labels, strict=True))
    )
    by = "".join(f", {column}" for column in columns)
    ks = "".join(f", k{n}" for n in range(len(columns)))
    named = "".join(f", k{n}, any_value(n{n}) AS n{n}" for n in range(len(columns)))
    kept = "".join(f", k{n}, n{n}" for n in range(len(columns)))
    same = "".join(
        f" AND picked.k{n} IS NOT DISTINCT FROM ranked.k{n}" for n in range(len(columns))
    )
    start, end = made.bound.add(made.start), made.bound.add(made.end)
    is_own = f"costs.cost_date >= {start} AND costs.cost_date < {end}"
    return f"""
        WITH picked AS MATERIALIZED (
            SELECT {is_own} AS is_own, {grain.truncated("costs.cost_date")} AS bucket{picked},
                {made.formula} AS cost
            FROM {made.source.table}
            WHERE {made.where()}
            GROUP BY 1, 2{by}
        ),
        summed AS (
            SELECT coalesce(sum(cost) FILTER (is_own), 0) AS total,
                coalesce(sum(cost) FILTER (NOT is_own), 0) AS before{named}
            FROM picked GROUP BY ALL
        ),
        ranked AS MATERIALIZED (
            SELECT *, row_number() OVER (
                ORDER BY abs(total) DESC, abs(before) DESC{ks}) AS place
            FROM summed
        )
        SELECT 'series' AS part, least(ranked.place, {top + 1}) AS place, picked.bucket,
            sum(picked.cost) AS total, NULL AS before
        FROM picked JOIN ranked ON true{same}
        WHERE picked.is_own GROUP BY ALL
        UNION ALL BY NAME
        SELECT 'row' AS part, place, total, before{kept} FROM ranked WHERE place <= {ROWS}
        UNION ALL BY NAME
        SELECT 'left' AS part, count(*) AS place, sum(total) AS total, sum(before) AS before
        FROM ranked WHERE place > {ROWS}
        UNION ALL BY NAME
        SELECT 'total' AS part, CAST(is_own AS INTEGER) AS place, bucket, sum(cost) AS total
        FROM picked GROUP BY ALL
    """


def keys(made: Plan, row: Mapping[str, Any]) -> list[Key]:
    return [key(one, row[f"k{n}"], row.get(f"n{n}")) for n, one in enumerate(made.groups)]


def numbers(row: Mapping[str, Any], is_compared: bool) -> dict[str, Any]:
    """Return the fields of Numbers."""
    total, before = row["total"], row["before"] if is_compared else None
    change = None if before is None else total - before
    ratio = float(change / before) if change is not None and before and before > 0 else None
    return {"total": total, "before": before, "change": change, "change_ratio": ratio}


def series(
    made: Plan,
    found: Sequence[Mapping[str, Any]],
    rows: Sequence[Row],
    starts: Sequence[date],
    top: int,
) -> list[Series]:
    """Return the lines of the chart: the largest, and the rest as one."""
    values: dict[int, dict[date, Decimal]] = {}
    for row in found:
        values.setdefault(row["place"], {})[row["bucket"]] = row["total"]
    lines = []
    for place in sorted(values):
        is_other = place > top
        own = [values[place].get(start, Decimal(0)) for start in starts]
        numbers_of = {"total": sum(own, Decimal(0)), "before": None, "change": None}
        lines.append(
            Series(
                keys=[Key(value=None, label=OTHER)] if is_other else rows[place - 1].keys,
                values=own,
                is_other=is_other,
                **(
                    numbers_of | {"change_ratio": None}
                    if is_other
                    else rows[place - 1].model_dump(exclude={"keys"})
                ),
            )
        )
    return lines


def totals(
    made: Plan, found: Sequence[Mapping[str, Any]], starts: Sequence[date], grain: Grain
) -> Totals:
    """Return the sums over all groups."""
    own = {row["bucket"]: row["total"] for row in found if row["place"]}
    former = {row["bucket"]: row["total"] for row in found if not row["place"]}
    values = [own.get(start, Decimal(0)) for start in starts]
    before = None
    if made.compare and made.is_compared:
        earlier = starts_of(made.compare.start, made.compare.end, grain)
        before = [former.get(start, Decimal(0)) for start in earlier]
    total = {
        "total": sum(values, Decimal(0)),
        "before": sum(former.values(), Decimal(0)),
    }
    return Totals(values=values, before_values=before, **numbers(total, made.is_compared))
