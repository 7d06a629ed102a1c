"""Native queries as Metabase runs them: template tags filled in, then DuckDB."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import duckdb

Column = tuple[str, str, str]
"""Schema, table, name."""


class BadQuery(Exception):
    """What Metabase answers with status 202 and an error."""


def literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def condition(column: Column, kind: str, value: Any) -> str:
    """Return a field filter as SQL, its column spelt with schema and table."""
    name = ".".join(f'"{part}"' for part in column)
    if value in (None, [], ""):
        return "1 = 1"
    if kind == "date/all-options":
        first, last = days(str(value))
        return f"CAST({name} AS date) BETWEEN date '{first}' AND date '{last}'"
    values = value if isinstance(value, list) else [value]
    return f"({name} IN ({', '.join(literal(str(one)) for one in values)}))"


def days(value: str) -> tuple[date, date]:
    """Return the first and the last day of '2026-05' or '2026-05-01~2026-05-31'."""
    if re.fullmatch(r"\d{4}-\d{2}", value):
        year, month = map(int, value.split("-"))
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    first, found, last = value.partition("~")
    if not found:
        raise BadQuery(f"Don't know how to parse date string {value!r}")
    return date.fromisoformat(first), date.fromisoformat(last)


def filled(
    stage: Mapping[str, Any], columns: Mapping[int, Column], given: Sequence[Mapping[str, Any]]
) -> str:
    """Return the SQL of a stored native query.

    Args:
        stage: Its SQL and its template tags.
        columns: Columns by their ids.
        given: Values of tags, as the API takes them.
    """
    values: dict[str, Any] = {}
    kinds = {"text": "variable", "dimension": "dimension"}
    tags = stage["template-tags"]
    for parameter in given:
        kind, (word, name) = parameter["target"][:2]
        if word != "template-tag" or name not in tags or kinds[tags[name]["type"]] != kind:
            raise BadQuery(f"no template tag for {parameter['target']}")
        values[name] = parameter["value"]

    def text(match: re.Match[str]) -> str:
        tag = tags[match[1]]
        value = values.get(match[1], tag.get("default"))
        if tag["type"] == "dimension":
            column = tag["dimension"][2]
            if column not in columns:
                raise BadQuery(f"Field {column} does not exist")
            return condition(columns[column], tag["widget-type"], value)
        if value in (None, [], "") and tag.get("required"):
            raise BadQuery(f"You'll need to pick a value for '{tag['display-name']}'")
        several = value if isinstance(value, list) else [value]
        return ", ".join(literal(str(one)) for one in several)

    return re.sub(r"\{\{(\w+)\}\}", text, stage["native"])


def fetched(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """Return the rows of a query, each by its columns' names.

    Raises:
        BadQuery: If DuckDB would not run it.
    """
    try:
        found = connection.execute(sql)
        names = [one[0] for one in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    except duckdb.Error as error:
        raise BadQuery(str(error)) from None
