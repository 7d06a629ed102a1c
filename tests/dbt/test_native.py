"""AWS's own FOCUS exports pass through unchanged, with the nulls of FOCUS 1.0 filled."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.errors import TransformError
from tests.dbt import rawdb
from tests.dbt.bill import usage

CHARGE: dict[str, Any] = {
    "billing_account_id": "000000000001",
    "sub_account_id": "000000000002",
    "billing_currency": "USD",
    "billing_period_start": "2026-01-01 00:00:00",
    "billing_period_end": "2026-02-01 00:00:00",
    "charge_period_start": "2026-01-01 00:00:00",
    "charge_period_end": "2026-01-01 01:00:00",
    "charge_category": "Usage",
    "charge_frequency": "Usage-Based",
    "billed_cost": "0.10",
    "effective_cost": "0.10",
    "list_cost": "0.20",
    "contracted_cost": "0.10",
    "service_category": "Compute",
    "service_name": "Amazon Elastic Compute Cloud",
    "provider_name": "AWS",
    "pricing_category": "Standard",
    "pricing_quantity": "1",
    "pricing_unit": "Hrs",
    "consumed_quantity": "1",
    "consumed_unit": "Hrs",
    "x_service_code": "AmazonEC2",
    "x_usage_type": "BoxUsage:m5.large",
    "sku_id": "SKU1",
}
FILLED = (
    '"BillingAccountType", "SubAccountType", "PricingCurrency", "PricingCurrencyEffectiveCost", '
    '"ServiceSubcategory", "SkuMeter", "PublisherName", "InvoiceIssuerName"'
)


def deliver(path: Path) -> None:
    rawdb.create(path)
    rawdb.deliver(path, "2026-01", [CHARGE, CHARGE], dialect="focus_1_0")


@pytest.fixture(scope="module")
def passed_on(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The charges in FOCUS, dbt's compiled tests beside them; read only."""
    path = tmp_path_factory.mktemp("native") / "finops.duckdb"
    deliver(path)
    rawdb.build(path, state=path.parent)
    return path


def test_costs_pass_through_and_nulls_are_filled(passed_on: Path) -> None:
    with duckdb.connect(str(passed_on), read_only=True) as connection:
        found = connection.execute(f"SELECT {FILLED} FROM focus.cost_and_usage").fetchall()
        costs = connection.execute(
            'SELECT sum("BilledCost"), sum("ListCost") FROM focus.cost_and_usage'
        ).fetchone()
    assert costs and [float(c) for c in costs] == [0.2, 0.4]
    assert len(found) == 2
    assert found[0][:3] == ("Management Account", "Member Account", "USD")
    assert float(found[0][3]) == 0.1
    assert found[0][4:] == ("Virtual Machines", "BoxUsage:m5.large", "AWS", "AWS")


def test_a_changed_cost_fails(passed_on: Path, tmp_path: Path) -> None:
    database = shutil.copy(passed_on, tmp_path / "finops.duckdb")
    with duckdb.connect(str(database)) as connection:
        connection.execute('UPDATE focus.cost_and_usage SET "ListCost" = "ListCost" + 1')
        check = "target/compiled/focus/tests/aws/assert_focus_exports_are_passed_on.sql"
        compiled = (passed_on.parent / check).read_text()
        assert connection.execute(compiled).fetchall()


def test_a_payers_month_from_cur_and_focus_is_refused(tmp_path: Path) -> None:
    database = tmp_path / "finops.duckdb"
    deliver(database)
    rawdb.deliver(
        database, "2026-01", [usage()], export="cur", table="aws_billing.cur__billing_2026_01"
    )
    with pytest.raises(TransformError, match="assert_no_bill_comes_from_two_sources"):
        rawdb.build(database)
