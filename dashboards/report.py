"""The overview and the bill's proof of every currency: what `finops report overview` prints."""

from __future__ import annotations

from pydantic import BaseModel

from core.periods import parse_period
from dashboards.generations import Generation
from dashboards.invoices import Invoices, InvoicesAsked, invoices
from dashboards.meta import currencies, currency_of
from dashboards.overview import Overview, overview
from dashboards.windows import MonthAsked

MONTHS = 120
"""Of the proof: as many as can be asked for."""


class CurrencyReport(BaseModel):
    """One currency's pages."""

    overview: Overview
    invoices: Invoices


class Report(BaseModel):
    """The answers of two pages for each currency, that of most cost first."""

    currencies: list[CurrencyReport]


def report(generation: Generation, asked: MonthAsked) -> Report:
    """Return the pages of one currency, or of every one that has costs in the month.

    Raises:
        Refused: If there are no such costs.
    """
    names = [asked.currency]
    if not asked.currency:
        month = parse_period(asked.month) if asked.month else None
        names = [
            meta.currency
            for meta in currencies(generation)
            if month is None or month in [one.month for one in meta.months]
        ] or [currency_of(generation, "").currency]
    return Report(
        currencies=[
            CurrencyReport(
                overview=overview(generation, MonthAsked(currency=name, month=asked.month)),
                invoices=invoices(generation, InvoicesAsked(currency=name, months=MONTHS)),
            )
            for name in names
        ]
    )
