"""Every aws command against an S3 server over HTTP; DuckDB reads parquet through httpfs."""

import json
from decimal import Decimal

import pytest

from tests.fixtures.aws import Bucket


@pytest.mark.parametrize(
    ("layout", "form"), [("v1", "csv.gz"), ("v1", "csv.zip"), ("v1", "parquet"), ("v2", "parquet")]
)
def test_every_format_imports_from_a_bucket(layout, form, tmp_path, finops, upload, proxy):
    bucket = Bucket(tmp_path / "mirror", layout=layout, form=form)
    bucket.deliver("2026-01", ["1.10", "1.10"], chunks=2)
    bucket.deliver("2026-02", ["2.25"])
    options = upload(bucket)

    finops.load(*options)

    assert (finops.billed("2026-01"), finops.billed("2026-02")) == (
        Decimal("2.20"),
        Decimal("2.25"),
    )
    if form == "parquet":
        read = {r.path for r in proxy.seen if r.by_duckdb and r.method == "GET"}
        assert len(read) == 3
    assert finops.value("SELECT sum(bytes) FROM ledger.loads") == sum(
        path.stat().st_size for path in bucket.root.rglob("cur-0*")
    )
    before = finops.fingerprint()
    assert finops.load(*options).out == "cur  nothing new: 2 billing periods are current\n"
    assert finops.fingerprint() == before


def test_a_whole_run_ends_in_focus(tmp_path, finops, upload):
    bucket = Bucket(tmp_path / "mirror", form="parquet")
    bucket.deliver("2026-01", ["1.10", "1.10"])
    config = finops.home / "config.toml"
    _, name, *_ = upload(bucket)
    config.write_text(f'[aws]\nbucket = "s3://{name}"\nprefix = "exports"\nexport_name = "cur"\n')

    result = finops("run", "-c", str(config))

    assert result.code == 0, result.err
    assert finops.value("SELECT sum(BilledCost) FROM focus.cost_and_usage") == Decimal("2.20")


def test_the_reading_commands_answer_from_a_bucket(tmp_path, finops, upload):
    bucket = Bucket(tmp_path / "mirror", layout="v1", overwrite=True)
    bucket.deliver("2026-01", ["1.10"])
    options = upload(bucket)
    finops.load(*options)
    Bucket(tmp_path / "mirror", name="modern", form="parquet").deliver("2026-02", ["2.20"])
    options = upload(bucket)

    (month,) = json.loads(finops("aws", "list-manifests", *options, "--json").out)
    found = json.loads(finops("aws", "list-exports", *options[:2], "--json").out)
    (load,) = json.loads(finops("aws", "show-state", "--json").out)

    assert (month["billing_period"], month["state"], month["files"]) == ("2026-01", "loaded", 1)
    assert [(e["export"], e["prefix"], e["layout"], e["loaded_months"]) for e in found] == [
        ("cur", "exports", "v1", 1),
        ("modern", "exports", "v2", 0),
    ]
    assert (load["status"], load["rows"], load["version_id"]) == ("current", 1, "first")


def test_more_keys_than_one_page_holds(tmp_path, finops, upload, s3, proxy, monkeypatch):
    """A month that comes after more strangers than the keys that the server lists at once."""
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "10")  # S3's own are 1,000
    bucket = Bucket(tmp_path / "mirror", form="parquet")
    bucket.deliver("2026-01", ["1.10"])
    bucket.deliver("2026-02", ["2.20"])
    options = upload(bucket)
    for number in range(11):
        s3.put_object(Bucket=options[1], Key=f"exports/cur/metadata/A{number:04d}/x", Body=b"")

    finops.load(*options)

    assert any("continuation-token" in request.path for request in proxy.seen)
    assert (finops.billed("2026-01"), finops.billed("2026-02")) == (
        Decimal("1.10"),
        Decimal("2.20"),
    )


@pytest.mark.parametrize("form", ["csv.gz", "parquet"])
def test_keys_may_hold_any_character(form, tmp_path, finops, upload):
    odd = "a b+c%25=d&e,f;g:h@i'j(k)[l]*m?n#o~ü名"
    bucket = Bucket(
        tmp_path / "mirror", layout="v1", form=form, prefix=f"pre {odd}", name=f"cur {odd}"
    )
    bucket.deliver("2026-01", ["1.10", "1.10"], version=f"run {odd}", chunks=2)

    finops.load(*upload(bucket))

    assert finops.value(
        "SELECT sum(line_item_unblended_cost) FROM aws_billing.billing_2026_01"
    ) == Decimal("2.20")


def test_the_newest_legacy_run_is_told_by_its_time(tmp_path, finops, upload):
    bucket = Bucket(tmp_path / "mirror", layout="v1", manifests="run")
    bucket.deliver("2026-01", ["1.10"], version="aaa")
    options = upload(bucket)

    finops.load(*options)

    assert finops.billed("2026-01") == Decimal("1.10")
