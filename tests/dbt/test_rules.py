"""Every rule on FOCUS rows can fail: one broken value each, and the rule is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

TESTS = Path("target/compiled/focus/tests/rules")
ERRORS = TESTS / "assert_charges_keep_the_rules_of_focus.sql"
WARNINGS = TESTS / "assert_charges_show_no_sign_of_trouble.sql"

USED = "\"CommitmentDiscountStatus\" = 'Used'"
UNUSED = "\"CommitmentDiscountStatus\" = 'Unused'"
USAGE = "\"x_SourceLineItemType\" = 'Usage'"
PURCHASE = '"ChargeCategory" = \'Purchase\' AND "CommitmentDiscountId" IS NOT NULL'
TAX = "\"ChargeCategory\" = 'Tax'"
CREDIT = "\"ChargeCategory\" = 'Credit'"

# The start of a rule's sentence -> what breaks it: SET clause, WHERE condition.
BREAKS: dict[str, tuple[str, str]] = {
    "BillingCurrency is an ISO": ("\"BillingCurrency\" = 'dollars'", "true"),
    "BillingPeriodStart is the first": ("\"BillingPeriodStart\" = '2026-01-02'", "true"),
    "BillingPeriodEnd is one month": ("\"BillingPeriodEnd\" = '2026-01-31'", "true"),
    "ChargePeriodStart lies": ('"ChargePeriodEnd" = "ChargePeriodStart"', "true"),
    "An absent commitment": ("\"CommitmentDiscountType\" = 'x'", USAGE),
    "A commitment has a category": ('"CommitmentDiscountCategory" = NULL', USED),
    "Usage under a commitment is Used": ('"CommitmentDiscountStatus" = NULL', USED),
    "Only usage is Used": ("\"CommitmentDiscountStatus\" = 'Used'", PURCHASE),
    "CommitmentDiscountQuantity is set on": ('"CommitmentDiscountQuantity" = NULL', USED),
    "CommitmentDiscountQuantity is set nowhere": ('"CommitmentDiscountQuantity" = 1', USAGE),
    "CommitmentDiscountUnit goes": ('"CommitmentDiscountUnit" = NULL', USED),
    "ConsumedUnit goes": ('"ConsumedUnit" = NULL', USAGE),
    "PricingUnit goes": ('"PricingUnit" = NULL', USAGE),
    "SubAccountType goes": ('"SubAccountType" = NULL', USAGE),
    "SubAccountName goes": ('"SubAccountId" = NULL, "SubAccountName" = \'x\'', USAGE),
    "RegionName goes": ('"RegionName" = NULL', USAGE),
    "ResourceType goes": ('"ResourceType" = NULL', '"ResourceId" IS NOT NULL'),
    "ResourceName goes": ("\"ResourceName\" = 'x'", '"ResourceId" IS NULL'),
    "SkuMeter goes": ('"SkuId" = NULL', '"SkuMeter" IS NOT NULL'),
    "SkuPriceDetails goes": ('"SkuPriceId" = NULL, "SkuPriceDetails" = \'{}\'', USAGE),
    "CapacityReservationStatus goes": ("\"CapacityReservationStatus\" = 'Used'", USAGE),
    "Usage of a capacity": ("\"CapacityReservationId\" = 'cr-1'", USAGE),
    "ConsumedQuantity is set on": ('"ConsumedQuantity" = NULL, "ConsumedUnit" = NULL', USAGE),
    "ConsumedQuantity is set nowhere": ('"ConsumedQuantity" = 1', UNUSED),
    "PricingQuantity is set on": ('"PricingQuantity" = NULL', USAGE),
    "PricingCategory is set on": ('"PricingCategory" = NULL', USAGE),
    "Tax has no SKU": ("\"SkuId\" = 'x'", TAX),
    "A credit without price": ('"ListCost" = "ListCost" + 1', CREDIT),
    "Unit prices are not negative": ('"ListUnitPrice" = -"ListUnitPrice"', USAGE),
    "ListUnitPrice times": ('"ListUnitPrice" = "ListUnitPrice" + 0.01', USAGE),
    "ContractedUnitPrice times": ('"ContractedCost" = "ContractedCost" + 0.01', USAGE),
    "A commitment's purchase has no": ('"EffectiveCost" = 0.01', PURCHASE),
    "A commitment's purchase is not": ("\"PricingCategory\" = 'Committed'", PURCHASE),
    "Usage under a commitment is priced": ("\"PricingCategory\" = 'Standard'", USED),
    "Usage under a commitment is billed": ('"BilledCost" = 0.01', USED),
    "A purchase is not usage-based": ("\"ChargeFrequency\" = 'Usage-Based'", PURCHASE),
    "In one currency": ('"PricingCurrencyEffectiveCost" = 99', USAGE),
    "A synthetic row": ("\"x_ParentRowId\" = 'x'", USAGE),
    "ListCost is at least": ('"ListCost" = "ContractedCost" - 0.01', USAGE),
    "ContractedCost is at least": ('"ContractedCost" = "EffectiveCost" - 0.01', USAGE),
    "A charge that is billed": ('"ListCost" = 0', USAGE),
    "The charge period lies": ("\"ChargePeriodStart\" = '2025-12-30'", USAGE),
}


def rules(compiled: str) -> list[str]:
    """Return the sentences of a compiled test's rules."""
    return [r.replace("''", "'") for r in re.findall(r"^\s+\(\d+, '(.*)'\),?$", compiled, re.M)]


def breaking(rule: str) -> tuple[str, str]:
    """Return what breaks a rule; those on one column follow from its name."""
    column = rule.split()[0]
    if rule == f"{column} is set":
        return f'"{column}" = NULL', "true"
    if " is an allowed value" in rule:
        return f"\"{column}\" = 'Foo'", "true"
    found = [broken for start, broken in BREAKS.items() if rule.startswith(start)]
    assert len(found) == 1, f"no way to break the rule: {rule}"
    return found[0]


@pytest.fixture
def database(mapped: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(mapped / "bill.duckdb")) as connection:
        connection.execute("BEGIN")
        yield connection
        connection.execute("ROLLBACK")


@pytest.mark.parametrize("test", [ERRORS, WARNINGS], ids=["errors", "warnings"])
def test_every_rule_names_itself_when_one_value_breaks_it(
    mapped: Path, database: duckdb.DuckDBPyConnection, test: Path
) -> None:
    compiled = (mapped / test).read_text()
    assert database.execute(compiled).fetchall() == []
    assert len(rules(compiled)) > 3
    for rule in rules(compiled):
        assignment, where = breaking(rule)
        database.execute(f"UPDATE focus.cost_and_usage SET {assignment} WHERE {where}")
        named = [row[1] for row in database.execute(compiled).fetchall()]
        database.execute("ROLLBACK")
        database.execute("BEGIN")
        assert rule in named


OTHERS: dict[str, str] = {
    "rules/assert_service_categories_are_those_of_focus.sql": """
        UPDATE focus.cost_and_usage SET "ServiceSubcategory" = 'Block Storage'
        WHERE "x_SourceLineItemType" = 'Usage'""",
    "rules/assert_names_and_units_are_steady.sql": """
        UPDATE focus.cost_and_usage SET "CommitmentDiscountUnit" = 'Days'
        WHERE "CommitmentDiscountStatus" = 'Unused'""",
    "rules/assert_no_bill_is_loaded_twice.sql": """
        UPDATE focus.cost_and_usage SET "x_Export" = 'other' WHERE "ChargeCategory" = 'Tax'""",
    "rules/assert_no_bill_comes_from_two_sources.sql": """
        INSERT INTO ledger.loads (load_id, vendor, export, billing_period, dialect, status)
        VALUES ('native', 'aws', 'other', '2026-01-01', 'focus_1_2', 'current');
        UPDATE focus.cost_and_usage SET "x_Export" = 'other', "x_LoadId" = 'native'
        WHERE "ChargeCategory" = 'Tax'""",
    "aws/assert_unused_rows_have_their_fee.sql": """
        DELETE FROM focus.cost_and_usage WHERE "x_SourceLineItemType" = 'RIFee'
        AND "ChargeCategory" = 'Purchase'""",
    "aws/assert_every_line_item_type_keeps_its_cost.sql": """
        UPDATE focus.cost_and_usage SET "EffectiveCost" = "EffectiveCost" + 0.000000000000000001
        WHERE "x_SourceLineItemType" = 'Usage'""",
    "aws/assert_bills_hold_the_identities_of_aws.sql": """
        UPDATE aws_billing.billing_2026_01 SET line_item_unblended_cost = -0.20
        WHERE line_item_line_item_type = 'SavingsPlanNegation'""",
}
EXPECTED = {"aws/assert_no_line_item_type_is_unknown.sql"}
"""The bill has a line of an unknown type: this test finds something without our help."""
NEEDS_FOCUS_EXPORT = {"aws/assert_focus_exports_are_passed_on.sql"}
"""Shown in test_native.py; test_marts.py shows the one that needs a mart."""


@pytest.mark.parametrize("test", OTHERS)
def test_every_other_check_fails_when_its_data_is_broken(
    mapped: Path, database: duckdb.DuckDBPyConnection, test: str
) -> None:
    compiled = (mapped / TESTS.parent / test).read_text()
    assert database.execute(compiled).fetchall() == []
    for statement in OTHERS[test].split(";"):
        database.execute(statement)
    assert database.execute(compiled).fetchall()


def test_each_check_of_the_project_is_shown_to_fail(mapped: Path) -> None:
    folder = mapped / TESTS.parent
    known = {*OTHERS, *EXPECTED, *NEEDS_FOCUS_EXPORT}
    known |= {f"rules/{ERRORS.name}", f"rules/{WARNINGS.name}"}
    found = {f"{p.parent.name}/{p.name}" for d in ("aws", "rules") for p in (folder / d).iterdir()}
    assert found == known
