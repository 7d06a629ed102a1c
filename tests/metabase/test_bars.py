"""Bars by month, shares and sums are those of the pages, none more and none less."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.served import Served
from tests.metabase.conftest import Cards
from tests.metabase.test_figures import CURRENCIES, JUNE, month_of, near

ALL_MONTHS = {"start": "2025-06-01", "end": "2026-07-01"}
OF_JUNE = {"start": "2026-06-01", "end": "2026-07-01"}
LARGEST = 9
"""So many services have a bar of their own."""

Bars = dict[tuple[str, Any], Decimal]


def of_the_explorer(served: Served, **asked: Any) -> Bars:
    """Return its bars by the first day of the month and what is shown, without those of 0."""
    page = served.get("explore", top="50", **ALL_MONTHS, **asked)
    return {
        (bucket["start"], line["keys"][0]["value"]): Decimal(value)
        for line in page["series"]
        for bucket, value in zip(page["buckets"], line["values"], strict=True)
        if Decimal(value)
    }


def of_a_card(rows: Iterable[Any], shown: str, cost: str) -> Bars:
    return {(str(row["month"]), row[shown]): row[cost] for row in rows if row[cost]}


@CURRENCIES
@pytest.mark.parametrize(
    ("slug", "shown", "cost", "dimension"),
    [
        ("monthly_providers", "provider", "effective_cost", "ProviderName"),
        ("monthly_categories", "charge_category", "billed_cost", "ChargeCategory"),
    ],
)
def test_bars_are_those_of_the_explorer(
    cards: Cards, served: Served, currency: str, slug: str, shown: str, cost: str, dimension: str
) -> None:
    wanted = of_the_explorer(served, currency=currency, group=dimension, metric=cost)
    assert wanted
    assert of_a_card(cards.rows(slug, currency=currency), shown, cost) == wanted


@CURRENCIES
def test_the_largest_services_have_bars_and_the_rest_is_one(
    cards: Cards, served: Served, currency: str
) -> None:
    found = of_a_card(
        cards.rows("monthly_services", currency=currency), "service", "effective_cost"
    )
    named = {service for _, service in found} - {"Other"}
    wanted: Bars = defaultdict(Decimal)
    sums: dict[Any, Decimal] = defaultdict(Decimal)
    for (month, service), cost in of_the_explorer(
        served, currency=currency, group="ServiceName"
    ).items():
        wanted[month, service if service in named else "Other"] += cost
        sums[service] += cost
    assert found == {key: cost for key, cost in wanted.items() if cost}
    largest = sorted(filter(None, sums), key=lambda service: -abs(sums[service]))
    assert named == set(largest[:LARGEST])


def test_every_month_and_every_currency_is_there(cards: Cards, served: Served) -> None:
    known = served.get("meta")["currencies"]
    assert [row["currency"] for row in cards.rows("currencies")] == [
        one["currency"] for one in known
    ]
    for one in known:
        months = [month_of(row) for row in cards.rows("months", currency=one["currency"])]
        assert months == sorted((month["month"] for month in one["months"]), reverse=True)


@CURRENCIES
def test_shares_and_sums_are_those_of_the_pages(
    cards: Cards, served: Served, currency: str
) -> None:
    asked = {"currency": currency, "period": JUNE}
    moved = served.get("overview", currency=currency, month=JUNE)["movers"]
    assert moved
    for row, mover in zip(cards.rows("movers", **asked), moved, strict=False):
        assert near(row["change_share"], mover["change_ratio"])
    covered = served.get("commitments", currency=currency, month=JUNE)["by_service"]
    for row, service in zip(cards.rows("service_coverage", **asked), covered, strict=False):
        assert near(row["coverage"], service["coverage"])
    empty = {
        row["empty_column"].replace("_", ""): row["share"]
        for row in cards.rows("empty_columns", currency=currency)
    }
    for one in served.get("health")["hygiene"]:
        if one["currency"] == currency:
            assert near(empty[one["column"].lower()], one["share"])
    tags = served.get("tags", currency=currency, month=JUNE)
    taggable = {key["key"]: Decimal(key["taggable_cost"]) for key in tags["keys"]}
    for row in cards.rows("tag_keys", **asked):
        assert row["taggable_cost"] == taggable[row["tag_key"]]
    spelt = [(r["spellings"], r["cost_of_the_others"]) for r in cards.rows("spellings", **asked)]
    assert spelt == [
        (
            ", ".join(value["value"] for value in one["values"]),
            sum(Decimal(value["cost"]) for value in one["values"][1:]),
        )
        for one in tags["variants"]
    ]
    invoices = served.get("invoices", currency=currency, months="13")["invoices"]
    for name, category in (("tax", "Tax"), ("credits", "Credit")):
        assert sum(
            row[name] or Decimal(0) for row in cards.rows("invoices", currency=currency)
        ) == sum(
            Decimal(part["amount"])
            for one in invoices
            for part in one["by_category"]
            if part["category"] == category
        )


def test_what_resources_and_skus_cost_is_what_the_explorer_says(
    cards: Cards, served: Served
) -> None:
    query = {"currency": "USD", **OF_JUNE}
    page = served.get("explore", metric="billed_cost", group="ResourceId", **query)
    billed = {row["keys"][0]["value"]: Decimal(row["total"]) for row in page["rows"]}
    found: dict[Any, Decimal] = defaultdict(Decimal)
    for row in cards.rows("resources", currency="USD", period=JUNE):
        found[row["resource"]] += row["billed_cost"]
    assert {resource: billed[resource] for resource in found} == found

    page = served.get("explore", group=["ServiceName", "SkuMeter"], **query)
    costs = {tuple(k["value"] for k in row["keys"]): Decimal(row["total"]) for row in page["rows"]}
    skus: dict[Any, Decimal] = defaultdict(Decimal)
    for row in cards.rows("skus", currency="USD", period=JUNE):
        skus[row["service"], row["sku"]] += row["effective_cost"]
    shared = skus.keys() & costs.keys()
    assert len(shared) > 50
    assert {key: skus[key] for key in shared} == {key: costs[key] for key in shared}
