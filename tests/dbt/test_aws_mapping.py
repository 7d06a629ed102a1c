"""What each kind of AWS line becomes in FOCUS."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.dbt import rawdb
from tests.dbt.bill import SAVINGS_PLAN, line, usage
from tests.dbt.conftest import MONEY, Query, mapped_together, money, rows

PLAN = {"savings_plan_savings_plan_a_r_n": SAVINGS_PLAN}
COVERED = {"savings_plan_savings_plan_effective_cost": "0.06", "line_item_usage_amount": "1"}
BILLS = {
    "residual": [
        line("SavingsPlanCoveredUsage", "0.1000000001", **COVERED, **PLAN),
        line("SavingsPlanNegation", "-0.10", **PLAN),
    ],
    "payers": [
        usage("10", line_item_net_unblended_cost="9", bill_payer_account_id="net"),
        usage("10", line_item_net_unblended_cost=None, bill_payer_account_id="gross"),
    ],
    "refunded": [line("Refund", "-2.00", line_item_usage_type="ComputeSP:1yr", **PLAN)],
    "equal": [usage(), usage()],
}
"""Name of an export -> its lines."""


@pytest.fixture(scope="module")
def bills(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mapped_together(tmp_path_factory.mktemp("lines") / "finops.duckdb", BILLS)


def test_totals_are_the_bills_to_the_last_decimal(bill: Query) -> None:
    assert bill('SELECT sum("BilledCost"), sum("EffectiveCost") FROM focus.cost_and_usage') == [
        money("11.61", "8.61")
    ]


def test_usage_carries_the_bills_own_rates(bill: Query) -> None:
    columns = f'{MONEY}, "ListUnitPrice", "ContractedUnitPrice", "PricingQuantity"'
    on_demand, spot = rows(bill, "Usage", f'{columns}, "PricingCategory", "ChargeFrequency"')
    assert on_demand[:7] == money("0.2", "0.2", "0.2", "0.2", "0.1", "0.1", "2")
    assert on_demand[7:] == ("Standard", "Usage-Based")
    assert spot[:7] == money("0.05", "0.05", "0.2", "0.05", "0.1", "0.025", "2")
    assert spot[7] == "Dynamic"


def test_covered_usage_is_billed_by_its_fee_and_negation_is_dropped(bill: Query) -> None:
    columns = f'{MONEY}, "CommitmentDiscountStatus", "CommitmentDiscountCategory"'
    assert rows(bill, "SavingsPlanCoveredUsage", columns) == [
        (*money("0", "0.06", "0.1", "0.1"), "Used", "Spend")
    ]
    assert rows(bill, "SavingsPlanNegation", columns) == []
    assert rows(bill, "DiscountedUsage", columns) == [
        (*money("0", "0.05", "0.1", "0.1"), "Used", "Usage")
    ]


@pytest.mark.parametrize(
    ("kind", "billed", "unused", "unit"),
    [("SavingsPlanRecurringFee", "0.1", "0.04", "USD"), ("RIFee", "0.1", "0.05", "Hours")],
)
def test_a_commitment_fee_splits_into_purchase_and_unused(
    bill: Query, kind: str, billed: str, unused: str, unit: str
) -> None:
    columns = f'"ChargeCategory", "CommitmentDiscountStatus", {MONEY}, "PricingCategory"'
    ids = '"x_SourceRowId", "x_ParentRowId", "CommitmentDiscountUnit"'
    purchase, idle = rows(bill, kind, f"{columns}, {ids}")
    assert purchase[:6] == ("Purchase", None, *money(billed, "0", billed, billed))
    assert idle[:6] == ("Usage", "Unused", *money("0", unused, "0", "0"))
    assert (purchase[6], idle[6]) == ("Standard", "Committed")
    assert idle[7] == purchase[7] + "#unused" and idle[8] == purchase[7]
    assert purchase[9] == idle[9] == unit


def test_upfront_fees_have_no_effective_cost_and_other_fees_do(bill: Query) -> None:
    columns = '"BilledCost", "EffectiveCost", "ChargeFrequency", "ListUnitPrice"'
    assert rows(bill, "SavingsPlanUpfrontFee", columns) == [(*money("2", "0"), "One-Time", None)]
    support, upfront = rows(bill, "Fee", columns)
    assert support == (*money("5", "5"), "Recurring", None)
    assert upfront == (*money("1", "0"), "One-Time", None)


def test_tax_and_credit_have_one_cost_and_no_price(bill: Query) -> None:
    columns = f'{MONEY}, "PricingQuantity", "SkuId", "x_EffectiveCostNote"'
    assert rows(bill, "Tax", columns) == [
        (*money("3", "3", "3", "3"), None, None, "tax follows billed cost")
    ]
    assert rows(bill, "Credit", columns)[0][:4] == money("-0.5", "-0.5", "-0.5", "-0.5")


def test_only_refunds_of_earlier_months_are_corrections(bill: Query) -> None:
    columns = '"BilledCost", "ChargeCategory", "ChargeClass"'
    assert rows(bill, "Refund", columns) == [
        (Decimal("-0.04"), "Usage", "Correction"),
        (Decimal("-0.10"), "Usage", None),
    ]


def test_discounts_lower_contracted_but_not_list_cost(bill: Query) -> None:
    columns = f'{MONEY}, "ChargeCategory", "ConsumedQuantity"'
    assert rows(bill, "EdpDiscount", columns) == [
        (*money("-0.2", "-0.2", "0", "-0.2"), "Usage", Decimal(0))
    ]


def test_an_unknown_line_item_type_is_an_adjustment(bill: Query) -> None:
    assert rows(bill, "Novelty", '"ChargeCategory", "BilledCost"') == [("Adjustment", Decimal(1))]
    assert bill("SELECT line_item_type FROM checks.assert_no_line_item_type_is_unknown") == [
        ("Novelty",)
    ]


def test_tags_arrive_under_the_keys_that_users_activated(bill: Query) -> None:
    [(tags, name)] = bill(
        'SELECT "Tags", "ResourceName" FROM focus.cost_and_usage '
        "WHERE \"x_SourceRowId\" LIKE 'usage#%'"
    )
    assert json.loads(str(tags)) == {
        "CostCenter": "42",
        "aws:createdBy": "me",
        "Name": "web",
        "costCategory/Team": "red",
    }
    assert name == "web"


def test_what_negation_does_not_cancel_stays_as_its_own_row(of: Callable[[str], Query]) -> None:
    bill = of("residual")
    [residual] = rows(bill, "SavingsPlanNegation", '"BilledCost", "EffectiveCost"')
    assert residual == money("0.0000000001", "0")
    assert rows(bill, "SavingsPlanCoveredUsage", '"BilledCost"') == [(Decimal(0),)]


def test_net_columns_are_chosen_by_payer_and_never_by_row(of: Callable[[str], Query]) -> None:
    assert of("payers")(
        'SELECT "BillingAccountId", "BilledCost" FROM focus.cost_and_usage ORDER BY "BilledCost"'
    ) == [("net", Decimal(9)), ("gross", Decimal(10))]


def test_a_refunded_commitment_has_no_effective_cost(of: Callable[[str], Query]) -> None:
    columns = '"ChargeCategory", "BilledCost", "EffectiveCost"'
    assert rows(of("refunded"), "Refund", columns) == [("Purchase", Decimal(-2), Decimal(0))]


def test_equal_bill_lines_are_kept(of: Callable[[str], Query]) -> None:
    assert of("equal")('SELECT count(*), sum("BilledCost") FROM focus.cost_and_usage') == [
        (2, Decimal("0.4"))
    ]


def test_legacy_cur_gives_the_same_tags_and_sku_details_as_cur_2(tmp_path: Path) -> None:
    columns = '"Tags", "SkuPriceDetails"'
    old = usage(
        resource_tags={"user:CostCenter": "42", "aws:createdBy": "me", "user:Name": "web"},
        product_vcpu="2",
        product_memory="8 GiB",
        product_physical_processor="Xeon",
        product_instance_type="m5.large",
    )
    new = usage(
        product={"vcpu": "2", "memory": "8 GiB", "physical_processor": "Xeon"},
        product_instance_type="m5.large",
    )
    database = tmp_path / "both.duckdb"
    rawdb.create(database)
    rawdb.activate_tags(database, ["CostCenter"], export="default")
    rawdb.deliver(database, "2026-01", [old], dialect="cur_1")
    rawdb.deliver(database, "2026-02", [new], dialect="cur_2")
    rawdb.build(database)
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(f"SELECT {columns} FROM focus.cost_and_usage").fetchall()
    first, second = ([json.loads(cell) for cell in row] for row in found)
    assert first == second
    assert first[1] == {
        "InstanceType": "m5.large",
        "InstanceSeries": "m5",
        "CoreCount": 2,
        "MemorySize": 8,
        "x_PhysicalProcessor": "Xeon",
    }
