"""The overview as one file to mail: a part for each currency."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from dashboards.answers import KeyChange
from dashboards.cells import exact
from dashboards.generations import Generation
from dashboards.invoices import Invoices, Proof, Restatement
from dashboards.mail import (
    CHANGES,
    brief,
    changes,
    figures,
    listed,
    money,
    note,
    number,
    page,
    provenance,
    section,
    share,
    table,
    text,
    tick,
    tiles,
    when,
    written,
)
from dashboards.mail_charts import Chart, bridge, stacked
from dashboards.overview import Overview
from dashboards.report import CurrencyReport, Report

PROVEN_SHOWN = 24


def overview_page(found: Report, generation: Generation) -> str:
    """Return the overview and the proof of every currency of the report."""
    months = {part.overview.month for part in found.currencies}
    title = "Cloud costs, " + " and ".join(f"{month:%B %Y}" for month in sorted(months))
    names = ", ".join(part.overview.currency for part in found.currencies)
    return page(title, provenance(names, generation), *map(currency_part, found.currencies))


def currency_part(part: CurrencyReport) -> str:
    """Return one currency's page, panel by panel."""
    found, bill = part.overview, part.invoices
    currency = found.currency
    before = f"{found.compared_month:%B %Y}"
    movers = [
        text(one.service.label) + text(one.account.label) + changes(one, currency)
        for one in found.movers
    ]
    return "".join((
        f'<section class="currency"><h2>{escape(currency)}, {found.month:%B %Y}</h2>',
        note(state(found)),
        section("Key figures", tiles(found.tiles, currency), note(estimated(found))),
        months(found),
        causes(found, before),
        savings(found),
        listed(f"Top movers since {before}, {currency}", ("Service", "Account", *CHANGES), movers,
               4, none="Nothing moved."),
        ranking(f"Providers, {currency}", found.providers, currency),
        ranking(f"Services, {currency}", found.services, currency),
        ranking(f"Accounts, {currency}", found.accounts, currency),
        restated(bill.restatements, currency),
        proof(bill),
        "</section>",
    ))  # fmt: skip


def state(found: Overview) -> str:
    """Return how far the month is known."""
    if not found.is_partial:
        return "The month is complete."
    until = f", data as of {found.data_as_of:%Y-%m-%d %H:%M} UTC" if found.data_as_of else ""
    return (
        f"The month is not complete yet{until}: {found.compared_days} complete days are compared."
    )


def estimated(found: Overview) -> str:
    """Return the range of the estimate, and how it is made; nothing where there is none."""
    ahead = found.estimate
    if ahead is None:
        return ""
    low, high = (written(value, found.currency) for value in (ahead.low, ahead.high))
    missed = (
        ""
        if ahead.backtest_error is None
        else f" Past estimates missed by {share(ahead.backtest_error)}."
    )
    return f"Estimate for {ahead.month:%B %Y}: from {low} to {high}.{missed} {ahead.method}"


def months(found: Overview) -> str:
    """Return the bars of the months."""
    stack, currency = found.stack, found.currency
    chart = Chart(
        title=f"Effective cost by month and {stack.label.lower()}, {currency}",
        names=[f"{one.month:%b %y}" for one in stack.months],
        partial=[one.is_partial for one in stack.months],
        lines=[(line.key.label, line.values) for line in stack.series],
        write=lambda value: written(Decimal(value), currency),
        tick=lambda value: tick(value, currency),
    )
    return section(chart.title, stacked(chart), figures(chart, lambda v: money(v, currency)))


def causes(found: Overview, before: str) -> str:
    """Return the way from the former cost to this one, with the SKUs behind each step."""
    currency, drivers = found.currency, found.drivers
    title = f"What changed since {before}, by cause, {currency}"
    if not drivers.steps:
        return section(title, note("There is no former month to compare with."))
    rows = [
        text(step.label) + money(step.amount, currency, sign=True)
        + text("; ".join(f"{one.label} {written(one.amount, currency, sign=True)}"
                         for one in step.top))
        for step in drivers.steps
    ]  # fmt: skip
    ends = [text(label) + money(value, currency) + text("")
            for label, value in (("Before", drivers.before), ("Now", drivers.now))]  # fmt: skip
    return section(
        title,
        bridge(title, ("Before", drivers.before), [(s.label, s.amount) for s in drivers.steps],
               ("Now", drivers.now), lambda v, sign: brief(v, currency, sign=sign)),
        table(title, ("Cause", "Change", "Most of it"), [ends[0], *rows, ends[1]], 0),
    )  # fmt: skip


def savings(found: Overview) -> str:
    """Return the way from the list price of usage to its effective cost."""
    currency = found.currency
    title = f"From list price to effective cost, {currency}"
    if len(found.savings) < 2:
        return section(title, note("No list prices in this month."))
    first, *steps, last = ((one.label, one.amount) for one in found.savings)
    rows = [
        text(label) + money(amount, currency, sign=(label, amount) in steps)
        for label, amount in (first, *steps, last)
    ]
    drawn = bridge(title, first, steps, last, lambda v, sign: brief(v, currency, sign=sign))
    return section(title, drawn, table(title, ("Step", "Amount"), rows, 1))


def ranking(title: str, rows: Sequence[KeyChange], currency: str) -> str:
    shown = [text(row.key.label) + changes(row, currency) for row in rows]
    return listed(title, ("", *CHANGES), shown, 4, none="No costs.")


def restated(found: Sequence[Restatement], currency: str) -> str:
    """Return what providers delivered anew, billed and effective."""
    rows = [
        text(one.export)
        + when(one.month)
        + text(f"{one.restated_at:%Y-%m-%d}")
        + money(one.former_billed, currency)
        + money(one.billed, currency)
        + money(one.change, currency, sign=True)
        + money(one.former_effective, currency)
        + money(one.effective, currency)
        for one in found
    ]
    heads = ("Export", "Month", "Loaded", "Billed, was", "is", "Change", "Effective, was", "is")
    title = f"Restated by the provider, {currency}"
    return listed(title, heads, rows, 5, none="Nothing was restated.")


def proof(found: Invoices) -> str:
    """Return source and FOCUS side by side, and the verdict over all months."""
    rows = found.reconciliation[:PROVEN_SHOWN]
    title = f"Proof: source = raw = FOCUS, {found.currency}"
    heads = ("Export", "Month", "Lines", "Source, billed", "Raw", "FOCUS", "Residual",
             "Residual, effective")  # fmt: skip
    shown = listed(title, heads, [proven(one) for one in rows], 6, none="No month is loaded.",
                   more=len(found.reconciliation) - len(rows))  # fmt: skip
    return shown + note(verdict(found))


def proven(one: Proof) -> str:
    amounts = (one.source_billed, one.raw_billed, one.focus_billed, one.billed_residual,
               one.effective_residual)  # fmt: skip
    return (
        text(one.export)
        + when(one.month)
        + number(f"{one.lines or 0:,}")
        + "".join(number(exact(amount)) for amount in amounts)
    )


def verdict(found: Invoices) -> str:
    """Return in words whether every month agrees."""
    if found.unproven:
        return f"{found.unproven} months are loaded but not in FOCUS yet."
    if found.largest_residual:
        return f"Largest residual: {exact(found.largest_residual)}."
    return f"Every month and account in {found.currency} agrees to the last decimal."
