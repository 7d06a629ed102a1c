"""The figures of every page equal plain SQL on FOCUS, on the invoices and on the ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dashboards.invoices import InvoicesAsked, invoices
from tests.fixtures.served import Served
from tests.serve.oracle import DAY, LIST, ON_DEMAND, PRICED

JUNE = "\"BillingPeriodStart\" = '2026-06-01'"
CURRENCIES = pytest.mark.parametrize("currency", ["USD", "EUR"])


def parts(page: Any) -> dict[str, str]:
    """Return the days of June and of May that are compared, as conditions."""
    days = page["compared_days"]
    whole = days == 30
    may = f"{DAY} < DATE '2026-05-01' + {31 if whole else days}"
    return {
        "value": JUNE,
        "now": f"{DAY} >= '2026-06-01' AND {DAY} < DATE '2026-06-01' + {days}",
        "before": f"{DAY} >= '2026-05-01' AND {may}",
    }


def total(served: Served, what: str, where: str, currency: str, table: str = "") -> Any:
    """Return an aggregate over the charges of one currency."""
    [(found,)] = served.sql(
        f"SELECT {what} FROM {table or 'focus.cost_and_usage'} "
        f'WHERE "BillingCurrency" = ? AND ({where})',
        [currency],
    )
    return found


def tiles(page: Any) -> dict[str, Any]:
    return {tile["metric"]: tile for tile in page["tiles"]}


@CURRENCIES
@pytest.mark.parametrize(
    ("metric", "formula"),
    [
        ("billed_cost", 'sum("BilledCost")'),
        ("effective_cost", 'sum("EffectiveCost")'),
        (
            "unused_commitment_cost",
            'coalesce(sum("EffectiveCost") FILTER ("CommitmentDiscountStatus" = \'Unused\'), 0)',
        ),
    ],
)
def test_an_amount_on_a_tile_is_the_sum_of_its_charges(
    served: Served, metric: str, formula: str, currency: str
) -> None:
    page = served.get("overview", currency=currency, month="2026-06")
    tile, where = tiles(page)[metric], parts(page)
    for field in ("value", "before"):
        assert Decimal(tile[field]) == total(served, formula, where[field], currency)
    now = total(served, formula, where["now"], currency)
    assert Decimal(tile["change"]) == now - Decimal(tile["before"])


@CURRENCIES
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
            'sum("EffectiveCost") FILTER ("CommitmentDiscountStatus" = \'Used\')',
            'sum("EffectiveCost") FILTER ("CommitmentDiscountStatus" IS NOT NULL)',
        ),
        (
            "price_coverage",
            f'sum("EffectiveCost") FILTER ({PRICED})',
            'sum("EffectiveCost") FILTER ("ChargeCategory" = \'Usage\')',
        ),
    ],
)
def test_a_ratio_on_a_tile_is_a_sum_over_a_sum(
    served: Served, metric: str, part: str, whole: str, currency: str
) -> None:
    page = served.get("overview", currency=currency, month="2026-06")
    tile, where = tiles(page)[metric], parts(page)
    for field in ("value", "before"):
        over = total(served, whole, where[field], currency)
        ratio = total(served, part, where[field], currency) / over
        assert float(tile[field]) == pytest.approx(float(ratio), rel=1e-12)


@CURRENCIES
def test_the_drivers_add_up_to_the_change(served: Served, currency: str) -> None:
    page = served.get("overview", currency=currency, month="2026-06")
    drivers = page["drivers"]
    change = Decimal(drivers["now"]) - Decimal(drivers["before"])
    assert sum(Decimal(step["amount"]) for step in drivers["steps"]) == change
    assert Decimal(drivers["now"]) == total(
        served, 'sum("EffectiveCost")', parts(page)["now"], currency
    )
    assert [step["kind"] for step in drivers["steps"]] == [
        "new", "gone", "usage", "price", "other",
    ]  # fmt: skip


@CURRENCIES
def test_bars_leaders_and_savings_add_up(served: Served, currency: str) -> None:
    page = served.get("overview", currency=currency, month="2026-06")
    june = total(served, 'sum("EffectiveCost")', JUNE, currency)
    assert sum(Decimal(line["values"][-1]) for line in page["stack"]["series"]) == june
    assert len(page["stack"]["months"]) == 13
    now = total(served, 'sum("EffectiveCost")', parts(page)["now"], currency)
    assert sum(Decimal(row["cost"]) for row in page["providers"]) == now
    for mover in page["movers"]:
        assert Decimal(mover["change"]) == Decimal(mover["cost"]) - Decimal(mover["before"])
    steps = [Decimal(step["amount"]) for step in page["savings"]]
    assert sum(steps[:4]) == steps[4]


def test_the_first_month_is_compared_with_nothing(served: Served) -> None:
    page = served.get("overview", currency="USD", month="2025-06")
    assert page["drivers"]["steps"] == page["movers"] == []
    assert {row["before"] for row in page["services"]} == {None}
    assert tiles(page)["billed_cost"]["before"] is None


def test_an_entity_that_is_not_found_leaves_the_total(served: Served) -> None:
    everything = served.get("entities", kind="ServiceName", currency="USD")
    nothing = served.get("entities", kind="ServiceName", currency="USD", search="zzzz")
    assert nothing["items"] == []
    assert nothing["total"] == everything["total"] != "0"


def test_the_estimate_tells_by_how_much_it_was_wrong_before(served: Served) -> None:
    estimate = served.get("overview", currency="USD", month="2026-06")["estimate"]
    assert estimate["month"] == "2026-07"
    low, value, high = (Decimal(estimate[name]) for name in ("low", "value", "high"))
    assert low < value < high
    assert 0 < float(estimate["backtest_error"]) < 0.5


@CURRENCIES
@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("ServiceName", '"ServiceName"'),
        ("SubAccountId", '"SubAccountId"'),
        ("ResourceId", '"ResourceId"'),
        ("tag:env", """CAST("Tags" AS MAP(VARCHAR, VARCHAR))['env']"""),
    ],
)
def test_entities_and_their_pages_cost_what_their_charges_do(
    served: Served, kind: str, column: str, currency: str
) -> None:
    days = {"currency": currency, "start": "2026-05-10", "end": "2026-06-10"}
    page = served.get("entities", {"kind": kind, **days, "limit": "1000"})
    where = f"{DAY} >= '2026-05-10' AND {DAY} < '2026-06-10'"
    assert Decimal(page["total"]) == total(served, 'sum("EffectiveCost")', where, currency)
    for item in [*page["items"][:2], page["items"][-1]]:
        value = item["key"]["value"]
        is_it = f"{column} IS NULL" if value is None else f"{column} = '{value}'"
        cost = 'coalesce(sum("EffectiveCost"), 0)'
        expected = total(served, cost, f"{where} AND {is_it}", currency)
        assert Decimal(item["cost"]) == expected
        asked = [("kind", kind), *days.items(), *([("value", value)] if value else [])]
        one = served.get("entity", asked)
        assert Decimal(one["cost"]) == expected
        assert sum(map(Decimal, one["trend"]["values"])) == expected


def test_an_entity_without_cost_in_a_currency_says_where_it_has_some(served: Served) -> None:
    [(service,)] = served.sql(
        "SELECT service_name FROM marts.daily_costs GROUP BY service_name "
        "HAVING bool_and(billing_currency = 'EUR') ORDER BY ALL LIMIT 1"
    )
    page = served.get("entity", kind="ServiceName", value=service, currency="USD")
    assert page["cost"] == "0"
    assert page["hint"] == "No cost in USD; there is some in EUR."


@CURRENCIES
def test_commitments_are_used_or_idle_and_nothing_else(served: Served, currency: str) -> None:
    page = served.get("commitments", currency=currency, month="2026-06")
    for status, field in (("Used", "used_cost"), ("Unused", "unused_cost")):
        where = f"{JUNE} AND \"CommitmentDiscountStatus\" = '{status}'"
        expected = total(served, 'coalesce(sum("EffectiveCost"), 0)', where, currency)
        assert sum(Decimal(one[field]) for one in page["commitments"]) == expected
    june = page["months"][-1]
    assert june["month"] == "2026-06"
    where = f"{JUNE} AND \"PricingCategory\" = 'Committed'"
    assert Decimal(june["covered_cost"]) == total(served, f"sum({ON_DEMAND})", where, currency)
    assert all(0 <= one["days_left"] <= 90 for one in page["expiries"])


@CURRENCIES
def test_tag_coverage_is_cost_with_the_key_over_taggable_cost(
    served: Served, currency: str
) -> None:
    page = served.get("tags", currency=currency, month="2026-06")
    taggable = (
        f'{JUNE} AND "ChargeCategory" = \'Usage\' AND "EffectiveCost" > 0 '
        "AND \"CommitmentDiscountStatus\" IS DISTINCT FROM 'Unused'"
    )
    whole = total(served, 'sum("EffectiveCost")', taggable, currency)
    assert Decimal(page["taggable_cost"]) == whole
    env = next(one for one in page["keys"] if one["key"] == "env")
    has_it = f"""{taggable} AND CAST("Tags" AS MAP(VARCHAR, VARCHAR))['env'] IS NOT NULL"""
    part = total(served, 'sum("EffectiveCost")', has_it, currency)
    assert Decimal(env["tagged_cost"]) == part
    assert float(env["coverage"]) == pytest.approx(float(part / whole), rel=1e-9)


def test_values_that_differ_only_in_case_are_one_confusion(served: Served) -> None:
    found = served.get("tags", currency="USD", month="2026-06")["variants"]
    env = next(one for one in found if one["key"] == "env")
    assert {spelling["value"] for spelling in env["values"]} >= {"prod", "Prod"}


@CURRENCIES
def test_invoices_sum_to_the_bill_and_every_month_is_proven(served: Served, currency: str) -> None:
    page = served.get("invoices", currency=currency, months="13")
    billed = total(served, 'sum("BilledCost")', "true", currency)
    assert sum(Decimal(one["billed_cost"]) for one in page["invoices"]) == billed
    for invoice in page["invoices"]:
        parts = sum(Decimal(part["amount"]) for part in invoice["by_category"])
        assert parts == Decimal(invoice["billed_cost"])
    assert sum(Decimal(one["source_billed"]) for one in page["reconciliation"]) == billed
    assert (page["largest_residual"], page["unproven"]) == ("0", 0)


def test_invoices_that_a_page_cannot_hold_are_counted(served: Served) -> None:
    asked = InvoicesAsked(currency="USD")
    generation = served.server.generations.current()
    whole, short = invoices(generation, asked), invoices(generation, asked, most=3)
    assert (whole.invoices_left_out, whole.left_out_cost) == (0, 0)
    assert short.invoices == whole.invoices[:3]
    assert short.invoices_left_out == len(whole.invoices) - 3
    assert short.left_out_cost == sum(one.billed_cost for one in whole.invoices[3:])


def test_a_restated_month_is_told_with_what_it_changed(served: Served) -> None:
    found = served.get("invoices", currency="USD")["restatements"]
    assert {one["month"] for one in found} == {"2026-05"}
    for one in found:
        assert Decimal(one["change"]) == Decimal(one["billed"]) - Decimal(one["former_billed"])
        [(billed,)] = served.sql(
            "SELECT sum(source_billed) FROM ledger.reconciliation JOIN ledger.loads "
            "USING (load_id, export) WHERE status = 'current' AND export = ? "
            "AND loads.billing_period = '2026-05-01' AND currency = 'USD'",
            [one["export"]],
        )
        assert Decimal(one["billed"]) == billed


def test_health_shows_every_check_of_the_last_build(served: Served) -> None:
    page = served.get("health")
    [(checks,)] = served.sql("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'checks'")
    assert len(page["checks"]) == checks + 1
    assert page["checks"][0]["status"] == "pass"
    assert {one["vendor"] for one in page["freshness"]} == {"aws", "azure", "gcp", "focus"}
    assert (
        sum(one["rows"] for one in page["freshness"])
        == served.sql("SELECT count(*) FROM focus.cost_and_usage")[0][0]
    )


def test_what_is_searched_leads_to_a_page_that_is_there(served: Served) -> None:
    results = served.get("search", q="prod")["results"]
    assert {one["kind"] for one in results} >= {"account", "tag"}
    assert all("prod" in f"{one['key']['label']} {one['key']['value']}".lower() for one in results)
    assert served.get("search", q="p")["results"] == []
