"""The demo's SaaS provider: a bill that conserves, restates itself and uses a commitment."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from vendors.focus.demo import write_demo


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nimbus")
    write_demo(folder, None, restated=False)
    return folder


def ask(folder: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        files = f"read_parquet('{folder}/*.parquet')"
        return connection.execute(query.replace("BILL", files)).fetchall()


def test_it_has_thirteen_months_each_in_a_file(folder):
    months = "SELECT count(DISTINCT BillingPeriodStart), count(DISTINCT filename) FROM BILL"
    assert ask(folder, months) == [(13, 13)]


def test_what_the_commitment_costs_is_what_its_use_and_its_rest_cost(folder):
    """390 credits a day at 2.40 USD: 28,080 USD in a month of 30 days."""
    rows = ask(
        folder,
        "SELECT sum(BilledCost) FILTER (ChargeCategory = 'Purchase'), "
        "sum(EffectiveCost) FILTER (ChargeCategory = 'Usage') FROM BILL "
        "WHERE CommitmentDiscountId IS NOT NULL AND BillingPeriodStart = '2025-06-01'",
    )
    assert rows == [(Decimal(28_080), Decimal(28_080))]


def test_billed_and_effective_agree_in_every_month_as_nothing_is_paid_upfront(folder):
    differing = (
        "SELECT BillingPeriodStart FROM BILL GROUP BY 1 "
        "HAVING sum(BilledCost) <> sum(EffectiveCost)"
    )
    assert ask(folder, differing) == []


def test_the_same_demo_is_the_same_bytes_and_times(folder, tmp_path):
    write_demo(tmp_path, None, restated=False)

    for path in sorted(folder.iterdir()):
        twin = tmp_path / path.name
        assert twin.read_bytes() == path.read_bytes()
        assert twin.stat().st_mtime == path.stat().st_mtime


def test_one_month_is_restated_and_a_larger_demo_has_more_lines(folder, tmp_path):
    write_demo(tmp_path, 1_000_000, restated=True)

    assert [path.name for path in tmp_path.iterdir()] == ["nimbus-focus-2026-05.parquet"]
    lines = "SELECT count(*) FROM BILL WHERE BillingPeriodStart = '2026-05-01'"
    assert ask(tmp_path, lines)[0] > ask(folder, lines)[0]
