"""Months of FOCUS files come and go with their files: late, moved, deleted, renamed, emptied."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.backends.duckdb import connect_read_only
from dashboards.invoices import RESTATED
from tests.fixtures.focus import charge, write_csv
from tests.integration.test_focus_import import TABLE, billed, load


def test_a_file_may_hold_several_months_and_a_month_several_files(tmp_path, finops):
    write_csv(tmp_path / "a.csv", [charge("1", "2025-12"), charge("2", "2026-01")])
    write_csv(tmp_path / "b.csv", [charge("4", "2026-01", 2), charge("8", "2026-02")])

    load(finops, tmp_path)

    found = [billed(finops, month) for month in ("2025-12", "2026-01", "2026-02")]
    assert found == [Decimal(1), Decimal(6), Decimal(8)]


def test_a_run_with_nothing_new_opens_nothing(tmp_path, finops):
    write_csv(tmp_path / "a.csv", [charge("1", "2025-12"), charge("2", "2026-01")])
    load(finops, tmp_path)
    before = finops.fingerprint()

    out = load(finops, tmp_path)

    assert "nothing new: 2 billing periods are current" in out
    assert finops.fingerprint() == before


def test_only_the_months_of_a_changed_file_are_loaded_again(tmp_path, finops):
    write_csv(tmp_path / "a.csv", [charge("1", "2025-12")])
    write_csv(tmp_path / "b.csv", [charge("2", "2026-01")])
    load(finops, tmp_path)
    write_csv(tmp_path / "b.csv", [charge("3", "2026-01"), charge("5", "2026-02")])

    out = load(finops, tmp_path)

    words = [line.split()[1:3] for line in out.splitlines()]
    assert words == [["2026-01", "restated"], ["2026-02", "loaded"]]
    assert billed(finops, "2026-01") == Decimal(3)


def test_a_late_file_joins_its_month(tmp_path, finops):
    write_csv(tmp_path / "1.csv", [charge("1")])
    load(finops, tmp_path)
    write_csv(tmp_path / "2.csv", [charge("2", day=2)])

    assert "restated" in load(finops, tmp_path)
    assert billed(finops, "2026-01") == Decimal(3)


def test_a_month_whose_old_files_were_deleted_stays_as_it_was(tmp_path, finops):
    """Providers keep files for a time: a shorter month would be wrong."""
    for day in (1, 2):
        write_csv(tmp_path / f"{day}.csv", [charge("1", day=day)])
    write_csv(tmp_path / "later.csv", [charge("4", "2026-02")])
    load(finops, tmp_path)
    (tmp_path / "1.csv").unlink()

    assert "nothing new" in load(finops, tmp_path)
    write_csv(tmp_path / "later.csv", [charge("5", "2026-02")])
    load(finops, tmp_path)
    assert "nothing new" in load(finops, tmp_path)
    assert billed(finops, "2026-01") == Decimal(2)
    assert billed(finops, "2026-02") == Decimal(5)


def test_reset_takes_the_folder_as_it_is(tmp_path, finops):
    for day in (1, 2):
        write_csv(tmp_path / f"{day}.csv", [charge("1", day=day)])
    load(finops, tmp_path)
    (tmp_path / "1.csv").unlink()

    load(finops, tmp_path, "--reset")

    assert billed(finops, "2026-01") == Decimal(1)


def test_files_under_new_names_replace_the_month(tmp_path, finops):
    write_csv(tmp_path / "run-1.csv", [charge("1")])
    load(finops, tmp_path)
    (tmp_path / "run-1.csv").unlink()
    write_csv(tmp_path / "run-2.csv", [charge("1"), charge("2", day=2)])

    load(finops, tmp_path)

    assert billed(finops, "2026-01") == Decimal(3)


def test_two_folders_may_hold_files_of_one_name(tmp_path, finops):
    """A folder for each month, with one file in each: the second must not empty the first."""
    for month, cost in (("2026-01", "1"), ("2026-02", "2")):
        write_csv(tmp_path / month / "a.csv", [charge(cost, month)])
        load(finops, tmp_path / month)

    assert billed(finops, "2026-01") == Decimal(1)
    assert billed(finops, "2026-02") == Decimal(2)


def test_a_month_that_loses_an_account_draws_attention(tmp_path, finops):
    """Two sources under one name: the second replaces the first one's January, and says so."""
    for folder, account in (("one", "0A"), ("two", "0B")):
        write_csv(tmp_path / folder / "a.csv", [charge("1", BillingAccountId=account)])
    load(finops, tmp_path / "one")
    arguments = ("focus", "import", "-P", "Grafana", "-S", str(tmp_path / "two"), "--no-transform")

    said = finops(*arguments).err

    assert "attention: Grafana 2026-01 no longer holds billing account 0A: " in said


def test_a_file_that_was_only_written_again_is_no_restatement(tmp_path, finops):
    for cost in ("1", "1", "1.5"):
        write_csv(tmp_path / "a.csv", [charge(cost)])
        load(finops, tmp_path)
    asked = {
        "currency": "USD",
        "no_currency": "",
        "first": date(2026, 1, 1),
        "last": date(2026, 1, 1),
    }
    with connect_read_only(finops.database) as connection:
        [row] = connection.execute(RESTATED, asked).fetchall()
    assert row[-4:-2] == (Decimal(1), Decimal("1.5"))


def test_a_month_taken_out_of_a_file_is_emptied(tmp_path, finops):
    write_csv(tmp_path / "a.csv", [charge("1", "2025-12"), charge("2", "2026-01")])
    load(finops, tmp_path)
    write_csv(tmp_path / "a.csv", [charge("1", "2025-12")])

    load(finops, tmp_path)

    assert billed(finops, "2026-01") == Decimal(0)
    assert finops.value("SELECT count(*) FROM focus_billing.grafana") == 1


def test_a_file_of_headers_empties_the_month(tmp_path, finops):
    write_csv(tmp_path / "a.csv", [charge("1")])
    write_csv(tmp_path / "b.csv", [charge("2", "2026-02")])
    load(finops, tmp_path)
    write_csv(tmp_path / "a.csv", [], list(charge()))

    out = load(finops, tmp_path)

    assert [line.split()[1:3] for line in out.splitlines()] == [["2026-01", "restated"]]
    assert finops.sql(f"SELECT sum(billed_cost) FROM {TABLE}") == [(Decimal(2),)]
