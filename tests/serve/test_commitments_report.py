"""Every figure of the commitments, printed and to mail, is the API's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.fixtures.served import Served
from tests.serve.mailed import (
    brief,
    cents,
    line,
    mailed_tile,
    marks,
    percent,
    printed_part,
    printed_tile,
    whole,
)

CURRENCIES = pytest.mark.parametrize("currency", ["USD", "EUR"])


def judged(one: dict[str, Any]) -> str:
    if one["is_loss"]:
        return "loses money"
    return "poorly used" if float(one["utilisation"] or 0) < 0.8 else "saves"


def ends(one: dict[str, Any]) -> str:
    return f"{one['end'][:10]} ({one['days_left']} d)" if one["end"] else "unknown"


@CURRENCIES
def test_commitments_print_every_figure_of_their_page(
    printed: Callable[..., str], served: Served, currency: str
) -> None:
    page = served.get("commitments", currency=currency, month="2026-06")
    text = printed("commitments", "--currency", currency, "--month", "2026-06")

    tiles = printed_part(text, f"Commitments, 2026-06, {currency}")
    assert tiles[1:] == [printed_tile(tile) for tile in page["tiles"]]
    assert printed_part(text, f"By month, {currency}")[1:-1] == [
        line(
            one["month"],
            *(percent(one[name]) for name in ("coverage", "utilisation", "savings_rate", "esr")),
            whole(one["net_savings"]),
            whole(one["unused_cost"]),
        )
        for one in page["months"]
    ]
    each = printed_part(text, f"Each commitment, 2026-06, effective {currency}")
    assert each[1:] == [
        line(
            brief(one["key"]["label"]),
            one["type"],
            percent(one["utilisation"]),
            *(whole(one[name]) for name in ("used_cost", "unused_cost", "net_savings")),
            ends(one),
            judged(one),
        )
        for one in page["commitments"]
    ]
    assert printed_part(text, f"Expiring, {currency}")[1:] == [
        line(brief(one["key"]["label"]), one["end"][:10], str(one["days_left"]),
             whole(one["savings_at_risk"]))
        for one in page["expiries"]
    ] or ["none is known to end soon"]  # fmt: skip
    covered = printed_part(text, f"Coverage by service, 2026-06, {currency} at on-demand prices")
    assert covered[1:] == [
        line(one["service"]["label"], percent(one["coverage"]), whole(one["covered_cost"]),
             whole(one["eligible_cost"]))
        for one in page["by_service"]
    ]  # fmt: skip
    bought = printed_part(text, f"Purchases, {currency}")
    assert bought[1:13] == [
        line(one["month"], brief(one["key"]["label"]), one["type"] or "",
             whole(one["upfront_fee"]), whole(one["recurring_fee"]))
        for one in page["purchases"][:12]
    ]  # fmt: skip
    others = len(page["purchases"]) - 12 + page["purchases_left_out"]
    assert bought[13:] == [f"and {others} more; marts.commitment_use has all"][: others > 0]


@CURRENCIES
def test_commitments_to_mail_have_every_figure_of_their_page(
    mailed: Any, served: Served, currency: str
) -> None:
    page = served.get("commitments", currency=currency, month="2026-06")
    file = mailed("commitments", "--currency", currency, "--month", "2026-06")

    def money(one: dict[str, Any], *names: str) -> list[tuple[str, str]]:
        return [cents(one[name], currency) for name in names]

    def ratios(one: dict[str, Any], *names: str) -> list[tuple[str, str]]:
        return [(percent(one[name], unit="%"), "") for name in names]

    def named(one: dict[str, Any]) -> tuple[str, str]:
        return brief(one["key"]["label"]), one["key"]["value"]

    assert file.tiles == [mailed_tile(tile, currency) for tile in page["tiles"]]
    assert file.rows(f"Each month, {currency}") == [
        [
            (one["month"], ""),
            *ratios(one, "coverage", "utilisation", "savings_rate", "esr"),
            *money(one, "net_savings", "unused_cost", "covered_cost", "eligible_cost"),
        ]
        for one in page["months"]
    ]
    assert file.rows(f"Each commitment in June 2026, {currency}") == [
        [named(one), (one["type"], ""), (ends(one), ""), (judged(one), ""),
         *ratios(one, "utilisation"), *money(one, "used_cost", "unused_cost", "net_savings")]
        for one in page["commitments"]
    ]  # fmt: skip
    months = [one["month"] for one in page["months"]]
    for row, one in zip(file.shown("Utilisation of each commitment by month"),
                        page["commitments"], strict=True):  # fmt: skip
        known = {cell["month"]: percent(cell["utilisation"], unit="%") for cell in one["months"]}
        assert row[1:] == [known.get(month, "") for month in months]
    assert file.rows(f"Expiring, {currency}") == [
        [named(one), (one["end"][:10], ""), (str(one["days_left"]), ""),
         *money(one, "savings_at_risk")]
        for one in page["expiries"]
    ]  # fmt: skip
    assert file.rows(f"Coverage by service, at on-demand prices, {currency}") == [
        [(one["service"]["label"], ""), *ratios(one, "coverage"),
         *money(one, "covered_cost", "eligible_cost")]
        for one in page["by_service"]
    ]  # fmt: skip
    assert file.rows(f"Purchases, {currency}") == [
        [(one["month"], ""), named(one), (one["type"] or "", ""),
         *money(one, "upfront_fee", "recurring_fee")]
        for one in page["purchases"][:40]
    ]  # fmt: skip


@CURRENCIES
def test_the_lines_of_commitments_to_mail_are_the_months_of_their_page(
    mailed: Any, served: Served, currency: str
) -> None:
    page = served.get("commitments", currency=currency, month="2026-06")
    charts = mailed("commitments", "--currency", currency, "--month", "2026-06").charts
    rates = {
        "Coverage": "coverage",
        "Utilisation": "utilisation",
        "Commitment savings rate": "savings_rate",
        "Effective savings rate": "esr",
    }
    amounts = {"Net savings": "net_savings", "Unused commitments": "unused_cost"}
    for title, fields, write in (
        ("Commitment rates by month", rates, lambda value: percent(value, unit="%")),
        (f"Commitment savings by month, {currency}", amounts, lambda v: cents(v, currency)[0]),
    ):
        told = [one.findtext("title") or "" for one in marks(charts[title], "circle")]
        assert [(text.split(",")[0], text.split(": ")[1]) for text in told] == [
            (label, write(one[name]))
            for label, name in fields.items()
            for one in page["months"]
            if one[name] is not None
        ]
