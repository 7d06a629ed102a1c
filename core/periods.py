"""Billing periods: calendar months, named by the date of their first day."""

from __future__ import annotations

from datetime import date

from core.errors import BadSetting


def parse_period(text: str, name: str = "period") -> date:
    """Return the first day of the month that `text` ('YYYY-MM') names.

    >>> parse_period("2026-01")
    datetime.date(2026, 1, 1)
    """
    year, dash, month = text.partition("-")
    shape = len(year) == 4 and len(month) == 2 and year.isdecimal() and month.isdecimal()
    if not (shape and dash and year.isascii() and month.isascii() and 1 <= int(month) <= 12):
        raise BadSetting(name, text, "a month like 2026-01")
    if int(year) < 1:
        raise BadSetting(name, text, "a month like 2026-01")
    return date(int(year), int(month), 1)


def next_period(period: date) -> date:
    """Return the first day of the month after `period`: its exclusive end."""
    return shift(period, 1)


def shift(period: date, months: int) -> date:
    """Return the month that lies `months` after (before, if negative) `period`.

    >>> shift(date(2026, 1, 1), -1)
    datetime.date(2025, 12, 1)
    """
    index = period.year * 12 + period.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def name(period: date) -> str:
    """Return 'YYYY-MM'."""
    return f"{period:%Y-%m}"
