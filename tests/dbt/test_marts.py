"""Marts hold what FOCUS holds, at their own grain."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt import rawdb
from tests.dbt.bill import line, usage, whole_bill
from tests.dbt.conftest import money

Ask = Callable[[str], list[tuple[Any, ...]]]


def in_february(one: dict[str, Any]) -> dict[str, Any]:
    """Return the line an hour into February."""
    return one | {
        "line_item_usage_start_date": "2026-02-01 00:00:00",
        "line_item_usage_end_date": "2026-02-01 01:00:00",
    }


MARKET = in_february(line("Fee", "7.00", bill_billing_entity="AWS Marketplace"))
JANUARY = [usage("0.20"), *(one | {"bill_billing_entity": "AWS"} for one in whole_bill()[1:])]
FEBRUARY = [
    in_february(usage("0.45", line_item_usage_amount="3", line_item_unblended_rate="0.15")),
    in_february(usage("0.30", line_item_usage_amount="3", product_sku="NEW")),
    MARKET,
]
"""In February three hours instead of two, at 0.15 instead of 0.10, and a new SKU."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("marts") / "finops.duckdb"
    rawdb.create(path)
    rawdb.deliver(path, "2026-01", JANUARY)
    rawdb.deliver(path, "2026-02", FEBRUARY)
    rawdb.build(path, path.parent, marts=True)
    return path


@pytest.fixture
def ask(database: Path) -> Ask:
    def answer(sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(database), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    return answer


def test_sku_costs_add_up_to_focus_in_every_cost_and_quantity(ask: Ask) -> None:
    mart = ask(
        "SELECT load_id, sum(row_count), sum(list_cost), sum(contracted_cost), sum(billed_cost), "
        "sum(effective_cost), sum(pricing_quantity) FROM marts.sku_costs GROUP BY ALL ORDER BY ALL"
    )
    assert mart == ask(
        'SELECT "x_LoadId", count(*), sum("ListCost"), sum("ContractedCost"), sum("BilledCost"), '
        'sum("EffectiveCost"), sum("PricingQuantity") FROM focus.cost_and_usage '
        "GROUP BY ALL ORDER BY ALL"
    )
    assert [row[4:6] for row in mart] == [money("11.61", "8.61"), money("7.75", "7.75")]


def test_the_price_paid_for_a_sku_is_its_cost_over_its_quantity(ask: Ask) -> None:
    """A refund of the same SKU keeps out of it; the discount on it, -0.20, does not."""
    columns = "CAST(charge_month AS VARCHAR), effective_cost, pricing_quantity, pricing_unit"
    assert ask(
        f"SELECT {columns} FROM marts.sku_costs WHERE sku_meter = 'BoxUsage:m5.large' "
        "AND sku_id = 'SKU1' AND pricing_category = 'Standard' "
        "AND charge_frequency = 'Usage-Based' ORDER BY ALL"
    ) == [
        ("2026-01-01", *money("0", "2"), "Hrs"),
        ("2026-02-01", *money("0.45", "3"), "Hrs"),
    ]


def test_charges_of_an_earlier_month_stand_in_that_month(ask: Ask) -> None:
    assert ask(
        "SELECT CAST(charge_month AS VARCHAR), billed_cost FROM marts.sku_costs "
        "WHERE charge_month < billing_period"
    ) == [("2025-12-01", *money("-0.04"))]


def test_an_invoice_can_be_told_by_its_billing_entity(ask: Ask) -> None:
    assert ask(
        "SELECT billing_entity, sum(billed_cost) FROM marts.invoices "
        "WHERE billing_period = '2026-02-01' GROUP BY ALL ORDER BY ALL"
    ) == [("AWS Marketplace", *money("7.00")), (None, *money("0.75"))]


def test_a_commitment_that_spread_other_than_was_paid_is_noticed(database: Path) -> None:
    """The reservation of January was paid 1.10, and its usage cost 0.10."""
    check = "assert_finished_commitments_spread_what_was_paid.sql"
    compiled = (database.parent / "target/compiled/focus/tests/aws" / check).read_text()
    with duckdb.connect(str(database)) as connection:
        connection.execute("BEGIN")
        assert connection.execute(compiled).fetchall() == []
        connection.execute(
            "UPDATE marts.commitment_use SET commitment_start = '2026-01-01', "
            "commitment_end = '2026-01-31' WHERE commitment_type = 'Reserved Instance'"
        )
        [row] = connection.execute(f"SELECT spread, paid FROM ({compiled})").fetchall()
        connection.execute("ROLLBACK")
    assert row == money("0.10", "1.10")


@pytest.mark.parametrize("column", ["used_cost", "unused_cost", "contracted_cost", "net_savings"])
def test_a_commitment_that_daily_costs_do_not_hold_is_noticed(database: Path, column: str) -> None:
    check = "assert_commitments_add_up_to_daily_costs.sql"
    compiled = (database.parent / "target/compiled/focus/tests/marts" / check).read_text()
    with duckdb.connect(str(database)) as connection:
        connection.execute("BEGIN")
        assert connection.execute(compiled).fetchall() == []
        connection.execute(
            f"UPDATE marts.commitment_use SET {column} = {column} + 1 "
            "WHERE commitment_type = 'Reserved Instance'"
        )
        [row] = connection.execute(
            f"SELECT commitments_{column} - days_{column} FROM ({compiled})"
        ).fetchall()
        connection.execute("ROLLBACK")
    assert row == money("1")


def test_a_restated_month_rebuilds_its_own_slice(database: Path, ask: Ask) -> None:
    january = "SELECT * FROM marts.sku_costs WHERE billing_period = '2026-01-01' ORDER BY ALL"
    before = ask(january)
    rawdb.deliver(database, "2026-02", [in_february(usage("0.20")), MARKET])

    rawdb.build(database, database.parent, marts=True)

    assert ask(january) == before
    assert ask(
        "SELECT sum(billed_cost), sum(pricing_quantity) FROM marts.sku_costs "
        "WHERE billing_period = '2026-02-01' AND charge_category = 'Usage'"
    ) == [money("0.20", "2")]
