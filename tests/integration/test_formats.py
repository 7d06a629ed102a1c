"""Every format that AWS delivers becomes the same raw rows, to the last decimal."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.aws import Bucket, focus_line, line
from tests.fixtures.aws.lines import FOCUS_1_2_ONLY

FORMATS: list[dict[str, Any]] = [
    {"layout": layout, "form": form, "overwrite": overwrite, "manifests": manifests}
    for layout, form, overwrite, manifests in [
        ("v1", "csv.gz", True, "month"),
        ("v1", "csv.gz", False, "both"),
        ("v1", "csv.zip", False, "month"),
        ("v1", "csv.zip", True, "month"),
        ("v1", "csv", False, "run"),
        ("v1", "parquet", True, "month"),
        ("v2", "csv.gz", True, "month"),
        ("v2", "csv.gz", False, "run"),
        ("v2", "parquet", True, "month"),
        ("v2", "parquet", False, "both"),
    ]
]
LINES = [
    line("1.10", account="000000012345", resource_tags={"user:Team": "a", "aws:createdBy": "b"}),
    line("1.10", account="000000012345", resource_tags={"user:Team": "a", "aws:createdBy": "b"}),
    line("-0.000000000001", kind="Credit", account="000000000001", resource_tags={}),
    line("2000000000.1", currency="EUR", resource_tags={"user:Team": 'Ünï "x", y\\z'}),
    line("8.9E-9", currency="EUR", resource_tags={}),
]


def of_any_month(one: dict[str, Any]) -> dict[str, Any]:
    """Return the line without its billing period, so that it may stand in any month's bill."""
    return {name: text for name, text in one.items() if "billing_period" not in name}


def named(fmt: dict[str, Any]) -> str:
    mode = "overwrite" if fmt["overwrite"] else "create-new"
    return f"{fmt['layout']} {fmt['form']} {mode} manifest:{fmt['manifests']}"


@pytest.mark.parametrize("fmt", FORMATS, ids=named)
def test_every_delivery_form_keeps_every_line_and_decimal(fmt, tmp_path, finops):
    bucket = Bucket(tmp_path / "bucket", **fmt)
    bucket.deliver("2026-01", lines=LINES, chunks=2)

    finops.load(*bucket.options)

    assert finops.sql(
        "SELECT line_item_usage_account_id, line_item_currency_code, count(*), "
        "sum(line_item_unblended_cost) FROM aws_billing.billing_2026_01 GROUP BY ALL ORDER BY ALL"
    ) == [
        ("000000000001", "USD", 1, Decimal("-0.000000000001")),
        ("000000012345", "EUR", 2, Decimal("2000000000.1000000089")),
        ("000000012345", "USD", 2, Decimal("2.20")),
    ]
    tags = finops.sql(
        "SELECT DISTINCT CAST(resource_tags AS VARCHAR) FROM aws_billing.cur "
        "WHERE line_item_currency_code = 'USD' AND line_item_line_item_type = 'Usage'"
    )
    assert [json.loads(text) for (text,) in tags] == [{"user:Team": "a", "aws:createdBy": "b"}]
    assert finops.sql(
        "SELECT DISTINCT bill_payer_account_id, line_item_unblended_rate, "
        "CAST(line_item_usage_start_date AS VARCHAR), CAST(billing_period AS VARCHAR) "
        "FROM aws_billing.cur"
    ) == [("000000000001", "0.0108", "2026-01-02 00:00:00", "2026-01-01")]


def test_legacy_and_data_exports_of_the_same_lines_become_the_same_rows(tmp_path, finops):
    lines = [
        {k: v for k, v in of_any_month(one).items() if k != "resource_tags"}
        for one in (*LINES, line("0.123456789012"))
    ]
    tables = []
    for number, (layout, form) in enumerate(
        [
            ("v1", "csv.gz"),
            ("v1", "csv.zip"),
            ("v1", "parquet"),
            ("v2", "csv.gz"),
            ("v2", "parquet"),
        ]
    ):
        month = f"2026-0{number + 1}"
        bucket = Bucket(tmp_path / layout / form, layout=layout, form=form)
        bucket.deliver(month, lines=lines)
        finops.load(*bucket.options)
        tables.append(f"aws_billing.billing_{month.replace('-', '_')}")
    contents = {
        table: finops.sql(
            f"SELECT * EXCLUDE (_dlt_load_id, billing_period) FROM {table} ORDER BY ALL"
        )
        for table in tables
    }
    for table in tables[1:]:
        assert contents[table] == contents[tables[0]], table


@pytest.mark.parametrize("form", ["csv.gz", "parquet"])
def test_focus_exports_are_read_as_focus(form, tmp_path, finops):
    old = focus_line("1.10", effective="0.90", x_Discounts={"edp": "-0.1"})
    new = focus_line("2.50", month="2026-02", **FOCUS_1_2_ONLY)
    bucket = Bucket(tmp_path / "bucket", form=form)
    bucket.deliver("2026-01", lines=[old, old])
    bucket.deliver("2026-02", lines=[new])

    finops.load(*bucket.options)

    assert finops.sql(
        "SELECT CAST(billing_period AS VARCHAR), dialect, rows FROM ledger.loads ORDER BY ALL"
    ) == [("2026-01-01", "focus_1_0", 2), ("2026-02-01", "focus_1_2", 1)]
    assert finops.sql(
        "SELECT sub_account_id, sum(billed_cost), sum(effective_cost), "
        "any_value(json_extract_string(x_discounts, 'edp')), "
        "any_value(json_extract_string(tags, '$.\"user:CostCenter\"')), "
        "CAST(any_value(charge_period_start) AS VARCHAR) "
        "FROM aws_billing.billing_2026_01 GROUP BY ALL"
    ) == [("000000012345", Decimal("2.20"), Decimal("1.80"), "-0.1", "a1", "2026-01-02 00:00:00")]
    assert (
        finops.value(
            "SELECT json_extract_string(sku_price_details, 'InstanceType') "
            "FROM aws_billing.billing_2026_02"
        )
        == "t3.micro"
    )


def test_csv_dialects_are_all_read(tmp_path, finops):
    """Line ends of every kind within quotes, two outside, a byte order mark, any script."""
    hard = 'two\nlines, "quoted"\r\nand\rünïcode 名前 {"json": 1} \\'
    bucket = Bucket(tmp_path / "bucket")
    texts = [of_any_month(line("1.10", line_item_line_item_description=hard))] * 3
    bucket.deliver("2026-01", lines=texts, newline="\r\n", bom=True, chunks=2)
    bucket.deliver("2026-02", lines=texts, newline="\n", bom=True)
    mixed = bucket.deliver("2026-03", lines=texts, newline="\n", chunks=2)
    crlf = bucket.deliver("2026-04", lines=texts, newline="\r\n", chunks=2)
    mixed.files[0].write_bytes(crlf.files[0].read_bytes())

    finops.load(*bucket.options)

    assert finops.sql(
        "SELECT strftime(billing_period, '%Y-%m'), identity_line_item_id, "
        "line_item_line_item_description, sum(line_item_unblended_cost) "
        "FROM aws_billing.cur GROUP BY ALL ORDER BY ALL"
    ) == [(f"2026-0{month}", "line1", hard, Decimal("3.30")) for month in (1, 2, 3, 4)]


def test_times_are_utc_whatever_their_notation(bucket, finops):
    spellings = {
        "2026-01-02T03:04:05Z": "2026-01-02 03:04:05",
        "2026-01-02T03:04:05.678Z": "2026-01-02 03:04:05.678",
        "2026-01-02 03:04:05": "2026-01-02 03:04:05",
        "2026-01-02T03:04:05+13:00": "2026-01-01 14:04:05",
        "2026-01-02": "2026-01-02 00:00:00",
    }
    lines = [line("1.10", line_item_usage_start_date=text, note=text) for text in spellings]
    bucket.deliver("2026-01", lines=lines)

    finops.load(*bucket.options)

    stored = finops.sql(
        "SELECT note, CAST(line_item_usage_start_date AS VARCHAR) FROM aws_billing.cur"
    )
    assert dict(stored) == spellings


def test_chunks_with_other_columns_are_joined_by_name(tmp_path, finops):
    bucket = Bucket(tmp_path / "bucket")
    first = bucket.deliver("2026-01", lines=[line("1.10", product_sku="sku1")])
    other = bucket.deliver(
        "2026-02", lines=[dict(reversed(line("1.25", pricing_rate_code="code").items()))]
    )
    target = first.files[0].with_name("cur-00002.csv.gz")
    target.write_bytes(other.files[0].read_bytes())
    manifest = json.loads(first.manifest.read_text())
    manifest["dataFiles"].append(f"s3://bucket/{bucket.key(target)}")
    first.manifest.write_text(json.dumps(manifest))

    finops.load(*bucket.options, "-e", "2026-01")

    assert finops.sql(
        "SELECT product_sku, pricing_rate_code, line_item_unblended_cost "
        "FROM aws_billing.billing_2026_01 ORDER BY ALL"
    ) == [("sku1", None, Decimal("1.10")), (None, "code", Decimal("1.25"))]


def test_keys_and_folders_may_hold_any_character(tmp_path, finops):
    """Spaces, %, +, =, #, brackets, quotes and other scripts; in folders, names and versions."""
    odd = "we[i]rd 'quo\"ted' 50%3D 名前 #1 & a+b=c (x) *?"
    for number, form in enumerate(["csv.gz", "csv.zip", "parquet"]):
        bucket = Bucket(
            tmp_path / odd, name=f"cur {odd}", prefix=f"pre fix/{odd}", layout="v1", form=form
        )
        bucket.deliver(f"2026-0{number + 1}", ["1.10"], version=f"run {odd}")
    options = bucket.options
    options[1] = str(tmp_path / odd)
    home = finops.home / odd.replace("?", "").replace("%", "")
    home.mkdir()

    finops.load(*options, env={"OPEN_FINOPS_DATA_DIR": str(home)})

    finops.database = home / "finops.duckdb"
    assert finops.sql(
        "SELECT count(*), sum(line_item_unblended_cost), count(DISTINCT billing_period) "
        'FROM aws_billing."cur_we_i_rd_quo_ted_50_3d_1_a_b_c_x"'
    ) == [(3, Decimal("3.30"), 3)]


def test_a_percent_encoded_key_in_a_manifest_means_the_plain_key(tmp_path, finops):
    bucket = Bucket(tmp_path / "bucket")
    delivery = bucket.deliver("2026-01", ["1.10"])
    text = delivery.manifest.read_text()
    delivery.manifest.write_text(text.replace("BILLING_PERIOD=", "BILLING_PERIOD%3D"))

    finops.load(*bucket.options)

    assert finops.billed("2026-01") == Decimal("1.10")


def test_the_newest_run_counts_where_a_month_has_no_manifest_of_its_own(tmp_path, finops):
    """A legacy CUR's runs have random names: the file's time tells."""
    import os

    for number, layout in enumerate(["v1", "v2"]):
        bucket = Bucket(tmp_path / layout, layout=layout, manifests="run", name=f"cur{number}")
        month = f"2026-0{number + 1}"
        old, new = ("zzz", "aaa") if layout == "v1" else ("aaa", "zzz")
        first = bucket.deliver(month, ["1.10"], version=old)
        bucket.deliver(month, ["1.25"], version=new)
        os.utime(first.manifest, (1, 1))

        finops.load(*bucket.options)

        assert finops.billed(month, f"aws_billing.cur{number}") == Decimal("1.25")
