"""Legacy CUR and CUR 2.0 of one bill become the same FOCUS rows, column by column (A-I7)."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.fixtures.aws_demo import NET_PLAN, export
from tests.fixtures.finops import Finops

LACKING = {"BillingAccountName", "SubAccountName"}
"""Legacy CUR has no account names."""

DOUBLES = {
    name: f"CAST({name} AS DOUBLE) AS {name}" for name in ("ConsumedQuantity", "PricingQuantity")
}
"""Parquet and CUR 2.0's CSV hold doubles: one quantity of the demo has 17 digits."""

SNAKE = {"Tags": "lower(replace(CAST(Tags AS VARCHAR), ' ', '_')) AS Tags"}
"""Legacy parquet has cost categories under names in snake_case."""


def imported(factory: pytest.TempPathFactory, dialect: str, form: str) -> Finops:
    """Import one export of the demo bill: both payers, one of them net."""
    folder = export(factory, NET_PLAN, dialect=dialect, format=form)
    finops = Finops(factory.mktemp("home"))
    keys = {"OPEN_FINOPS_AWS_TAG_KEYS": "team,env,CostCenter,Name,aws:createdBy"}
    options = ["-b", str(folder), "-p", "exports", "-n", "finops-demo"]
    result = finops("aws", "import-cur", *options, env=keys)
    assert result.code == 0, result.err
    return finops


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Finops:
    return imported(tmp_path_factory, "cur_2", "parquet")


def differences(one: Path, other: Path, columns: str) -> list[tuple[object, ...]]:
    """Return rows that one database has more often than the other."""
    with duckdb.connect() as connection:
        for name, path in (("one", one), ("other", other)):
            connection.execute(f"ATTACH '{path}' AS {name} (READ_ONLY)")
        rows = f"SELECT {columns}, count(*) FROM {{}}.focus.cost_and_usage GROUP BY ALL"
        found: list[tuple[object, ...]] = []
        for left, right in (("one", "other"), ("other", "one")):
            query = f"{rows.format(left)} EXCEPT ALL {rows.format(right)} LIMIT 5"
            found += connection.execute(query).fetchall()
    return found


@pytest.mark.parametrize(
    ("dialect", "form"), [("cur_1", "csv.gz"), ("cur_1", "parquet"), ("cur_2", "csv.gz")]
)
def test_every_form_of_a_bill_gives_the_same_focus_rows(
    tmp_path_factory: pytest.TempPathFactory, new: Finops, dialect: str, form: str
) -> None:
    names = [name for (name, *_) in new.sql("DESCRIBE focus.cost_and_usage")]
    standard = [name for name in names if not name.startswith("x_")]
    compared = [name for name in standard if dialect == "cur_2" or name not in LACKING]
    assert len(standard) == 57
    spelled = DOUBLES | (SNAKE if (dialect, form) == ("cur_1", "parquet") else {})
    columns = ", ".join(spelled.get(name, name) for name in compared)

    other = imported(tmp_path_factory, dialect, form)

    assert new.value("SELECT count(*) FROM focus.cost_and_usage") > 1000
    assert differences(new.database, other.database, columns) == []
