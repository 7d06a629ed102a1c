"""How a provider's column becomes one of the raw table: a name of its own, a type, a cast.

Each vendor says which of its columns are money, days, times or JSON; how such a cell is read where
the provider does nothing of its own is said here.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable
from datetime import date

from core import sql
from core.exports import RawColumn
from core.money import DECIMAL, from_double, from_text

PERIOD = "billing_period"
"""Raw column that the loader replaces months by."""


def free_name(name: str, taken: Container[str]) -> str:
    """Return `name`, numbered where another column has it.

    >>> free_name("cost", {"cost", "cost_2"}), free_name("billing_period", ())
    ('cost_3', 'billing_period_2')
    """
    number, candidate = 2, name
    while candidate in taken or candidate == PERIOD:
        candidate, number = f"{name}_{number}", number + 1
    return candidate


def period_column(period: date) -> RawColumn:
    """Return the column that says which month a version's lines are loaded as."""
    return RawColumn(name=PERIOD, type="DATE", expression=f"CAST('{period}' AS DATE)")


def kept_type(kind: str, *, nested: str = "JSON") -> str:
    """Return the raw type of a column that no vendor knows: the provider's, where dlt has it.

    >>> kept_type("FLOAT"), kept_type("DECIMAL(10,2)"), kept_type("UUID"), kept_type("VARCHAR[]")
    ('DOUBLE', 'DECIMAL(38,18)', 'VARCHAR', 'JSON')
    """
    if kind in ("VARCHAR", "DOUBLE", "BIGINT", "BOOLEAN", "TIMESTAMP", "DATE"):
        return kind
    if kind in ("FLOAT", "INTEGER", "SMALLINT", "TINYINT"):
        return "DOUBLE" if kind == "FLOAT" else "BIGINT"
    if kind.startswith("TIMESTAMP"):
        return "TIMESTAMP"
    if is_nested(kind) or kind == "JSON":
        return nested
    return DECIMAL if kind.startswith("DECIMAL") else "VARCHAR"


def is_nested(kind: str) -> bool:
    return kind.startswith(("MAP", "STRUCT")) or kind.endswith("[]")


def cast(expression: str, kind: str, wanted: str) -> str:
    """Return SQL for a cell of one type as a value of the raw table's."""
    if wanted == kind:
        return expression
    if wanted == "JSON":
        return f"CAST({expression if kind == 'VARCHAR' else f'to_json({expression})'} AS JSON)"
    if wanted == DECIMAL and kind in ("DOUBLE", "FLOAT"):
        return from_double(expression)
    if wanted == DECIMAL and kind == "VARCHAR":
        return from_text(expression)
    if wanted == "TIMESTAMP" and kind == "TIMESTAMP WITH TIME ZONE":
        return f"make_timestamp(epoch_us({expression}))"  # needs no calendar, so costs nothing
    if wanted == "DATE" and kind == "TIMESTAMP WITH TIME ZONE":
        return f"CAST({expression} AT TIME ZONE 'UTC' AS {wanted})"
    if wanted == "TIMESTAMP" and kind == "VARCHAR":
        return iso_time(expression)
    if wanted == "VARCHAR" and is_nested(kind):
        return f"CAST(to_json({expression}) AS VARCHAR)"
    return f"CAST({expression} AS {wanted})"


def iso_time(text: str) -> str:
    """Return SQL for a text of ISO 8601 as a UTC timestamp; other text is an error."""
    utc = f"CAST(rtrim(replace({text}, 'T', ' '), 'Z') AS TIMESTAMP)"
    zoned = f"CAST({text} AS TIMESTAMP WITH TIME ZONE) AT TIME ZONE 'UTC'"
    return f"CASE WHEN suffix({text}, 'Z') THEN {utc} ELSE {zoned} END"


def json_members(cells: Iterable[tuple[str, str, str]]) -> str:
    """Return SQL for the text of a JSON object: (key, value, whether it is a member) cells."""
    members = ", ".join(
        f"CASE WHEN {test} THEN {sql.text(json.dumps(key, ensure_ascii=False) + ':')} "
        f"|| CAST(to_json({value}) AS VARCHAR) END"
        for key, value, test in cells
    )
    return f"'{{' || concat_ws(',', {members}) || '}}'"


def json_object(pairs: Iterable[tuple[str, str]]) -> str:
    """Return SQL for one JSON object of the (key, value) pairs whose value is not null."""
    cells = ((key, value, f"{value} IS NOT NULL") for key, value in pairs)
    return f"CAST({json_members(cells)} AS JSON)"
