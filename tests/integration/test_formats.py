"""Every format that AWS delivers becomes the same raw rows, to the last decimal."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.aws import Bucket, focus_line, line
from tests.fixtures.aws.lines import FOCUS_1_2_ONLY

FORMATS: list[dict[str, Any]] = [
    {"layout": layout, "form": form, "overwrite": overwrite, "manifests": manifests}
    for layout, form in [
        ("v1", "csv.gz"),
        ("v1", "csv.zip"),
        ("v1", "csv"),
        ("v1", "parquet"),
        ("v2", "csv.gz"),
        ("v2", "parquet"),
    ]
    for overwrite, manifests in [(True, "month"), (False, "both"), (False, "run")]
    if not (layout == "v1" and form == "parquet" and not overwrite)
]


def named(fmt: dict[str, Any]) -> str:
    mode = "overwrite" if fmt["overwrite"] else "create-new"
    return f"{fmt['layout']} {fmt['form']} {mode} manifest:{fmt['manifests']}"


@pytest.mark.parametrize("fmt", FORMATS, ids=named)
def test_every_delivery_form_is_read(fmt, tmp_path, finops):
    bucket = Bucket(tmp_path / "bucket", **fmt)
    bucket.deliver("2026-01", ["1.10", "1.10", "0.000000000001"], chunks=2)

    finops.load(*bucket.options)

    assert finops.billed("2026-01") == Decimal("2.200000000001")
    assert finops.value("SELECT count(*) FROM aws_billing.billing_2026_01") == 3
    assert finops.sql(
        "SELECT DISTINCT line_item_usage_account_id, bill_payer_account_id, "
        "CAST(line_item_usage_start_date AS VARCHAR) FROM aws_billing.cur"
    ) == [("000000012345", "000000000001", "2026-01-02 00:00:00")]
