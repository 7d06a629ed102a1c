"""Which months an import of Google's files loads, as files come, change and go."""

from __future__ import annotations

import gzip
import json
import os
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.fixtures.finops import Finops
from tests.fixtures.gcp import line, write
from tests.integration.test_gcp_files import JANUARY, load, raw


def test_a_month_is_replaced_whole_when_one_of_its_files_changes(
    tmp_path: Path, finops: Finops
) -> None:
    folder = tmp_path / "export"
    write(folder / "2026-01-05.parquet", [line("1.10"), line("1.10")])
    write(folder / "2026-02-03.parquet", [line("0.30", day=31), line("5.00", month="2026-02")])
    load(finops, folder, "--no-transform")
    february = finops.content("gcp_billing.billing_2026_02")
    assert raw(finops) == {"2026-01": Decimal("2.50"), "2026-02": Decimal("5.00")}

    write(folder / "2026-01-05.parquet", [line("1.10"), line("1.25")])
    load(finops, folder, "--no-transform")

    assert raw(finops) == {"2026-01": Decimal("2.65"), "2026-02": Decimal("5.00")}
    assert finops.content("gcp_billing.billing_2026_02") == february
    assert finops.sql(
        "SELECT strftime(billing_period, '%Y-%m'), status FROM ledger.loads ORDER BY ALL"
    ) == [("2026-01", "current"), ("2026-01", "superseded"), ("2026-02", "current")]


def test_late_lines_in_a_new_file_join_their_invoice_month(tmp_path: Path, finops: Finops) -> None:
    folder = tmp_path / "export"
    write(folder / "2026-01.parquet", [line("1.00")])
    load(finops, folder, "--no-transform")

    write(folder / "2026-02.parquet", [line("2.00", month="2026-02"), line("0.25", day=31)])
    load(finops, folder, "--no-transform")

    assert raw(finops) == {"2026-01": Decimal("1.25"), "2026-02": Decimal("2.00")}


def test_a_month_that_no_file_holds_any_more_stays_as_it_was_loaded(
    tmp_path: Path, finops: Finops
) -> None:
    """Extracts are deleted after a time, or made for the newest months alone."""
    folder = tmp_path / "export"
    write(folder / "old.csv.gz", [line("1.00", month="2025-12")])
    write(folder / "new.csv.gz", [line("2.00"), line("4.00", month="2026-02")])
    load(finops, folder, "--no-transform")
    (folder / "old.csv.gz").unlink()
    before = finops.fingerprint()

    again = finops("gcp", "import-billing", "--source", str(folder), "--no-transform")

    assert again.out == "files  nothing new: 2 billing periods are current\n"
    assert finops.fingerprint() == before
    write(folder / "new.csv.gz", [line("4.50", month="2026-02")])
    load(finops, folder, "--no-transform")
    assert raw(finops) == {"2025-12": Decimal("1.00"), "2026-02": Decimal("4.50")}


def test_a_month_that_lost_one_of_its_files_stays_until_a_reset(
    tmp_path: Path, finops: Finops
) -> None:
    """Extracts are deleted after a time; no manifest tells those from one that was taken back."""
    folder = tmp_path / "export"
    write(folder / "1.csv.gz", [line("1.00")])
    write(folder / "2.csv.gz", [line("2.00", day=6), line("4.00", month="2026-02")])
    load(finops, folder, "--no-transform")
    (folder / "1.csv.gz").unlink()

    again = finops("gcp", "import-billing", "--source", str(folder), "--no-transform")

    assert "nothing new" in again.out
    assert raw(finops) == {"2026-01": Decimal("3.00"), "2026-02": Decimal("4.00")}
    load(finops, folder, "--no-transform", "--reset")
    assert raw(finops) == {"2026-01": Decimal("2.00"), "2026-02": Decimal("4.00")}


@pytest.mark.parametrize("name", ["a.parquet", "a.csv", "a.json", "a.avro"])
def test_a_line_that_moves_to_another_month_counts_once(
    name: str, tmp_path: Path, finops: Finops
) -> None:
    """1.00 of January and 2.00 of February; then Google bills the 1.00 in February."""
    path = tmp_path / "export" / name
    write(path, [line("1.00"), line("2.00", month="2026-02")])
    load(finops, path.parent, "--no-transform")
    assert raw(finops) == {"2026-01": Decimal("1.00"), "2026-02": Decimal("2.00")}

    write(path, [line("1.00", invoice={"month": "202602"}), line("2.00", month="2026-02")])
    load(finops, path.parent, "--no-transform")

    assert raw(finops) == {"2026-02": Decimal("3.00")}
    again = finops("gcp", "import-billing", "--source", str(path.parent), "--no-transform")
    assert "nothing new" in again.out


def test_focus_follows_lines_that_move_and_forgets_those_that_are_gone(
    tmp_path: Path, finops: Finops
) -> None:
    """The 1.00 of January moves to February; March is held by no file any more."""
    folder = tmp_path / "export"
    write(folder / "a.parquet", [line("1.00"), line("2.00", month="2026-02")])
    gone = write(folder / "b.json", [line("4.00", month="2026-03")])
    load(finops, folder)
    assert by_month(finops) == {
        "2026-01": Decimal("1.00"), "2026-02": Decimal("2.00"), "2026-03": Decimal("4.00"),
    }  # fmt: skip
    before = finops.fingerprint()
    assert "nothing new" in finops("gcp", "import-billing", "--source", str(folder)).out
    assert finops.fingerprint() == before

    write(folder / "a.parquet", [line("1.00", invoice={"month": "202602"}),
                                 line("2.00", month="2026-02")])  # fmt: skip
    gone.write_bytes(b"")
    load(finops, folder)

    assert by_month(finops) == {"2026-02": Decimal("3.00")}
    assert "nothing new" in finops("gcp", "import-billing", "--source", str(folder)).out


def by_month(finops: Finops) -> dict[str, Decimal]:
    """Return the billed cost of each month in FOCUS."""
    return dict(
        finops.sql(
            'SELECT strftime("BillingPeriodStart", \'%Y-%m\'), sum("BilledCost") '
            "FROM focus.cost_and_usage GROUP BY 1"
        )
    )


def test_a_line_that_moves_counts_once_whatever_months_are_asked_for(
    tmp_path: Path, finops: Finops
) -> None:
    """The month that it left is loaded again, though only the later one is asked for."""
    folder = tmp_path / "export"
    write(folder / "a.json", [line("1.00"), line("4.00"), line("2.00", month="2026-02")])
    write(folder / "b.json", [line("8.00", month="2025-12"), line("16.00", month="2025-11")])
    load(finops, folder, "--no-transform", "--start-date", "2025-12")

    moved = line("1.00", invoice={"month": "202602"})
    write(folder / "a.json", [moved, line("4.00"), line("2.00", month="2026-02")])
    load(finops, folder, "--no-transform", "--start-date", "2026-02")

    assert raw(finops) == {
        "2025-12": Decimal("8.00"), "2026-01": Decimal("4.00"), "2026-02": Decimal("3.00"),
    }  # fmt: skip
    load(finops, folder, "--no-transform")
    assert raw(finops)["2025-11"] == Decimal("16.00")


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.json", "a.parquet"])
def test_a_file_without_lines_any_more_empties_its_months(
    name: str, tmp_path: Path, finops: Finops
) -> None:
    folder = tmp_path / "export"
    first = write(folder / name, [line("1.00"), line("1.00", month="2026-02")])
    write(folder / f"other-{name}", [line("2.00", month="2026-03")])
    load(finops, folder, "--no-transform")
    empty = write(tmp_path / "empty" / name, [line("1.00")])
    if name.endswith(".parquet"):
        duckdb.sql(f"COPY (FROM '{empty}' LIMIT 0) TO '{first}' (FORMAT parquet)")
    elif name.endswith(".json"):
        first.write_bytes(b"")
    else:
        body = gzip.decompress(empty.read_bytes()) if ".gz" in name else empty.read_bytes()
        header = body.splitlines(keepends=True)[0]
        first.write_bytes(gzip.compress(header) if ".gz" in name else header)

    load(finops, folder, "--no-transform")

    assert raw(finops) == {"2026-03": Decimal("2.00")}


@pytest.mark.parametrize("name", ["a.csv.gz", "a.jsonl.gz", "a.parquet"])
def test_a_run_with_nothing_new_reads_no_file(name: str, tmp_path: Path, finops: Finops) -> None:
    """What lies under the same name, size and time is not looked into: here it is no bill."""
    path = write(tmp_path / "export" / name, JANUARY)
    load(finops, path.parent, "--no-transform")
    facts = path.stat()
    path.write_bytes(b"x" * facts.st_size)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    before = finops.fingerprint()

    again = finops("gcp", "import-billing", "--source", str(path.parent), "--no-transform")
    listed = finops("gcp", "list-partitions", "--source", str(path.parent), "--json")

    assert again.out == "files  nothing new: 1 billing period is current\n"
    assert finops.fingerprint() == before
    assert [row["state"] for row in json.loads(listed.out)] == ["loaded"]


def test_files_of_two_folders_are_not_taken_for_one_another(tmp_path: Path, finops: Finops) -> None:
    """BigQuery calls the first file of every extract 000000000000."""
    write(tmp_path / "january" / "000000000000.csv", [line("1.00")])
    write(tmp_path / "february" / "000000000000.csv", [line("2.00", month="2026-02")])

    for folder in ("january", "february", "january"):
        load(finops, tmp_path / folder, "--no-transform")

    assert raw(finops) == {"2026-01": Decimal("1.00"), "2026-02": Decimal("2.00")}


def test_files_lie_as_deep_as_they_like_and_hidden_ones_are_left_out(
    tmp_path: Path, finops: Finops
) -> None:
    deep = tmp_path.joinpath("export", *"abcdefghijkl")
    write(deep / "a.csv", [line("1.00")])
    write(tmp_path / "export" / ".trash" / "b.csv", [line("2.00")])
    write(tmp_path / "export" / "_temporary" / "c.csv", [line("4.00")])

    load(finops, tmp_path / "export", "--no-transform")

    assert raw(finops) == {"2026-01": Decimal("1.00")}
