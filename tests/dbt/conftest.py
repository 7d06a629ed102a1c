"""A bill of every line item type, mapped once for all tests of the dbt project."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt import rawdb
from tests.dbt.bill import BASE, whole_bill

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


def mapped_together(database: Path, bills: Mapping[str, Sequence[rawdb.Row]]) -> Path:
    """Map several exports of January at once, each the bill of a payer of its own."""
    rawdb.create(database)
    for number, (name, lines) in enumerate(bills.items(), 1):
        own = {"bill_payer_account_id": f"{number:012}"}
        lines = [
            {**one, **own} if one["bill_payer_account_id"] == BASE["bill_payer_account_id"] else one
            for one in lines
        ]
        rawdb.deliver(database, "2026-01", lines, export=name, table=table(name))
    rawdb.build(database)
    return database


def table(export: str) -> str:
    """Return the raw table of one of the exports that were mapped together."""
    return "aws_billing." + export.replace(", ", "_").replace(" ", "_")


@pytest.fixture
def of(bills: Path) -> Iterator[Callable[[str], Query]]:
    """Return how to ask the FOCUS rows of one export of the module's `bills`."""
    with duckdb.connect(str(bills), read_only=True) as connection:

        def ask(export: str) -> Query:
            rows = f"FROM (FROM focus.cost_and_usage WHERE x_Export = '{export}') AS f"
            return lambda sql: connection.execute(
                sql.replace("FROM focus.cost_and_usage", rows)
            ).fetchall()

        yield ask


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
