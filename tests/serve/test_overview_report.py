"""Every figure of the overview, printed and to mail, is the API's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.fixtures.served import Served
from tests.serve.mailed import (
    cents,
    line,
    mailed_tile,
    percent,
    printed_part,
    printed_tile,
    whole,
)

CURRENCIES = pytest.mark.parametrize("currency", ["USD", "EUR"])


@CURRENCIES
def test_the_overview_to_mail_has_every_figure_of_its_pages(
    mailed: Any, served: Served, currency: str
) -> None:
    page = served.get("overview", currency=currency, month="2026-05")
    bill = served.get("invoices", currency=currency, months="120")
    file = mailed("overview", "--currency", currency, "--month", "2026-05")

    def changes(one: dict[str, Any]) -> list[tuple[str, str]]:
        is_new = one["before"] == "0" and one["cost"] != "0"
        ratio = "new" if is_new else percent(one["change_ratio"], sign=True, unit="%")
        return [cents(one["cost"], currency), cents(one["before"], currency),
                cents(one["change"], currency, sign=True), (ratio, "")]  # fmt: skip

    assert file.tiles == [mailed_tile(tile, currency) for tile in page["tiles"]]
    stack = page["stack"]
    chart = f"Effective cost by month and {stack['label'].lower()}, {currency}"
    figures = file.rows(f"figures of {chart}")
    assert [[cell for cell, _ in row[1:]] for row in figures] == [
        [cents(one["values"][n], currency)[0] for one in stack["series"]]
        for n in range(len(stack["months"]))
    ]
    drivers = page["drivers"]
    causes = file.rows(f"What changed since April 2026, by cause, {currency}")
    assert [row[:2] for row in causes] == [
        [("Before", ""), cents(drivers["before"], currency)],
        *([(one["label"], ""), cents(one["amount"], currency, sign=True)]
          for one in drivers["steps"]),
        [("Now", ""), cents(drivers["now"], currency)],
    ]  # fmt: skip
    assert [row[2][0] for row in causes[1:-1]] == [
        "; ".join(f"{top['label']} {cents(top['amount'], currency, sign=True)[0]}"
                  for top in one["top"])
        for one in drivers["steps"]
    ]  # fmt: skip
    first, *steps, last = page["savings"]
    assert file.rows(f"From list price to effective cost, {currency}") == [
        [(first["label"], ""), cents(first["amount"], currency)],
        *([(one["label"], ""), cents(one["amount"], currency, sign=True)] for one in steps),
        [(last["label"], ""), cents(last["amount"], currency)],
    ]
    for name, rows in (("Providers", page["providers"]), ("Services", page["services"]),
                       ("Accounts", page["accounts"])):  # fmt: skip
        assert file.rows(f"{name}, {currency}") == [
            [(one["key"]["label"], ""), *changes(one)] for one in rows
        ]
    assert file.rows(f"Top movers since April 2026, {currency}") == [
        [(one["service"]["label"], ""), (one["account"]["label"], ""), *changes(one)]
        for one in page["movers"]
    ]
    assert bill["restatements"]
    assert file.rows(f"Restated by the provider, {currency}") == [
        [(one["export"], ""), (one["month"], ""), (one["restated_at"][:10], ""),
         cents(one["former_billed"], currency), cents(one["billed"], currency),
         cents(one["change"], currency, sign=True), cents(one["former_effective"], currency),
         cents(one["effective"], currency)]
        for one in bill["restatements"]
    ]  # fmt: skip
    proof = file.shown(f"Proof: source = raw = FOCUS, {currency}")
    assert [[cell.replace(",", "") for cell in row] for row in proof] == [
        [one["export"], one["month"], str(one["lines"]),
         *(to_the_cent(one[name]) for name in ("source_billed", "raw_billed", "focus_billed",
                                               "billed_residual", "effective_residual"))]
        for one in bill["reconciliation"][:24]
    ]  # fmt: skip
    assert f"Every month and account in {currency} agrees to the last decimal." in file.text


def to_the_cent(value: str) -> str:
    """Return every digit, at least two of them behind the point."""
    whole_part, _, places = value.partition(".")
    return f"{whole_part}.{places.ljust(2, '0')}"


@CURRENCIES
def test_the_print_of_the_overview_has_tiles_estimate_rankings_and_restatements(
    printed: Callable[..., str], served: Served, currency: str
) -> None:
    page = served.get("overview", currency=currency, month="2026-06")
    bill = served.get("invoices", currency=currency, months="120")
    text = printed("overview", "--currency", currency, "--month", "2026-06", "--top", "10")
    tiles = printed_part(text, f"Key figures, 2026-06, {currency}")[1:]
    ahead = page["estimate"]
    assert tiles == [
        *(printed_tile(tile) for tile in page["tiles"]),
        f"estimate: from {whole(ahead['low'])} to {whole(ahead['high'])}; past estimates missed "
        f"by {percent(ahead['backtest_error'])}",
    ]
    stack = page["stack"]
    title = f"By {stack['label'].lower()} and month, each as high as its largest month"
    lines = printed_part(text, title)
    assert lines[: len(stack["series"])] == [one["key"]["label"] for one in stack["series"]]
    for title, rows in (("Top services", page["services"]), ("Top accounts", page["accounts"])):
        assert printed_part(text, f"{title}, 2026-06, effective {currency}")[1:] == [
            line(one["key"]["label"], *changed(one)) for one in rows
        ]
    moved = printed_part(text, f"Largest changes on 2026-05, effective {currency}")[1:]
    assert moved == [
        line(f"{one['service']['label']} in {one['account']['label']}", *changed(one))
        for one in page["movers"]
    ]
    restated = [one for one in bill["restatements"] if one["former_billed"] != one["billed"]]
    assert restated
    lines = printed_part(text, "Restated by the provider")[1:]
    for one in restated:
        assert line(one["export"], one["month"], currency, whole(one["former_billed"]),
                    whole(one["billed"]), whole(one["change"], sign=True)) in lines  # fmt: skip


def changed(one: dict[str, Any]) -> list[str]:
    ratio = "new" if one["before"] == "0" else percent(one["change_ratio"], sign=True)
    return [whole(one["cost"]), whole(one["before"]), whole(one["change"], sign=True), ratio]


def test_a_file_without_a_currency_is_about_every_one(mailed: Any, served: Served) -> None:
    file = mailed("overview")
    assert re.findall("<h2>(.*?)</h2>", file.text) == ["USD, June 2026", "EUR, June 2026"]
    for currency in ("USD", "EUR"):
        [service, *_] = served.get("overview", currency=currency)["services"]
        assert file.rows(f"Services, {currency}")[0][1] == cents(service["cost"], currency)
