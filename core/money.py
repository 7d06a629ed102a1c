"""Exact decimals from what providers write: doubles in parquet, text in CSV.

A provider computes a cost in decimal and stores it as the nearest double. `from_double` gives
the decimal back: the shortest that is that very double, found by arithmetic where that is
exact and by its text elsewhere. `from_text` casts the text itself where it could hold more
digits than a double, and goes the same, far faster, way where it cannot. What lies beyond 18
places is rounded.
"""

from __future__ import annotations

DECIMAL = "DECIMAL(38,18)"
TIERS = ((200_000, "DECIMAL(18,10)"), (2_000, "DECIMAL(38,12)"), (2_000_000_000, "DECIMAL(18,6)"))
"""(bound, type): below the bound, the cast to the type errs by less than half a unit.

AWS writes at most 10 places, so that the first tier, 64-bit arithmetic, takes nearly all.
"""

SMALL = 0.002
"""Below this the same holds for all 18 places."""

SHORT_TEXT = 16
"""A text this short has at most 15 significant digits, so that one double means one text."""


def from_double(expression: str) -> str:
    """Return SQL that turns a DOUBLE into DECIMAL(38,18); NaN and infinity are an error."""
    shortest = f"CAST(CAST({expression} AS VARCHAR) AS {DECIMAL})"
    small = f"WHEN abs({expression}) < {SMALL} THEN CAST({expression} AS {DECIMAL})"
    return _tiers(expression, f"CASE {small} ELSE {shortest} END")


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
        f"WHEN CAST(TRY_CAST({double} AS {kind}) AS DOUBLE) = {double} "
        f"AND abs({double}) < {bound} THEN CAST(TRY_CAST({double} AS {kind}) AS {DECIMAL})"
        for bound, kind in TIERS
    )
    return f"CASE {cases} ELSE {fallback} END"
