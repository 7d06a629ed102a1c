"""What each kind of Azure line becomes in FOCUS, of a pair, of actual costs alone, of FOCUS."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.azure import Container, ea, focus, mca, payg, twins
from tests.fixtures.azure.every_kind import ORDER, bill
from tests.fixtures.azure.lines import DISK, PLAN, RESERVATION, SUBSCRIPTION
from tests.fixtures.finops import Finops, Result

MONEY = '"BilledCost", "EffectiveCost", "ListCost", "ContractedCost"'


def money(*amounts: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(a) for a in amounts)


class Built:
    """One import of several months, and questions to it."""

    def __init__(self, home: Path) -> None:
        self.finops = Finops(home)
        container = Container(home / "container")
        container.deliver_pair("2026-01", bill())
        container.deliver("2026-02", lines=[
            ea("1.10", month="2026-02"),
            ea("24.00", month="2026-02", ChargeType="Purchase", PricingModel="Reservation",
               benefitId=RESERVATION, Frequency="OneTime"),
        ])  # fmt: skip
        container.deliver_pair("2026-03", twins(both=[mca("0.88", month="2026-03")]))
        container.deliver_pair("2026-04", twins(
            both=[ea("1.10", month="2026-04")],
            actual=[ea("0.90", month="2026-04")],
            amortized=[ea("0.40", month="2026-04")],
        ))  # fmt: skip
        container.deliver_pair("2026-05", twins(both=[
            ea("0.50", month="2026-05", Quantity="5000", UnitPrice="1.00", PayGPrice="2.00",
               UnitOfMeasure="10K")
        ]))  # fmt: skip
        container.deliver("2026-06", lines=[payg("1.10", month="2026-06")])
        container.deliver_pair("2026-07", {"actual": [], "amortized": []})
        self.imported = self.run(container.pair)
        container.deliver(
            "2026-08",
            lines=[
                focus("2.00", month="2026-08"),
                focus("1.00", month="2026-08", ServiceName="", ServiceCategory="",
                      ChargeFrequency="Other", Tags="not json"),
            ],
            dataset="focus",
        )  # fmt: skip
        self.passed_on = self.run([*container.options[:4], "-f", "focus"])

    def run(self, options: list[str]) -> Result:
        result = self.finops("azure", "import-export", *options)
        assert result.code == 0, result.err
        return result

    def rows(self, where: str, columns: str, month: str = "2026-01") -> list[Any]:
        return self.finops.sql(
            f"SELECT {columns} FROM focus.cost_and_usage WHERE \"x_Export\" = 'actual' AND "
            f"strftime(\"BillingPeriodStart\", '%Y-%m') = '{month}' AND ({where}) ORDER BY ALL"
        )

    def of(self, kind: str, columns: str, model: str = "true") -> list[Any]:
        return self.rows(f"\"x_SourceLineItemType\" = '{kind}' AND {model}", columns)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return Built(tmp_path_factory.mktemp("azure"))


def test_both_totals_are_azures_own(built):
    assert built.rows("true", 'sum("BilledCost"), sum("EffectiveCost")') == [
        money("33.49", "11.49")
    ]
    amortized, bought = 13, 3
    assert built.rows("true", "count(*)") == [(amortized + bought,)]


def test_usage_carries_the_bills_own_prices(built):
    columns = f'{MONEY}, "ListUnitPrice", "ContractedUnitPrice", "PricingQuantity"'
    on_demand = built.of("Usage", columns, "\"PricingCategory\" = 'Standard' AND "
                         "\"ServiceName\" = 'Virtual Machines'")  # fmt: skip
    assert on_demand == [money("1.1", "1.1", "1.2", "1.1", "0.6", "0.55", "2")]
    spot = built.of("Usage", MONEY, "\"PricingCategory\" = 'Dynamic'")
    assert spot == [money("0.05", "0.05", "0.2", "0.05")]


def test_prices_are_those_of_a_block_whichever_way_azure_states_them(built):
    columns = '"PricingQuantity", "PricingUnit", "ContractedUnitPrice", "ConsumedQuantity"'
    where = "\"PricingUnit\" = '10000 Units'"
    assert built.rows(where, f'{columns}, "ConsumedUnit"') == [
        (Decimal(2), "10000 Units", Decimal("0.01"), Decimal(20000), "Units")
    ]
    assert built.rows(where, f'{columns}, "ListCost"', "2026-05") == [
        (Decimal("0.5"), "10000 Units", Decimal("1"), Decimal(5000), Decimal("1"))
    ]


@pytest.mark.parametrize(
    ("model", "effective", "priced", "quantity", "unit"),
    [
        ("Reservation", "0.4", ("0.55", "0.55", None), "2", "Hours"),
        ("Savings Plan", "0.3", ("0.6", "0.55", "0.6"), "0.3", "USD"),
    ],
)
def test_covered_usage_is_billed_by_its_purchase(
    model, effective, priced, quantity, unit, built
):  # fmt: skip
    columns = f'{MONEY}, "ListUnitPrice", "CommitmentDiscountQuantity", "CommitmentDiscountUnit"'
    where = f"\"CommitmentDiscountStatus\" = 'Used' AND \"CommitmentDiscountType\" = '{model}'"
    listed, contracted, price = priced
    assert built.rows(where, columns) == [
        (
            *money("0", effective, listed, contracted),
            Decimal(price) if price else None,
            Decimal(quantity),
            unit,
        )
    ]


def test_idle_commitments_are_rows_without_a_subscription(built):
    columns = f'"x_SourceLineItemType", {MONEY}, "SubAccountId", "ChargeCategory", "PricingUnit"'
    assert built.rows("\"CommitmentDiscountStatus\" = 'Unused'", columns) == [
        ("UnusedReservation", *money("0", "0.1", "0", "0"), None, "Usage", "Hours"),
        ("UnusedSavingsPlan", *money("0", "0.2", "0", "0"), None, "Usage", "Hours"),
    ]


def test_commitments_are_purchases_without_effective_cost(built):
    columns = '"x_SourceLineItemType", "BilledCost", "EffectiveCost", "ChargeFrequency"'
    more = '"CommitmentDiscountId", "x_CommitmentTerm", "x_PaymentOption"'
    where = '"ChargeCategory" = \'Purchase\' AND "CommitmentDiscountId" IS NOT NULL'
    assert built.rows(where, f"{columns}, {more}") == [
        ("Purchase", *money("3", "0"), "Recurring", PLAN.lower(), "3yr", "Monthly"),
        ("Purchase", *money("24", "0"), "One-Time", ORDER.lower().rstrip("/"), "1yr",
         "All Upfront"),
        ("Refund", *money("-4", "0"), "One-Time", RESERVATION.lower(), "1yr", None),
    ]  # fmt: skip


def test_marketplace_refunds_tax_credit_and_rounding_survive(built):
    columns = '"ChargeCategory", "ChargeClass", "BilledCost", "EffectiveCost", "PublisherName"'
    where = '"x_SourceLineItemType" <> \'Usage\' AND "CommitmentDiscountId" IS NULL'
    assert built.rows(where, columns) == [
        ("Adjustment", None, *money("-0.01", "-0.01"), "Microsoft"),
        ("Adjustment", None, *money("0.03", "0.03"), "Microsoft"),
        ("Credit", None, *money("-0.2", "-0.2"), "Microsoft"),
        ("Purchase", "Correction", *money("-1", "-1"), "Microsoft"),
        ("Purchase", None, *money("10", "10"), "Elastic"),
        ("Tax", None, *money("0.5", "0.5"), "Microsoft"),
    ]
    assert built.of("RoundingAdjustment", '"SubAccountId", "ServiceName", "PricingQuantity"') == [
        (None, "Other", None)
    ]


def test_an_unknown_charge_type_is_an_adjustment_and_draws_attention(built):
    said = built.imported.err
    assert "attention: assert_no_charge_type_is_unknown: 1 row" in said
    assert "charge_type Novelty, row_count 1, billed_cost 0.03" in said


def test_services_regions_and_resources_have_their_names(built):
    columns = '"ServiceName", "ServiceCategory", "ServiceSubcategory", "RegionId", "RegionName"'
    more = '"ResourceId", "ResourceName", "ResourceType", "SkuId", "SkuMeter"'
    where = "\"PricingUnit\" = '10000 Units'"
    assert built.rows(where, f"{columns}, {more}") == [
        ("Managed Disks", "Storage", "Block Storage", "westeurope", "West Europe", DISK.lower(),
         "data-01", "microsoft.compute/disks", "AAA-68652", "B2s")
    ]  # fmt: skip


def test_tags_and_details_are_json_whatever_their_braces(built):
    columns = '"Tags", "SkuPriceDetails"'
    (row,) = built.of("Usage", columns, '"BilledCost" = 1.1')
    assert json.loads(row[0]) == {"CostCenter": "0012", "team": "shop"}
    assert json.loads(row[1]) == {"InstanceType": "Standard_B2s", "CoreCount": 2}


def test_charge_periods_are_days_and_ends_are_exclusive(built):
    columns = '"ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodEnd"'
    (row,) = built.of("Usage", columns, '"BilledCost" = 1.1')
    assert [str(moment) for moment in row] == [
        "2026-01-02 00:00:00",
        "2026-01-03 00:00:00",
        "2026-02-01 00:00:00",
    ]


def test_actual_costs_alone_say_that_they_are_not_amortized(built):
    columns = '"BilledCost", "EffectiveCost", "x_EffectiveCostNote"'
    note = "no amortized export: effective cost is billed cost"
    assert built.rows("true", columns, "2026-02") == [
        (*money("1.1", "1.1"), note),
        (*money("24", "24"), note),
    ]
    assert "attention: assert_effective_cost_is_amortized" in built.imported.err


def test_customer_agreements_are_billed_in_one_currency_and_priced_in_another(built):
    columns = (
        f'{MONEY}, "BillingCurrency", "PricingCurrency", "PricingCurrencyEffectiveCost", '
        '"ContractedUnitPrice", "PricingCurrencyContractedUnitPrice", "ListUnitPrice"'
    )
    assert built.rows("true", columns, "2026-03") == [
        (*money("0.88", "0.88", "1.2", "0.88"), "EUR", "USD",
         *money("1.1", "0.088", "0.11", "0.12"))
    ]  # fmt: skip
    more = '"BillingAccountId", "BillingAccountType", "InvoiceId", "SkuId"'
    assert built.rows("true", more, "2026-03") == [
        ("KX4T-9QBR-BG7-PGB", "Billing Profile", "G012345678", "DZH318Z08M22")
    ]


def test_what_the_two_exports_do_not_agree_on_is_a_row_of_its_own(built):
    columns = '"x_SourceLineItemType", "ChargeCategory", "BilledCost", "EffectiveCost"'
    assert built.rows("true", columns, "2026-04") == [
        ("ActualNotInAmortized", "Adjustment", *money("0.5", "0")),
        ("Usage", "Usage", *money("0.4", "0.4")),
        ("Usage", "Usage", *money("1.1", "1.1")),
    ]
    assert "assert_actual_and_amortized_exports_agree" in built.imported.err


def test_the_oldest_export_names_no_account_and_is_the_subscriptions(built):
    columns = '"BilledCost", "BillingAccountId", "SubAccountId", "ServiceName", "RegionId"'
    assert built.rows("true", f'{columns}, "PricingUnit", "PricingQuantity"', "2026-06") == [
        (Decimal("1.1"), SUBSCRIPTION, SUBSCRIPTION, "Managed Disks", "eastus", "Units/Month",
         Decimal("0.5"))
    ]  # fmt: skip


def test_a_month_of_headers_alone_is_an_empty_month(built):
    assert built.rows("true", "count(*)", "2026-07") == [(0,)]
    assert built.finops.sql(
        "SELECT rows, transformed FROM ledger.loads WHERE billing_period = '2026-07-01'"
    ) == [(0, True)]


def test_real_lines_keep_every_decimal_up_to_focus(tmp_path, samples):
    """The published amortized lines, with actual ones that cost nothing under a commitment."""
    source = samples / "finops-toolkit" / "EA_AmortizedCost_Small.csv"
    with source.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    actual = [
        {**line, "Cost": "0"} if line["PricingModel"] != "OnDemand" else line for line in lines
    ]
    container = Container(tmp_path / "container")
    container.deliver_pair("2023-09", {"actual": actual, "amortized": lines})
    finops = Finops(tmp_path)
    result = finops("azure", "import-export", *container.pair)
    assert result.code == 0, result.err
    assert "attention" not in result.err
    assert finops.sql(
        'SELECT count(*), sum("BilledCost"), sum("EffectiveCost") FROM focus.cost_and_usage'
    ) == [(28, *money("15.797780136168644627", "16.296932136636644627"))]


def test_focus_exports_are_passed_on_and_only_gaps_filled(built):
    assert built.finops.sql(
        'SELECT "BilledCost", "ServiceName", "ServiceCategory", "ChargeFrequency", '
        '"PublisherName", "Tags", "PricingCurrency" FROM focus.cost_and_usage '
        "WHERE \"x_Export\" = 'focus' ORDER BY 1"
    ) == [
        (Decimal(1), "Virtual Machines", "Compute", "Usage-Based", "Microsoft",
         '{"x_unparsed":"not json"}', "USD"),
        (Decimal(2), "Virtual Machines", "Compute", "Usage-Based", "Microsoft",
         '{"team":"shop"}', "USD"),
    ]  # fmt: skip


def test_every_load_is_proven(built):
    assert built.finops.sql(
        "SELECT count(*) FILTER (source_billed IS DISTINCT FROM focus_billed), "
        "count(*) FILTER (source_effective IS DISTINCT FROM focus_effective), count(*) "
        "FROM ledger.reconciliation"
    ) == [(0, 0, 8)]
