"""No text of a bill becomes a formula in a spreadsheet, whichever column it stands in."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.fixtures.finops import Finops
from tests.fixtures.focus import charge, write_csv
from tests.fixtures.open_month import bring
from tests.fixtures.served import Served, serving

FORMULAS = ['=HYPERLINK("http://evil")', "+1", "-1+1", "@SUM(A1)", "\t=1", "\n=1"]
HARMLESS = ["1=1", "a\n=1", "'=1"]


def written(text: str) -> dict[str, str]:
    """Return a charge that has a text wherever a bill may have one."""
    return charge(
        SubAccountId=text,
        SubAccountName=text,
        ConsumedQuantity="2",
        ConsumedUnit=text,
        Tags=json.dumps({"team": text}),
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The bill of a provider who wants to run formulas on its customers' machines."""
    home: Path = tmp_path_factory.mktemp("hostile")
    rows = [written(text) for text in (*FORMULAS, *HARMLESS)]
    rows.append(charge(BillingCurrency="=1+1"))
    write_csv(home / "Evil" / "bill.csv", rows)
    finops = Finops(home)
    bring(finops, home, "Evil")
    with serving(finops.database) as found:
        yield found


def asked(text: str) -> dict[str, object]:
    return {"metric": "usage_quantity", "unit": text, "group": ["SubAccountId", "tag:team"]}


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_harmless_in_every_column_of_csv(hostile: Served, text: str) -> None:
    file = hostile.ask("/api/v1/explore.csv", asked(text)).body.decode()
    [row] = csv.DictReader(io.StringIO(file, newline=""))
    amount = row.pop("usage_quantity")
    assert float(amount) == 2
    del row["period_start"], row["currency"]
    assert row == dict.fromkeys(
        ("SubAccountId", "SubAccountId_label", "tag:team", "unit"), f"'{text}"
    )


def test_a_currency_is_harmless_too(hostile: Served) -> None:
    file = hostile.ask("/api/v1/explore.csv", {"currency": "=1+1"}).body.decode()
    [row] = csv.DictReader(io.StringIO(file))
    assert row["currency"] == "'=1+1"


@pytest.mark.parametrize("text", HARMLESS)
def test_other_texts_stay_as_they_are(hostile: Served, text: str) -> None:
    file = hostile.ask("/api/v1/explore.csv", asked(text)).body.decode()
    [row] = csv.DictReader(io.StringIO(file, newline=""))
    assert (row["SubAccountId"], row["tag:team"], row["unit"]) == (text, text, text)


@pytest.mark.parametrize("text", [*FORMULAS, *HARMLESS])
def test_parquet_has_texts_as_they_are(hostile: Served, text: str) -> None:
    file = hostile.ask("/api/v1/explore.parquet", asked(text)).body
    [row] = pq.read_table(io.BytesIO(file)).to_pylist()
    assert (row["SubAccountId"], row["tag:team"], row["unit"]) == (text, text, text)
