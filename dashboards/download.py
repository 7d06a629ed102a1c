"""The explorer's figures as a file: every group and bucket, nothing left out."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from core.sql import ident
from dashboards.answers import Encoded
from dashboards.buckets import Grain
from dashboards.generations import Generation
from dashboards.problems import Refused
from dashboards.question import Plan, Question, plan

MOST_ROWS = 500_000
FORMULA = r"\A([=+\-@\t\r\n])"
"""How a text begins that a spreadsheet would run."""


def csv(generation: Generation, asked: Question) -> Encoded:
    """Return CSV; texts that a spreadsheet would run as a formula begin with an apostrophe."""
    made = plan(generation, asked)
    table = read(generation, made, asked)
    out = io.BytesIO()
    pyarrow.csv.write_csv(harmless(table), out)
    return attached(out, "text/csv; charset=utf-8", name(asked, made, "csv"))


def parquet(generation: Generation, asked: Question) -> Encoded:
    """Return Parquet, amounts as decimals."""
    made = plan(generation, asked)
    table = read(generation, made, asked)
    out = io.BytesIO()
    pyarrow.parquet.write_table(table, out, compression="zstd")
    return attached(out, "application/vnd.apache.parquet", name(asked, made, "parquet"))


def read(generation: Generation, made: Plan, asked: Question) -> pa.Table:
    """Return a row for each bucket and group, in order; a bucket begins where the page's does.

    Raises:
        Refused: If they are more than a file should hold.
    """
    columns: list[str] = []
    for one in made.groups:
        columns.append(f"{made.source.column(one)} AS {ident(one.name)}")
        if one.named_by:
            columns.append(f"{one.any_name} AS {ident(f'{one.name}_label')}")
    by = "".join(f", {made.source.column(one)}" for one in made.groups)
    start, end = made.bound.add(made.start), made.bound.add(made.end)
    unit = f", {made.bound.add(made.unit)} AS unit" if made.unit is not None else ""
    sql = f"""
        SELECT greatest({Grain(asked.grain).truncated("costs.cost_date")}, {start})
                AS period_start
            {"".join(f", {column}" for column in columns)},
            {made.bound.add(made.meta.currency)} AS currency{unit},
            {made.formula} AS {ident(asked.metric)}
        FROM {made.source.table}
        WHERE costs.cost_date >= {start} AND costs.cost_date < {end} AND {made.where()}
        GROUP BY 1{by} ORDER BY 1{by}
        LIMIT {MOST_ROWS + 1}
    """
    found = generation.arrow(sql, made.bound.values)
    if found.num_rows > MOST_ROWS:
        raise Refused(
            413,
            f"the file would have more than {MOST_ROWS:,} rows",
            "Choose a shorter period, a longer grain or fewer groups.",
        )
    return found


def harmless(table: pa.Table) -> pa.Table:
    """Return a table in whose texts no spreadsheet finds a formula, whichever column they are in.

    >>> harmless(pa.table({"unit": ["=1+1", "Hours", None], "cost": [-1, 2, 3]})).to_pydict()
    {'unit': ["'=1+1", 'Hours', None], 'cost': [-1, 2, 3]}
    """
    columns = [
        pc.replace_substring_regex(column, FORMULA, r"'\1")
        if pa.types.is_string(column.type)
        else column
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names)


def attached(out: io.BytesIO, media_type: str, file: str) -> Encoded:
    headers: dict[str, Any] = {"content-disposition": f'attachment; filename="{file}"'}
    return Encoded(out.getvalue(), media_type=media_type, headers=headers)


def name(asked: Question, made: Plan, ending: str) -> str:
    return f"{asked.metric}_{made.meta.currency.replace(' ', '-')}_{made.start}_{made.end}.{ending}"
