"""Each published sample is read by the vendor that it belongs to, exactly; none is left out.

What a sample sums to is added up here once more, line by line from its text, in Python's decimals.
"""

from __future__ import annotations

import csv
import gzip
import json
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from tests.fixtures.aws import Bucket
from tests.fixtures.azure import Container
from tests.fixtures.finops import Finops
from tests.integration.test_bad_inputs import assert_one_error

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason=f"the sample exports are not in {SAMPLES}"
)

Key = tuple[str, str | None, str | None, str | None]
"""Month, billing account, sub-account, currency."""
Row = dict[str, str]
UNIT = Decimal(1).scaleb(-18)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One published bill: the command that imports it and what it must sum to."""

    name: str
    files: tuple[str, ...]
    """What of the samples the import reads; the first is the bill."""
    command: Callable[[Path], list[str]]
    """Given a folder of the test's own, returns the arguments that import the sample."""
    vendor: str
    export: str
    key: Callable[[Row], Key]
    cost: Callable[[Row], Decimal]
    rows: int
    total: str
    """The exact sum of all lines, whatever their currency."""
    lacks: tuple[str, ...] = ()
    """Columns without which it stays in raw tables: it can be no FOCUS."""
    alone: bool = False
    """Whether another sample holds the same account's month."""


def in_bucket(file: str, layout: str) -> Callable[[Path], list[str]]:
    """Deliver a CSV file under a manifest of our own."""

    def command(folder: Path) -> list[str]:
        bucket = Bucket(folder / "bucket", layout=layout)
        delivery = bucket.deliver("2025-01", ["0"])
        delivery.files[0].write_bytes(gzip.compress((SAMPLES / file).read_bytes()))
        return ["aws", "import-cur", *bucket.options]

    return command


def in_container(file: str) -> Callable[[Path], list[str]]:
    """Put a CSV file where an export without manifest would."""

    def command(folder: Path) -> list[str]:
        container = Container(folder / "container", form="csv", layout="plain")
        run = container.deliver("2023-09", ["0"])
        run.files[0].write_bytes((SAMPLES / file).read_bytes())
        return ["azure", "import-export", *container.options]

    return command


def as_it_is(root: str, name: str) -> Callable[[Path], list[str]]:
    return lambda folder: ["aws", "import-cur", "-b", f"file://{SAMPLES / root}", "-n", name]


def legacy(row: Row) -> Key:
    return (
        row["lineItem/UsageStartDate"][:7], row["bill/PayerAccountId"],
        row["lineItem/UsageAccountId"], row.get("lineItem/CurrencyCode"),
    )  # fmt: skip


def modern(row: Row) -> Key:
    return (
        row["line_item_usage_start_date"][:7], row["bill_payer_account_id"],
        row["line_item_usage_account_id"], row.get("line_item_currency_code"),
    )  # fmt: skip


def azure(row: Row) -> Key:
    month, _, year = row["BillingPeriodStartDate"].split("/")
    return f"{year}-{month}", row["BillingProfileId"], row["SubscriptionId"], row["BillingCurrency"]


def google(row: Row) -> Key:
    month = row["invoice_month"]
    return (
        f"{month[:4]}-{month[4:]}", row["billing_account_id"], row["project_id"] or None,
        row["currency"],
    )  # fmt: skip


def with_credits(row: Row) -> Decimal:
    credits = json.loads(row["credits"] or "[]", parse_float=Decimal, parse_int=Decimal)
    return Decimal(row["cost"]) + sum(Decimal(credit["amount"]) for credit in credits)


def rounded(row: Row) -> Decimal:
    """Azure writes up to 22 decimals; we keep 18 of each line."""
    return Decimal(row["Cost"]).quantize(UNIT, ROUND_HALF_UP)


CUR_1 = "keboola/cur_1_0/s3_structure/mock-cur-bucket"
CUR_2 = "keboola/cur_2_0/s3_structure/mock-cur-v2-bucket"
KIT = "finops-toolkit/EA_"
GOOGLE = "gcp-professional-services/sample_billing_data.csv"
MASKED = "fivetran/aws_cost_report.csv"
EMPTY = f"{KIT}NoRows.csv"
PAID = "lineItem/UnblendedCost"
UNTYPED = ("line_item_currency_code", "line_item_line_item_type")

BILLS = [
    Sample(
        name="keboola's legacy bucket",
        files=(
            f"{CUR_1}/20240101-20240131/MockTestReport-00001.csv.zip",
            f"{CUR_1}/20240101-20240131/MockTestReport-Manifest.json",
        ),
        command=as_it_is(CUR_1, "MockTestReport"),
        vendor="aws", export="MockTestReport",
        key=legacy, cost=lambda row: Decimal(row[PAID]), rows=3, total="0.045152",
    ),
    Sample(
        name="keboola's bucket",
        files=(
            f"{CUR_2}/data/BILLING_PERIOD=2024-09/MockTestReportV2-00001.csv.gz",
            f"{CUR_2}/metadata/BILLING_PERIOD=2024-09/MockTestReportV2-Manifest.json",
        ),
        command=as_it_is(CUR_2, "MockTestReportV2"),
        vendor="aws", export="MockTestReportV2",
        key=modern, cost=lambda row: Decimal(row["line_item_unblended_cost"]),
        rows=4, total="0.108304",
    ),
    Sample(
        name="sbroenne's legacy names", files=("sbroenne/sample-legacy-csv.csv",),
        command=in_bucket("sbroenne/sample-legacy-csv.csv", "v1"),
        vendor="aws", export="cur",
        key=legacy, cost=lambda row: Decimal(row[PAID]), rows=4, total="0.0652", lacks=UNTYPED,
    ),
    Sample(
        name="sbroenne's new names", files=("sbroenne/sample-cur20.csv",),
        command=in_bucket("sbroenne/sample-cur20.csv", "v2"),
        vendor="aws", export="cur",
        key=modern, cost=lambda row: Decimal(row["line_item_unblended_cost"]),
        rows=4, total="0.0652", lacks=UNTYPED,
    ),
    Sample(
        name="Azure's actual costs", files=(f"{KIT}ActualCost_Small.csv",),
        command=in_container(f"{KIT}ActualCost_Small.csv"),
        vendor="azure", export="actual",
        key=azure, cost=rounded, rows=11, total="8.5450077867419368",
    ),
    Sample(
        name="Azure's amortized costs", files=(f"{KIT}AmortizedCost_Small.csv",),
        command=in_container(f"{KIT}AmortizedCost_Small.csv"),
        vendor="azure", export="actual",
        key=azure, cost=rounded, rows=28, total="16.296932136636644627", alone=True,
    ),
    Sample(
        name="Google's detailed export", files=(GOOGLE,),
        command=lambda _: ["gcp", "import-billing", "--source", str((SAMPLES / GOOGLE).parent)],
        vendor="gcp", export="files",
        key=google, cost=with_credits, rows=500, total="2628300.4196",
    ),
]  # fmt: skip
"""FOCUS's examples have a module of their own: test_focus_samples.py."""

COPIES = {
    "keboola/cur_1_0/MockTestReport-00001.csv.zip": BILLS[0].files[0],
    "keboola/cur_1_0/cur1_manifest.json": BILLS[0].files[1],
    "keboola/cur_1_0/sample_billing_data.csv": BILLS[0].files[0],
    "keboola/cur_2_0/MockTestReportV2-00001.csv.gz": BILLS[1].files[0],
    "keboola/cur_2_0/cur2_manifest.json": BILLS[1].files[1],
    "keboola/cur_2_0/sample_billing_data_v2.csv": BILLS[1].files[0],
}
"""Files that hold once more what another holds."""


def content(path: Path) -> bytes:
    """Return what a file holds, unpacked."""
    if path.name.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            (name,) = archive.namelist()
            return archive.read(name)
    body = path.read_bytes()
    return gzip.decompress(body) if path.name.endswith(".gz") else body


def lines(file: str) -> Iterator[Row]:
    """Yield the lines of a CSV file; its cells stay text."""
    text = content(SAMPLES / file).decode("utf-8-sig")
    yield from csv.DictReader(text.splitlines(keepends=True))


def test_every_file_of_the_samples_is_read_by_a_test():
    """A new sample needs a line above."""
    read = {file for bill in BILLS for file in bill.files} | {MASKED, EMPTY, "SOURCES.md"}
    spec = {p.relative_to(SAMPLES).as_posix() for p in (SAMPLES / "focus_spec").rglob("*.csv")}
    found = {p.relative_to(SAMPLES).as_posix() for p in SAMPLES.rglob("*") if p.is_file()}
    assert found == read | spec | set(COPIES)


@pytest.mark.parametrize("file", COPIES)
def test_the_copies_among_them_are_copies(file):
    assert content(SAMPLES / file) == content(SAMPLES / COPIES[file])


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Finops:
    """The bills that stand beside one another: FOCUS is built once for all of them."""
    finops = Finops(tmp_path_factory.mktemp("together"))
    for bill in BILLS:
        if not (bill.alone or bill.lacks):
            command = bill.command(finops.home / bill.export)
            result = finops(*command, "--no-transform")
            assert result.code == 0, f"{bill.name}: {result.err}"
    result = finops("focus", "build")
    assert result.code == 0, result.err
    return finops


@pytest.mark.parametrize("bill", BILLS, ids=lambda bill: bill.name)
def test_every_bill_is_conserved_by_month_account_and_currency(
    bill: Sample, tmp_path: Path, finops: Finops, together: Finops
):
    sums: dict[Key, Decimal] = defaultdict(Decimal)
    rows: dict[Key, int] = defaultdict(int)
    for row in lines(bill.files[0]):
        sums[bill.key(row)] += bill.cost(row)
        rows[bill.key(row)] += 1

    if bill.lacks:
        command = bill.command(tmp_path)
        assert_one_error(finops(*command), 4, bill.lacks)
        result = finops(*command, "--no-transform")
        assert result.code == 0, result.err
    elif bill.alone:
        result = finops(*bill.command(tmp_path))
        assert result.code == 0, result.err
    else:
        finops = together

    assert (sum(rows.values()), sum(sums.values())) == (bill.rows, Decimal(bill.total))
    found = finops.sql(
        "SELECT strftime(billing_period, '%Y-%m'), billing_account_id, sub_account_id, currency, "
        "source_rows, raw_rows, source_billed, raw_billed, focus_billed FROM ledger.reconciliation "
        f"WHERE vendor = '{bill.vendor}' AND export = '{bill.export}'"
    )
    assert {tuple(one[:4]): one[4:] for one in found} == {
        key: (rows[key], rows[key], cost, cost, None if bill.lacks else cost)
        for key, cost in sums.items()
    }
    if not bill.lacks:
        assert finops.sql(
            "SELECT strftime(BillingPeriodStart, '%Y-%m'), BillingAccountId, SubAccountId, "
            "BillingCurrency, sum(BilledCost) FROM focus.cost_and_usage "
            f"WHERE x_Vendor = '{bill.vendor}' AND x_Export = '{bill.export}' "
            "GROUP BY ALL ORDER BY ALL"
        ) == sorted((*key, cost) for key, cost in sums.items())


def test_a_bill_without_lines_is_an_empty_month(tmp_path: Path, finops: Finops):
    result = finops(*in_container(EMPTY)(tmp_path))

    assert result.code == 0, result.err
    assert finops.sql("SELECT rows, status FROM ledger.loads") == [(0, "current")]
    assert finops.value("SELECT count(*) FROM focus.cost_and_usage") == 0


def test_a_bill_whose_costs_are_masked_is_one_error(tmp_path: Path, finops: Finops):
    result = finops(*in_bucket(MASKED, "v2")(tmp_path))

    assert_one_error(result, 4, ("20 lines have no cost",))
    assert not finops.database.exists()
