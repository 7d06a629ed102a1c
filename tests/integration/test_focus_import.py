"""FOCUS files without a manifest: versions by columns, months by content, exact to the decimal."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.finops import Finops
from tests.fixtures.focus import charge, oci_line, write_csv, write_parquet

TABLE = "focus_billing.grafana"


def load(finops: Finops, source: Path, *more: str, provider: str = "Grafana") -> str:
    """Import into raw tables; anything but success fails the test."""
    result = finops("focus", "import", "-P", provider, "-S", str(source), "--no-transform", *more)
    assert result.code == 0, result.err
    return result.out


def billed(finops: Finops, month: str, table: str = TABLE) -> Decimal:
    return Decimal(
        finops.value(
            f"SELECT coalesce(sum(billed_cost), 0) FROM {table} WHERE billing_period = '{month}-01'"
        )
    )


@pytest.mark.parametrize("name", ["bill.csv", "bill.csv.gz", "bill.parquet"])
def test_every_format_is_read_to_the_last_decimal(name, tmp_path, finops):
    rows = [charge("0.1"), charge("0.1"), charge("0.3", SubAccountId="0007")]
    write = write_parquet if name.endswith("parquet") else write_csv
    write(tmp_path / "in" / name, rows)

    load(finops, tmp_path / "in")

    assert billed(finops, "2026-01") == Decimal("0.5")
    assert finops.sql(
        f"SELECT DISTINCT sub_account_id, billing_account_id FROM {TABLE} ORDER BY 1"
    ) == [("0007", "0042"), ("team-a", "0042")]


def test_two_deliveries_of_one_month_are_refused_until_one_says_which(tmp_path, finops):
    write_csv(tmp_path / "r1.csv", [charge("1")], written=1_770_000_000)
    write_csv(tmp_path / "r2.csv", [charge("1"), charge("2", day=2)], written=1_770_100_000)
    arguments = ("focus", "import", "-P", "Grafana", "-S", str(tmp_path), "--no-transform")

    refused = finops(*arguments)

    assert refused.code == 3 and "hold the same lines" in refused.error
    assert 'delivery = "newest"' in refused.hint
    load(finops, tmp_path, "--delivery", "newest")
    assert billed(finops, "2026-01") == Decimal(3)
    assert "nothing new" in load(finops, tmp_path, "--delivery", "newest")
    load(finops, tmp_path, "--delivery", "parts")
    assert billed(finops, "2026-01") == Decimal(4)


def test_the_newest_delivery_may_be_a_folder_of_parts(tmp_path, finops):
    write_csv(tmp_path / "run1" / "0.csv", [charge("1")], written=1_770_000_000)
    for number in (0, 1):
        rows = [charge("1"), charge("2", day=2)][number:][:1]
        write_csv(tmp_path / "run2" / f"{number}.csv", rows, written=1_770_100_000 + number)

    load(finops, tmp_path, "--delivery", "newest")

    assert billed(finops, "2026-01") == Decimal(3)


def test_the_text_null_is_no_value_and_a_bom_no_letter(tmp_path, finops):
    row = charge("1", SubAccountId="NULL", Tags="null", BillingAccountName="Null and Co")
    write_csv(tmp_path / "a.csv", [row], bom=True, line_end="\r\n")

    load(finops, tmp_path)

    assert finops.sql(f"SELECT sub_account_id, tags, billing_account_name FROM {TABLE}") == [
        (None, None, "Null and Co")
    ]


def test_amounts_of_a_spreadsheet_are_read_and_others_refused(tmp_path, finops):
    costs = {"$10,000.00 ": "10000", "-$5.50": "-5.5", "(1,234.25)": "-1234.25", "8.9E-9": "8.9E-9"}
    write_csv(tmp_path / "a.csv", [charge(cost, day=n) for n, cost in enumerate(costs, 1)])
    load(finops, tmp_path)
    assert billed(finops, "2026-01") == sum(map(Decimal, costs.values()))

    write_csv(tmp_path / "a.csv", [charge("1.234,56")])
    refused = finops("focus", "import", "-P", "Grafana", "-S", str(tmp_path), "--no-transform")

    assert (refused.code, "'1.234,56'" in refused.error) == (4, True)


def test_the_notation_of_dates_is_a_files_own(tmp_path, finops):
    """9/1/25 is the first of September in one file; in the other 01/09/2025 is, too."""
    rows = charge(
        BillingPeriodStart="9/1/25", BillingPeriodEnd="10/1/25", ChargePeriodStart="9/2/25",
        ChargePeriodEnd="9/3/25",
    )  # fmt: skip
    write_csv(tmp_path / "us.csv", [rows])
    rows = charge(
        BillingPeriodStart="01/09/2025", BillingPeriodEnd="01/10/2025",
        ChargePeriodStart="03/09/2025", ChargePeriodEnd="04/09/2025",
    )  # fmt: skip
    write_csv(tmp_path / "eu.csv", [rows, rows | {"SubAccountName": "x"}])

    load(finops, tmp_path)

    found = f"SELECT DISTINCT CAST(charge_period_start AS DATE)::VARCHAR FROM {TABLE} ORDER BY 1"
    assert finops.sql(found) == [("2025-09-02",), ("2025-09-03",)]


def test_a_time_that_does_not_exist_is_kept_as_text(tmp_path, finops):
    write_csv(tmp_path / "a.csv", [charge("1", ChargePeriodEnd="2026-01-01T30:00:00Z")])

    load(finops, tmp_path)

    assert finops.sql(f"SELECT charge_period_end, unread->>'charge_period_end' FROM {TABLE}") == [
        (None, "2026-01-01T30:00:00Z")
    ]


def test_what_you_know_fills_what_the_files_leave_out(tmp_path, finops):
    write_csv(tmp_path / "a.csv", [charge("1", BillingCurrency=None, SubAccountId="")])
    load(finops, tmp_path)

    out = load(finops, tmp_path, "--fill", "BillingCurrency=EUR, SubAccountId=none")

    assert "restated" in out
    assert finops.sql(f"SELECT billing_currency, sub_account_id FROM {TABLE}") == [("EUR", "none")]


def test_the_source_may_be_a_file_or_a_pattern(tmp_path, finops):
    for folder in ("x", "y", "z"):
        for name, month in (("a", "2026-01"), ("b", "2026-02"), ("c", "2026-03")):
            write_csv(tmp_path / folder / folder / f"{name}.csv", [charge("1", month)])
    write_csv(tmp_path / "z" / "_hidden" / "d.csv", [charge("1", "2026-04")])

    load(finops, tmp_path / "x" / "x" / "a.csv")
    load(finops, tmp_path / "y" / "*" / "[ab].csv", provider="Pattern")
    url = f"file://{tmp_path}/z"
    result = finops("focus", "import", "-P", "Url", "-S", url, "--no-transform")

    assert result.code == 0, result.err
    months = "SELECT export, count(*) FROM ledger.loads GROUP BY 1 ORDER BY 1"
    assert finops.sql(months) == [("Grafana", 1), ("Pattern", 2), ("Url", 3)]


def test_start_and_end_choose_months(tmp_path, finops):
    write_csv(tmp_path / "a.csv", [charge("1", f"2026-0{n}") for n in (1, 2, 3)])

    load(finops, tmp_path, "-s", "2026-02", "-e", "2026-02")
    assert finops.value(f"SELECT count(*) FROM {TABLE}") == 1
    load(finops, tmp_path)
    assert finops.value(f"SELECT count(*) FROM {TABLE}") == 3


def test_oci_reports_keep_every_digit_and_their_corrections(tmp_path, finops):
    lines = [
        oci_line("0.050000000000000001"),
        oci_line("-0.050000000000000001", **{
            "lineItem/isCorrection": "true", "lineItem/backreferenceNo": "V2.ref-1",
        }),
        oci_line("0.020000000000000003", **{"lineItem/referenceNo": "V2.ref-2"}),
    ]  # fmt: skip
    write_csv(tmp_path / "reports" / "0001.csv.gz", lines)

    load(finops, tmp_path, provider="oci")

    table = "focus_billing.oci"
    assert finops.value(f"SELECT sum(cost_my_cost) FROM {table}") == Decimal("0.020000000000000003")
    assert finops.value(f"SELECT DISTINCT tags FROM {table}") == (
        '{"Oracle-Tags.CreatedBy":"alice","team":"web"}'
    )
    assert finops.value("SELECT dialect FROM ledger.loads") == "oci_cost"


def test_the_lists_tell_what_is_there_and_what_is_loaded(tmp_path, finops):
    import json

    write_csv(tmp_path / "a.csv", [charge("1", "2025-12"), charge("2", "2026-01")])
    load(finops, tmp_path)
    write_csv(tmp_path / "b.csv", [charge("3", "2026-01", 2)])
    options = ("-P", "Grafana", "-S", str(tmp_path))

    files = json.loads(finops("focus", "list-files", *options, "--json").out)
    sources = json.loads(finops("focus", "list-sources", "--json").out)
    state = json.loads(finops("focus", "show-state", "-P", "Grafana", "--json").out)

    assert [(f["file"], f["months"], f["state"]) for f in files] == [
        ("a.csv", "2025-12, 2026-01", "loaded"),
        ("b.csv", "2026-01", "new"),
    ]
    assert [(s["provider"], s["months"], s["dialects"]) for s in sources] == [
        ("Grafana", 2, "focus_1_0")
    ]
    assert len(state) == 2
