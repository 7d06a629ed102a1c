"""A month that still grows is compared with as many days of the month before, on every page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.finops import Finops
from tests.fixtures.open_month import open_month
from tests.fixtures.served import Served, serving
from tests.serve.oracle import COSTS, DAY, LIST, PRICED

__all__ = ["open_month"]

JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))
LOADED = f"{DAY} >= '2026-03-01'"
NOW = f"{DAY} >= '2026-03-01' AND {DAY} < '2026-03-11'"
BEFORE = f"{DAY} >= '2026-02-01' AND {DAY} < '2026-02-11'"
EFFECTIVE = 'coalesce(sum("EffectiveCost"), 0)'
USED = 'sum("EffectiveCost") FILTER ("CommitmentDiscountStatus" = \'Used\')'


@pytest.fixture(scope="module")
def growing(open_month: Finops) -> Iterator[Served]:
    """Three months of two providers; of March, ten days are complete."""
    with serving(open_month.database) as found:
        yield found


def amount(served: Served, what: str, where: str) -> Any:
    """Return an aggregate over FOCUS."""
    [(found,)] = served.sql(f"SELECT {what} FROM focus.cost_and_usage WHERE {where}")
    return found


def by(served: Served, what: str, columns: str, where: str) -> dict[tuple[Any, ...], Decimal]:
    """Return an aggregate over FOCUS for each value of some columns."""
    found = served.sql(
        f"SELECT {columns}, {what} FROM focus.cost_and_usage WHERE {where} GROUP BY {columns}"
    )
    return {tuple(row[:-1]): row[-1] for row in found}


def test_days_are_complete_until_the_slowest_provider(growing: Served) -> None:
    [meta] = growing.get("meta")["currencies"]
    assert meta["complete_until"] == "2026-03-11"
    assert meta["months"][-2:] == [
        {"month": "2026-02", "is_partial": False},
        {"month": "2026-03", "is_partial": True},
    ]
    assert [(one["export"], one["complete_until"]) for one in meta["exports"]] == [
        ("Alpha", "2026-03-13"),
        ("Beta", "2026-03-11"),
    ]
    page = growing.get("overview")
    assert (page["month"], page["is_partial"], page["compared_days"]) == ("2026-03", True, 10)
    assert page["stack"]["months"] == meta["months"]


@pytest.mark.parametrize(
    ("metric", "value", "now", "before"),
    [
        ("billed_cost", 12 * 22 + 10 * 5 + 100, 10 * 27 + 100, 10 * 20 + 100),
        ("effective_cost", 12 * 22 + 10 * 5 + 100, 10 * 27 + 100, 10 * 20 + 100),
        ("unused_commitment_cost", 12, 10, 10),
    ],
)
def test_a_tile_shows_all_that_is_loaded_and_compares_ten_days(
    growing: Served, metric: str, value: int, now: int, before: int
) -> None:
    page = growing.get("overview")
    [tile] = [one for one in page["tiles"] if one["metric"] == metric]
    assert tile["against"] == "1 to 10 February 2026"
    assert [tile["value"], tile["before"], tile["change"]] == [
        str(value), str(before), str(now - before),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "part", "whole"),
    [
        (
            "effective_savings_rate",
            f'sum({LIST} - "EffectiveCost") FILTER ({PRICED})',
            f"sum({LIST})",
        ),
        (
            "commitment_utilisation",
            USED,
            'sum("EffectiveCost") FILTER ("CommitmentDiscountStatus" IS NOT NULL)',
        ),
        (
            "price_coverage",
            f'sum("EffectiveCost") FILTER ({PRICED})',
            'sum("EffectiveCost") FILTER ("ChargeCategory" = \'Usage\')',
        ),
    ],
)
def test_a_ratio_compares_ten_days_too(growing: Served, metric: str, part: str, whole: str) -> None:
    [tile] = [one for one in growing.get("overview")["tiles"] if one["metric"] == metric]
    value, now, before = (
        float(amount(growing, part, where)) / float(amount(growing, whole, where))
        for where in (LOADED, NOW, BEFORE)
    )
    assert float(tile["value"]) == pytest.approx(value, rel=1e-12)
    assert float(tile["before"]) == pytest.approx(before, rel=1e-12)
    assert float(tile["change"]) == pytest.approx(now - before, abs=1e-12)


def test_the_causes_are_those_of_ten_days(growing: Served) -> None:
    drivers = growing.get("overview")["drivers"]
    assert (drivers["before"], drivers["now"]) == ("300", "370")
    assert {one["kind"]: one["amount"] for one in drivers["steps"]} == {
        "new": "10",  # Queues, 1 a day
        "gone": "0",
        "usage": "30",  # Logs, 3 a day more at the same price
        "price": "30",  # Compute, 3 a day more for as many hours
        "other": "0",
    }


@pytest.mark.parametrize(
    ("part", "column"),
    [("services", "ServiceName"), ("accounts", "SubAccountId"), ("providers", "ProviderName")],
)
def test_a_leader_is_compared_over_ten_days(growing: Served, part: str, column: str) -> None:
    shown = {
        row["key"]["value"]: (Decimal(row["cost"]), Decimal(row["before"]), Decimal(row["change"]))
        for row in growing.get("overview")[part]
    }
    now, before = (by(growing, EFFECTIVE, f'"{column}"', where) for where in (NOW, BEFORE))
    assert shown == {
        key: (cost, before.get((key,), 0), cost - before.get((key,), 0))
        for (key,), cost in now.items()
    }


def test_a_mover_is_compared_over_ten_days(growing: Served) -> None:
    shown = [
        (row["service"]["value"], row["account"]["value"], row["change"])
        for row in growing.get("overview")["movers"]
    ]
    assert shown == [
        ("Compute", "web", "30"),
        ("Logs", "team-a", "30"),
        ("Queues", "data", "10"),
    ]


@pytest.mark.parametrize("metric", ["effective_cost", "billed_cost", "list_cost"])
@pytest.mark.parametrize(
    ("start", "own_end", "before", "before_end"),
    [
        (MARCH, date(2026, 3, 11), FEBRUARY, date(2026, 2, 11)),
        (date(2026, 3, 5), date(2026, 3, 11), date(2026, 2, 6), date(2026, 2, 12)),
    ],
)
def test_the_explorer_compares_complete_days_and_says_which(
    growing: Served, metric: str, start: date, own_end: date, before: date, before_end: date
) -> None:
    asked = {"group": "ServiceName", "start": start, "end": APRIL, "compare": "previous"}
    page = growing.get("explore", {**asked, "metric": metric, "grain": "day"})
    assert page["compare"] == {
        "kind": "previous",
        "start": str(before),
        "end": str(before_end),
        "own_end": str(own_end),
        "is_covered": True,
    }
    total, now, former = (
        by(growing, f"sum({COSTS[metric]})", '"ServiceName"', f"{DAY} >= '{a}' AND {DAY} < '{b}'")
        for a, b in ((start, APRIL), (start, own_end), (before, before_end))
    )
    shown = {
        row["keys"][0]["value"]: tuple(Decimal(row[name]) for name in ("total", "before", "change"))
        for row in page["rows"]
    }
    assert shown == {
        key: (
            total.get((key,), 0), former.get((key,), 0), now.get((key,), 0) - former.get((key,), 0),
        )
        for key in {key for (key,) in [*total, *former]}
    }  # fmt: skip
    sums = page["totals"]
    assert Decimal(sums["total"]) == sum(total.values())
    assert (
        Decimal(sums["before"]) == sum(former.values()) == sum(map(Decimal, sums["before_values"]))
    )
    assert Decimal(sums["change"]) == sum(now.values()) - sum(former.values())


def test_two_months_with_an_open_one_are_compared_up_to_the_same_day(growing: Served) -> None:
    asked = {"start": FEBRUARY, "end": APRIL, "compare": "previous"}
    page = growing.get("explore", asked)
    assert page["compare"]["is_covered"] is False  # it begins in December, before all data
    assert (page["compare"]["end"], page["compare"]["own_end"]) == ("2026-01-11", "2026-03-11")
    assert page["totals"]["change"] is None


def test_quantities_are_compared_over_complete_days(growing: Served) -> None:
    asked = {"metric": "usage_quantity", "start": MARCH, "end": APRIL, "compare": "previous"}
    totals = growing.get("explore", asked)["totals"]
    now, before = (amount(growing, 'sum("ConsumedQuantity")', where) for where in (NOW, BEFORE))
    assert Decimal(totals["before"]) == before
    assert Decimal(totals["change"]) == now - before
    assert Decimal(totals["total"]) == amount(growing, 'sum("ConsumedQuantity")', LOADED)


def test_a_period_without_a_complete_day_is_compared_with_nothing(growing: Served) -> None:
    asked = {"start": date(2026, 3, 11), "end": APRIL, "compare": "previous"}
    page = growing.get("explore", asked)
    assert page["compare"]["is_covered"] is False
    assert (page["totals"]["total"], page["totals"]["before"]) == ("44", None)  # two days of Alpha


@pytest.mark.parametrize("kind", ["ServiceName", "SubAccountId", "tag:team"])
def test_entities_and_their_pages_compare_complete_days(growing: Served, kind: str) -> None:
    column = {"tag:team": """CAST("Tags" AS MAP(VARCHAR, VARCHAR))['team']"""}.get(
        kind, f'"{kind}"'
    )
    page = growing.get("entities", kind=kind, start=MARCH, end=APRIL)
    assert (page["compare"]["own_end"], page["compare"]["end"]) == ("2026-03-11", "2026-02-11")
    loaded, now, before = (by(growing, EFFECTIVE, column, w) for w in (LOADED, NOW, BEFORE))
    for item in page["items"]:
        key = (item["key"]["value"],)
        change = now[key] - before.get(key, 0)
        assert Decimal(item["cost"]) == loaded[key]
        assert Decimal(item["before"]) == before.get(key, 0)
        assert Decimal(item["change"]) == change
        value = {"value": key[0]} if key[0] else {}
        one = growing.get("entity", {"kind": kind, "start": MARCH, "end": APRIL, **value})
        assert (one["change"], one["compare"]) == (item["change"], page["compare"])


def test_days_after_the_last_complete_one_are_hatched(growing: Served) -> None:
    asked = {"start": date(2026, 3, 9), "end": date(2026, 3, 13), "grain": "day"}
    buckets = growing.get("explore", asked)["buckets"]
    assert [one["is_partial"] for one in buckets] == [False, False, True, True]


def test_the_terminal_says_which_days_are_compared(open_month: Finops) -> None:
    options = ["--start", "2026-03-01", "--end", "2026-04-01", "--compare", "previous"]
    printed = Finops(open_month.home)("report", "explore", *options).out
    assert "complete days 2026-03-01 to 2026-03-11 with 2026-02-01 to 2026-02-11" in " ".join(
        printed.split()
    )


def test_the_run_rate_is_the_pace_of_the_last_seven_complete_days(growing: Served) -> None:
    [tile] = [one for one in growing.get("overview")["tiles"] if one["metric"] == "run_rate"]
    assert Decimal(tile["value"]) == 31 * 27  # March 4 to 10: 27 a day
    assert Decimal(tile["before"]) == (4 * 20 + 3 * 27) * 31 // 7  # February 25 to March 3
