"""Every column of FOCUS and of the marts is described, every table has its place in the docs."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.source import ROOT

DOC = re.compile(r"\{\{ doc\(\"(\w+)\"\) \}\}")
DEFINED = set(re.findall(r"\{% docs (\w+) %\}", (ROOT / "focus/models/columns.md").read_text()))


def models(folder: str) -> dict[str, dict[str, str]]:
    """Return the described columns of the models in a folder of the FOCUS project."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted((ROOT / "focus" / "models" / folder).glob("*.yml")):
        tree: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        for model in tree["models"]:
            found[model["name"]] = {c["name"]: c["description"] for c in model["columns"]}
    return found


MODELS = {"focus": models("focus"), "marts": models("marts")}


@pytest.mark.parametrize("schema", MODELS)
def test_the_tables_have_the_columns_that_are_described(schema, built):
    found: dict[str, set[str]] = {}
    for table, column in built.sql(
        "SELECT table_name, column_name FROM information_schema.columns "
        f"WHERE table_schema = '{schema}'"
    ):
        found.setdefault(table, set()).add(column)
    assert found == {name: set(columns) for name, columns in MODELS[schema].items()}


@pytest.mark.parametrize(
    ("model", "column", "description"),
    [
        pytest.param(model, column, description, id=f"{model}.{column}")
        for schema in MODELS.values()
        for model, columns in schema.items()
        for column, description in columns.items()
    ],
)
def test_every_column_is_described_in_the_one_place(model, column, description):
    named = DOC.findall(description)
    assert named or description.endswith(".")
    assert set(named) <= DEFINED


def test_no_description_is_left_over():
    texts = [p.read_text() for p in (ROOT / "focus").rglob("*.yml")]
    used = {name for text in texts for name in DOC.findall(text)}
    assert DEFINED - used == set()


def test_every_table_has_its_place_in_the_data_model(built):
    page = (ROOT / "docs" / "data-model.md").read_text()
    tables = built.sql(
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_schema IN ('ledger', 'focus', 'marts')"
    )
    assert [name for (name,) in tables if f"{name}`" not in page and f"{name}\n" not in page] == []


def test_every_focus_column_has_its_rule():
    mapping = (ROOT / "docs" / "focus-mapping.md").read_text()
    model = (ROOT / "docs" / "data-model.md").read_text()
    missing = [
        column
        for column in MODELS["focus"]["cost_and_usage"]
        if f"`{column}`" not in (model if column.startswith("x_") else mapping)
        and f"| {column} |" not in mapping
    ]
    assert missing == []
