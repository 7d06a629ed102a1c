"""How a cell becomes a value of the raw table: money, times and JSON as providers write them.

The notation of dates is decided for a file, never for a value: 09/01/2025 alone could be January.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core import sql
from core.columns import iso_time, json_members
from core.money import DECIMAL, from_double, from_text

NULLS = ("NULL", "null")
"""Texts that mean no value; an empty cell does, too."""

SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})( \d{1,2}:\d{2}(:\d{2})?)?")
AMOUNT = r"\s*[-(]?\s*[$€£¥]?\s*-?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)([.][0-9]+)?\s*\)?\s*"
"""Such as $10,000.00, -$5 or (1,234.56): thousands by comma, decimals by point."""


@dataclass(frozen=True, kw_only=True)
class Dates:
    """How one file writes dates."""

    order: str = ""
    """'' for ISO 8601, else 'md' or 'dm'."""
    year: str = "Y"

    def parse(self, text: str) -> str:
        """Return SQL for a text as a UTC timestamp; other text is an error."""
        if not self.order:
            return iso_time(text)
        day = "/".join(f"%{letter}" for letter in self.order) + f"/%{self.year}"
        return f"strptime({text}, {sql.texts([day, f'{day} %H:%M', f'{day} %H:%M:%S'])})"


def dates_of(months: Iterable[str], others: Iterable[str] = ()) -> Dates:
    """Tell the notation from samples: `months` are first days of billing months.

    >>> dates_of(["4/1/25"]), dates_of(["01/09/2025"]).order, dates_of(["2025-04-01T00:00:00Z"])
    (Dates(order='md', year='y'), 'dm', Dates(order='', year='Y'))
    """
    found = [SLASHED.fullmatch(text.strip()) for text in (*months, *others)]
    slashed = [match for match in found if match]
    if not slashed:
        return Dates()
    year = "y" if len(slashed[0][3]) == 2 else "Y"
    firsts = [m for text in months if (m := SLASHED.fullmatch(text.strip()))]
    day_first = any(int(match[1]) > 12 for match in slashed) or (
        any(int(match[2]) != 1 for match in firsts) and all(int(match[1]) == 1 for match in firsts)
    )
    return Dates(order="dm" if day_first else "md", year=year)


def money(expression: str, kind: str) -> str:
    """Return SQL for a cell as DECIMAL(38,18); what is no number is an error."""
    if kind in ("DOUBLE", "FLOAT"):
        return from_double(expression)
    if kind != "VARCHAR":
        return f"CAST({expression} AS {DECIMAL})"
    plain = f"CASE WHEN TRY_CAST({expression} AS DOUBLE) IS NOT NULL THEN trim({expression}) "
    digits = f"regexp_replace({expression}, '[^0-9.]', '', 'g')"
    sign = f"CASE WHEN regexp_matches({expression}, '[-(]') THEN '-' ELSE '' END"
    shaped = f"WHEN regexp_full_match({expression}, {sql.text(AMOUNT)}) THEN {sign} || {digits} "
    return from_text(f"({plain}{shaped}ELSE {expression} END)")


def json(expression: str, kind: str) -> str:
    """Return SQL for a cell as a JSON object or list; null where it is neither.

    Azure leaves out the braces of tags: they are put back.
    """
    if kind != "VARCHAR":
        return f"CAST(to_json({expression}) AS JSON)"
    braced = f"'{{' || {expression} || '}}'"
    return (
        f"CASE WHEN json_valid({expression}) AND json_type({expression}) IN ('OBJECT', 'ARRAY') "
        f"THEN CAST({expression} AS JSON) "
        f"WHEN json_valid({braced}) THEN CAST({braced} AS JSON) END"
    )


def folded(cells: Mapping[str, str]) -> str:
    """Return SQL for a JSON object of the cells that have a value; null without any."""
    given = ((key, cell, f"{cell} IS NOT NULL") for key, cell in cells.items())
    return f"CAST(nullif({json_members(given)}, '{{}}') AS JSON)"


def unread(cells: Mapping[str, tuple[str, str]]) -> str:
    """Return SQL for a JSON object of the cells whose text could not be read; null without any.

    Args:
        cells: Raw column -> (text, expression that is null where the text cannot be read).
    """
    lost = {
        name: f"({text} IS NOT NULL AND {value} IS NULL)" for name, (text, value) in cells.items()
    }
    members = json_members((name, text, lost[name]) for name, (text, _) in cells.items())
    return f"CASE WHEN {' OR '.join(lost.values())} THEN CAST({members} AS JSON) END"
