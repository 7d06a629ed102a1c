"""What pages group, name and find: invoices by party, checks, the palette's hits, the bars."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest

from dashboards.checks import NAMED
from dashboards.overview import run_rate, stack
from dashboards.windows import MonthAsked, windows_of
from tests.fixtures.finops import ROOT
from tests.fixtures.served import Served

PARTIES = {
    "by_issuer": "InvoiceIssuerName",
    "by_entity": "x_BillingEntity",
    "by_payer": "BillingAccountId",
}
CURRENCIES = pytest.mark.parametrize("currency", ["USD", "EUR"])


@CURRENCIES
@pytest.mark.parametrize("name", PARTIES)
def test_the_sums_of_parties_are_those_of_their_charges(
    served: Served, currency: str, name: str
) -> None:
    sums = served.get("invoices", currency=currency, months=13)["sums"]
    column = PARTIES[name]
    found = served.sql(
        f'SELECT "{column}", sum("BilledCost"), '
        'count(DISTINCT "InvoiceIssuerName" || \' \' || "InvoiceId"), '
        'coalesce(sum("BilledCost") FILTER ("InvoiceId" IS NULL), 0) '
        f'FROM focus.cost_and_usage WHERE "BillingCurrency" = ? GROUP BY "{column}"',
        [currency],
    )
    assert {
        one["key"]["value"]: (
            Decimal(one["billed_cost"]),
            one["invoices"],
            Decimal(one["unnumbered_cost"]),
        )
        for one in sums[name]
    } == {value: (billed, invoices, loose) for value, billed, invoices, loose in found}
    assert sum(Decimal(one["billed_cost"]) for one in sums[name]) == Decimal(sums["billed_cost"])


def test_charges_without_a_number_are_no_invoices(served: Served) -> None:
    page = served.get("invoices", currency="USD", months=13)
    numbers = {(one["issuer"], one["invoice_id"]) for one in page["invoices"] if one["invoice_id"]}
    assert page["sums"]["invoices"] == len(numbers) < len(page["invoices"])
    loose = sum(Decimal(one["billed_cost"]) for one in page["invoices"] if not one["invoice_id"])
    assert Decimal(page["sums"]["unnumbered_cost"]) == loose


def test_every_check_has_a_plain_name_and_a_kind() -> None:
    written = {path.stem for path in (ROOT / "focus" / "tests").rglob("assert_*.sql")}
    assert written == NAMED.keys()
    assert len({name for _, name in NAMED.values()}) == len(NAMED)


def test_health_names_the_checks_of_conformance(served: Served) -> None:
    checks = served.get("health")["checks"]
    named = [one["name"] for one in checks if one["kind"] == "conformance"]
    assert "Charges keep the row rules of FOCUS 1.2" in named
    assert {one["kind"] for one in checks} == {"conformance", "money", "source"}


def hits(served: Served, text: str, kind: str) -> list[Any]:
    """What a search finds of one kind."""
    found = served.get("search", q=text, limit=100)["results"]
    return [one for one in found if one["kind"] == kind]


def test_providers_invoices_and_meters_are_found(served: Served) -> None:
    [nimbus] = hits(served, "nimbus data", "provider")
    assert nimbus["href"] == "#/entity?kind=ProviderName&value=Nimbus+Data"
    [invoice] = hits(served, "nmb-202605", "invoice")
    asked = parse_qs(invoice["href"].split("?", 1)[1])
    assert asked["filter"] == ["InvoiceId:in:NMB-202605"]
    assert asked["metric"] == ["billed_cost"]
    [meter] = hits(served, "fargate-gb-hours", "meter")
    assert "filter=SkuMeter%3Ain%3AFargate-GB-Hours" in meter["href"]


def test_a_hit_tells_the_currencies_that_it_is_billed_in(served: Served) -> None:
    assert hits(served, "nimbus data", "provider")[0]["currencies"] == ["USD"]
    assert hits(served, "microsoft", "provider")[0]["currencies"] == ["EUR"]


def test_bars_have_the_largest_values_and_one_sum_of_all_others(served: Served) -> None:
    generation = served.server.generations.current()
    windows = windows_of(generation, MonthAsked(currency="EUR", month="2026-06"))
    whole = stack(generation, windows, "ServiceCategory", largest=100)
    short = stack(generation, windows, "ServiceCategory", largest=3)
    assert [one.key for one in short.series[:3]] == [one.key for one in whole.series[:3]]
    assert [one.is_other for one in short.series] == [False, False, False, True]
    assert short.series[3].key.label == f"Other ({len(whole.series) - 3})"
    for month in range(13):
        others = sum((one.values[month] for one in whole.series[3:]), Decimal(0))
        assert short.series[3].values[month] == others
    nearly = stack(generation, windows, "ServiceCategory", largest=len(whole.series) - 1)
    assert nearly == whole  # one alone is not hidden behind 'Other'


def test_the_run_rate_has_no_week_before_the_data_begin(served: Served) -> None:
    generation = served.server.generations.current()
    windows = windows_of(generation, MonthAsked(currency="USD", month="2025-06"))
    tenth = dataclasses.replace(
        windows, is_partial=True, end=date(2025, 6, 11), known_end=date(2025, 6, 11)
    )
    assert windows.meta.first_date <= date(2025, 6, 1)
    rate = run_rate(generation, tenth)
    assert rate.value is not None
    assert (rate.before, rate.change) == (None, None)
    later = dataclasses.replace(tenth, known_end=date(2025, 6, 1) + timedelta(days=14))
    assert run_rate(generation, later).before is not None


def test_the_first_month_says_that_it_is_not_compared(served: Served) -> None:
    first = served.get("overview", currency="USD", month="2025-06")
    second = served.get("overview", currency="USD", month="2025-07")
    assert (first["is_compared"], second["is_compared"]) == (False, True)
