"""Commitments as one file to mail."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dashboards.answers import Key
from dashboards.cells import short_id
from dashboards.commitments import Commitment, CommitmentMonth, Commitments
from dashboards.generations import Generation
from dashboards.mail import (
    listed,
    long,
    money,
    note,
    number,
    page,
    provenance,
    ratio,
    section,
    share,
    table,
    text,
    tick,
    tiles,
    when,
    written,
)
from dashboards.mail_charts import Chart, lined
from dashboards.printed_commitments import judged

RATES = {
    "coverage": "Coverage",
    "utilisation": "Utilisation",
    "savings_rate": "Commitment savings rate",
    "esr": "Effective savings rate",
}
AMOUNTS = {"net_savings": "Net savings", "unused_cost": "Unused commitments"}
PURCHASES_SHOWN = 40
COSTS = {"covered_cost": "Covered", "eligible_cost": "On demand"}


def commitments_page(found: Commitments, generation: Generation) -> str:
    """Return the commitments of a month and of those before it, panel by panel."""
    currency = found.currency
    is_partial = any(one.is_partial for one in found.months if one.month == found.month)
    return page(
        f"Commitments, {found.month:%B %Y}",
        provenance(currency, generation),
        note("The month is not complete yet." if is_partial else "The month is complete."),
        section("Key figures", tiles(found.tiles, currency)),
        section("Coverage, utilisation and savings rates by month", rates(found)),
        section(f"Net savings and unused commitments by month, {currency}", amounts(found)),
        section(f"Each month, {currency}", months(found)),
        each(found),
        use(found),
        expiries(found),
        services(found),
        purchases(found),
    )


def buckets(found: Commitments) -> dict[str, Any]:
    """Return the months as a chart names them."""
    return {
        "names": [f"{one.month:%b %y}" for one in found.months],
        "partial": [one.is_partial for one in found.months],
    }


def lines(found: Commitments, fields: Mapping[str, str]) -> list[tuple[str, list[Any]]]:
    """Return fields of the months under their labels."""
    return [(label, [getattr(one, name) for one in found.months]) for name, label in fields.items()]


def rates(found: Commitments) -> str:
    return lined(
        Chart(
            title="Commitment rates by month",
            lines=lines(found, RATES),
            write=share,
            tick=lambda value: f"{value:.0%}",
            **buckets(found),
        )
    )


def amounts(found: Commitments) -> str:
    currency = found.currency
    return lined(
        Chart(
            title=f"Commitment savings by month, {currency}",
            lines=lines(found, AMOUNTS),
            write=lambda value: written(Decimal(value), currency),
            tick=lambda value: tick(value, currency),
            **buckets(found),
        )
    )


def months(found: Commitments) -> str:
    """Return every figure of the months."""
    rows = [month(one, found.currency) for one in found.months]
    heads = ("Month", *RATES.values(), *AMOUNTS.values(), *COSTS.values())
    is_open = any(one.is_partial for one in found.months)
    about = "Covered and on demand: eligible usage at on-demand prices."
    return table("Each month", heads, rows, len(heads) - 1) + note(
        f"* not complete yet. {about}" if is_open else about
    )


def month(one: CommitmentMonth, currency: str) -> str:
    return (
        when(one.month, is_partial=one.is_partial)
        + "".join(ratio(getattr(one, name)) for name in RATES)
        + "".join(money(getattr(one, name), currency) for name in (*AMOUNTS, *COSTS))
    )


def named(key: Key) -> str:
    """Return a cell with the telling end of a commitment's name, and its id on hover."""
    return long(short_id(key.label), key.value or "")


def each(found: Commitments) -> str:
    """Return each commitment of the month."""
    rows = [commitment(one, found.currency) for one in found.commitments]
    heads = ("Commitment", "Type", "Ends", "State", "Utilisation", "Used", "Unused", "Net savings")
    title = f"Each commitment in {found.month:%B %Y}, {found.currency}"
    return listed(title, heads, rows, 4, none="No commitment is in the bill.",
                  more=found.commitments_left_out)  # fmt: skip


def commitment(one: Commitment, currency: str) -> str:
    left = "" if one.days_left is None else f" ({one.days_left} d)"
    return (
        named(one.key)
        + long(one.type or one.category or "")
        + text(f"{one.end:%Y-%m-%d}{left}" if one.end else "unknown")
        + text(judged(one))
        + ratio(one.utilisation)
        + "".join(money(v, currency) for v in (one.used_cost, one.unused_cost, one.net_savings))
    )


def use(found: Commitments) -> str:
    """Return the utilisation of each commitment by month; a month without it is empty."""
    names = [one.month for one in found.months]
    rows = []
    for one in found.commitments:
        known = {cell.month: cell.utilisation for cell in one.months}
        rows.append(named(one.key) + "".join(ratio(known.get(name)) for name in names))
    heads = ("Commitment", *(f"{name:%b %y}" for name in names))
    return listed("Utilisation of each commitment by month", heads, rows, len(names),
                  none="No commitment is in the bill.")  # fmt: skip


def expiries(found: Commitments) -> str:
    """Return what ends soon, and the savings of the month that go with it."""
    rows = [
        named(one.key) + text(f"{one.end:%Y-%m-%d}") + number(one.days_left)
        + money(one.savings_at_risk, found.currency)
        for one in found.expiries
    ]  # fmt: skip
    heads = ("Commitment", "Ends", "Days left", "At risk")
    return listed(f"Expiring, {found.currency}", heads, rows, 2, none="None is known to end soon.",
                  more=found.expiries_left_out)  # fmt: skip


def services(found: Commitments) -> str:
    """Return how much of each service is covered."""
    rows = [
        text(one.service.label) + ratio(one.coverage) + money(one.covered_cost, found.currency)
        + money(one.eligible_cost, found.currency)
        for one in found.by_service
    ]  # fmt: skip
    title = f"Coverage by service, at on-demand prices, {found.currency}"
    heads = ("Service", "Coverage", "Covered", "On demand")
    return listed(title, heads, rows, 3, none="No usage could be covered.")


def purchases(found: Commitments) -> str:
    """Return what was billed for commitments, the latest first."""
    shown = found.purchases[:PURCHASES_SHOWN]
    rows = [
        when(one.month) + named(one.key) + long(one.type or "")
        + money(one.upfront_fee, found.currency) + money(one.recurring_fee, found.currency)
        for one in shown
    ]  # fmt: skip
    heads = ("Month", "Commitment", "Type", "Upfront", "Recurring")
    return listed(f"Purchases, {found.currency}", heads, rows, 2, none="None in these months.",
                  more=len(found.purchases) - len(shown) + found.purchases_left_out)  # fmt: skip
