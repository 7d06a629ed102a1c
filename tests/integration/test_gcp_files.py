"""Files extracted from Google's billing export, from a folder to FOCUS."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures import focus
from tests.fixtures.finops import ROOT, Finops
from tests.fixtures.gcp import credit, line, write

SAMPLE = ROOT.parent / "shared" / "samples" / "gcp-professional-services"
FORMS = ["a.parquet", "a.csv", "a.csv.gz", "a.json", "a.jsonl.gz", "a.avro"]

JANUARY = [
    line("1.10", credits=[credit("-0.10", "FREE_TIER")]),
    line("1.10", credits=[credit("-0.10", "FREE_TIER")]),
    line("3.00", credits=[credit("-0.50", "PROMOTION"), credit("-0.25", "DISCOUNT")]),
    line("0.40", cost_type="tax", project={"id": None, "number": None, "name": None}),
    line("-0.000000001", cost_type="rounding_error"),
]
"""Cost 5.599999999, credits -0.95: billed 4.649999999."""


def load(finops: Finops, folder: Path, *more: str) -> None:
    result = finops("gcp", "import-billing", "--source", str(folder), *more)
    assert result.code == 0, result.err


def raw(finops: Finops) -> dict[str, Decimal]:
    """Return the cost of each invoice month that the raw tables hold, credits taken off."""
    return dict(
        finops.sql(
            "SELECT strftime(billing_period, '%Y-%m'), sum(cost + x_credits_total) "
            "FROM gcp_billing.files GROUP BY 1"
        )
    )


@pytest.mark.parametrize("name", FORMS)
def test_every_format_holds_the_same_bill(name: str, tmp_path: Path, finops: Finops) -> None:
    """Raw tables are the same for all, so that FOCUS is built of the first and the last alone."""
    write(tmp_path / "export" / name, JANUARY)
    built = name in (FORMS[0], FORMS[-1])

    load(finops, tmp_path / "export", *([] if built else ["--no-transform"]))

    assert raw(finops) == {"2026-01": Decimal("4.649999999")}
    assert finops.value("SELECT sum(rows) FROM ledger.loads") == 5
    assert finops.value("SELECT any_value(project_number) FROM gcp_billing.files") == "007"
    if not built:
        return
    assert finops.sql(
        'SELECT "ChargeCategory", sum("BilledCost") FROM focus.cost_and_usage '
        "GROUP BY ALL ORDER BY ALL"
    ) == [
        ("Adjustment", Decimal("-0.000000001")),
        ("Credit", Decimal("-0.5")),
        ("Tax", Decimal("0.4")),
        ("Usage", Decimal("4.75")),
    ]


def test_credits_in_the_spelling_of_python_are_read(tmp_path: Path, finops: Finops) -> None:
    path = write(tmp_path / "export" / "a.csv", JANUARY)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["credits"] = repr([{**c, "amount": float(c["amount"]), "full_name": None}
                               for c in json.loads(row["credits"])])  # fmt: skip
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)

    load(finops, tmp_path / "export", "--no-transform")

    assert raw(finops) == {"2026-01": Decimal("4.649999999")}


def test_addresses_that_are_not_read_are_told(finops: Finops) -> None:
    result = finops("gcp", "import-billing", "--source", "s3://bucket/billing")

    assert (result.code, "gs://bucket/folder" in result.error) == (2, True)


def test_list_tables_without_settings_tells_of_files(finops: Finops) -> None:
    result = finops("gcp", "list-tables")

    assert (result.code, "--source" in result.hint) == (2, True)


def test_keys_that_only_late_lines_have_are_kept(tmp_path: Path, finops: Finops) -> None:
    """The first thousand lines tell the structure, and the others whether it is all."""
    usual = [line("0.01") for _ in range(1_100)]
    late = line("1.00", novelty="new", service={"billing_kind": "late"})
    write(tmp_path / "export" / "a.jsonl", [*usual, late])

    load(finops, tmp_path / "export", "--no-transform")

    assert finops.sql(
        "SELECT novelty, service_billing_kind, count(*), sum(cost) FROM gcp_billing.files "
        "GROUP BY ALL ORDER BY 3"
    ) == [("new", "late", 1, Decimal("1.00")), (None, None, 1100, Decimal("11.00"))]


def test_the_invoice_month_decides_and_not_the_time_of_usage(
    tmp_path: Path, finops: Finops
) -> None:
    rolled = line("0.70", month="2026-01", day=31, invoice={"month": "202602"})
    old = line("0.20", invoice={"month": None}, usage_start_time="2026-02-01T03:00:00Z")
    write(tmp_path / "export" / "a.json", [rolled, old])

    load(finops, tmp_path / "export", "--no-transform")

    assert raw(finops) == {"2026-01": Decimal("0.20"), "2026-02": Decimal("0.70")}


def test_too_little_memory_is_told_as_such(tmp_path: Path, finops: Finops) -> None:
    """A buffer of JSON lines alone is larger; the file is sound."""
    write(tmp_path / "export" / "a.json", JANUARY)
    env = {"OPEN_FINOPS_DATABASE_DUCKDB_MEMORY_LIMIT": "20MB"}

    result = finops("gcp", "import-billing", "--source", str(tmp_path / "export"), env=env)

    assert (result.code, "memory_limit" in result.error) == (2, True), result.err
    assert "OPEN_FINOPS_DATABASE_DUCKDB_MEMORY_LIMIT" in result.hint


def test_both_kinds_of_export_in_one_folder_are_refused(tmp_path: Path, finops: Finops) -> None:
    """They hold the same money."""
    write(tmp_path / "export" / "standard.parquet", [line("1.00")])
    named = {"name": "vm", "global_name": "//compute.googleapis.com/projects/shop/instances/1"}
    write(tmp_path / "export" / "detailed.parquet", [line("1.00", resource=named)])

    result = finops("gcp", "import-billing", "--source", str(tmp_path / "export"))

    assert result.code == 4
    assert "gcp_detailed and gcp_standard" in result.error
    assert not finops.database.exists()


def test_a_focus_version_to_come_is_passed_on_by_the_columns_that_stay(
    tmp_path: Path, finops: Finops
) -> None:
    """Columns that it renames are filled, and those that it adds stay in the raw table."""
    renamed = {"ProviderName": None, "PublisherName": None, "ServiceProviderName": "Google Cloud"}
    lines = [focus.charge(cost, **renamed, Novelty="new") for cost in ("1.10", "2.20")]
    focus.write_csv(tmp_path / "export" / "a.csv", lines)

    load(finops, tmp_path / "export")

    assert finops.sql(
        'SELECT "ProviderName", sum("BilledCost") FROM focus.cost_and_usage GROUP BY 1'
    ) == [("Google Cloud", Decimal("3.30"))]
    assert finops.value("SELECT any_value(novelty) FROM gcp_billing.files") == "new"


def test_the_published_sample_is_conserved_in_four_currencies(finops: Finops) -> None:
    """test_every_sample.py proves that FOCUS holds the same."""
    if not SAMPLE.is_dir():
        pytest.skip(f"the sample exports are not in {SAMPLE}")
    before = {path: path.stat().st_mtime_ns for path in SAMPLE.iterdir()}

    load(finops, SAMPLE, "--no-transform")

    assert finops.sql(
        "SELECT currency, sum(cost + x_credits_total) FROM gcp_billing.files "
        "GROUP BY ALL ORDER BY ALL"
    ) == [
        ("AUD", Decimal("347430.6703")),
        ("EUR", Decimal("451968.5541")),
        ("GBP", Decimal("573288.1351")),
        ("USD", Decimal("1255613.0601")),
    ]
    assert finops.value("SELECT sum(rows) FROM ledger.loads") == 500
    assert {path: path.stat().st_mtime_ns for path in SAMPLE.iterdir()} == before
