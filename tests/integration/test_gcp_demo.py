"""The demo's Google bill obeys the laws of a real one, and survives the way to the marts."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.fixtures.built import copied
from tests.fixtures.finops import Finops
from vendors.gcp.demo import DemoPlan, write_demo

PLAN = DemoPlan(rows=1, months=10, last_period="2026-06")
COSTS = 'sum("BilledCost"), sum("EffectiveCost")'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gcp")
    write_demo(folder, PLAN)
    return folder


def net(folder: Path, where: str = "true") -> Decimal:
    """Return cost and credits of the files, in decimals."""
    exact = "CAST(CAST({} AS VARCHAR) AS DECIMAL(38, 18))"
    credits = f"list_transform(credits, lambda c: {exact.format('c.amount')})"
    row = duckdb.sql(
        f"SELECT sum({exact.format('cost')} + coalesce(list_sum({credits}), 0)) "
        f"FROM '{folder}/*.parquet' WHERE {where}"
    ).fetchone()
    assert row
    return Decimal(row[0])


def test_the_bill_has_every_cost_type_and_the_credits_of_both_kinds_of_commitment(
    folder: Path,
) -> None:
    kinds = duckdb.sql(f"SELECT DISTINCT cost_type FROM '{folder}/*.parquet'").fetchall()
    credits = duckdb.sql(
        f"SELECT DISTINCT unnest(credits).type FROM '{folder}/*.parquet'"
    ).fetchall()

    assert {kind for (kind,) in kinds} == {"regular", "tax", "rounding_error"}
    assert {kind for (kind,) in credits} == {
        "COMMITTED_USAGE_DISCOUNT", "COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE", "FREE_TIER",
        "FEE_UTILIZATION_OFFSET", "PROMOTION", "SUSTAINED_USAGE_DISCOUNT",
    }  # fmt: skip


def test_more_rows_are_a_finer_bill_and_not_a_larger_one(tmp_path: Path, folder: Path) -> None:
    write_demo(tmp_path, DemoPlan(rows=36_000, months=10, last_period="2026-06"))

    rows = duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/*.parquet'").fetchone()
    assert rows and 25_000 < rows[0] < 50_000
    assert abs(net(tmp_path) / net(folder) - 1) < Decimal("0.05")


def test_equal_plans_write_equal_bills(tmp_path: Path, folder: Path) -> None:
    write_demo(tmp_path, PLAN)

    for path in folder.iterdir():
        difference = (
            f"SELECT count(*) FROM (FROM '{path}' EXCEPT ALL FROM '{tmp_path}/{path.name}')"
        )
        assert duckdb.sql(difference).fetchall() == [(0,)]


@pytest.fixture(scope="module")
def imported(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Finops:
    """The bill, from a folder of its own, in FOCUS and marts; the database is read only."""
    finops = Finops(tmp_path_factory.mktemp("imported"))
    shutil.copytree(folder, finops.home / "export")
    result = finops("gcp", "import-billing", "--source", str(finops.home / "export"))
    assert (result.code, result.err) == (0, "")
    return finops


def test_the_demo_reaches_the_marts_with_every_cent(folder: Path, imported: Finops) -> None:
    total = net(folder)
    assert imported.sql(f"SELECT {COSTS} FROM focus.cost_and_usage") == [(total, total)]
    assert imported.sql("SELECT sum(billed_cost) FROM marts.monthly_summary") == [(total,)]


def test_the_demo_restates_a_month(tmp_path: Path, folder: Path, imported: Finops) -> None:
    export, finops = imported.home / "export", copied(imported, tmp_path)
    write_demo(export, PLAN, restated=True)

    again = finops("gcp", "import-billing", "--source", str(export))

    assert again.code == 0, again.err
    assert [row.split()[1:3] for row in again.out.splitlines()] == [["2026-05", "restated"]]
    total, late = net(folder), Decimal("112.5") - Decimal("87.35")
    assert finops.sql(f"SELECT {COSTS} FROM focus.cost_and_usage") == [(total + late,) * 2]
    assert finops.sql(
        'SELECT "ChargeClass", "BilledCost" FROM focus.cost_and_usage '
        'WHERE "ChargeClass" IS NOT NULL'
    ) == [("Correction", Decimal("-87.35"))]


def test_every_commitment_of_the_demo_is_spread_to_the_cent(imported: Finops) -> None:
    found = imported.sql(
        'SELECT sum("BilledCost") FILTER ("ChargeCategory" = \'Purchase\'), '
        'sum("EffectiveCost") FILTER ("CommitmentDiscountStatus" = \'Used\' '
        'AND "BilledCost" = 0), '
        'sum("EffectiveCost") FILTER ("CommitmentDiscountStatus" = \'Unused\') '
        'FROM focus.cost_and_usage WHERE "CommitmentDiscountId" IS NOT NULL '
        "AND \"BillingPeriodStart\" = '2026-06-01'"
    )
    [(paid, used, unused)] = found
    assert paid == used + unused
    assert 0 < unused < paid / 5
