"""Tags, invoices and files: counts and lists are exact, and of the period asked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dashboards.invoices import InvoicesAsked, invoices
from tests.fixtures.served import Served
from tests.serve.oracle import DAY

CURRENCIES = pytest.mark.parametrize("currency", ["USD", "EUR"])
JUNE = "\"BillingPeriodStart\" = '2026-06-01'"
PAIRS = f"""(
    SELECT unnest(map_entries(CAST("Tags" AS MAP(VARCHAR, VARCHAR)))) AS tag,
        "EffectiveCost" AS cost
    FROM focus.cost_and_usage WHERE "BillingCurrency" = ? AND {JUNE}
)"""
"""A row for each tag of each charge."""


@CURRENCIES
def test_the_values_of_a_key_are_counted_over_all_exports(served: Served, currency: str) -> None:
    expected = served.sql(
        f"SELECT tag.key, count(DISTINCT tag.value) FROM {PAIRS} GROUP BY ALL", [currency]
    )
    page = served.get("tags", currency=currency, month="2026-06")
    shown = {one["key"]: one["value_count"] for one in page["keys"] if one["value_count"]}
    assert expected
    assert shown == dict(expected)


@CURRENCIES
def test_each_spelling_costs_what_its_charges_do(served: Served, currency: str) -> None:
    rows = served.sql(f"SELECT tag.key, tag.value, sum(cost) FROM {PAIRS} GROUP BY ALL", [currency])
    costs = {(key, value): cost for key, value, cost in rows}
    found = served.get("tags", currency=currency, month="2026-06")["variants"]
    for one in found:
        for spelling in one["values"]:
            assert Decimal(spelling["cost"]) == costs[one["key"], spelling["value"]]
        spelt = [Decimal(spelling["cost"]) for spelling in one["values"]]
        assert one["canonical"] == one["values"][spelt.index(max(spelt))]["value"]


@CURRENCIES
def test_the_untagged_are_the_costliest_that_carry_no_tag_of_yours(
    served: Served, currency: str
) -> None:
    expected = served.sql(
        f"""
        SELECT "ResourceId", "ServiceName", "SubAccountId", sum("EffectiveCost") AS cost
        FROM focus.cost_and_usage
        WHERE "BillingCurrency" = ? AND {JUNE} AND "ChargeCategory" = 'Usage'
            AND "EffectiveCost" > 0 AND "CommitmentDiscountStatus" IS DISTINCT FROM 'Unused'
            AND coalesce(len(list_filter(map_keys(CAST("Tags" AS MAP(VARCHAR, VARCHAR))),
                lambda k: NOT starts_with(k, 'aws:') AND NOT starts_with(k, 'costCategory/'))), 0)
                = 0
        GROUP BY ALL ORDER BY cost DESC LIMIT 50
        """,
        [currency],
    )
    shown = served.get("tags", currency=currency, month="2026-06")["untagged"]
    assert [Decimal(one["cost"]) for one in shown] == [cost for *_, cost in expected]
    named = {(o["resource"]["value"], o["service"]["value"], o["account"]["value"]) for o in shown}
    last = expected[-1][-1]
    assert named >= {tuple(row[:3]) for row in expected if row[3] > last}


@CURRENCIES
def test_the_lists_of_one_month_are_those_of_all_months_in_it(
    served: Served, currency: str
) -> None:
    whole = served.get("invoices", currency=currency, months="120")
    for month in ("2025-12", "2026-06"):
        page = served.get("invoices", currency=currency, month=month)
        for name in ("invoices", "reconciliation", "restatements"):
            assert page[name] == [one for one in whole[name] if one["month"] == month]
        assert page["invoices"]
        assert page["largest_residual"] == whole["largest_residual"]


def test_an_old_month_is_listed_though_newer_ones_fill_the_page(served: Served) -> None:
    generation = served.server.generations.current()
    newest = invoices(generation, InvoicesAsked(currency="USD"), most=3)
    asked = invoices(generation, InvoicesAsked(currency="USD", month="2025-12"), most=3)
    assert {f"{one.month:%Y-%m}" for one in newest.invoices} == {"2026-06"}
    assert {f"{one.month:%Y-%m}" for one in asked.invoices} == {"2025-12"}
    refused = served.ask("/api/v1/invoices", {"month": "1999-01"})
    assert (refused.status, refused.detail) == (404, "there is no cost in 1999-01")


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter"])
def test_a_row_of_a_file_begins_where_the_bucket_of_the_page_does(
    served: Served, grain: str
) -> None:
    query = {"currency": "USD", "grain": grain, "start": "2026-01-15", "end": "2026-05-20"}
    page = served.get("explore", query)
    lines = served.ask("/api/v1/explore.csv", query).body.decode().splitlines()[1:]
    shown = [bucket["start"] for bucket in page["buckets"]]
    assert [line.partition(",")[0].strip('"') for line in lines] == shown
    assert shown[0] == "2026-01-15"
    [(first,)] = served.sql(
        f'SELECT sum("EffectiveCost") FROM focus.cost_and_usage WHERE "BillingCurrency" = \'USD\''
        f" AND {DAY} >= '2026-01-15' AND {DAY} < ?",
        [page["buckets"][0]["end"]],
    )
    assert Decimal(lines[0].rpartition(",")[2]) == first
