"""Every figure of the explorer, printed and to mail, is the API's; its charts add up."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.served import Served
from tests.serve.mailed import (
    cents,
    line,
    marks,
    percent,
    printed_part,
    unsigned,
    whole,
)

EXPLORED = {"group": "ChargeCategory", "start": "2026-01-01", "end": "2026-07-01",
            "compare": "previous"}  # fmt: skip
OPTIONS = [part for name, value in EXPLORED.items() for part in (f"--{name}", value)]


def test_a_view_of_the_explorer_to_mail_has_every_figure(mailed: Any, served: Served) -> None:
    page = served.get("explore", EXPLORED)
    file = mailed("explore", *OPTIONS)

    def numbers(one: dict[str, Any]) -> list[tuple[str, str]]:
        return [cents(one["total"], "USD"), cents(one["before"], "USD"),
                cents(one["change"], "USD", sign=True),
                (percent(one["change_ratio"], sign=True, unit="%"), "")]  # fmt: skip

    assert file.rows("All groups") == [
        *([(one["keys"][0]["label"], ""), *numbers(one)] for one in page["rows"]),
        [("Total", ""), *numbers(page["totals"])],
    ]
    lines = [*(one["values"] for one in page["series"]), page["totals"]["values"],
             page["totals"]["before_values"]]  # fmt: skip
    figures = file.rows("figures of Effective cost by month, USD")
    assert [row[1:] for row in figures] == [
        [cents(values[n], "USD") for values in lines] for n in range(len(page["buckets"]))
    ]


def test_the_explorer_prints_every_group_with_its_comparison(
    printed: Callable[..., str], served: Served
) -> None:
    page = served.get("explore", EXPLORED)
    text = printed("explore", *OPTIONS)
    title = "Effective cost, USD, 2026-01-01 to 2026-07-01, by month"
    lines = [
        line(label, whole(one["total"]), whole(one["before"]), whole(one["change"], sign=True),
             percent(one["change_ratio"], sign=True))
        for label, one in [*((s["keys"][0]["label"], s) for s in page["series"]),
                           ("Total", page["totals"])]
    ]  # fmt: skip
    assert printed_part(text, title)[1 : 1 + len(lines)] == lines


def test_stacks_of_a_file_add_up_with_credits_below_zero(mailed: Any, served: Served) -> None:
    page = served.get("explore", EXPLORED)
    assert any(Decimal(one["total"]) < 0 for one in page["series"])
    chart = mailed("explore", *OPTIONS).charts["Effective cost by month, USD"]
    [zero] = [float(one.get("d", "").split()[1].split("H")[0]) for one in chart.iter("path")
              if one.get("class") == "zero"]  # fmt: skip
    drawn: dict[str, float] = {}
    for one in marks(chart, "rect"):
        label = one.findtext("title") or ""
        top, height = float(one.get("y", "")), float(one.get("height", ""))
        is_below = "-$" in label
        if height > 0.02:
            assert is_below == (top > zero - 0.02), label
        month = label.split(", ")[1].split(":")[0]
        drawn[month] = drawn.get(month, 0.0) + (-height if is_below else height)
    totals = [float(value) for value in page["totals"]["values"]]
    units = [pixels / total for pixels, total in zip(drawn.values(), totals, strict=True)]
    assert units == pytest.approx([units[0]] * len(units), rel=0.001)


def test_amounts_below_zero_are_drawn_left_of_a_line_on_the_terminal(
    printed: Callable[..., str], served: Served
) -> None:
    page = served.get("explore", EXPLORED)
    text = printed("explore", *OPTIONS)
    for one in page["series"]:
        [row] = [row for row in text.splitlines() if row.startswith(f"{one['keys'][0]['label']} ")]
        left, right = row[len(one["keys"][0]["label"]) :].split("│")
        is_below = Decimal(one["total"]) < 0
        assert bool(re.search("[▐█]", left)) == is_below
        assert bool(re.match("[▏▎▍▌▋▊▉█]", right)) != is_below
    assert "▔ ▀ below zero" in text


def test_quantities_of_a_file_are_in_no_currency(mailed: Any, served: Served) -> None:
    asked = {"metric": "usage_quantity", "unit": "Hrs"}
    page = served.get("explore", asked)
    file = mailed(
        "explore", *(part for name, value in asked.items() for part in (f"--{name}", value))
    )
    total = page["totals"]["total"]
    assert file.rows("Total") == [[("Total", ""), (unsigned(f"{Decimal(total):,.2f}"), total)]]
    assert "Usage quantity by month, Hrs" in file.charts
