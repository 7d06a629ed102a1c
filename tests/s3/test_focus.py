"""FOCUS files in a bucket: listed, told apart by their times, read over HTTP."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.finops import Finops
from tests.fixtures.focus import charge, write_csv, write_parquet


def put(s3: Any, bucket: str, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            key = str(path.relative_to(folder))
            s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())


@pytest.mark.parametrize("form", ["csv.gz", "parquet"])
def test_files_of_a_bucket_are_read_and_known_again(form, tmp_path, finops: Finops, s3, proxy):
    bucket, folder = f"saas-{form.replace('.', '-')}", tmp_path / "in"
    write = write_parquet if form == "parquet" else write_csv
    write(folder / "exports" / "grafana" / "2026" / f"a.{form}", [charge("1"), charge("2", day=2)])
    write(folder / "exports" / "grafana" / "2026" / f"b.{form}", [charge("4", "2026-02")])
    write(folder / "exports" / "other" / f"c.{form}", [charge("8", "2026-03")])
    s3.create_bucket(Bucket=bucket)
    put(s3, bucket, folder)
    options = ("-P", "Grafana", "-S", f"s3://{bucket}/exports/grafana", "--no-transform")

    result = finops("focus", "import", *options)

    assert result.code == 0, result.err
    total = "SELECT sum(billed_cost) FROM focus_billing.grafana"
    assert finops.value(total) == Decimal(7)
    before, seen = finops.fingerprint(), len(proxy.seen)
    again = finops("focus", "import", *options)
    assert again.out == "Grafana  nothing new: 2 billing periods are current\n"
    assert finops.fingerprint() == before
    assert all(request.method == "GET" for request in proxy.seen[seen:])
    write(folder / "exports" / "grafana" / "2026" / f"b.{form}", [charge("40", "2026-02")])
    put(s3, bucket, folder / ".." / "in")
    assert finops("focus", "import", *options).code == 0
    assert finops.value(total) == Decimal(43)


def test_one_file_and_a_pattern_of_a_bucket(tmp_path, finops: Finops, s3):
    s3.create_bucket(Bucket="saas-files")
    for name, month in (("a", "2026-01"), ("b", "2026-02")):
        write_csv(tmp_path / "in" / f"{name}.csv", [charge("1", month)])
    put(s3, "saas-files", tmp_path / "in")

    for provider, source in (("One", "a.csv"), ("Others", "[b-z]*.csv")):
        url = f"s3://saas-files/{source}"
        result = finops("focus", "import", "-P", provider, "-S", url, "--no-transform")
        assert result.code == 0, result.err

    loads = "SELECT export, count(*) FROM ledger.loads GROUP BY 1 ORDER BY 1"
    assert finops.sql(loads) == [("One", 1), ("Others", 1)]


def test_a_bucket_that_does_not_exist_is_one_error(finops: Finops):
    result = finops("focus", "import", "-P", "x", "-S", "s3://saas-gone/x", "--no-transform")

    assert (result.code, "saas-gone does not exist" in result.error) == (5, True)
