"""Months are loaded once, replaced whole when AWS restates them, and never touch another."""

from decimal import Decimal

import pytest

from tests.fixtures.aws import Bucket, line


def test_a_second_run_finds_nothing_new_and_writes_nothing(bucket, finops):
    bucket.deliver("2026-01", ["1.10"])
    bucket.deliver("2026-02", ["2.20"])
    finops.load(*bucket.options)
    before = finops.fingerprint(), sorted(finops.data.rglob("*"))

    again = finops.load(*bucket.options)

    assert again.out == "cur  nothing new: 2 billing periods are current\n"
    assert (finops.fingerprint(), sorted(finops.data.rglob("*"))) == before


def test_a_restated_month_replaces_exactly_that_month(bucket, finops):
    for month in ("2026-01", "2026-02", "2026-03"):
        bucket.deliver(month, ["1.10", "1.10"], version="first")
    finops.load(*bucket.options)
    others = ["aws_billing.billing_2026_01", "aws_billing.billing_2026_03"]
    before = [finops.content(table) for table in others]
    bucket.deliver("2026-02", ["1.10", "1.25"], version="corrected")

    result = finops.load(*bucket.options)

    assert [text.split()[1:3] for text in result.out.splitlines()] == [["2026-02", "restated"]]
    assert finops.billed("2026-02") == Decimal("2.35")
    assert [finops.content(table) for table in others] == before
    assert finops.sql(
        "SELECT version_id, status, superseded_by IS NULL FROM ledger.loads "
        "WHERE billing_period = '2026-02-01' ORDER BY status"
    ) == [("corrected", "current", True), ("first", "superseded", False)]


def test_a_manifest_rewritten_under_its_old_id_is_a_restatement(bucket, finops):
    bucket.deliver("2026-01", ["1.10"])
    finops.load(*bucket.options)
    bucket.deliver("2026-01", ["1.10", "2.20"], chunks=2)

    finops.load(*bucket.options)

    assert finops.billed("2026-01") == Decimal("3.30")


@pytest.mark.parametrize("form", ["csv.gz", "parquet"])
def test_columns_may_come_and_go(form, tmp_path, finops):
    """A new one is kept, a missing one is null, also within a restated month."""
    bucket = Bucket(tmp_path / "bucket", form=form)
    bucket.deliver("2026-01", lines=[line("1.10", product_sku="sku1")])
    finops.load(*bucket.options)
    other = line("1.25", month="2026-02", product_sku="sku2", pricing_rate_code="code")
    bucket.deliver("2026-02", lines=[other])
    bucket.deliver("2026-01", lines=[line("1.30", capacity_new_thing="x")], version="second")

    finops.load(*bucket.options)

    assert finops.sql(
        "SELECT strftime(billing_period, '%m'), product_sku, pricing_rate_code, "
        "capacity_new_thing, line_item_unblended_cost FROM aws_billing.cur ORDER BY ALL"
    ) == [
        ("01", None, None, "x", Decimal("1.30")),
        ("02", "sku2", "code", None, Decimal("1.25")),
    ]


def test_a_column_may_change_its_type(tmp_path, finops):
    """Unknown numbers keep their type; when it changes no value is lost."""
    import pyarrow
    import pyarrow.parquet

    bucket = Bucket(tmp_path / "bucket", form="parquet")
    for version, kind, value in [
        ("first", pyarrow.int64(), 7),
        ("second", pyarrow.string(), "seven"),
        ("third", pyarrow.float64(), 7.5),
    ]:
        delivery = bucket.deliver("2026-01", ["1.10"], version=version)
        table = pyarrow.parquet.read_table(delivery.files[0])
        table = table.append_column("x_number", pyarrow.array([value], type=kind))
        pyarrow.parquet.write_table(table, delivery.files[0])

        finops.load(*bucket.options)

        assert finops.value("SELECT CAST(x_number AS VARCHAR) FROM aws_billing.cur") == str(value)


def test_a_column_that_differs_by_month_becomes_text_in_one_table_for_all(tmp_path, finops):
    import pyarrow
    import pyarrow.parquet

    bucket = Bucket(tmp_path / "bucket", form="parquet")
    for month, kind, value in [
        ("2026-01", pyarrow.int64(), 7),
        ("2026-02", pyarrow.float64(), 7.5),
        ("2026-03", pyarrow.string(), "seven"),
    ]:
        delivery = bucket.deliver(month, ["1.10"])
        table = pyarrow.parquet.read_table(delivery.files[0])
        table = table.append_column("x_number", pyarrow.array([value], type=kind))
        pyarrow.parquet.write_table(table, delivery.files[0])
        if month != "2026-02":
            finops.load(*bucket.options, "-t", "single", "-e", month)

    assert finops.sql("SELECT x_number FROM aws_billing.cur ORDER BY billing_period") == [
        ("7",), ("7.5",), ("seven",),
    ]  # fmt: skip


def test_an_empty_month_empties_the_month(bucket, finops):
    bucket.deliver("2026-01", ["1.10"])
    bucket.deliver("2026-02", ["2.20"])
    finops.load(*bucket.options)
    bucket.deliver("2026-01", [], version="empty")

    result = finops.load(*bucket.options)

    assert "restated" in result.out
    assert finops.sql("SELECT count(*) FROM aws_billing.billing_2026_01") == [(0,)]
    assert finops.billed("2026-02") == Decimal("2.20")
    assert finops.value("SELECT rows FROM ledger.loads WHERE version_id = 'empty'") == 0


def test_reset_loads_again_what_is_loaded(bucket, finops):
    bucket.deliver("2026-01", ["1.10"])
    bucket.deliver("2026-02", ["2.20"])
    finops.load(*bucket.options)

    result = finops.load(*bucket.options, "--reset", "-s", "2026-02")

    assert [text.split()[1] for text in result.out.splitlines()] == ["2026-02"]
    assert finops.billed("2026-01") + finops.billed("2026-02") == Decimal("3.30")
    assert finops.value("SELECT count(*) FROM ledger.loads") == 3


def test_one_table_for_all_months(bucket, finops):
    bucket.deliver("2026-01", ["1.10", "1.10"])
    bucket.deliver("2026-02", ["2.20"])
    finops.load(*bucket.options, "-t", "single")
    assert finops.tables() == ["billing_data"]
    bucket.deliver("2026-01", lines=[line("1.25", x_new="x")], version="corrected")

    finops.load(*bucket.options, "-t", "single")

    assert finops.billed("2026-01", "aws_billing.billing_data") == Decimal("1.25")
    assert finops.billed("2026-02", "aws_billing.billing_data") == Decimal("2.20")


def test_the_table_strategy_may_be_switched_at_any_time(bucket, finops):
    for month, cost in (("2026-01", "1.10"), ("2026-02", "2.20")):
        bucket.deliver(month, [cost])
    finops.load(*bucket.options)
    bucket.deliver("2026-02", ["2.25"], version="second")

    finops.load(*bucket.options, "-t", "single")

    assert finops.tables() == ["billing_2026_01", "billing_data"]
    assert (finops.billed("2026-01"), finops.billed("2026-02")) == (
        Decimal("1.10"),
        Decimal("2.25"),
    )

    finops.load(*bucket.options, "-t", "single", "--reset")
    assert finops.tables() == ["billing_data"]
    assert (finops.billed("2026-01"), finops.billed("2026-02")) == (
        Decimal("1.10"),
        Decimal("2.25"),
    )

    finops.load(*bucket.options, "-t", "separate", "--reset")
    assert (finops.billed("2026-01"), finops.billed("2026-02")) == (
        Decimal("1.10"),
        Decimal("2.25"),
    )
    assert {"billing_2026_01", "billing_2026_02"} <= set(finops.tables())
    assert finops.value("SELECT count(*) FROM aws_billing.cur") == 2


def test_months_are_chosen_by_date(bucket, finops):
    for month in ("2025-12", "2026-01", "2026-02", "2026-03"):
        bucket.deliver(month, ["1.10"])

    finops.load(*bucket.options, "-s", "2026-01", "-e", "2026-02")

    assert finops.tables() == ["billing_2026_01", "billing_2026_02"]
    finops.load(*bucket.options, "-e", "2025-12")
    assert finops.tables() == ["billing_2025_12", "billing_2026_01", "billing_2026_02"]


@pytest.mark.parametrize("strategy", ["separate", "single"])
def test_months_that_must_be_unpacked_are_loaded_one_by_one(
    strategy, tmp_path, finops, monkeypatch
):
    """So that the disk holds the content of one zip file at a time, not of all."""
    import core.load

    staged: list[int] = []
    plan = core.load.plan

    def counted(*arguments):
        planned = plan(*arguments)
        staged.append(len(list((finops.data / "work" / "staged").iterdir())))
        return planned

    monkeypatch.setattr("core.stage.ROOM", 1)
    monkeypatch.setattr("core.load.plan", counted)
    bucket = Bucket(tmp_path / "bucket", layout="v1", form="csv.zip")
    for month in ("2026-01", "2026-02", "2026-03"):
        bucket.deliver(month, ["1.10"])

    result = finops.load(*bucket.options, "-t", strategy)

    assert [text.split()[1] for text in result.out.splitlines()] == [
        "2026-01", "2026-02", "2026-03",
    ]  # fmt: skip
    assert staged == [1, 1, 1]
    assert finops.value("SELECT sum(line_item_unblended_cost) FROM aws_billing.cur") == Decimal(
        "3.30"
    )
    assert finops.value("SELECT count(*) FROM ledger.loads WHERE rows = 1") == 3
