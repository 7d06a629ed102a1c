"""`focus export` writes FOCUS to files: exact, whole or not at all, nobody else's file touched."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.fixtures.built import copied
from tests.fixtures.finops import Finops

JANUARY, FEBRUARY = "BillingPeriod=2026-01", "BillingPeriod=2026-02"


@pytest.fixture
def finops(built, tmp_path) -> Finops:
    """A command line with a database of its own."""
    home = tmp_path / "home"
    copied(built, home)
    return Finops(home)


def exported(finops: Finops, *arguments: str) -> Path:
    folder = finops.home / "out"
    result = finops("focus", "export", "-o", str(folder), *arguments)
    assert result.code == 0, result.err
    return folder


def files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def rows(folder: Path, month: str = JANUARY) -> list[dict[str, str]]:
    with (folder / month / "cost_and_usage.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(sql: str) -> list[tuple[Any, ...]]:
    return duckdb.sql(sql).fetchall()


def test_each_billing_month_is_a_folder(finops):
    result = finops("focus", "export", "--output", "out", "--json")

    assert [(r["billing_period"], r["rows"]) for r in json.loads(result.out)] == [
        ("2026-01", 4),
        ("2026-02", 2),
    ]
    folder = finops.home / "out"
    assert files(folder) == [f"{m}/cost_and_usage.parquet" for m in (JANUARY, FEBRUARY)]
    assert json.loads(result.out)[0]["path"] == str(folder / JANUARY / "cost_and_usage.parquet")


def test_parquet_has_the_57_columns_of_focus_in_the_tables_order(finops):
    folder = exported(finops)
    glob = f"{folder}/*/*.parquet"
    described = read(f"DESCRIBE FROM read_parquet('{glob}', hive_partitioning = false)")
    table = finops.sql("DESCRIBE focus.cost_and_usage")

    assert len(described) == 57
    assert [r[0] for r in described] == [r[0] for r in table if not r[0].startswith("x_")]
    types = {name: kind for name, kind, *_ in described}
    assert types["BilledCost"] == "DECIMAL(38,18)"
    assert types["BillingPeriodStart"] == "TIMESTAMP"
    assert types["Tags"] == types["SkuPriceDetails"] == "VARCHAR"
    assert read(f"SELECT DISTINCT compression FROM parquet_metadata('{glob}')") == [("ZSTD",)]


def test_all_columns_are_written_when_asked(finops):
    folder = exported(finops, "--columns", "all")
    described = read(f"DESCRIBE FROM read_parquet('{folder}/*/*', hive_partitioning = false)")
    table = finops.sql("DESCRIBE focus.cost_and_usage")
    assert [r[0] for r in described] == [r[0] for r in table]


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_the_sums_are_those_of_the_table(form, finops):
    folder = exported(finops, "--format", form)
    reader = {
        "parquet": f"read_parquet('{folder}/*/*.parquet')",
        "csv": f"read_csv('{folder}/*/*.csv', all_varchar = true)",
    }[form]
    assert read(
        "SELECT BillingPeriod, BillingCurrency, sum(CAST(BilledCost AS DECIMAL(38,18))) "
        f"FROM {reader} GROUP BY ALL ORDER BY ALL"
    ) == [
        ("2026-01", "EUR", Decimal("5")),
        ("2026-01", "USD", Decimal("2.200000000001")),
        ("2026-02", "USD", Decimal("2")),
    ]


def test_csv_writes_numbers_without_trailing_zeros_and_times_in_utc(finops):
    found = rows(exported(finops, "--format", "csv"))
    usd = [row for row in found if row["BillingCurrency"] == "USD"]

    assert sorted(row["BilledCost"] for row in usd) == ["0.000000000001", "1.1", "1.1"]
    assert {row["BillingPeriodStart"] for row in found} == {"2026-01-01T00:00:00Z"}
    assert {row["ChargePeriodEnd"] for row in found} == {"2026-01-02T01:00:00Z"}
    assert {row["SubAccountId"] for row in found} == {
        "000000000001",
        "000000012345",
        "000000067890",
    }
    tags = [json.loads(row["Tags"]) for row in usd if row["BilledCost"] == "1.1"]
    assert tags == [{"team": "shop", "note": 'says "hi", äöü'}] * 2
    numbers = [v for r in found for n, v in r.items() if n.endswith(("Cost", "Quantity", "Price"))]
    assert all(re.fullmatch(r"-?\d+(\.\d*[1-9])?|", number) for number in numbers)


def test_only_the_months_in_range_are_written(finops):
    assert files(exported(finops, "-s", "2026-02")) == [f"{FEBRUARY}/cost_and_usage.parquet"]
    result = finops("focus", "export", "-o", "other", "--end-date", "2025-12")
    assert result.code == 9
    assert result.hint == "It holds 2026-01 to 2026-02."
    assert finops("focus", "export", "-o", "other", "-s", "26-1").code == 2
    assert not (finops.home / "other").exists() or files(finops.home / "other") == []


def test_a_second_export_replaces_our_files_and_no_others(finops):
    folder = exported(finops)
    (folder / JANUARY / "notes.txt").write_text("mine")
    (folder / "README").write_text("mine")
    (folder / JANUARY / "cost_and_usage.parquet").write_text("half a file")

    exported(finops)

    assert files(folder) == [
        f"{JANUARY}/cost_and_usage.parquet",
        f"{JANUARY}/notes.txt",
        f"{FEBRUARY}/cost_and_usage.parquet",
        "README",
    ]
    assert read(f"SELECT count(*) FROM '{folder}/*/*.parquet'") == [(6,)]


def test_who_reads_a_file_keeps_what_was_opened(finops):
    place = exported(finops) / JANUARY / "cost_and_usage.parquet"
    before = place.read_bytes()
    with duckdb.connect(str(finops.database)) as connection:
        connection.execute("UPDATE focus.cost_and_usage SET BilledCost = 7")
    with place.open("rb") as reader:
        exported(finops)
        assert reader.read() == before
    assert place.read_bytes() != before


def test_a_month_that_became_empty_gets_a_file_without_rows(finops):
    folder = exported(finops)
    with duckdb.connect(str(finops.database)) as connection:
        connection.execute("DELETE FROM focus.cost_and_usage WHERE BilledCost <> 5")
    exported(finops)
    assert read(f"SELECT count(*), sum(BilledCost) FROM '{folder}/*/*.parquet'") == [
        (1, Decimal("5"))
    ]


def test_what_a_killed_export_left_is_swept(finops):
    left_over = finops.home / "out" / ".finops-export" / JANUARY
    left_over.mkdir(parents=True)
    (left_over / "cost_and_usage.parquet").write_text("half a file")
    folder = exported(finops)
    assert not (folder / ".finops-export").exists()
    assert read(f"SELECT count(*) FROM '{folder}/*/*.parquet'") == [(6,)]


def test_a_failed_export_changes_nothing(finops):
    folder = exported(finops)
    before = {path: (folder / path).read_bytes() for path in files(folder)}
    with duckdb.connect(str(finops.database)) as connection:
        connection.execute("UPDATE focus.cost_and_usage SET BilledCost = 7")
    (folder / JANUARY / "cost_and_usage.csv").mkdir()

    result = finops("focus", "export", "-o", str(folder), "--format", "csv")

    assert result.code == 7
    assert {path: (folder / path).read_bytes() for path in files(folder)} == before


def test_two_exports_into_one_folder_at_once_are_one_error(finops):
    staged = finops.home / "out" / ".finops-export"
    staged.mkdir(parents=True)
    handle = os.open(staged, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    result = finops("focus", "export", "-o", "out")
    os.close(handle)
    assert result.code == 6


def test_names_that_would_break_sql_are_only_names(finops):
    folder = finops.home / "it's; --"
    assert finops("focus", "export", "-o", str(folder)).code == 0
    assert len(files(folder)) == 2


def test_without_focus_or_database_there_is_nothing_to_export(finops, bucket):
    with duckdb.connect(str(finops.database)) as connection:
        connection.execute("DROP SCHEMA focus CASCADE")
    result = finops("focus", "export", "-o", "out")
    assert (result.code, result.hint) == (9, "`./finops focus build` builds it.")
    finops.database.unlink()
    assert finops("focus", "export", "-o", "out").code == 9
    assert not (finops.home / "out" / JANUARY).exists()
