"""Net prices and unit prices: exact where the bill allows, and the same as its own sums."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt.bill import RESERVATION, SAVINGS_PLAN, line, usage
from tests.dbt.conftest import Query, built, money, rows
from vendors.aws.totals import totals

PLAN = {"savings_plan_savings_plan_a_r_n": SAVINGS_PLAN}
RECURRING = "recurring_commitment_for_billing_period"
UPFRONT = "amortized_upfront_commitment_for_billing_period"


def plan_lines(recurring: str, upfront: str, **net: str) -> list[dict[str, Any]]:
    """A plan of 1.00, of which usage drew 0.40; 5 % off everything. Net billed: 0.95 at most."""
    return [
        line(
            "SavingsPlanCoveredUsage",
            "0.50",
            line_item_net_unblended_cost="0.475",
            line_item_usage_amount="1",
            savings_plan_savings_plan_effective_cost="0.40",
            savings_plan_net_savings_plan_effective_cost="0.38",
            **PLAN,
        ),
        line("SavingsPlanNegation", "-0.50", line_item_net_unblended_cost="-0.475", **PLAN),
        line(
            "SavingsPlanRecurringFee",
            recurring,
            line_item_net_unblended_cost=str(Decimal(recurring) * Decimal("0.95")),
            savings_plan_total_commitment_to_date="1.00",
            savings_plan_used_commitment="0.40",
            **{f"savings_plan_{RECURRING}": recurring, f"savings_plan_{UPFRONT}": upfront},
            **{f"savings_plan_net_{name}": amount for name, amount in net.items()},
            **PLAN,
        ),
    ]


def amortized(bill: Query) -> Decimal:
    """Return what the bill itself amortizes to."""
    names = [str(row[0]) for row in bill("DESCRIBE aws_billing.billing_2026_01")]
    query = totals("cur_2", "aws_billing.billing_2026_01", names, date(2026, 1, 1))
    [(total,)] = bill(f"SELECT sum(effective) FROM ({query})")
    assert isinstance(total, Decimal)
    return total


@pytest.mark.parametrize(
    ("recurring", "upfront", "net"),
    [
        ("1.00", "0", {RECURRING: "0.95", UPFRONT: "0"}),
        ("0.60", "0.40", {RECURRING: "0.57", UPFRONT: "0.38"}),
        ("0", "1.00", {RECURRING: "0.0", UPFRONT: "0.95"}),
        ("1.00", "", {RECURRING: "0.95"}),
    ],
    ids=["no upfront", "partial upfront", "all upfront", "no upfront columns"],
)
def test_the_idle_part_of_a_plan_is_net_for_a_net_payer(
    tmp_path: Path, recurring: str, upfront: str, net: dict[str, str]
) -> None:
    bill = built(tmp_path, plan_lines(recurring, upfront or "0", **net))

    columns = '"EffectiveCost", "CommitmentDiscountQuantity", "PricingQuantity"'
    _, idle = rows(bill, "SavingsPlanRecurringFee", columns)
    assert idle == money("0.57", "0.60", "0.60")
    assert bill('SELECT sum("EffectiveCost") FROM focus.cost_and_usage') == [money("0.95")]
    assert amortized(bill) == Decimal("0.95")
    assert bill("SELECT identity FROM checks.assert_bills_hold_the_identities_of_aws") == []


def test_the_idle_part_of_a_plan_stays_gross_where_its_fee_has_no_net_amount(
    tmp_path: Path,
) -> None:
    bill = built(tmp_path, plan_lines("1.00", "0", **{RECURRING: "0"}))

    assert rows(bill, "SavingsPlanRecurringFee", '"EffectiveCost"') == [money("0"), money("0.60")]
    assert amortized(bill) == Decimal("0.98")


def test_a_share_without_end_gives_the_same_digits_in_focus_and_in_the_bills_sum(
    tmp_path: Path,
) -> None:
    """A third off: 0.60 * 2 / 3."""
    bill = built(tmp_path, plan_lines("0.90", "0", **{RECURRING: "0.60"}))

    [(total,)] = bill('SELECT sum("EffectiveCost") FROM focus.cost_and_usage')
    assert total == amortized(bill)
    assert abs(total - Decimal("0.78")) < Decimal("1e-14")


def test_reserved_usage_is_contracted_at_the_discount_that_its_own_cost_shows(
    tmp_path: Path,
) -> None:
    reserved = line(
        "DiscountedUsage",
        "0",
        line_item_usage_amount="2",
        line_item_net_unblended_cost="0",
        pricing_public_on_demand_cost="0.20",
        pricing_public_on_demand_rate="0.10",
        reservation_reservation_a_r_n=RESERVATION,
        reservation_effective_cost="0.10",
    )
    net = {"reservation_net_effective_cost": "0.09"}
    columns = '"EffectiveCost", "ListCost", "ContractedCost", "ContractedUnitPrice"'
    bill = built(tmp_path, [{**reserved, **net}])
    assert rows(bill, "DiscountedUsage", columns) == [money("0.09", "0.20", "0.18", "0.09")]

    gross = tmp_path / "gross"
    gross.mkdir()
    bill = built(gross, [reserved])
    assert rows(bill, "DiscountedUsage", columns) == [money("0.10", "0.20", "0.20", "0.10")]


def test_unit_prices_carry_no_digits_of_binary_fractions(tmp_path: Path) -> None:
    """The bill's rate misses each cost, so that the price is the quotient."""
    charges = [("1.10", "1"), ("0.30", "3"), ("6400.10", "1"), ("123456.78", "10"), ("0.007", "7")]
    bill = built(
        tmp_path,
        [
            usage(cost, line_item_usage_amount=amount, line_item_unblended_rate="0.5")
            for cost, amount in charges
        ],
    )
    prices = '"ContractedUnitPrice" FROM focus.cost_and_usage ORDER BY "BilledCost"'
    assert bill(f"SELECT {prices}") == [
        money("0.001"), money("0.1"), money("1.1"), money("6400.1"), money("12345.678")
    ]  # fmt: skip


def test_purchases_of_commitments_have_a_contracted_price_and_no_public_one(bill: Query) -> None:
    prices = '"ChargeCategory", "ListUnitPrice", "ContractedUnitPrice"'
    assert rows(bill, "SavingsPlanUpfrontFee", prices) == [("Purchase", None, *money("2"))]
    purchase, idle = rows(bill, "RIFee", prices)
    assert purchase == ("Purchase", None, *money("0.05"))
    assert idle == ("Usage", None, None)


def test_a_list_cost_from_the_public_rate_is_exact(tmp_path: Path) -> None:
    """Three times 0.1, which doubles cannot add up."""
    bill = built(
        tmp_path,
        [
            usage("0.2", line_item_usage_amount=amount, pricing_public_on_demand_cost=None)
            for amount in ("3", "30000")
        ],
    )
    assert bill('SELECT "ListCost" FROM focus.cost_and_usage ORDER BY 1') == [
        money("0.3"), money("3000")
    ]  # fmt: skip


def test_the_bills_sum_counts_lines_of_another_month() -> None:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE bill AS SELECT 'a' AS bill_payer_account_id, 1.10 AS "
        "line_item_unblended_cost, unnest([TIMESTAMP '2026-01-01', '2025-12-31 16:00:00', NULL, "
        "'2025-12-01', '2026-02-01']) AS bill_billing_period_start_date"
    )
    names = ["bill_payer_account_id", "line_item_unblended_cost", "bill_billing_period_start_date"]
    for columns, strays in ((names, 2), (names[:2], 0)):
        query = totals("cur_2", "bill", columns, date(2026, 1, 1))
        assert connection.execute(f"SELECT rows, strays FROM ({query})").fetchall() == [(5, strays)]
