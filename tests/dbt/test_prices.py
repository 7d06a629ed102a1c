"""Net prices and unit prices: exact where the bill allows, and the same as its own sums."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt.bill import RESERVATION, SAVINGS_PLAN, line, usage
from tests.dbt.conftest import Query, built, mapped_together, money, rows, table
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


NET = {
    "no upfront": plan_lines("1.00", "0", **{RECURRING: "0.95", UPFRONT: "0"}),
    "partial upfront": plan_lines("0.60", "0.40", **{RECURRING: "0.57", UPFRONT: "0.38"}),
    "all upfront": plan_lines("0", "1.00", **{RECURRING: "0.0", UPFRONT: "0.95"}),
}
WITHOUT_COLUMNS = plan_lines("1.00", "0", **{RECURRING: "0.95"})
RESERVED = line(
    "DiscountedUsage",
    "0",
    line_item_usage_amount="2",
    line_item_net_unblended_cost="0",
    pricing_public_on_demand_cost="0.20",
    pricing_public_on_demand_rate="0.10",
    reservation_reservation_a_r_n=RESERVATION,
    reservation_effective_cost="0.10",
)
CHARGES = [("1.10", "1"), ("0.30", "3"), ("6400.10", "1"), ("123456.78", "10"), ("0.007", "7")]
BILLS = {
    **NET,
    "no net fee": plan_lines("1.00", "0", **{RECURRING: "0"}),
    "a third off": plan_lines("0.90", "0", **{RECURRING: "0.60"}),
    "reserved, net": [{**RESERVED, "reservation_net_effective_cost": "0.09"}],
    "reserved": [RESERVED],
    "quotients": [
        usage(cost, line_item_usage_amount=amount, line_item_unblended_rate="0.5")
        for cost, amount in CHARGES
    ],
    "public rate": [
        usage("0.2", line_item_usage_amount=amount, pricing_public_on_demand_cost=None)
        for amount in ("3", "30000")
    ],
}
"""Name of an export -> its lines."""


@pytest.fixture(scope="module")
def bills(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mapped_together(tmp_path_factory.mktemp("prices") / "finops.duckdb", BILLS)


def amortized(bill: Query, table: str) -> Decimal:
    """Return what the bill itself amortizes to."""
    names = [str(row[0]) for row in bill(f"DESCRIBE {table}")]
    query = totals("cur_2", table, names, date(2026, 1, 1))
    [(total,)] = bill(f"SELECT sum(effective) FROM ({query})")
    assert isinstance(total, Decimal)
    return total


def assert_net(bill: Query, table: str) -> None:
    """Expect 0.57 of 0.95 to be idle, and the bill to say so itself."""
    columns = '"EffectiveCost", "CommitmentDiscountQuantity", "PricingQuantity"'
    _, idle = rows(bill, "SavingsPlanRecurringFee", columns)
    assert idle == money("0.57", "0.60", "0.60")
    assert bill('SELECT sum("EffectiveCost") FROM focus.cost_and_usage') == [money("0.95")]
    assert amortized(bill, table) == Decimal("0.95")
    assert bill(
        "SELECT identity FROM checks.assert_bills_hold_the_identities_of_aws "
        f"WHERE load_id IN (SELECT _dlt_load_id FROM {table})"
    ) == []  # fmt: skip


@pytest.mark.parametrize("name", NET)
def test_the_idle_part_of_a_plan_is_net_for_a_net_payer(
    of: Callable[[str], Query], name: str
) -> None:
    assert_net(of(name), table(name))


def test_so_it_is_in_a_bill_without_columns_of_what_was_paid_upfront(tmp_path: Path) -> None:
    assert_net(built(tmp_path, WITHOUT_COLUMNS), "aws_billing.billing_2026_01")


def test_the_idle_part_of_a_plan_stays_gross_where_its_fee_has_no_net_amount(
    of: Callable[[str], Query],
) -> None:
    bill = of("no net fee")
    assert rows(bill, "SavingsPlanRecurringFee", '"EffectiveCost"') == [money("0"), money("0.60")]
    assert amortized(bill, table("no net fee")) == Decimal("0.98")


def test_a_share_without_end_gives_the_same_digits_in_focus_and_in_the_bills_sum(
    of: Callable[[str], Query],
) -> None:
    """A third off: 0.60 * 2 / 3."""
    bill = of("a third off")
    [(total,)] = bill('SELECT sum("EffectiveCost") FROM focus.cost_and_usage')
    assert total == amortized(bill, table("a third off"))
    assert abs(total - Decimal("0.78")) < Decimal("1e-14")


def test_reserved_usage_is_contracted_at_the_discount_that_its_own_cost_shows(
    of: Callable[[str], Query],
) -> None:
    columns = '"EffectiveCost", "ListCost", "ContractedCost", "ContractedUnitPrice"'
    assert rows(of("reserved, net"), "DiscountedUsage", columns) == [
        money("0.09", "0.20", "0.18", "0.09")
    ]
    assert rows(of("reserved"), "DiscountedUsage", columns) == [
        money("0.10", "0.20", "0.20", "0.10")
    ]


def test_unit_prices_carry_no_digits_of_binary_fractions(of: Callable[[str], Query]) -> None:
    """The bill's rate misses each cost, so that the price is the quotient."""
    prices = '"ContractedUnitPrice" FROM focus.cost_and_usage ORDER BY "BilledCost"'
    assert of("quotients")(f"SELECT {prices}") == [
        money("0.001"), money("0.1"), money("1.1"), money("6400.1"), money("12345.678")
    ]  # fmt: skip


def test_purchases_of_commitments_have_a_contracted_price_and_no_public_one(bill: Query) -> None:
    prices = '"ChargeCategory", "ListUnitPrice", "ContractedUnitPrice"'
    assert rows(bill, "SavingsPlanUpfrontFee", prices) == [("Purchase", None, *money("2"))]
    purchase, idle = rows(bill, "RIFee", prices)
    assert purchase == ("Purchase", None, *money("0.05"))
    assert idle == ("Usage", None, None)


def test_a_list_cost_from_the_public_rate_is_exact(of: Callable[[str], Query]) -> None:
    """Three times 0.1, which doubles cannot add up."""
    assert of("public rate")('SELECT "ListCost" FROM focus.cost_and_usage ORDER BY 1') == [
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
