"""What the filters that need a value hold at first: the first row of their card."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from core import sql
from core.backends.duckdb import first_line
from core.errors import BadContent
from metabase.content import TAG, Card, Content

NOTHING = "none"
"""Where there is nothing to choose from yet."""


def first_choices(
    connection: duckdb.DuckDBPyConnection, content: Content, chosen: Mapping[str, str]
) -> dict[str, str]:
    """Return the first value of each filter that is a choice.

    Args:
        connection: The published database.
        content: Filters and cards.
        chosen: Values of other filters, such as the provider of a page.
    """
    return {
        name: first_choice(connection, content, name, chosen)
        or first_choice(connection, content, name, {})
        or NOTHING
        for name, one in content.filters.items()
        if one.choice
    }


def first_choice(
    connection: duckdb.DuckDBPyConnection, content: Content, name: str, chosen: Mapping[str, str]
) -> str:
    """Return the first value that a filter's card lists; '' where it lists none.

    Raises:
        BadContent: If DuckDB does not understand its SQL, has not what it reads, or cannot cast it.
    """
    card = content.cards[content.filters[name].values]
    values = dict(chosen)
    for needed in card.filters:
        if content.filters[needed].choice:
            values[needed] = first_choice(connection, content, needed, chosen)
    try:
        row = connection.execute(filled(card, values)).fetchone()
    except (duckdb.ProgrammingError, duckdb.DataError) as error:
        path = content.folder / "cards" / f"{card.slug}.sql"
        raise BadContent(path, first_line(error)) from error
    return str(row[0]) if row else ""


def filled(card: Card, values: Mapping[str, str]) -> str:
    """Return a card's SQL with its filters filled in; those without a value let all rows pass."""

    def condition(name: str) -> str:
        column = card.filters[name]
        if column is None:
            return sql.text(values[name])
        if name not in values:
            return "1 = 1"
        path = ".".join(map(sql.ident, (column.schema, column.table, column.name)))
        return f"{path} = {sql.text(values[name])}"

    return TAG.sub(lambda match: condition(match[1]), card.sql)
