"""What each kind of Google line becomes in FOCUS; one bill, imported once."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.finops import Finops
from tests.fixtures.gcp import credit, fee, focus_charge, line, write
from tests.fixtures.gcp.lines import Line

MONEY = '"BilledCost", "EffectiveCost", "ListCost", "ContractedCost"'
DEFAULT = {"id": "", "description": "Default"}
CUD = {"id": "7754", "description": "Cloud SQL CUD - 1 Year"}


def named(name: str, cost: str, **more: Any) -> Line:
    """Return a line of another account, told by its SKU."""
    return line(cost, **{"sku": {"id": name, "description": name}, **more})


LINES = [
    # An account with a commitment: 4 hours bought for 0.40, 3 of them used.
    fee("0.40"),
    line("0.30", usage={"amount_in_pricing_units": "3"}, cost_at_list="0.36",
         credits=[credit("-0.20", "COMMITTED_USAGE_DISCOUNT")], billing_account_id="partly"),
    fee("0.40", billing_account_id="partly"),
    # Half of it used, and as much usage beside it.
    fee("0.40", billing_account_id="halved"),
    line("0.20", credits=[credit("-0.20", "COMMITTED_USAGE_DISCOUNT")],
         billing_account_id="halved"),
    line("0.20", billing_account_id="halved"),
    # Half of it used; the same credits on lines that are no usage.
    fee("0.40", billing_account_id="taxed"),
    line("0.20", credits=[credit("-0.20", "COMMITTED_USAGE_DISCOUNT")],
         billing_account_id="taxed"),
    *[line("0.10", cost_type=kind, billing_account_id="taxed",
           credits=[credit("-0.03", "COMMITTED_USAGE_DISCOUNT"),
                    credit("-0.03", "COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE")])
      for kind in ("tax", "adjustment")],
    # A fee of one region, credits in another.
    fee("0.40", location={"location": "us-east1", "region": "us-east1"},
        billing_account_id="apart"),
    line("0.20", credits=[credit("-0.15", "COMMITTED_USAGE_DISCOUNT")],
         billing_account_id="apart"),
    # The new model: usage at the commitment's price, a fee that its use takes back.
    named("priced", "0.75", cost_at_effective_price_default="1.00", cost_at_list="1.10",
          consumption_model=CUD, billing_account_id="new"),
    named("Commitment fee: Cloud SQL CUD 1 Year", "1.00", consumption_model=DEFAULT,
          credits=[credit("-0.75", "FEE_UTILIZATION_OFFSET")], billing_account_id="new"),
    # The former model: a fee in dollars, whose unused part the export does not tell.
    named("Commitment - dollar based v1: GCE for 1 year", "0.50", billing_account_id="dollars"),
    named("flexible", "0.80", credits=[credit("-0.80", "COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE")],
          billing_account_id="dollars"),
    # Credits that cancel each other, and one that is too small for a rate.
    fee("0.40", billing_account_id="undone"),
    *[line("0.20", credits=[credit(amount, "COMMITTED_USAGE_DISCOUNT")],
           billing_account_id="undone") for amount in ("-0.20", "0.20")],
    fee("0.40", billing_account_id="tiny"),
    line("0.0000001", credits=[credit("-0.0000001", "COMMITTED_USAGE_DISCOUNT")],
         billing_account_id="tiny"),
    # Labels and machines.
    named("labelled", "1", labels=[{"key": "env", "value": "canary"}],
          project={"labels": [{"key": "env", "value": "prod"}, {"key": "team", "value": "shop"}]},
          tags=[{"key": "team", "value": "tag"}, {"key": "unit", "value": "retail"}],
          system_labels=[{"key": "compute.googleapis.com/machine_spec", "value": "n2-standard-4"},
                         {"key": "compute.googleapis.com/cores", "value": "4"},
                         {"key": "compute.googleapis.com/memory", "value": "16384"},
                         {"key": "compute.googleapis.com/reservation_name", "value": "mine"},
                         {"key": "compute.googleapis.com/is_unused_reservation", "value": "true"}]),
    # Others.
    named("sold", "2", transaction_type="THIRD_PARTY_RESELLER", seller_name="Seller, Inc."),
    named("euro", "0.90", currency="EUR", currency_conversion_rate="0.9",
          billing_account_id="euro"),
    named("stored", "1", usage={"amount": "1e25", "unit": "byte-seconds",
                                "amount_in_pricing_units": "50"}),
    named("corrected", "-0.30", adjustment_info={"id": "a", "description": "wrong price"},
          usage_start_time="2025-12-05T08:00:00Z", usage_end_time="2025-12-05T09:00:00Z"),
    named("cancelled", "1", credits=[credit("-0.5", "PROMOTION", "one"),
                                     credit("0.5", "PROMOTION", "two")]),
    named("lowered", "1", credits=[credit("-0.25", "RESELLER_MARGIN", "margin")]),
    named("novel", "1", cost_type="novelty"),
    named("odd", "1", credits=[credit("-0.5", "NOVELTY", "new kind")]),
    named("twin", "0.1"),
    named("twin", "0.1"),
]  # fmt: skip


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> Finops:
    home = tmp_path_factory.mktemp("mapped")
    write(home / "export" / "a.json", LINES)
    finops = Finops(home)
    result = finops("gcp", "import-billing", "--source", str(home / "export"))
    assert result.code == 0, result.err
    return finops


def rows(bill: Finops, sku: str, columns: str, order: str = '"x_SourceRowId"') -> list[Any]:
    return bill.sql(
        f"SELECT {columns} FROM focus.cost_and_usage WHERE \"SkuMeter\" = '{sku}' "
        f'OR "ChargeDescription" = \'{sku}\' ORDER BY "ChargeCategory", {order}'
    )


def money(*amounts: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(amount) for amount in amounts)


def test_a_line_that_is_covered_in_part_has_two_sides(bill: Finops) -> None:
    """Two of three hours are covered: half of the four that were bought for 0.40."""
    columns = f'"CommitmentDiscountStatus", {MONEY}, "PricingQuantity"'
    found = bill.sql(
        f"SELECT {columns} FROM focus.cost_and_usage WHERE \"BillingAccountId\" = 'partly' "
        'ORDER BY "ChargeCategory", "CommitmentDiscountStatus" NULLS FIRST'
    )
    assert found == [
        (None, *money("0.4", "0", "0.4", "0.4", "4")),
        (None, *money("0.1", "0.1", "0.12", "0.1", "1")),
        ("Unused", *money("0", "0.2", "0", "0", "2")),
        ("Used", *money("0", "0.2", "0.24", "0.2", "2")),
    ]


def test_a_commitments_fee_is_spread_over_the_usage_that_it_covers(bill: Finops) -> None:
    """Four hours bought for 0.40, two of them used: half the fee is effective, half unused."""
    columns = '"BilledCost", "EffectiveCost", "ListCost", "CommitmentDiscountQuantity"'
    account = "FROM focus.cost_and_usage WHERE \"BillingAccountId\" = 'halved'"
    assert bill.sql(
        f'SELECT "SubAccountId", "ChargeCategory", "CommitmentDiscountStatus", {columns} '
        f"{account} ORDER BY 1, 2, 3"
    ) == [
        ("central", "Purchase", None, *money("0.4", "0", "0.4", "4")),
        ("central", "Usage", "Unused", *money("0", "0.2", "0", "2")),
        ("shop", "Usage", "Used", *money("0", "0.2", "0.2", "2")),
        ("shop", "Usage", None, *money("0.2", "0.2", "0.2"), None),
    ]
    assert bill.value(f'SELECT count(DISTINCT "CommitmentDiscountId") {account}') == 1


def test_only_usage_draws_on_a_commitment(bill: Finops) -> None:
    """The fee of 0.40 is spread over the usage, half of it; a credit on tax lowers the tax."""
    assert bill.sql(
        'SELECT "ChargeCategory", "CommitmentDiscountStatus", "BilledCost", "EffectiveCost" '
        "FROM focus.cost_and_usage WHERE \"BillingAccountId\" = 'taxed' ORDER BY 3 DESC, 2, 1"
    ) == [
        ("Purchase", None, *money("0.4", "0")),
        ("Adjustment", None, *money("0.04", "0.04")),
        ("Tax", None, *money("0.04", "0.04")),
        ("Usage", "Unused", *money("0", "0.2")),
        ("Usage", "Used", *money("0", "0.2")),
    ]


def test_credits_without_their_fee_leave_the_account_as_billed(bill: Finops) -> None:
    assert bill.sql(
        'SELECT "BilledCost", "EffectiveCost", "CommitmentDiscountId", "x_EffectiveCostNote" '
        "FROM focus.cost_and_usage WHERE \"BillingAccountId\" = 'apart' ORDER BY \"BilledCost\""
    ) == [
        (*money(cost, cost), None, "fees and credits of commitments do not match: "
         "effective follows billed cost")
        for cost in ("0.05", "0.4")
    ]  # fmt: skip


def test_a_commitment_that_nothing_drew_on_is_unused_whole(bill: Finops) -> None:
    """Its account has no usage with a credit."""
    assert bill.sql(
        'SELECT "EffectiveCost" FROM focus.cost_and_usage '
        "WHERE \"BillingAccountId\" = '01A2B3-C4D5E6-F70819' "
        "AND \"CommitmentDiscountStatus\" = 'Unused'"
    ) == [money("0.4")]


@pytest.mark.parametrize(("account", "total"), [("undone", "0.8"), ("tiny", "0.4")])
def test_a_fee_without_a_rate_is_unused_whole(bill: Finops, account: str, total: str) -> None:
    """What lines are billed beside it stays as billed."""
    assert bill.sql(
        'SELECT sum("EffectiveCost") FILTER ("CommitmentDiscountStatus" = \'Unused\'), '
        'sum("EffectiveCost"), sum("BilledCost") FROM focus.cost_and_usage '
        f"WHERE \"BillingAccountId\" = '{account}'"
    ) == [money("0.4", total, total)]


def test_usage_at_the_price_of_a_commitment_is_billed_as_it_is(bill: Finops) -> None:
    columns = f'{MONEY}, "PricingCategory", "CommitmentDiscountStatus", "x_EffectiveCostNote"'
    assert rows(bill, "priced", columns) == [
        (*money("0.75", "0.75", "1.1", "1"), "Committed", "Used",
         "billed at the price of the commitment")
    ]  # fmt: skip
    ids = 'SELECT count(DISTINCT "CommitmentDiscountId") FROM focus.cost_and_usage'
    assert bill.value(f"{ids} WHERE \"BillingAccountId\" = 'new'") == 1
    assert rows(
        bill, "Commitment fee: Cloud SQL CUD 1 Year", f'"CommitmentDiscountStatus", {MONEY}'
    ) == [
        (None, *money("0.25", "0", "0.25", "0.25")),
        ("Unused", *money("0", "0.25", "0", "0")),
    ]


def test_the_fee_of_a_commitment_in_dollars_is_spread_whole(bill: Finops) -> None:
    columns = f'"CommitmentDiscountStatus", {MONEY}, "x_EffectiveCostNote"'
    assert rows(bill, "flexible", columns) == [
        ("Used", *money("0", "0.5", "0.8", "0.8"),
         "the whole fee is spread: the bill does not tell its unused part")
    ]  # fmt: skip


def test_the_nearest_label_wins(bill: Finops) -> None:
    columns = '"Tags", "SkuPriceDetails", "CapacityReservationId", "CapacityReservationStatus"'
    [(tags, details, reservation, status)] = rows(bill, "labelled", columns)
    own = {k: v for k, v in json.loads(tags).items() if "googleapis" not in k}
    assert own == {"env": "canary", "team": "shop", "unit": "retail"}
    assert json.loads(details) == {
        "InstanceType": "n2-standard-4", "CoreCount": 4, "MemorySize": 16.0,
    }  # fmt: skip
    assert (reservation, status) == ("mine", "Unused")


def test_the_seller_is_the_publisher(bill: Finops) -> None:
    assert rows(bill, "sold", '"PublisherName", "ProviderName"') == [
        ("Seller, Inc.", "Google Cloud")
    ]


def test_amounts_in_dollars_follow_the_rate_of_the_bill(bill: Finops) -> None:
    columns = (
        '"BillingCurrency", "PricingCurrency", "EffectiveCost", "PricingCurrencyEffectiveCost"'
    )
    assert rows(bill, "euro", columns) == [("EUR", "USD", *money("0.9", "1"))]


def test_a_quantity_too_large_for_a_decimal_gives_way_to_the_priced_one(bill: Finops) -> None:
    assert rows(bill, "stored", '"ConsumedQuantity", "ConsumedUnit"') == [(Decimal(50), "hour")]


def test_only_adjustments_of_earlier_months_are_corrections(bill: Finops) -> None:
    assert rows(bill, "wrong price", '"ChargeClass", "ChargeCategory"') == [("Correction", "Usage")]


def test_promotions_are_rows_of_their_own_even_when_they_cancel(bill: Finops) -> None:
    assert bill.sql(
        'SELECT "ChargeDescription", "BilledCost" FROM focus.cost_and_usage '
        "WHERE \"ChargeCategory\" = 'Credit' ORDER BY 1"
    ) == [("one", Decimal("-0.5")), ("two", Decimal("0.5"))]
    assert rows(bill, "cancelled", '"BilledCost"') == [(Decimal(1),)]


def test_other_credits_lower_their_line_and_are_named(bill: Finops) -> None:
    [(billed, contracted, discounts)] = rows(
        bill, "lowered", '"BilledCost", "ContractedCost", "x_Discounts"'
    )
    assert (billed, contracted) == money("0.75", "1")
    assert json.loads(discounts) == {"margin": -0.25}


def test_what_is_unknown_is_kept_and_told(bill: Finops) -> None:
    assert rows(bill, "novel", '"ChargeCategory", "BilledCost"') == [("Adjustment", Decimal(1))]
    assert rows(bill, "odd", '"ChargeCategory", "BilledCost"') == [("Usage", Decimal("0.5"))]
    assert bill.sql(
        "SELECT what, kind FROM checks.assert_no_cost_type_or_credit_is_unknown ORDER BY 1"
    ) == [("cost type", "novelty"), ("credit", "NOVELTY")]


def test_equal_lines_are_kept(bill: Finops) -> None:
    assert rows(bill, "twin", '"BilledCost"') == [(Decimal("0.1"),)] * 2


def test_googles_own_focus_export_passes_through(tmp_path: Path, finops: Finops) -> None:
    charge = focus_charge(x_Unknown="kept")
    write(tmp_path / "export" / "a.csv", [charge, charge])

    result = finops("gcp", "import-billing", "--source", str(tmp_path / "export"))

    assert result.code == 0, result.err
    columns = '"ServiceCategory", "RegionName", "SubAccountType", "InvoiceIssuerName"'
    assert (
        finops.sql(f"SELECT {MONEY}, {columns} FROM focus.cost_and_usage")
        == [(*money("0.1", "0.1", "0.2", "0.1"), "Compute", "Iowa", "Project", "Google Cloud")] * 2
    )
    assert finops.value("SELECT any_value(x_unknown) FROM gcp_billing.files") == "kept"
