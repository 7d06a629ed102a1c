"""Rows of failed checks are quoted compactly, without what may hold anything."""

from __future__ import annotations

import duckdb
import pytest

from core.failures import LINE, first_rows

LOADS = """
    CREATE SCHEMA ledger;
    CREATE TABLE ledger.loads AS
        SELECT '17-2026-01' AS load_id, 'cur' AS export, DATE '2026-01-01' AS billing_period
"""


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute(LOADS)
        yield connection


def quoted(connection: duckdb.DuckDBPyConnection, select: str) -> list[str]:
    return first_rows(connection, f"({select})")


def test_a_load_is_called_by_its_export_and_month(connection):
    assert quoted(connection, "SELECT '17-2026-01' AS load_id, 'x' AS rule") == [
        "cur 2026-01: rule x"
    ]
    assert quoted(connection, "SELECT 'gone' AS load_id, 'x' AS rule") == ["load_id gone, rule x"]


def test_money_keeps_every_digit(connection):
    cost = "12345678901234567890.123456789012345678"
    select = f"SELECT {cost}::DECIMAL(38,18) AS cost, 100::DECIMAL(38,18) AS other, 100 AS n"
    assert quoted(connection, select) == [f"cost {cost}, other 100, n 100"]


def test_tags_and_other_nested_values_are_left_out(connection):
    select = """
        SELECT 'a' AS id, '{"token": "secret"}'::JSON AS tags, ['secret'] AS list,
            {'a': 'secret'} AS struct, MAP {'a': 'secret'} AS map, 'secret'::BLOB AS blob
    """
    assert quoted(connection, select) == ["id a"]
    assert quoted(connection, "SELECT ['secret'] AS list") == []


def test_a_value_cannot_write_on_the_terminal_nor_fill_it(connection):
    (said,) = quoted(connection, "SELECT chr(27) || '[31m' || chr(10) || repeat('x', 999) AS a")
    assert said.isprintable()
    assert len(said) <= LINE


def test_the_first_rows_come_in_order_and_few(connection):
    assert quoted(connection, "SELECT 9 - i AS n FROM range(10) AS t(i)") == ["n 0", "n 1", "n 2"]
