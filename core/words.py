"""Numbers in words, for messages."""

from __future__ import annotations


def counted(number: int, what: str = "row") -> str:
    """Return a number of things in words.

    >>> counted(1), counted(1200, "day")
    ('1 row', '1,200 days')
    """
    return f"1 {what}" if number == 1 else f"{number:,} {what}s"
