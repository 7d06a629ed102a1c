"""Amounts and shares as text for the terminal."""

from __future__ import annotations

from decimal import Decimal

from rich.table import Table


def new_table(title: str) -> Table:
    return Table(
        title=f"\n{title}",
        title_justify="left",
        title_style="bold",
        header_style="dim",
        box=None,
        pad_edge=False,
    )


def unsigned_zero(number: str) -> str:
    """Return a number as it is written, without a sign where it was rounded to zero.

    >>> unsigned_zero("-0.00"), unsigned_zero("-0.01")
    ('0.00', '-0.01')
    """
    return number.lstrip("+-") if not number.strip("+-0.") else number


def money(value: Decimal | float | None, *, sign: bool = False) -> str:
    """Return an amount to the whole unit.

    >>> money(Decimal("-0.000000000001"), sign=True)
    '0'
    """
    if value is None:
        return ""
    return unsigned_zero(f"{value:+,.0f}" if sign else f"{value:,.0f}")


def exact(value: Decimal | None) -> str:
    """Return an amount with all its digits, without trailing zeros beyond cents.

    >>> exact(Decimal("1234.500000000000000000"))
    '1,234.50'
    """
    if value is None:
        return ""
    whole, _, places = f"{value:,f}".partition(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')}"


def percent(value: float | Decimal | None, *, sign: bool = False) -> str:
    """Return a ratio as percent with one place."""
    if value is None:
        return ""
    return unsigned_zero(f"{value * 100:+.1f}" if sign else f"{value * 100:.1f}") + " %"


def points(change: float | Decimal | None) -> str:
    """Return the difference of two ratios in percentage points.

    >>> points(Decimal("0.0214"))
    '+2.1 pt'
    """
    return "" if change is None else unsigned_zero(f"{change * 100:+.1f}") + " pt"


def short_id(identifier: str) -> str:
    """Return the telling end of an ARN or of a resource path.

    >>> short_id("arn:aws:savingsplans::1:savingsplan/5f7a")
    'savingsplan/5f7a'
    >>> short_id("/providers/microsoft.capacity/reservationorders/93a1/reservations/b2fa")
    'reservations/b2fa'
    """
    end = identifier.rsplit(":", 1)[-1]
    return "/".join(end.split("/")[-2:]) if end.startswith("/") else end
