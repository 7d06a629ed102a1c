"""A bill of every line item type, mapped once for all tests of the dbt project."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt import rawdb
from tests.dbt.bill import whole_bill

Query = Callable[[str], list[tuple[object, ...]]]
MONEY = '"BilledCost", "EffectiveCost", "ListCost", "ContractedCost"'


def money(*amounts: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(a) for a in amounts)


def rows(bill: Query, kind: str, columns: str) -> list[Any]:
    """Return columns of the FOCUS rows that come from one line item type."""
    return bill(
        f"SELECT {columns} FROM focus.cost_and_usage WHERE \"x_SourceLineItemType\" = '{kind}' "
        'ORDER BY "ChargeCategory", "ChargePeriodStart", "BilledCost" DESC'
    )


def built(folder: Path, lines: Sequence[rawdb.Row], **delivery: Any) -> Query:
    """Map one month of lines, and return how to ask the result."""
    database = folder / "finops.duckdb"
    rawdb.create(database)
    rawdb.deliver(database, "2026-01", lines, **delivery)
    rawdb.build(database)
    connection = duckdb.connect(str(database), read_only=True)
    return lambda sql: connection.execute(sql).fetchall()


@pytest.fixture(scope="session")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a database that holds the bill, its FOCUS rows and dbt's compiled tests."""
    folder = tmp_path_factory.mktemp("mapped")
    database = folder / "bill.duckdb"
    rawdb.create(database)
    rawdb.activate_tags(database, ["CostCenter"])
    rawdb.deliver(database, "2026-01", whole_bill())
    rawdb.build(database, state=folder)
    return folder


@pytest.fixture
def bill(mapped: Path) -> Iterator[Query]:
    """Ask the mapped bill."""
    with duckdb.connect(str(mapped / "bill.duckdb"), read_only=True) as connection:
        yield lambda sql: connection.execute(sql).fetchall()
