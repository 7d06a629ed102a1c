"""Fields of Google's files become typed columns, whatever format spells them."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest
from duckdb.sqltypes import DuckDBPyType

from vendors.gcp.fields import Field, column, columns, numeric


def value(expression: str, source: str) -> object:
    row = duckdb.sql(f"SELECT {expression} FROM (SELECT {source} AS x) AS t").fetchone()
    assert row
    return row[0]


@pytest.mark.parametrize(
    ("blob", "number"),
    [("\\x59\\x68\\x2F\\x00", "1.5"), ("\\xF1\\x19\\x4D\\x80", "-0.25"), ("\\x00", "0"),
     ("\\xFF", "-0.000000001")],
)  # fmt: skip
def test_numerics_of_avro_are_their_decimals(blob: str, number: str) -> None:
    assert value(numeric("t.x"), f"'{blob}'::BLOB") == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["2026-01-05T08:00:00Z", "2026-01-05 08:00:00 UTC", "2026-01-05 08:00:00+00",
     "2026-01-05T09:00:00+01:00"],
)  # fmt: skip
def test_times_are_utc_in_every_spelling(text: str) -> None:
    time = column(Field("export_time", "t.x", DuckDBPyType("VARCHAR")))

    assert str(value(time.expression, f"'{text}'")) == "2026-01-05 08:00:00"


def test_structs_are_taken_apart_and_lists_kept() -> None:
    kind = DuckDBPyType('STRUCT(id VARCHAR, labels STRUCT("key" VARCHAR, "value" VARCHAR)[])')

    found = columns([Field("project", "t.project", kind)])

    assert {name: column.type for name, column in found.items()} == {
        "project_id": "VARCHAR",
        "project_labels": "JSON",
    }


def test_lists_of_parquet_without_list_inference_are_lists() -> None:
    kind = DuckDBPyType('STRUCT(list STRUCT(element STRUCT("key" VARCHAR))[])')

    found = columns([Field("labels", "t.x", kind)])

    source = "{'list': [{'element': {'key': 'a'}}]}"
    assert value(found["labels"].expression, source) == '[{"key":"a"}]'


def test_a_struct_that_is_text_gives_its_fields() -> None:
    found = columns([Field("service", "t.x", DuckDBPyType("VARCHAR"))])

    assert value(found["service_id"].expression, """'{"id": "007"}'""") == "007"


def test_a_lone_credit_spread_over_columns_is_a_list_of_one() -> None:
    text = DuckDBPyType("VARCHAR")
    found = columns(
        [Field("credits_amount", "t.x", text), Field("credits.type", "'FREE_TIER'", text)]
    )

    assert value(found["x_credits_total"].expression, "'-0.1'") == Decimal("-0.1")
    assert value(found["x_credits_promotion"].expression, "'-0.1'") == 0
    assert value(found["x_credits_total"].expression, "''") == 0
