"""Source, raw and FOCUS hold the same money: every format, account, currency and line type."""

from __future__ import annotations

import gzip
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SAMPLES
from tests.fixtures.aws import Bucket, focus_line, line
from tests.fixtures.finops import Finops
from tests.integration.test_bad_inputs import assert_one_error
from tests.integration.test_exports import config, entry

PLAN = "arn:aws:savingsplans::000000000001:savingsplan/p"
RESERVED = "arn:aws:ec2:eu-central-1:000000000001:reserved-instances/r"
RI_UPFRONT = "reservation_unused_amortized_upfront_fee_for_billing_period"


def bill(payer: str, month: str = "2026-01") -> list[dict[str, Any]]:
    """One line of each kind. Billed: 21.10 USD and 3.00 EUR. Effective: 21.30 USD and 3.00 EUR."""

    def one(cost: str, kind: str = "Usage", **more: Any) -> dict[str, Any]:
        return line(cost, kind=kind, payer=payer, month=month, **more)

    plan = {"savings_plan_savings_plan_a_r_n": PLAN}
    covered = {**plan, "savings_plan_savings_plan_effective_cost": "3.00"}
    reserved = {"reservation_reservation_a_r_n": RESERVED}
    return [
        one("1.10"),
        one("1.10"),
        one("3.00", account="000000000777", currency="EUR"),
        one("5.00", "SavingsPlanCoveredUsage", **covered),
        one("-5.00", "SavingsPlanNegation", **plan),
        one(
            "4.00",
            "SavingsPlanRecurringFee",
            **plan,
            savings_plan_total_commitment_to_date="4.00",
            savings_plan_used_commitment="3.00",
        ),
        one("0.00", "DiscountedUsage", **reserved, reservation_effective_cost="2.00"),
        one(
            "2.50",
            "RIFee",
            **reserved,
            reservation_unused_recurring_fee="0.50",
            **{RI_UPFRONT: "0.20"},
        ),
        one("10.00", "Fee", line_item_resource_id=None),
        one("2.40", "Tax"),
        one("-1.00", "Credit"),
        one("-0.40", "Refund"),
        one("1.40", "Fee", **{"product_product_name": "AWS Support (Business)"}),
    ]


USD_BILLED = Decimal("21.10")
USD_EFFECTIVE = Decimal("21.30")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Finops:
    """Six exports of six payers in one database, and one FOCUS build."""
    root = tmp_path_factory.mktemp("totals")
    finops = Finops(root)
    forms = [
        ("v1", "csv.gz"),
        ("v1", "csv.zip"),
        ("v1", "parquet"),
        ("v2", "csv.gz"),
        ("v2", "parquet"),
    ]
    text = ""
    for number, (layout, form) in enumerate(forms, 1):
        bucket = Bucket(root / f"b{number}", layout=layout, form=form, name=f"cur{number}")
        for month in ("2026-01", "2026-02"):
            bucket.deliver(month, lines=bill(f"00000000000{number}", month), chunks=2)
        text += entry(bucket)
    native = Bucket(root / "b6", form="parquet", name="native")
    native.deliver(
        "2026-01",
        lines=[focus_line("1.10", payer="000000000006"), focus_line("2", payer="000000000006")],
    )
    options = config(finops, text + entry(native))
    for command in (["run", "--no-transform"], ["focus", "build"]):
        result = finops(*command, *options)
        assert result.code == 0, result.err
    return finops


def test_every_stage_holds_the_same_sums(home: Finops):
    """Per export, month, account and currency; and they are the ones that one can add up."""
    rows = home.sql(
        "SELECT r.export, r.currency, r.sub_account_id, r.source_billed, r.raw_billed, "
        "r.focus_billed, r.source_effective, r.raw_effective, r.focus_effective "
        "FROM ledger.reconciliation AS r JOIN ledger.loads AS l USING (load_id, export) "
        "WHERE l.status = 'current' AND r.export <> 'native' ORDER BY ALL"
    )
    assert len(rows) == 5 * 2 * 2
    for export, currency, account, *sums in rows:
        billed, effective = sums[:3], sums[3:]
        if currency == "EUR":
            assert account == "000000000777"
            assert set(billed) == set(effective) == {Decimal("3.00")}, export
        else:
            assert account == "000000012345"
            assert set(billed) == {USD_BILLED}, export
            assert set(effective) == {USD_EFFECTIVE}, export


def test_focus_itself_sums_to_the_bill(home: Finops):
    assert home.sql(
        "SELECT x_Export, BillingCurrency, sum(BilledCost), sum(EffectiveCost) "
        "FROM focus.cost_and_usage WHERE BillingPeriodStart = '2026-02-01' "
        "GROUP BY ALL ORDER BY ALL"
    ) == [
        (f"cur{number}", currency, billed, effective)
        for number in range(1, 6)
        for currency, billed, effective in [
            ("EUR", Decimal("3.00"), Decimal("3.00")),
            ("USD", USD_BILLED, USD_EFFECTIVE),
        ]
    ]
    assert home.value(
        "SELECT sum(BilledCost) FROM focus.cost_and_usage WHERE x_Export = 'native'"
    ) == Decimal("3.10")


def test_equal_bill_lines_are_kept_in_focus(home: Finops):
    assert home.sql(
        "SELECT x_Export, count(*) FROM focus.cost_and_usage WHERE BilledCost = 1.10 "
        "AND x_Export <> 'native' GROUP BY ALL ORDER BY ALL"
    ) == [(f"cur{number}", 4) for number in range(1, 6)]


def test_a_second_run_changes_nothing(home: Finops):
    before = home.fingerprint()

    result = home("run", "-c", str(home.home / "config.toml"))

    assert result.code == 0
    assert result.out.count("nothing new") == 6
    assert home.fingerprint() == before


def test_a_restated_month_rebuilds_exactly_that_month(home: Finops):
    """Of one export; the other months' rows of FOCUS are the same, load by load."""
    others = (
        "(SELECT * FROM focus.cost_and_usage "
        "WHERE NOT (x_Export = 'cur5' AND BillingPeriodStart = '2026-02-01'))"
    )
    before = home.content(others)
    bucket = Bucket(home.home / "b5", form="parquet", name="cur5")
    corrected = line("7.77", month="2026-02", payer="000000000005")
    bucket.deliver("2026-02", lines=[corrected], version="second")

    result = home("run", "-c", str(home.home / "config.toml"))

    assert result.code == 0, result.err
    assert home.content(others) == before
    assert home.sql(
        "SELECT sum(BilledCost), count(*) FROM focus.cost_and_usage "
        "WHERE x_Export = 'cur5' AND BillingPeriodStart = '2026-02-01'"
    ) == [(Decimal("7.77"), 1)]


def test_a_bill_that_focus_cannot_do_with_is_one_error(tmp_path: Path, finops: Finops):
    """Such a bill can still be loaded as it is."""
    bucket = Bucket(tmp_path / "bucket")
    lines = [{"line_item_unblended_cost": "1.10", "bill_payer_account_id": "000000000001"}]
    bucket.deliver("2026-01", lines=lines)

    result = finops("aws", "import-cur", *bucket.options)

    assert_one_error(result, 4, ("cur 2026-01", "lacks", "line_item_usage_account_id"))
    assert not finops.database.exists()
    finops.load(*bucket.options)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample exports are not beside the checkout")
def test_published_samples_become_focus_to_the_last_digit(finops: Finops):
    root = SAMPLES / "keboola" / "cur_2_0" / "s3_structure" / "mock-cur-v2-bucket"

    result = finops("aws", "import-cur", "-b", str(root), "-n", "MockTestReportV2")

    assert result.code == 0, result.err
    assert finops.sql(
        "SELECT sum(BilledCost), sum(EffectiveCost), count(*) FROM focus.cost_and_usage"
    ) == [(Decimal("0.108304"), Decimal("0.108304"), 4)]


def test_too_little_memory_is_one_error(bucket: Bucket, finops: Finops):
    delivery = bucket.deliver("2026-01", ["1.10"])
    delivery.files[0].write_bytes(gzip.compress(gzip.decompress(delivery.files[0].read_bytes())))

    result = finops(
        "aws",
        "import-cur",
        *bucket.options,
        "--no-transform",
        env={"OPEN_FINOPS_DATABASE_DUCKDB_MEMORY_LIMIT": "4MB"},
    )

    assert_one_error(result, 2, ("memory_limit", "enough memory"))
