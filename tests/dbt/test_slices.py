"""cost_and_usage holds exactly the current loads, whatever happened to former ones."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt import rawdb
from tests.dbt.bill import usage

EXPORTS = ("default", "restated", "again", "emptied", "removed", "moved")


def billed(database: Path, export: str = "default") -> dict[str, Decimal]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return dict(
            connection.execute(
                'SELECT strftime("BillingPeriodStart", \'%Y-%m\'), sum("BilledCost") '
                "FROM focus.cost_and_usage WHERE x_Export = ? GROUP BY ALL ORDER BY ALL",
                [export],
            ).fetchall()
        )


def of_each(database: Path) -> dict[str, dict[str, Decimal]]:
    return {export: billed(database, export) for export in EXPORTS}


def fingerprint(database: Path, period: str, export: str) -> list[Any]:
    """Return what identifies a period's rows and their money (I14)."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(
            'SELECT "x_SourceRowId", "BilledCost", "EffectiveCost", "Tags" '
            "FROM focus.cost_and_usage WHERE strftime(\"BillingPeriodStart\", '%Y-%m') = ? "
            "AND x_Export = ? ORDER BY ALL",
            [period, export],
        ).fetchall()


def deliver(
    path: Path, export: str, period: str, costs: Sequence[str], table: str = "", **more: Any
) -> None:
    """Deliver a month of an export; each has a payer of its own."""
    lines = [usage(cost, bill_payer_account_id=f"payer of {export}", **more) for cost in costs]
    table = table or f"aws_billing.{export}_{period.replace('-', '_')}"
    columns = ["line_item_unblended_cost"]
    rawdb.deliver(path, period, lines, export=export, table=table, columns=columns)


@pytest.fixture(scope="module")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months of each export in FOCUS; read only."""
    path = tmp_path_factory.mktemp("slices") / "finops.duckdb"
    rawdb.create(path)
    for export in EXPORTS:
        deliver(path, export, "2026-01", ["1"])
        deliver(path, export, "2026-02", ["2", "2"])
    rawdb.build(path)
    return path


@pytest.fixture(scope="module")
def changed(two_months: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after each export but the first has met what it is called by; read only."""
    path = shutil.copy(two_months, tmp_path_factory.mktemp("changed") / "finops.duckdb")
    deliver(path, "restated", "2026-02", ["2", "3"], line_item_new_column="x")
    deliver(path, "again", "2026-02", ["2", "2"])
    deliver(path, "emptied", "2026-02", [])
    with duckdb.connect(str(path)) as connection:
        rawdb.supersede(connection, "removed", "2026-01", "removed")
    deliver(path, "moved", "2026-01", ["1"], table="aws_billing.moved")
    deliver(path, "moved", "2026-02", ["2"], table="aws_billing.moved")
    rawdb.build(path)
    return path


@pytest.fixture
def database(two_months: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return shutil.copy(two_months, tmp_path / "finops.duckdb")


def test_a_restated_month_replaces_itself_and_nothing_else(two_months: Path, changed: Path) -> None:
    assert billed(changed, "restated") == {"2026-01": Decimal(1), "2026-02": Decimal(5)}
    assert billed(changed) == billed(two_months) == {"2026-01": Decimal(1), "2026-02": Decimal(4)}
    for export in ("restated", "default"):
        before = fingerprint(two_months, "2026-01", export)
        assert fingerprint(changed, "2026-01", export) == before


def test_the_same_month_again_gives_the_same_rows(two_months: Path, changed: Path) -> None:
    february = fingerprint(two_months, "2026-02", "again")
    assert fingerprint(changed, "2026-02", "again") == february


def test_a_month_that_became_empty_is_emptied(changed: Path) -> None:
    assert billed(changed, "emptied") == {"2026-01": Decimal(1)}


def test_nothing_pending_changes_nothing(database: Path) -> None:
    before = of_each(database)
    rawdb.build(database)
    assert of_each(database) == before


def test_a_removed_export_leaves_no_rows(changed: Path) -> None:
    assert billed(changed, "removed") == {"2026-02": Decimal(4)}


def test_a_month_that_moved_to_another_table_is_not_doubled(changed: Path) -> None:
    assert billed(changed, "moved") == {"2026-01": Decimal(1), "2026-02": Decimal(2)}


def test_a_missing_or_outdated_table_is_built_from_every_current_load(database: Path) -> None:
    before = of_each(database)
    for change in (
        "DROP TABLE focus.cost_and_usage",
        'ALTER TABLE focus.cost_and_usage DROP COLUMN "x_Operation"',
    ):
        with duckdb.connect(str(database)) as connection:
            connection.execute("DROP VIEW IF EXISTS focus.unmapped_services")
            connection.execute(change)
        rawdb.build(database)
        assert of_each(database) == before


def test_views_outlive_the_renaming_of_the_file(database: Path, tmp_path: Path) -> None:
    published = tmp_path / "published.duckdb"
    database.rename(published)
    with duckdb.connect(str(published), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM focus.unmapped_services").fetchall()
        assert connection.execute("SELECT count(*) FROM focus_staging.int_aws__focus").fetchall()


def test_a_failing_check_names_itself(database: Path) -> None:
    from core.errors import TransformError

    deliver(database, "default", "2026-03", ["1"], line_item_currency_code="dollars")
    with pytest.raises(TransformError, match="assert_charges_keep_the_rules_of_focus"):
        rawdb.build(database)
