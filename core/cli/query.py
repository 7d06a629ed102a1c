"""`finops query`: SQL on the published database, as a table, JSON or CSV."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, islice
from typing import Any

import click

from core.backends.duckdb import connect_read_only
from core.cli.options import config_option, demo_option, resolve
from core.errors import QueryError
from core.query import Answer, ask

TABLE_ROWS = 1_000
NUMERIC = ("DECIMAL", "DOUBLE", "FLOAT", "HUGEINT", "UHUGEINT")
NARROWEST = 8


class SqlCommand(click.Command):
    """A command whose argument may begin with an SQL comment, which looks like an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        shielded = [f" {a}" if a.startswith("--") and "\n" in a else a for a in args]
        return super().parse_args(ctx, shielded)


@click.command(cls=SqlCommand)
@click.argument("sql")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How to print the rows.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help=f"Print at most this many rows; {TABLE_ROWS:,} in a table.",
)
@demo_option
@config_option
@click.pass_context
def query(
    ctx: click.Context,
    /,
    sql: str,
    form: str,
    limit: int | None,
    demo: bool | None,
    config_path: str | None,
) -> None:
    """Answer one SQL question from the database; `-` reads it from standard input.

    The query only reads, sees nothing but the database, and never disturbs an import. Money is
    exact: DECIMAL keeps every digit, as text in JSON. Times are UTC.

    \b
    Examples:
      ./finops query "SHOW TABLES FROM marts"
      ./finops query "DESCRIBE focus.cost_and_usage"
      ./finops query "SELECT ServiceName, BillingCurrency, sum(EffectiveCost) AS cost
                      FROM focus.cost_and_usage GROUP BY ALL ORDER BY cost DESC" --limit 10
      ./finops query - --format csv < question.sql > answer.csv
    """
    config = resolve(ctx, config_path, demo=demo)
    text = read_stdin() if sql == "-" else sql
    if limit is None and form == "table":
        limit = TABLE_ROWS
    with connect_read_only(config.database_path, config.limits) as connection:
        answer = ask(connection, text)
        WRITERS[form](answer, chain.from_iterable(answer.chunks), limit)
        sys.stdout.flush()


def read_stdin() -> str:
    """Return the SQL that was piped in.

    Raises:
        QueryError: If it is not UTF-8.
    """
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryError(f"standard input is not UTF-8: {error.reason}") from error


def write_csv(answer: Answer, rows: Iterator[tuple[Any, ...]], limit: int | None) -> None:
    """Write a header and the rows; null is an empty field."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(answer.names)
    writer.writerows([text(value) for value in row] for row in islice(rows, limit))


def write_json(answer: Answer, rows: Iterator[tuple[Any, ...]], limit: int | None) -> None:
    """Write an array of objects, one a line."""
    keys = [json.dumps(name, ensure_ascii=False) for name in answer.names]
    as_json = [raw if kind == "JSON" else json_value for kind in answer.types]
    separator = "[\n  "
    for row in islice(rows, limit):
        members = zip(keys, as_json, row, strict=True)
        line = ", ".join(f"{key}: {encode(value)}" for key, encode, value in members)
        sys.stdout.write(f"{separator}{{{line}}}")
        separator = ",\n  "
    sys.stdout.write("[]\n" if separator.startswith("[") else "\n]\n")


def write_table(answer: Answer, rows: Iterator[tuple[Any, ...]], limit: int | None) -> None:
    """Write aligned columns, or one line per value where they do not fit the terminal."""
    from rich.table import Table
    from rich.text import Text

    from core.cli.tables import console

    shown = [[text(value) for value in row] for row in islice(rows, limit)]
    right = [kind.startswith(NUMERIC) or kind.endswith(("INT", "INTEGER")) for kind in answer.types]
    out = console()
    if out.is_terminal and len(answer.names) * NARROWEST > out.width:
        for number, row in enumerate(shown, start=1):
            records = Table(
                box=None,
                show_header=False,
                pad_edge=False,
                title=f"row {number}",
                title_justify="left",
            )
            for name, value in zip(answer.names, row, strict=True):
                records.add_row(Text(name, style="bold"), Text(value))
            out.print(records)
    else:
        table = Table(box=None, header_style="bold", pad_edge=False)
        for name, is_number in zip(answer.names, right, strict=True):
            table.add_column(Text(name), justify="right" if is_number else "left", overflow="fold")
        for row in shown:
            table.add_row(*(Text(value) for value in row))
        out.print(table)
    if next(rows, None) is not None:
        click.echo(f"the first {len(shown):,} rows; --limit or --format csv gives more", err=True)


WRITERS: dict[str, Callable[[Answer, Iterator[tuple[Any, ...]], int | None], None]] = {
    "table": write_table,
    "json": write_json,
    "csv": write_csv,
}


def text(value: Any) -> str:
    """Return a value as plain text: every digit of a decimal, ISO 8601 times.

    >>> text(Decimal("1E-7")), text(True), text(None), text(datetime(2026, 1, 1))
    ('0.0000001', 'true', '', '2026-01-01T00:00:00')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict | list | tuple):
        return json_value(value)
    return str(value)


def raw(value: Any) -> str:
    """Return a value of DuckDB's type JSON, which is JSON text already."""
    return "null" if value is None else str(value)


def json_value(value: Any) -> str:
    """Return a value as JSON; what JSON has no exact form for is text.

    >>> json_value([Decimal("1.10"), None, {1: True}])
    '["1.10", null, {"1": true}]'
    """
    if isinstance(value, dict):
        members = (f"{json_value(text(key))}: {json_value(v)}" for key, v in value.items())
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(json_value(v) for v in value) + "]"
    exact = value is None or isinstance(value, bool | int | str)
    if exact or (isinstance(value, float) and abs(value) < float("inf")):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(text(value), ensure_ascii=False)
