"""Open sample exports that others published; skipped where the folder of samples is absent."""

import csv
import gzip
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.aws import Bucket
from tests.fixtures.finops import ROOT

SAMPLES = ROOT.parent / "shared" / "samples"
pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason=f"the sample exports are not in {SAMPLES}"
)


def delivered(bucket: Bucket, month: str, sample: Path) -> Bucket:
    """Deliver a published CSV file under a manifest of our own."""
    delivery = bucket.deliver(month, ["0"])
    body = sample.read_bytes()
    delivery.files[0].write_bytes(gzip.compress(body) if bucket.form == "csv.gz" else body)
    return bucket


@pytest.mark.parametrize(
    ("root", "name", "month", "rows", "cost"),
    [
        ("cur_1_0/s3_structure/mock-cur-bucket", "MockTestReport", "2024-01", 3, "0.045152"),
        ("cur_2_0/s3_structure/mock-cur-v2-bucket", "MockTestReportV2", "2024-09", 4, "0.108304"),
    ],
)
def test_keboola_buckets_import_as_they_are(root, name, month, rows, cost, finops):
    """Their manifests hold fields that AWS's lack, and one folder ends a day early."""
    bucket = SAMPLES / "keboola" / root

    finops.load("-b", f"file://{bucket}", "-n", name)

    table = f"aws_billing.{name.lower()}"
    assert finops.billed(month, table) == Decimal(cost)
    assert finops.sql(
        f"SELECT count(*), sum(line_item_blended_cost), any_value(line_item_unblended_rate) "
        f"FROM {table} WHERE line_item_product_code = 'AmazonS3'"
    ) == [
        (1, Decimal("0.023552"), "0.0000230000")
        if rows == 3
        else (1, Decimal("0.047104"), "0.0230000")
    ]
    assert finops.value("SELECT rows FROM ledger.loads") == rows


def test_the_same_bill_in_legacy_and_new_names_is_the_same(tmp_path, finops):
    legacy = Bucket(tmp_path / "legacy", layout="v1")
    modern = Bucket(tmp_path / "modern", layout="v2")
    delivered(legacy, "2025-01", SAMPLES / "sbroenne" / "sample-legacy-csv.csv")
    delivered(modern, "2025-02", SAMPLES / "sbroenne" / "sample-cur20.csv")
    for bucket in (legacy, modern):
        finops.load(*bucket.options)

    for month in ("2025-01", "2025-02"):
        assert finops.billed(month) == Decimal("0.0652")
    rows = "SELECT * EXCLUDE (billing_period, _dlt_load_id) FROM aws_billing.billing_2025_0"
    assert finops.sql(f"{rows}1 ORDER BY ALL") == finops.sql(f"{rows}2 ORDER BY ALL")


def test_every_column_of_a_wide_export_is_kept(tmp_path, finops):
    """The sample's costs are masked: it is refused until each of its 20 lines has one."""
    sample = SAMPLES / "fivetran" / "aws_cost_report.csv"
    with sample.open(newline="") as file:
        lines = list(csv.DictReader(file))
    header = list(lines[0])
    bucket = delivered(Bucket(tmp_path / "bucket"), "2024-04", sample)
    masked = finops("aws", "import-cur", *bucket.options, "--no-transform")
    assert (masked.code, "20 lines have no cost" in masked.error) == (4, True)
    bucket.deliver("2024-04", lines=[one | {"line_item_unblended_cost": "0.01"} for one in lines])

    finops.load(*bucket.options)

    assert finops.billed("2024-04") == Decimal("0.20")
    kinds = dict(finops.sql("SELECT column_name, column_type FROM (DESCRIBE aws_billing.cur)"))
    assert len(header) == 228
    assert len(kinds) == len(header) + len(["billing_period", "_dlt_load_id"])
    assert {name for name, kind in kinds.items() if kind == "DECIMAL(38,18)"} >= {
        "line_item_unblended_cost",
        "line_item_usage_amount",
        "pricing_public_on_demand_cost",
    }
    assert {kinds[name] for name in kinds if name.startswith("product_")} == {"VARCHAR"}
    assert kinds["line_item_usage_account_id"] == "VARCHAR"


def test_samples_are_never_written_to(tmp_path, finops):
    """A mirror may be read-only."""
    copy = tmp_path / "copy"
    shutil.copytree(SAMPLES / "keboola" / "cur_2_0" / "s3_structure" / "mock-cur-v2-bucket", copy)
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}

    finops.load("-b", str(copy), "-n", "MockTestReportV2")

    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*")} == before
