"""From files of every FOCUS version to FOCUS 1.2: one build for many sources."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.finops import Finops
from tests.fixtures.focus import charge, oci_line, write_csv

OLD = {
    "BilledCost": "3.00", "BillingAccountId": "org", "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-01-01T00:00:00Z", "BillingPeriodEnd": "2026-02-01T00:00:00Z",
    "ChargePeriodStart": "2026-01-01T00:00:00Z", "ChargePeriodEnd": "2026-01-02T00:00:00Z",
    "ServiceName": "Functions", "ServiceCategory": "compute",
}  # fmt: skip
"""What FOCUS 0.5 and 1.0-preview share with later versions."""

SOURCES = {
    "Zero Five": [
        {**OLD, "AmortizedCost": "2.50", "ChargeType": "usage", "Provider": "Zero", "Region": "eu",
         "Publisher": "Zero Inc", "InvoiceIssuer": "Zero GmbH"},
    ],
    "Preview": [
        {**OLD, "EffectiveCost": "3.00", "ChargeCategory": "Usage", "ProviderName": "Prev",
         "ChargeSubCategory": "Used Commitment", "UsageQuantity": "7", "UsageUnit": "GB",
         "PricingCategory": "On-Demand", "Region": "eu-west", "CommitmentDiscountId": "c1"},
        {**OLD, "EffectiveCost": "-1.00", "BilledCost": "-1.00", "ChargeCategory": "Adjustment",
         "ChargeSubCategory": "Credit", "ProviderName": "Prev"},
        {**OLD, "EffectiveCost": "-2.00", "BilledCost": "-2.00", "ChargeCategory": "Adjustment",
         "ChargeSubCategory": "Refund", "ProviderName": "Prev"},
    ],
    "Grafana": [
        charge("1.10", x_Stack="prod", x_Requests="12", Tags='{"team":"a"}'),
        charge("1.10", ServiceCategory="Database", Tags='"team": "b"'),
    ],
    "Next": [
        charge(
            "4.00", ProviderName=None, PublisherName=None, ServiceProviderName="Next Corp",
            HostProviderName="AWS", InvoiceDetailId="line-7", AllocatedTags='{"pod":"x"}',
        ),
    ],
    "No effective": [charge("5.00", EffectiveCost=None, ProviderName="Bare")],
    "oci": [oci_line("0.05"), oci_line("-0.05", **{
        "lineItem/isCorrection": "true", "lineItem/backreferenceNo": "V2.ref-1",
    })],
}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Finops:
    """All sources in one database."""
    root = tmp_path_factory.mktemp("focus")
    finops = Finops(root)
    text = ""
    for name, rows in SOURCES.items():
        write_csv(root / "in" / name / "bill.csv", rows)
        text += f'[[focus.sources]]\nprovider = "{name}"\nsource = "{root}/in/{name}"\n'
    (root / "config.toml").write_text(text)
    result = finops("focus", "import", "-c", str(root / "config.toml"))
    assert result.code == 0, result.err
    (root / "said").write_text(result.err)
    return finops


def one(home: Finops, source: str, columns: str, more: str = "") -> tuple[object, ...]:
    return home.sql(
        f"SELECT {columns} FROM focus.cost_and_usage WHERE x_Export = '{source}' {more}"
    )[0]


def test_the_version_is_told_by_the_columns(home):
    assert dict(home.sql("SELECT export, dialect FROM ledger.loads")) == {
        "Zero Five": "focus_0_5",
        "Preview": "focus_1_0_preview",
        "Grafana": "focus_1_0",
        "Next": "focus_1_4",
        "No effective": "focus_1_0",
        "oci": "oci_cost",
    }


def test_every_source_is_proven(home):
    rows = home.sql(
        "SELECT export, source_billed, focus_billed, source_effective, focus_effective "
        "FROM ledger.reconciliation ORDER BY 1"
    )
    assert {row[0] for row in rows} == set(SOURCES)
    assert all(row[1] == row[2] and row[3] == row[4] for row in rows)


def test_focus_0_5_takes_its_new_names(home):
    columns = (
        "EffectiveCost, ChargeCategory, ProviderName, PublisherName, InvoiceIssuerName, RegionId, "
        "RegionName, ServiceCategory, ServiceSubcategory, PricingCurrency, x_EffectiveCostNote"
    )
    assert one(home, "Zero Five", columns) == (
        Decimal("2.5"), "Usage", "Zero", "Zero Inc", "Zero GmbH", "eu", "eu", "Compute",
        "Other (Compute)", "USD", "EffectiveCost is AmortizedCost of FOCUS 0.5",
    )  # fmt: skip


def test_focus_1_0_preview_takes_its_new_values(home):
    used = "CommitmentDiscountStatus, ConsumedQuantity, ConsumedUnit, PricingCategory, RegionId"
    found = one(home, "Preview", used, "AND BilledCost = 3")
    assert found == ("Used", Decimal(7), "GB", "Standard", "eu-west")
    kinds = "ChargeCategory, ChargeClass"
    assert one(home, "Preview", kinds, "AND BilledCost = -1") == ("Credit", None)
    assert one(home, "Preview", kinds, "AND BilledCost = -2") == ("Adjustment", "Correction")


def test_columns_of_the_providers_own_are_kept(home):
    found = one(home, "Grafana", "CAST(x_Other AS VARCHAR)", "AND (Tags->>'team') = 'a'")
    assert json.loads(str(found[0])) == {"x_stack": "prod", "x_requests": "12"}


def test_tags_without_braces_and_categories_of_another_spelling_are_understood(home):
    found = one(home, "Grafana", "ServiceCategory, ServiceSubcategory", "AND (Tags->>'team') = 'b'")
    assert found == ("Databases", "Other (Databases)")


def test_what_a_provider_leaves_out_stays_empty(home):
    columns = "RegionId, InvoiceId, SkuId, BillingAccountType, ContractedUnitPrice"
    assert one(home, "Grafana", columns) == (None,) * 5


def test_a_missing_effective_cost_follows_the_billed_and_says_so(home):
    assert one(home, "No effective", "EffectiveCost, x_EffectiveCostNote") == (
        Decimal(5),
        "EffectiveCost follows BilledCost: the source has none",
    )


def test_focus_1_3_and_1_4_stand_beside(home):
    columns = "ServiceProviderName, HostProviderName, AllocatedTags->>'pod'"
    for version, more in (("1_3", "ProviderName"), ("1_4", "InvoiceDetailId")):
        query = f"SELECT {columns}, {more} FROM focus.cost_and_usage_{version}"
        found = home.sql(f"{query} WHERE x_Export = 'Next'")
        last = "Next Corp" if version == "1_3" else "line-7"
        assert found == [("Next Corp", "AWS", "x", last)]
        assert home.sql(f"{query} WHERE x_Export = 'Grafana'")[0][:2] == ("Grafana", None)


def test_oci_reports_become_focus(home):
    columns = (
        "ProviderName, ServiceName, ServiceCategory, SubAccountName, RegionId, ResourceId, "
        "ResourceType, ContractedUnitPrice, PricingQuantity, PricingUnit, ListCost, Tags->>'team'"
    )
    assert one(home, "oci", columns, "AND BilledCost > 0") == (
        "Oracle", "OCI Compute", "Compute", "web", "eu-frankfurt-1",
        "ocid1.instance.oc1.eu-frankfurt-1.x", "instance", Decimal("0.025"), Decimal(2),
        "OCPU Hours", None, "web",
    )  # fmt: skip
    found = one(home, "oci", "x_SourceLineItemType, x_Other->>'line_item_backreference_no'",
                "AND BilledCost < 0")  # fmt: skip
    assert found == ("Correction", "V2.ref-1")


def test_gaps_are_told_for_each_column(home):
    said = (home.home / "said").read_text()
    assert "attention: No effective: left out, though FOCUS wants it always: EffectiveCost" in said
    listed = json.loads(home("focus", "list-gaps", "-P", "oci", "--json").out)
    assert {g["column"]: g["state"] for g in listed if g["wanted"] == "always"} == {
        "EffectiveCost": "left out",
        "ListCost": "left out",
    }


def test_a_source_may_be_chosen_by_its_name(home):
    result = home("focus", "import", "-c", str(home.home / "config.toml"), "-P", "Next")
    assert result.out == "Next  nothing new: 1 billing period is current\n"


def test_the_checks_pass_on_a_copy(home):
    found = json.loads(home("focus", "check", "--json").out)
    assert {check["state"] for check in found["checks"]} <= {"passed", "warning"}
    assert {proof["state"] for proof in found["reconciliation"]} == {"proven"}


def test_the_same_bill_from_another_export_is_refused(home, tmp_path: Path):
    """Grafana's own file again, under another name: its money would count twice."""
    write_csv(tmp_path / "again.csv", [charge("9.00")])
    before = home.fingerprint()

    result = home("focus", "import", "-P", "Reseller", "-S", str(tmp_path))

    assert result.code == 3, result.err
    assert "both hold the bill of payer 0042 for 2026-01" in result.error
    assert home.fingerprint() == before
