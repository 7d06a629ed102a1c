"""Extracted files in a Cloud Storage bucket."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.bigquery.servers import Bucket
from tests.fixtures.finops import Finops
from tests.fixtures.gcp import credit, line, write

LINES = [line("1.10", credits=[credit("-0.10", "FREE_TIER")]), line("1.25")]


@pytest.mark.parametrize("name", ["a.parquet", "b c.csv.gz", "a.jsonl"])
def test_files_of_a_bucket_are_read(
    name: str, tmp_path: Path, finops: Finops, bucket: Bucket
) -> None:
    write(tmp_path / "export" / "day=1" / name, LINES)
    write(tmp_path / "export" / "day=2" / name, [line("5.00", month="2026-02")])
    address = bucket.upload(tmp_path / "export", f"exports {len(name)}.0")

    def run() -> str:
        result = finops(
            "gcp", "import-billing", "--source", address, "--no-transform", env=bucket.environment
        )
        assert result.code == 0, result.err
        return result.out

    run()

    assert finops.sql(
        "SELECT billing_period::VARCHAR, sum(cost + x_credits_total) FROM gcp_billing.files "
        "GROUP BY ALL ORDER BY ALL"
    ) == [("2026-01-01", Decimal("2.25")), ("2026-02-01", Decimal("5"))]
    assert "nothing new" in run()


def test_an_absent_bucket_is_one_clear_error(finops: Finops, bucket: Bucket) -> None:
    result = finops("gcp", "import-billing", "--source", "gs://absent/x", env=bucket.environment)

    assert (result.code, "the bucket absent does not exist" in result.error) == (5, True)


@pytest.mark.parametrize("content", [None, "{}", "no JSON"])
def test_an_unusable_key_file_is_one_clear_error(
    content: str | None, tmp_path: Path, finops: Finops
) -> None:
    key = tmp_path / "key.json"
    if content is not None:
        key.write_text(content)

    result = finops(
        "gcp", "import-billing", "--source", "gs://bills/x", "--service-account-path", str(key)
    )

    assert (result.code, "no usable Google credentials" in result.error) == (5, True), result.err
    assert "gcloud auth" in result.hint
