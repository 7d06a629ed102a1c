"""One payer's month from a native export and from a FOCUS file would count twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures.aws import Bucket
from tests.fixtures.azure import Container
from tests.fixtures.finops import Finops
from tests.fixtures.focus import charge, write_csv
from tests.fixtures.gcp import line, write
from tests.integration.test_bad_inputs import assert_one_error


def aws(root: Path) -> list[str]:
    bucket = Bucket(root / "bucket")
    bucket.deliver("2026-01", ["1.10", "1.10"])
    return ["aws", "import-cur", *bucket.options]


def azure(root: Path) -> list[str]:
    container = Container(root / "container")
    container.deliver("2026-01", ["1.10", "1.10"])
    return ["azure", "import-export", *container.options]


def gcp(root: Path) -> list[str]:
    write(root / "files" / "a.parquet", [line("1.10"), line("1.10")])
    return ["gcp", "import-billing", "--source", str(root / "files")]


NATIVE: dict[str, tuple[Callable[[Path], list[str]], str, str]] = {
    "aws": (aws, "aws cur", "000000000001"),
    "azure": (azure, "azure actual", "0861153"),
    "gcp": (gcp, "gcp files", "01A2B3-C4D5E6-F70819"),
}
"""Vendor -> how January of one payer is imported, what the error calls it, the payer."""


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Finops]:
    """January of a payer of each vendor, from its own export, in FOCUS."""
    made: dict[str, Finops] = {}

    def home(vendor: str) -> Finops:
        if vendor not in made:
            root = tmp_path_factory.mktemp(vendor)
            made[vendor] = Finops(root)
            result = made[vendor](*NATIVE[vendor][0](root))
            assert result.code == 0, result.err
        return made[vendor]

    return home


def focus_file(folder: Path, **more: str) -> tuple[str, ...]:
    write_csv(folder / "a.csv", [charge("1.10", **more)])
    return ("focus", "import", "-P", "Tool", "-S", str(folder))


@pytest.mark.parametrize(
    ("vendor", "name", "account"),
    [
        ("aws", "AWS", "{payer}"),
        ("aws", "Amazon Web Services", "{payer}"),
        ("aws", "aws", "/accounts/{payer}"),
        ("azure", "Microsoft", "/providers/Microsoft.Billing/billingAccounts/{payer}"),
        ("gcp", "Google", "billingAccounts/{payer}"),
    ],
)
def test_a_focus_file_of_a_bill_that_a_native_export_holds_is_refused(
    vendor, name, account, homes, tmp_path
):
    home = homes(vendor)
    _, export, payer = NATIVE[vendor]
    before = home.fingerprint()
    arguments = focus_file(
        tmp_path, ProviderName=name, BillingAccountId=account.format(payer=payer)
    )

    result = home(*arguments)

    assert_one_error(result, 3, (f"{payer} for 2026-01", f"'{export}'", "'focus Tool'"))
    assert home.fingerprint() == before


def test_one_file_under_two_provider_names_is_refused(tmp_path, finops):
    """The file does not name its provider, so that only the file itself tells."""
    lines = [{k: v for k, v in charge("1").items() if k != "ProviderName"}]
    write_csv(tmp_path / "in" / "a.csv", lines)
    source = ("-S", str(tmp_path / "in"), "--no-transform")
    assert finops("focus", "import", "-P", "Three", *source).code == 0
    before = finops.fingerprint()

    result = finops("focus", "import", "-P", "Four", *source)

    assert_one_error(result, 3, ("Four", "Three", "a.csv", "count twice"))
    assert finops.fingerprint() == before


def test_another_providers_account_of_the_same_number_is_not_the_same(homes, tmp_path):
    payer = NATIVE["aws"][2]
    arguments = focus_file(tmp_path, ProviderName="Datadog", BillingAccountId=payer)

    assert homes("aws")(*arguments).code == 0
