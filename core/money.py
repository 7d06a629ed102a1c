"""Exact decimals from what providers write: doubles in parquet, text in CSV.

A provider computes a cost in decimal and stores it as the nearest double. `from_double` gives
the decimal back: the shortest of 12, 9 or 6 places that is that very double, else the
double's own value to 18 places. `from_text` casts the text itself where it could hold more
digits than a double, and goes the same, far faster, way where it cannot.
"""

from __future__ import annotations

DECIMAL = "DECIMAL(38,18)"
TIERS = ((2_000, 12), (2_000_000, 9), (2_000_000_000, 6))
"""(bound, places): below the bound, x * 10^places is exact to less than half a unit."""

SHORT_TEXT = 16
"""A text this short has at most 15 significant digits, so that one double means one text."""


def from_double(expression: str) -> str:
    """Return SQL that turns a DOUBLE into DECIMAL(38,18)."""
    return _tiers(expression, f"CAST({expression} AS {DECIMAL})")


def from_text(expression: str) -> str:
    """Return SQL that turns a decimal's text into DECIMAL(38,18); other text is an error."""
    double = f"TRY_CAST({expression} AS DOUBLE)"
    exact = f"CAST({expression} AS {DECIMAL})"
    return (
        f"CASE WHEN length({expression}) <= {SHORT_TEXT} THEN {_tiers(double, exact)} "
        f"ELSE {exact} END"
    )


def _tiers(double: str, fallback: str) -> str:
    cases = " ".join(
        f"WHEN abs({double}) < {bound} "
        f"AND CAST(CAST({double} AS DECIMAL(38,{places})) AS DOUBLE) = {double} "
        f"THEN CAST(CAST({double} AS DECIMAL(38,{places})) AS {DECIMAL})"
        for bound, places in TIERS
    )
    return f"CASE {cases} ELSE {fallback} END"
