"""FOCUS files in a Cloud Storage bucket: CSV is copied, Parquet is read where it lies."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.bigquery.servers import Bucket
from tests.fixtures.finops import Finops
from tests.fixtures.focus import charge, write_csv, write_parquet
from tests.integration.test_bad_inputs import assert_one_error

TOTAL = "SELECT sum(billed_cost) FROM focus_billing.databricks"


@pytest.fixture
def finops(finops: Finops, bucket: Bucket) -> Finops:
    """The commands, with the server as Cloud Storage for FOCUS files."""
    finops.environment |= {"OPEN_FINOPS_FOCUS_ENDPOINT_URL": bucket.url}
    return finops


def load(finops: Finops, source: str, *more: str, env: dict[str, str] | None = None) -> Any:
    return finops("focus", "import", "-P", "Databricks", "-S", source, *more, env=env)


@pytest.mark.parametrize("form", ["csv.gz", "parquet"])
def test_files_of_a_bucket_are_read_and_known_again(
    form: str, tmp_path: Path, finops: Finops, bucket: Bucket
) -> None:
    write = write_parquet if form == "parquet" else write_csv
    write(tmp_path / "in" / "dbx" / "2026" / f"a b.{form}", [charge("1"), charge("2", day=2)])
    write(tmp_path / "in" / "dbx" / "2026" / f"b.{form}", [charge("4", "2026-02")])
    write(tmp_path / "in" / "other" / f"c.{form}", [charge("8", "2026-03")])
    source = bucket.upload(tmp_path / "in", f"focus {form.replace('.', '-')}") + "/dbx"

    result = load(finops, source)

    assert result.code == 0, result.err
    assert finops.value(TOTAL) == Decimal(7)
    assert finops.value('SELECT sum("BilledCost") FROM focus.cost_and_usage') == Decimal(7)
    before = finops.fingerprint()
    assert load(finops, source).out == "Databricks  nothing new: 2 billing periods are current\n"
    assert finops.fingerprint() == before
    write(tmp_path / "in" / "dbx" / "2026" / f"b.{form}", [charge("40", "2026-02")])
    bucket.upload(tmp_path / "in", f"focus {form.replace('.', '-')}")
    assert load(finops, source, "--no-transform").code == 0
    assert finops.value(TOTAL) == Decimal(43)


@pytest.mark.parametrize("wanted", ["b.parquet", "b.*"])
def test_one_file_and_a_pattern_of_a_bucket(
    wanted: str, tmp_path: Path, finops: Finops, bucket: Bucket
) -> None:
    write_parquet(tmp_path / "in" / "a.parquet", [charge("1")])
    write_parquet(tmp_path / "in" / "b.parquet", [charge("2")])
    source = bucket.upload(tmp_path / "in", "focus-one")

    result = load(finops, f"{source}/{wanted}", "--no-transform")

    assert result.code == 0, result.err
    assert finops.value(TOTAL) == Decimal(2)


def test_an_absent_bucket_is_one_clear_error(finops: Finops) -> None:
    assert_one_error(load(finops, "gs://absent/x"), 5, ("the bucket absent does not exist",))


def test_an_address_without_a_bucket_is_a_wrong_setting(finops: Finops) -> None:
    assert_one_error(load(finops, "gs:///x"), 2, ("focus.source", "gs:///x"))


@pytest.mark.parametrize("content", [None, "{}", "no JSON"])
def test_an_unusable_key_file_is_one_clear_error(
    content: str | None, tmp_path: Path, finops: Finops
) -> None:
    key = tmp_path / "key.json"
    if content is not None:
        key.write_text(content)

    result = load(finops, "gs://bills/x", env={"OPEN_FINOPS_FOCUS_SERVICE_ACCOUNT_PATH": str(key)})

    assert_one_error(result, 5, ("no usable Google credentials",))
    assert "gcloud auth" in result.hint
