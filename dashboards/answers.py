"""The types that answers are made of, and how they become bytes.

Amounts are text with every digit, as JSON numbers would be rounded to doubles on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, PlainSerializer, WithJsonSchema


def digits(value: Decimal) -> str:
    """Return a decimal's every digit, without an exponent and without trailing zeros.

    >>> digits(Decimal("1234.500000000000000000"))
    '1234.5'
    >>> digits(Decimal("0E-18"))
    '0'
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def utc(value: datetime) -> str:
    """Return a time of the database, which is UTC without saying so.

    >>> utc(datetime(2026, 6, 30, 12))
    '2026-06-30T12:00:00Z'
    """
    return (
        value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
        if value.tzinfo
        else (f"{value.isoformat()}Z")
    )


def month_name(value: date) -> str:
    """Return YYYY-MM.

    >>> month_name(date(2026, 6, 1))
    '2026-06'
    """
    return f"{value:%Y-%m}"


def exact(pattern: str, about: str) -> Any:
    return WithJsonSchema({"type": "string", "pattern": pattern, "description": about})


Amount = Annotated[
    Decimal, PlainSerializer(digits), exact(r"^-?\d+(\.\d+)?$", "Exact decimal, as text.")
]
Ratio = Annotated[
    float, PlainSerializer(repr), exact(r"^-?[\d.e+-]+$", "Share, usually from 0 to 1, as text.")
]
Figure = Annotated[
    Decimal | float,
    PlainSerializer(lambda value: digits(value) if isinstance(value, Decimal) else repr(value)),
    exact(r"^-?[\d.e+-]+$", "An amount or a ratio, as its unit says, as text."),
]
Time = Annotated[
    datetime, PlainSerializer(utc), WithJsonSchema({"type": "string", "format": "date-time"})
]
Month = Annotated[date, PlainSerializer(month_name), exact(r"^\d{4}-\d{2}$", "Month, YYYY-MM.")]


class Key(BaseModel):
    """One value of a dimension, and what people call it."""

    value: str | None
    """Null where the charges have none."""
    label: str


class Change(BaseModel):
    """A cost beside the one it is compared with."""

    cost: Amount
    before: Amount | None
    """Null where the data do not reach back to all of the compared period."""
    change: Amount | None
    """From before to the cost of the days that are compared, which are the complete ones."""
    change_ratio: Ratio | None
    """change / before; null where there was nothing, or less, before."""


class KeyChange(Change):
    """The cost of one value of a dimension, beside the one it is compared with."""

    key: Key


def change_of(cost: Decimal, before: Decimal | None) -> dict[str, Any]:
    """Return the fields of a Change; None where there is nothing to compare with."""
    if before is None:
        return {"cost": cost, "before": None, "change": None, "change_ratio": None}
    change = cost - before
    ratio = float(change / before) if before > 0 else None
    return {"cost": cost, "before": before, "change": change, "change_ratio": ratio}


def share(part: Decimal, whole: Decimal) -> float | None:
    """Return part / whole, None where there is no whole."""
    return float(part / whole) if whole else None


@dataclass
class Encoded:
    """An answer as it goes over the wire."""

    body: bytes
    status: int = 200
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def encoded(model: BaseModel, status: int = 200, media_type: str = "application/json") -> Encoded:
    """Write a model as JSON."""
    return Encoded(model.model_dump_json().encode(), status, media_type)
