"""Lists about commitments are what plain SQL on FOCUS says, and tell what they leave out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dashboards.commitments import CommitmentsAsked, commitments
from tests.fixtures.served import Served
from tests.serve.oracle import COVERED, ELIGIBLE, ON_DEMAND

CURRENCIES = pytest.mark.parametrize("currency", ["USD", "EUR"])
MONTHS = ("2025-11", "2026-03", "2026-05", "2026-06")


def next_month(month: str) -> date:
    return (date.fromisoformat(f"{month}-01") + timedelta(days=31)).replace(day=1)


def ending(served: Served, currency: str, month: str) -> Iterator[tuple[str, int, Decimal]]:
    """Return id, days left and savings of every commitment alive in a month that ends soon."""
    rows = served.sql(
        f"""
        SELECT "CommitmentDiscountId", max("x_CommitmentEnd"),
            coalesce(sum({ON_DEMAND} - "EffectiveCost") FILTER (
                "CommitmentDiscountStatus" IS NOT NULL
                AND "BillingPeriodStart" = CAST(? AS DATE)), 0),
            count(*) FILTER ("CommitmentDiscountStatus" IS NOT NULL AND "EffectiveCost" <> 0
                AND "BillingPeriodStart" = CAST(? AS DATE))
        FROM focus.cost_and_usage
        WHERE "BillingCurrency" = ? AND "CommitmentDiscountId" IS NOT NULL
            AND "BillingPeriodStart" <= CAST(? AS DATE)
        GROUP BY ALL
        """,
        [f"{month}-01", f"{month}-01", currency, f"{month}-01"],
    )
    for identifier, end, saved, lines in rows:
        if end is not None and lines:
            days = (end.date() - next_month(month)).days
            if 0 <= days <= 90:
                yield identifier, days, max(saved, Decimal(0))


@CURRENCIES
@pytest.mark.parametrize("month", MONTHS)
def test_what_expires_is_alive_in_the_month_and_ends_within_ninety_days(
    served: Served, currency: str, month: str
) -> None:
    page = served.get("commitments", currency=currency, month=month)
    shown = [
        (one["key"]["value"], one["days_left"], Decimal(one["savings_at_risk"]))
        for one in page["expiries"]
    ]
    assert sorted(shown) == sorted(ending(served, currency, month))
    assert [days for _, days, _ in shown] == sorted(days for _, days, _ in shown)


def test_a_returned_reservation_does_not_expire(served: Served) -> None:
    named = "\"CommitmentDiscountName\" = 'Analytics_D8s_v5_1Y'"
    [(end, refund, latest)] = served.sql(
        'SELECT max("x_CommitmentEnd"), min("BilledCost") FILTER ("ChargeCategory" = \'Purchase\'),'
        f' max("BillingPeriodStart") FROM focus.cost_and_usage WHERE {named}'
    )
    assert end < datetime(2026, 9, 28)
    assert refund < 0
    assert latest < datetime(2026, 6, 1)
    page = served.get("commitments", currency="EUR", month="2026-06")
    assert "Analytics_D8s_v5_1Y" not in {one["key"]["label"] for one in page["expiries"]}


@CURRENCIES
def test_purchases_are_what_was_billed_for_commitments(served: Served, currency: str) -> None:
    rows = served.sql(
        """
        SELECT strftime("BillingPeriodStart", '%Y-%m'), "CommitmentDiscountId",
            coalesce(sum("BilledCost") FILTER ("ChargeFrequency" <> 'Recurring'), 0),
            coalesce(sum("BilledCost") FILTER ("ChargeFrequency" = 'Recurring'), 0)
        FROM focus.cost_and_usage
        WHERE "BillingCurrency" = ? AND "ChargeCategory" = 'Purchase'
            AND "CommitmentDiscountId" IS NOT NULL
        GROUP BY ALL
        """,
        [currency],
    )
    expected = sorted(row for row in rows if row[2] or row[3])
    page = served.get("commitments", currency=currency, month="2026-06")
    shown = [
        (
            one["month"],
            one["key"]["value"],
            Decimal(one["upfront_fee"]),
            Decimal(one["recurring_fee"]),
        )
        for one in page["purchases"]
    ]
    assert expected
    assert sorted(shown) == expected


@CURRENCIES
def test_coverage_by_service_is_covered_and_eligible_usage_at_on_demand_prices(
    served: Served, currency: str
) -> None:
    rows = served.sql(
        f"""
        SELECT "ServiceName", coalesce({COVERED}, 0), coalesce({ELIGIBLE}, 0)
        FROM focus.cost_and_usage
        WHERE "BillingCurrency" = ? AND "BillingPeriodStart" = '2026-06-01'
        GROUP BY ALL HAVING coalesce({COVERED}, 0) <> 0 OR coalesce({ELIGIBLE}, 0) <> 0
        """,
        [currency],
    )
    page = served.get("commitments", currency=currency, month="2026-06")
    shown = [
        (one["service"]["value"], Decimal(one["covered_cost"]), Decimal(one["eligible_cost"]))
        for one in page["by_service"]
    ]
    assert rows
    assert sorted(shown) == sorted(rows)
    june = page["months"][-1]
    assert sum(covered for _, covered, _ in shown) == Decimal(june["covered_cost"])
    assert sum(eligible for _, _, eligible in shown) == Decimal(june["eligible_cost"])


@CURRENCIES
def test_a_list_holds_the_first_lines_and_counts_the_others(served: Served, currency: str) -> None:
    generation = served.server.generations.current()
    asked = CommitmentsAsked(currency=currency, month="2026-06")
    whole, short = commitments(generation, asked), commitments(generation, asked, most=1)
    for name in ("commitments", "purchases", "expiries"):
        lines: list[Any] = getattr(whole, name)
        assert getattr(whole, f"{name}_left_out") == 0
        assert getattr(short, name) == lines[:1]
        assert getattr(short, f"{name}_left_out") == max(len(lines) - 1, 0)
    assert len(whole.commitments) > 1


@CURRENCIES
def test_each_commitment_stands_by_its_cost_in_the_month(served: Served, currency: str) -> None:
    page = served.get("commitments", currency=currency, month="2026-05")
    costs = [Decimal(one["used_cost"]) + Decimal(one["unused_cost"]) for one in page["commitments"]]
    assert costs == sorted(costs, reverse=True)


@CURRENCIES
def test_tile_and_chart_have_one_savings_rate(served: Served, currency: str) -> None:
    page = served.get("commitments", currency=currency, month="2026-06")
    [tile] = [one for one in page["tiles"] if one["metric"] == "commitment_savings_rate"]
    assert page["months"][-1]["savings_rate"] == tile["value"]
