"""cost_and_usage holds exactly the current loads, whatever happened to former ones."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt import rawdb
from tests.dbt.bill import usage


def billed(database: Path) -> dict[str, Decimal]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return dict(
            connection.execute(
                'SELECT strftime("BillingPeriodStart", \'%Y-%m\'), sum("BilledCost") '
                "FROM focus.cost_and_usage GROUP BY ALL ORDER BY ALL"
            ).fetchall()
        )


def fingerprint(database: Path, period: str) -> list[Any]:
    """Return what identifies a period's rows and their money (I14)."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(
            'SELECT "x_SourceRowId", "BilledCost", "EffectiveCost", "Tags" '
            "FROM focus.cost_and_usage WHERE strftime(\"BillingPeriodStart\", '%Y-%m') = ? "
            "ORDER BY ALL",
            [period],
        ).fetchall()


@pytest.fixture(scope="module")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months in FOCUS; read only."""
    path = tmp_path_factory.mktemp("slices") / "finops.duckdb"
    rawdb.create(path)
    rawdb.deliver(path, "2026-01", [usage("1")])
    rawdb.deliver(path, "2026-02", [usage("2"), usage("2")])
    rawdb.build(path)
    return path


@pytest.fixture
def database(two_months: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return shutil.copy(two_months, tmp_path / "finops.duckdb")


def test_a_restated_month_replaces_itself_and_nothing_else(database: Path) -> None:
    january = fingerprint(database, "2026-01")
    rawdb.deliver(database, "2026-02", [usage("2"), usage("3", line_item_new_column="x")])
    rawdb.build(database)
    assert billed(database) == {"2026-01": Decimal(1), "2026-02": Decimal(5)}
    assert fingerprint(database, "2026-01") == january


def test_the_same_month_again_gives_the_same_rows(database: Path) -> None:
    february = fingerprint(database, "2026-02")
    rawdb.deliver(database, "2026-02", [usage("2"), usage("2")])
    rawdb.build(database)
    assert fingerprint(database, "2026-02") == february


def test_a_month_that_became_empty_is_emptied(database: Path) -> None:
    rawdb.deliver(database, "2026-02", [], columns=["line_item_unblended_cost"])
    rawdb.build(database)
    assert billed(database) == {"2026-01": Decimal(1)}


def test_nothing_pending_changes_nothing(database: Path) -> None:
    before = billed(database)
    rawdb.build(database)
    assert billed(database) == before


def test_a_removed_export_leaves_no_rows(database: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        rawdb.supersede(connection, "default", "2026-01", "removed")
    rawdb.build(database)
    assert billed(database) == {"2026-02": Decimal(4)}


def test_a_month_that_moved_to_another_table_is_not_doubled(database: Path) -> None:
    rawdb.deliver(database, "2026-01", [usage("1")], table="aws_billing.billing_data")
    rawdb.deliver(database, "2026-02", [usage("2")], table="aws_billing.billing_data")
    rawdb.build(database)
    assert billed(database) == {"2026-01": Decimal(1), "2026-02": Decimal(2)}


def test_a_missing_or_outdated_table_is_built_from_every_current_load(database: Path) -> None:
    before = billed(database)
    for change in (
        "DROP TABLE focus.cost_and_usage",
        'ALTER TABLE focus.cost_and_usage DROP COLUMN "x_Operation"',
    ):
        with duckdb.connect(str(database)) as connection:
            connection.execute("DROP VIEW IF EXISTS focus.unmapped_services")
            connection.execute(change)
        rawdb.build(database)
        assert billed(database) == before


def test_views_outlive_the_renaming_of_the_file(database: Path, tmp_path: Path) -> None:
    published = tmp_path / "published.duckdb"
    database.rename(published)
    with duckdb.connect(str(published), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM focus.unmapped_services").fetchall()
        assert connection.execute("SELECT count(*) FROM focus_staging.int_aws__focus").fetchall()


def test_a_failing_check_names_itself(database: Path) -> None:
    from core.errors import TransformError

    rawdb.deliver(database, "2026-03", [usage("1", line_item_currency_code="dollars")])
    with pytest.raises(TransformError, match="assert_charges_keep_the_rules_of_focus"):
        rawdb.build(database)
