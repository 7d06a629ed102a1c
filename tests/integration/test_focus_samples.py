"""The examples of the FOCUS specification, read in place; skipped where they are absent."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from tests.fixtures.finops import Finops

SPEC = SAMPLES / "focus_spec"
pytestmark = pytest.mark.skipif(
    not SPEC.is_dir(), reason=f"the sample exports are not in {SAMPLES}"
)

MONTHS = {
    "2023-01": (25, "13154.75", "14.25"),
    "2025-04": (22, "372608.00", "72656.00"),
    "2025-05": (5, "13240.00", "13480.00"),
    "2025-06": (6, "13820.00", "13940.00"),
    "2025-07": (2, "60.00", "120.00"),
    "2025-08": (2, "60.00", "120.00"),
    "2025-09": (2, "60.00", "120.00"),
    "2025-10": (4, "53060.00", "120.00"),
    "2025-11": (2, "60.00", "120.00"),
    "2025-12": (2, "60.00", "120.00"),
    "2026-01": (2, "60.00", "120.00"),
    "2026-02": (2, "60.00", "120.00"),
    "2026-03": (5, "51452.00", "52904.00"),
}
"""Rows, billed and effective cost of all 26 files by month."""

UNREAD = "2023-02-01T30:00:00Z"
"""Two files say that a charge ends at hour 30."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Finops:
    """All 26 files as parts of one source; two are scenarios of the same charges."""
    finops = Finops(tmp_path_factory.mktemp("spec"))
    options = ("-P", "spec", "-S", str(SPEC), "--delivery", "parts")
    result = finops("focus", "import", *options)
    assert result.code == 0, result.err
    return finops


def test_every_file_is_read(home):
    assert home.value("SELECT count(*) FROM ledger.files") == len(list(SPEC.rglob("*.csv"))) == 26


def test_every_month_is_exact_from_the_files_to_focus(home):
    found = home.sql(
        "SELECT strftime(billing_period, '%Y-%m'), sum(source_rows), sum(source_billed), "
        "sum(source_effective), sum(focus_rows), sum(focus_billed), sum(focus_effective) "
        "FROM ledger.reconciliation GROUP BY 1"
    )
    expected = {m: (n, Decimal(b), Decimal(e)) for m, (n, b, e) in MONTHS.items()}
    assert {month: tuple(sums[:3]) for month, *sums in found} == expected
    assert {month: tuple(sums[3:]) for month, *sums in found} == expected


def lines() -> Iterator[dict[str, str]]:
    """Yield the lines of all files as text."""
    for path in SPEC.rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)


def amount(text: str) -> Decimal:
    """Read '$10,000.00 ', as some of the files write it."""
    return Decimal(text.strip().replace("$", "").replace(",", ""))


def month(text: str) -> str:
    """Read 2023-01-01T00:00:00Z, or 4/1/25 where the month comes first."""
    if "/" not in text:
        return text[:7]
    number, _, year = text.split("/")
    return f"20{year}-{int(number):02d}"


def test_every_account_and_currency_is_exact_from_the_files_to_focus(home):
    """Added up once more from the text of the lines."""
    sums: dict[tuple[str | None, ...], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for line in lines():
        names = ("BillingAccountId", "SubAccountId", "BillingCurrency")
        key = month(line["BillingPeriodStart"]), *(line.get(name) or None for name in names)
        costs = Decimal(1), amount(line["BilledCost"]), amount(line["EffectiveCost"])
        sums[key] = [was + more for was, more in zip(sums[key], costs, strict=True)]

    for stage in ("source", "raw", "focus"):
        found = home.sql(
            "SELECT strftime(billing_period, '%Y-%m'), billing_account_id, sub_account_id, "
            f"currency, {stage}_rows, {stage}_billed, {stage}_effective FROM ledger.reconciliation"
        )
        assert {tuple(one[:4]): list(one[4:]) for one in found} == sums


def test_a_charge_that_ends_at_hour_30_keeps_its_money_and_its_text(home):
    rows = home.sql(
        "SELECT BilledCost, ChargePeriodEnd, x_Other->'unread'->>'charge_period_end' "
        "FROM focus.cost_and_usage WHERE (x_Other->'unread') IS NOT NULL ORDER BY 1"
    )
    assert rows == [(Decimal("0.5"), None, UNREAD), (Decimal(1), None, UNREAD)]


def test_files_without_a_currency_are_kept_apart(home):
    """The commitment examples have no BillingCurrency, BillingAccountId, ServiceName or provider;
    the SaaS examples name ServiceCategory 'Database', which FOCUS does not."""
    assert home.sql(
        "SELECT DISTINCT strftime(BillingPeriodStart, '%Y') FROM focus.cost_and_usage "
        "WHERE BillingCurrency IS NULL"
    ) == [("2023",)]
    assert home.sql(
        "SELECT DISTINCT ServiceCategory, ServiceSubcategory FROM focus.cost_and_usage "
        "WHERE ServiceName = 'AwesomeDB'"
    ) == [("Databases", "NoSQL Databases")]


def smallest_of_each_header() -> list[Path]:
    """Return one file for each set of columns that the examples have."""
    large_first = sorted(SPEC.rglob("*.csv"), key=lambda path: (-path.stat().st_size, path))
    return list({path.read_text(encoding="utf-8-sig").splitlines()[0]: path
                 for path in large_first}.values())  # fmt: skip


@pytest.mark.parametrize("path", smallest_of_each_header(), ids=lambda path: path.stem)
def test_a_file_is_a_bill_of_its_own(path, finops):
    result = finops("focus", "import", "-P", "spec", "-S", str(path), "--no-transform")

    assert result.code == 0, result.err
    lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines()[1:] if line]
    assert finops.value("SELECT sum(rows) FROM ledger.loads") == len(lines) > 0
