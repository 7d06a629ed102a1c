"""The pricing export fills list prices that a bill lacks, and touches no cost."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from tests.fixtures.finops import Finops
from tests.fixtures.gcp import line, write
from tests.fixtures.gcp.lines import ACCOUNT, Line
from tests.integration.test_bad_inputs import assert_one_error


def listed(sku: str, *tiers: tuple[float, str], day: int = 5, **more: Any) -> dict[str, Any]:
    """Return a SKU of one day's list; a tier is where it starts and its price for one unit."""
    rates = [
        {"pricing_unit_quantity": 1.0, "start_usage_amount": start,
         "usd_amount": Decimal(price), "account_currency_amount": Decimal(price)}
        for start, price in tiers
    ]  # fmt: skip
    return {
        "billing_account_id": ACCOUNT,
        "sku": {"id": sku, "description": sku},
        "pricing_as_of_time": datetime(2026, 1, day, tzinfo=UTC),
        "account_currency_code": "USD",
        "list_price": {"tiered_rates": rates},
        **more,
    }


PRICES = [
    listed("plain", (0, "0.04"), day=1),
    listed("plain", (0, "0.05")),
    listed("plain", (0, "9.99"), pricing_as_of_time=datetime(2026, 2, 2, tzinfo=UTC)),
    listed("plain", (0, "8.88"), billing_account_id="another"),
    listed("tiers", (0, "0"), (100, "0.05")),
    listed("odd", (0, "0.05"), (0, "0.06")),
]


def named(sku: str, cost: str, name: str, **more: Any) -> Line:
    """Return two units of a SKU, told by the resource's name."""
    return line(cost, sku={"id": sku, "description": sku}, resource={"name": name}, **more)


LINES = [
    named("plain", "0.10", "at list"),
    named("plain", "0.10", "at list"),
    named("plain", "0.08", "below list"),
    named("plain", "0.08", "has its own", cost_at_list="0.12",
          price={"list_price": "0.06", "tier_start_amount": "0"}),
    named("tiers", "0.10", "tier unknown"),
    named("tiers", "0.10", "second tier", price={"list_price": None, "tier_start_amount": "100"}),
    named("odd", "0.10", "at odds"),
    named("unlisted", "0.10", "not listed"),
    named("plain", "0.10", "in euros", currency="EUR"),
]  # fmt: skip
"""0.76 dollars and 0.10 euros."""


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    folder = tmp_path / "prices"
    folder.mkdir()
    pyarrow.parquet.write_table(pa.Table.from_pylist(PRICES), folder / "1.parquet")
    write(tmp_path / "bill" / "a.json", LINES)
    return ["gcp", "import-billing", "--source", str(tmp_path / "bill")]


def test_a_price_of_the_list_stands_where_the_bill_has_none(command, tmp_path, finops: Finops):
    settings = {"OPEN_FINOPS_GCP_PRICING_SOURCE": str(tmp_path / "prices")}
    assert finops(*command, env=settings).code == 0

    found = finops.sql(
        "SELECT ResourceName, ListUnitPrice, SkuPriceId, BilledCost, ListCost "
        "FROM focus.cost_and_usage ORDER BY ALL"
    )
    assert [(name, price and Decimal(price), sku) for name, price, sku, *_ in found] == [
        ("at list", Decimal("0.05"), "plain/0.0"),
        ("at list", Decimal("0.05"), "plain/0.0"),
        ("at odds", None, "odd/0.0"),
        ("below list", None, "plain/0.0"),
        ("has its own", Decimal("0.06"), "plain/0.0"),
        ("in euros", None, "plain/0.0"),
        ("not listed", None, "unlisted/0.0"),
        ("second tier", Decimal("0.05"), "tiers/100.0"),
        ("tier unknown", None, "tiers/0.0"),
    ]
    assert sum(billed for *_, billed, _ in found) == Decimal("0.86")
    assert sum(cost for *_, cost in found) == Decimal("0.90")


def test_costs_are_the_same_without_a_list(command, finops: Finops):
    assert finops(*command).code == 0

    assert finops.sql(
        "SELECT count(*), count(ListUnitPrice), sum(BilledCost), sum(ListCost) "
        "FROM focus.cost_and_usage"
    ) == [(9, 1, Decimal("0.86"), Decimal("0.90"))]


def test_a_list_that_is_none_is_refused(command, tmp_path, finops: Finops):
    settings = {"OPEN_FINOPS_GCP_PRICING_SOURCE": str(tmp_path / "bill")}
    result = finops(*command, env=settings)
    assert_one_error(result, 3, ("Parquet of the pricing export",))

    pyarrow.parquet.write_table(pa.table({"cost": [1.0]}), tmp_path / "bill.parquet")
    settings = {"OPEN_FINOPS_GCP_PRICING_SOURCE": str(tmp_path / "bill.parquet")}
    result = finops(*command, env=settings)
    assert result.code != 0
    assert "list_price_tiered_rates" in result.err
