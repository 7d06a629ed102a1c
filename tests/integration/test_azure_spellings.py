"""Agreements, languages and notations spell one bill in many ways; it is read as one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.fixtures.azure import Container, ea, mca, payg
from tests.integration.test_azure_import import billed, container, load

__all__ = ["container"]


def test_the_agreements_spell_one_bill_in_one_way(tmp_path, finops):
    container = Container(tmp_path / "container")
    container.deliver("2026-01", lines=[ea("1.10")])
    container.deliver("2026-02", lines=[mca("0.88", month="2026-02")])
    container.deliver("2026-03", lines=[payg("1.10", month="2026-03")])
    load(finops, container.options)
    assert finops.sql(
        "SELECT cost_in_billing_currency, billing_currency, meter_name, resource_group IS NULL, "
        "CAST(usage_date AS VARCHAR) FROM azure_billing.actual ORDER BY usage_date"
    ) == [
        (Decimal("1.10"), "USD", "B2s", True, "2026-01-02"),
        (Decimal("0.88"), "EUR", "B2s", False, "2026-02-02"),
        (Decimal("1.10"), "USD", "P10 Disks", False, "2026-03-02"),
    ]


def test_names_are_matched_without_case_and_in_any_language(container, finops):
    line = ea("1.10")
    names = {name: name for name in line} | {
        "ResourceName": "Ressourcenname (ResourceName)",
        "Cost": "Kosten (CostInBillingCurrency)",
        "SubscriptionId": "subscriptionid",
        "BillingCurrency": "BILLINGCURRENCYCODE",
    }
    container.deliver("2026-01", lines=[{names[name]: value for name, value in line.items()}])
    load(finops, container.options)
    assert finops.sql(
        "SELECT cost_in_billing_currency, resource_name, left(subscription_id, 2), "
        "billing_currency FROM azure_billing.actual"
    ) == [(Decimal("1.10"), "VM-01", "0d", "USD")]


@pytest.mark.parametrize(
    ("day", "start"),
    [("09/02/2026", "09/01/2026"), ("9/2/2026", "9/1/2026"), ("9/2/26", "9/1/26"),
     ("2026-09-02", "2026-09-01"), ("2026-09-02T00:00:00Z", "2026-09-01T00:00:00Z"),
     ("2026-09-02T00:00Z", "2026-09-01T00:00Z"), ("09/02/2026 00:00:00", "09/01/2026 00:00:00")],
)  # fmt: skip
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_each_notation_of_a_day_is_the_second_of_september(form, day, start, tmp_path, finops):
    container = Container(tmp_path / "container", form=form)
    lines = [ea("1.10", month="2026-09", Date=day, BillingPeriodStartDate=start)]
    container.deliver("2026-09", lines=lines)
    load(finops, container.options)
    assert finops.value("SELECT CAST(usage_date AS VARCHAR) FROM azure_billing.actual") == (
        "2026-09-02"
    )


def test_parts_may_write_days_and_columns_otherwise(container, finops):
    """Parts of one run are told apart by their own headers and notations."""
    one = ea("1.10", month="2026-09", day=3)
    other = {**ea("2.00", month="2026-09", Date="2026-09-04"), "NewColumn": "x"}
    other["BillingPeriodStartDate"] = "2026-09-01"
    run = container.deliver("2026-09", lines=[one, one], chunks=2)
    second = Container(container.root / "other").deliver("2026-09", lines=[other])
    run.files[1].write_bytes(second.files[0].read_bytes())
    load(finops, container.options)
    assert finops.sql(
        "SELECT CAST(usage_date AS VARCHAR), cost_in_billing_currency, new_column "
        "FROM azure_billing.actual ORDER BY ALL"
    ) == [("2026-09-03", Decimal("1.10"), None), ("2026-09-04", Decimal("2.00"), "x")]


def test_samples_of_others_import_as_they_are(tmp_path, samples, finops):
    """Real EA lines: a reservation's purchase, costs of 22 decimals, days as MM/DD/YYYY."""
    container = Container(tmp_path / "container", form="csv", layout="plain")
    run = container.deliver("2023-09", ["0"])
    run.files[0].write_bytes((samples / "finops-toolkit/EA_ActualCost_Small.csv").read_bytes())
    load(finops, container.options)
    assert billed(finops, "2023-09") == Decimal("8.5450077867419368")
    assert finops.value("SELECT rows FROM ledger.loads") == 11

    run.files[0].write_bytes((samples / "finops-toolkit/EA_NoRows.csv").read_bytes())
    load(finops, container.options)
    assert finops.value("SELECT count(*) FROM azure_billing.actual") == 0

    run.files[0].write_bytes((samples / "finops-toolkit/EA_AmortizedCost_Small.csv").read_bytes())
    load(finops, container.options)
    assert billed(finops, "2023-09") == Decimal("16.296932136636644627")
