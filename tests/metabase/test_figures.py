"""What Metabase shows is what the pages show, under the same filters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.served import Served
from tests.metabase.conftest import Cards

CURRENCIES = pytest.mark.parametrize("currency", ["USD", "EUR"])
JUNE = "2026-06"
EC2 = "Amazon Elastic Compute Cloud"


def tile(page: Any, metric: str) -> Any:
    return next(one["value"] for one in page["tiles"] if one["metric"] == metric)


def near(found: float | None, wanted: Any) -> bool:
    """Tell whether two ratios are the same but for the last digit of floating point."""
    if found is None or wanted is None:
        return found is wanted
    return found == pytest.approx(float(wanted), rel=1e-12)


def amounts(rows: Any, name: str, cost: str = "effective_cost") -> dict[Any, Decimal]:
    return {row[name]: row[cost] for row in rows}


def month_of(row: Any) -> str:
    return f"{row['month']:%Y-%m}"


def groups(page: Any) -> dict[Any, Decimal]:
    """Return the explorer's rows by their key."""
    return {row["keys"][0]["value"]: Decimal(row["total"]) for row in page["rows"]}


@CURRENCIES
@pytest.mark.parametrize("month", ["2026-05", JUNE])
def test_the_figures_of_a_month_are_those_of_the_overview(
    cards: Cards, served: Served, currency: str, month: str
) -> None:
    page = served.get("overview", currency=currency, month=month)
    asked = {"currency": currency, "period": month}
    for slug, metric in [
        ("effective_cost", "effective_cost"),
        ("billed_cost", "billed_cost"),
        ("unused_commitments", "unused_commitment_cost"),
    ]:
        assert cards.value(slug, **asked) == Decimal(tile(page, metric))
    for slug, metric in [
        ("savings_rate", "effective_savings_rate"),
        ("utilisation", "commitment_utilisation"),
        ("coverage", "commitment_coverage"),
        ("tagged_share", "tagged_share"),
    ]:
        assert near(cards.value(slug, **asked), tile(page, metric))
    steps = [row["amount"] for row in cards.rows("savings_steps", **asked)]
    assert steps == [Decimal(step["amount"]) for step in page["savings"]][:4]


@CURRENCIES
def test_the_last_month_is_the_one_that_the_pages_begin_with(
    cards: Cards, served: Served, currency: str
) -> None:
    page = served.get("overview", currency=currency)
    assert cards.value("effective_cost", currency=currency) == Decimal(tile(page, "effective_cost"))


@CURRENCIES
@pytest.mark.parametrize("month", ["2026-05", JUNE])
def test_movers_are_those_of_the_overview(
    cards: Cards, served: Served, currency: str, month: str
) -> None:
    page = served.get("overview", currency=currency, month=month)
    rows = cards.rows("movers", currency=currency, period=month)
    assert [
        (row["service"], row["account"], row["cost"], row["before"]) for row in rows
    ][: len(page["movers"])] == [
        (
            mover["service"]["value"], mover["account"]["value"],
            Decimal(mover["cost"]), Decimal(mover["before"]),
        )
        for mover in page["movers"]
    ]  # fmt: skip


@CURRENCIES
@pytest.mark.parametrize(
    ("slug", "dimension"),
    [
        ("services", "ServiceName"),
        ("accounts", "SubAccountId"),
        ("regions", "RegionId"),
        ("charge_categories", "ChargeCategory"),
    ],
)
def test_tables_are_those_of_the_explorer(
    cards: Cards, served: Served, currency: str, slug: str, dimension: str
) -> None:
    names = {"services": "service", "accounts": "account", "regions": "region"}
    days = {"start": "2026-03-10", "end": "2026-06-11"}
    rows = cards.rows(slug, currency=currency, period="2026-03-10~2026-06-10")
    for metric in ("effective_cost", "billed_cost", "contracted_cost", "list_cost"):
        page = served.get("explore", currency=currency, metric=metric, group=dimension, **days)
        assert amounts(rows, names.get(slug, slug[:-3] + "y"), metric) == groups(page)


def test_filters_mean_what_they_mean_to_the_explorer(cards: Cards, served: Served) -> None:
    filters = {"provider": ["AWS"], "account": ["906154372880"], "service": [EC2]}
    query = [("currency", "USD"), ("start", "2026-01-01"), ("end", "2026-07-01")]
    query += [("group", "RegionId"), ("filter", "ProviderName:in:AWS")]
    query += [("filter", "SubAccountId:in:906154372880"), ("filter", f"ServiceName:in:{EC2}")]
    page = served.get("explore", query)
    rows = cards.rows("regions", currency="USD", period="2026-01-01~2026-06-30", **filters)
    assert rows
    assert amounts(rows, "region") == groups(page)


def test_days_are_those_of_the_explorer(cards: Cards, served: Served) -> None:
    page = served.get("explore", currency="USD", grain="day", group="ServiceCategory",
                      start="2026-06-01", end="2026-07-01", top="50")  # fmt: skip
    wanted = {
        (bucket["start"], line["keys"][0]["value"]): Decimal(value)
        for line in page["series"]
        for bucket, value in zip(page["buckets"], line["values"], strict=True)
        if Decimal(value)
    }
    rows = cards.rows("daily_categories", currency="USD", period=JUNE)
    assert {
        (str(row["day"]), row["service_category"]): row["effective_cost"]
        for row in rows
        if row["effective_cost"]
    } == wanted


def test_resources_are_those_of_the_explorer(cards: Cards, served: Served) -> None:
    page = served.get("explore", currency="USD", group=["ResourceId", "ServiceName"],
                      start="2026-06-01", end="2026-07-01")  # fmt: skip
    wanted = {
        tuple(key["value"] for key in row["keys"]): Decimal(row["total"]) for row in page["rows"]
    }
    rows = cards.rows("resources", currency="USD", period=JUNE)
    costs: dict[Any, Decimal] = {}
    for row in rows:
        key = row["resource"], row["service"]
        costs[key] = costs.get(key, Decimal(0)) + row["effective_cost"]
    assert len(costs) > 50
    assert {key: wanted[key] for key in costs} == costs


@CURRENCIES
def test_commitments_are_those_of_their_page(cards: Cards, served: Served, currency: str) -> None:
    page = served.get("commitments", currency=currency, month=JUNE)
    rates = {month_of(row): row for row in cards.rows("commitment_rates", currency=currency)}
    money = {month_of(row): row for row in cards.rows("commitment_money", currency=currency)}
    assert len(page["months"]) == 13
    for month in page["months"]:
        row, sums = rates[month["month"][:7]], money[month["month"][:7]]
        assert near(row["coverage"], month["coverage"])
        assert near(row["utilisation"], month["utilisation"])
        assert near(row["savings_rate"], month["esr"])
        assert sums["unused_commitments"] == Decimal(month["unused_cost"])
        assert sums["net_savings"] == Decimal(month["net_savings"])
    each = cards.rows("commitments", currency=currency, period=JUNE)
    assert {
        row["commitment"]: tuple(
            row[name] for name in ("used_cost", "unused_cost", "net_savings", "is_loss")
        )
        for row in each
    } == {
        one["key"]["value"]: (
            Decimal(one["used_cost"]), Decimal(one["unused_cost"]),
            Decimal(one["net_savings"]), one["is_loss"],
        )
        for one in page["commitments"]
    }  # fmt: skip
    ends = cards.rows("expiries", currency=currency, period=JUNE)
    assert [(row["commitment"], row["days_left"], row["savings_at_risk"]) for row in ends] == [
        (one["key"]["value"], one["days_left"], Decimal(one["savings_at_risk"]))
        for one in sorted(page["expiries"], key=lambda o: (o["days_left"], o["key"]["value"]))
    ]
    covered = cards.rows("service_coverage", currency=currency, period=JUNE)
    assert [(row["service"], row["covered_cost"], row["eligible_cost"]) for row in covered][
        : len(page["by_service"])
    ] == [
        (one["service"]["value"], Decimal(one["covered_cost"]), Decimal(one["eligible_cost"]))
        for one in page["by_service"]
    ]
    bought = cards.rows("purchases", currency=currency, period="2025-06-01~2026-06-30")
    assert [(row["commitment"], row["upfront_fee"], row["recurring_fee"]) for row in bought] == [
        (one["key"]["value"], Decimal(one["upfront_fee"]), Decimal(one["recurring_fee"]))
        for one in page["purchases"]
    ]


@CURRENCIES
def test_tags_are_those_of_their_page(cards: Cards, served: Served, currency: str) -> None:
    page = served.get("tags", currency=currency, month=JUNE)
    asked = {"currency": currency, "period": JUNE}
    keys = {row["tag_key"]: row for row in cards.rows("tag_keys", **asked)}
    wanted = {key["key"]: key for key in page["keys"] if Decimal(key["taggable_cost"])}
    assert wanted and set(wanted) <= set(keys)
    for name, key in wanted.items():
        assert near(keys[name]["coverage"], key["coverage"])
        assert keys[name]["tagged_cost"] == Decimal(key["tagged_cost"])
        assert keys[name]["value_count"] == key["value_count"]
    assert [row["cost"] for row in cards.rows("untagged", **asked)] == [
        Decimal(one["cost"]) for one in page["untagged"]
    ]
    assert [(row["tag_key"], row["most_used"]) for row in cards.rows("spellings", **asked)] == [
        (one["key"], one["canonical"]) for one in page["variants"]
    ]
    shares = [row["tagged_share"] for row in cards.rows("monthly_tagged", currency=currency)]
    assert len(shares) == len(page["months"])
    assert all(near(a, b["coverage"]) for a, b in zip(shares, page["months"], strict=True))


def test_the_values_of_a_tag_add_up_to_the_bill(cards: Cards, served: Served) -> None:
    page = served.get("explore", currency="USD", group="tag:env", start="2026-06-01",
                      end="2026-07-01")  # fmt: skip
    rows = cards.rows("tag_values", currency="USD", tag_key="env", period=JUNE)
    assert amounts(rows, "tag_value") == {
        value or "(none)": cost for value, cost in groups(page).items()
    }


@CURRENCIES
def test_invoices_and_their_proof_are_those_of_their_page(
    cards: Cards, served: Served, currency: str
) -> None:
    page = served.get("invoices", currency=currency, months="13")
    rows = cards.rows("invoices", currency=currency)
    assert sorted((month_of(r), r["invoice"] or "", r["billed_cost"]) for r in rows) == sorted(
        (one["month"], one["invoice_id"] or "", Decimal(one["billed_cost"]))
        for one in page["invoices"]
    )
    proofs = cards.rows("proofs", currency=currency)
    assert [(month_of(r), r["source_billed"], r["effective_residual"]) for r in proofs] == [
        (one["month"], Decimal(one["source_billed"]), Decimal(one["effective_residual"]))
        for one in sorted(
            sorted(page["reconciliation"], key=lambda one: (one["vendor"], one["export"])),
            key=lambda one: one["month"],
            reverse=True,
        )
    ]
    assert cards.value("largest_residual", currency=currency) == Decimal(page["largest_residual"])
    restated = cards.rows("restatements", currency=currency)
    assert {(month_of(r), r["export"], r["change"]) for r in restated} == {
        (one["month"], one["export"], Decimal(one["change"])) for one in page["restatements"]
    }


def test_health_is_that_of_its_page(cards: Cards, served: Served) -> None:
    page = served.get("health")
    assert [(r["vendor"], r["export"], r["charges"]) for r in cards.rows("freshness")] == [
        (one["vendor"], one["export"], one["rows"]) for one in page["freshness"]
    ]
    assert [r["version"] for r in cards.rows("loads")] == [o["version_id"] for o in page["loads"]]
    assert cards.value("differences") == 0
    for currency in ("USD", "EUR"):
        covered = {
            month_of(row): row["price_coverage"]
            for row in cards.rows("price_coverage", currency=currency)
        }
        for one in page["price_coverage"]:
            if one["currency"] == currency:
                assert near(covered[one["month"]], one["coverage"])
        assert {
            row["empty_column"].replace("_", ""): row["missing_cost"]
            for row in cards.rows("empty_columns", currency=currency)
        } == {
            one["column"].lower(): Decimal(one["missing_cost"])
            for one in page["hygiene"]
            if one["currency"] == currency
        }
        assert [row["cost"] for row in cards.rows("unmapped_services", currency=currency)] == [
            Decimal(one["cost"]) for one in page["unmapped"] if one["currency"] == currency
        ]
