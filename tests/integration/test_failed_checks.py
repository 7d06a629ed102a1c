"""What breaks a rule of FOCUS is one error that quotes the rows and says what to do next."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from tests.fixtures.aws import line
from tests.fixtures.built import copied
from tests.fixtures.finops import Finops

SCREEN = 24
"""Lines of a terminal."""
EVERYTHING_BROKEN = """
    UPDATE focus.cost_and_usage SET ChargeCategory = 'Present', ServiceSubcategory = 'None';
    UPDATE marts.daily_costs SET billed_cost = billed_cost + 1;
    UPDATE marts.tag_costs SET billed_cost = billed_cost + 1;
    UPDATE marts.invoices SET effective_cost = effective_cost + 1
"""


@pytest.fixture
def loaded(built, tmp_path) -> Finops:
    home = tmp_path / "loaded"
    copied(built, home)
    return Finops(home)


def change(finops: Finops, statements: str) -> None:
    with duckdb.connect(str(finops.database)) as connection:
        connection.execute(statements)


def test_rules_that_a_bill_breaks_are_quoted_and_the_hint_leads_to_the_lines(bucket, finops):
    months = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
    for month in months:
        bucket.deliver(month, lines=[line("1.10", month=month, currency="dollars")] * 2)

    result = finops("aws", "import-cur", *bucket.options)

    assert result.code == 10
    assert result.err.splitlines()[:-1] == [
        "error: the FOCUS build failed:",
        "  assert_charges_keep_the_rules_of_focus: 5 rows",
        "    Fails with one row per load and rule that charges of the load break.",
        "    cur 2026-01: rule BillingCurrency is an ISO 4217 code, violations 2",
        "    cur 2026-02: rule BillingCurrency is an ISO 4217 code, violations 2",
        "    cur 2026-03: rule BillingCurrency is an ISO 4217 code, violations 2",
        "    and 2 rows more",
    ]
    assert "--no-transform" in result.hint and "A check fails" in result.hint
    assert not finops.database.exists()

    look = {"OPEN_FINOPS_DATA_DIR": str(finops.home / "look")}
    finops.load(*bucket.options, env=look)
    at_fault = "FROM aws_billing.cur WHERE line_item_currency_code = 'dollars'"
    sql = f"SELECT sum(line_item_unblended_cost) AS cost {at_fault}"
    assert finops("query", sql, "--format", "csv", env=look).out == "cost\n11.000000000000000000\n"

    for month in months:
        bucket.deliver(month, lines=[line("1.10", month=month)] * 2, version="corrected")
    assert finops("aws", "import-cur", *bucket.options).code == 0
    assert finops.value("SELECT sum(BilledCost) FROM focus.cost_and_usage") == Decimal("11.00")


def test_a_check_that_keeps_no_table_is_quoted_too(loaded):
    change(loaded, "UPDATE marts.daily_costs SET billed_cost = 6 WHERE billed_cost = 5")

    result = loaded("focus", "check")

    assert result.code == 10
    assert result.err.splitlines()[1:4] == [
        "  assert_daily_costs_keep_every_cent: 1 row",
        "    Fails with a row per load and currency in which daily costs differ from the invoices.",
        "    cur 2026-01: billing_currency EUR, bill_row_count 1, mart_row_count 1, "
        "bill_billed_cost 5, mart_billed_cost 6",
    ]


def test_an_error_of_many_checks_fits_on_a_screen(loaded):
    change(loaded, EVERYTHING_BROKEN)

    result = loaded("focus", "check")

    assert result.code == 10
    assert len(result.err.splitlines()) <= SCREEN
    assert max(map(len, result.err.splitlines()[:-1])) <= 124
    assert "more: assert_" in result.err
