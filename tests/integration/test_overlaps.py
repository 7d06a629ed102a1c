"""One payer's month from a native export and from a FOCUS file would count twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.aws import Bucket
from tests.fixtures.finops import Finops
from tests.fixtures.focus import charge, write_csv
from tests.integration.test_bad_inputs import assert_one_error

PAYER = "000000000001"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Finops:
    """January of an AWS payer, from CUR, in FOCUS."""
    root = tmp_path_factory.mktemp("overlap")
    bucket = Bucket(root / "bucket")
    bucket.deliver("2026-01", ["1.10", "1.10"])
    finops = Finops(root)
    result = finops.run("aws", "import-cur", *bucket.options, timeout=300)
    assert result.code == 0, result.err
    return finops


def focus_file(folder: Path, **more: str) -> tuple[str, ...]:
    write_csv(folder / "a.csv", [charge("1.10", **more)])
    return ("focus", "import", "-P", "Tool", "-S", str(folder))


@pytest.mark.parametrize("name", ["AWS", "Amazon Web Services", "aws"])
def test_a_focus_file_of_a_bill_that_cur_holds_is_refused(name, home, tmp_path):
    before = home.fingerprint()
    account = f"/accounts/{PAYER}" if name == "aws" else PAYER
    arguments = focus_file(tmp_path, ProviderName=name, BillingAccountId=account)

    result = home.run(*arguments, timeout=300)

    assert_one_error(result, 3, (f"payer {PAYER[:4]}" if name != "aws" else "payer", "2026-01"))
    assert "'aws cur' and 'focus Tool'" in result.error
    assert home.fingerprint() == before


def test_another_providers_account_of_the_same_number_is_not_the_same(home, tmp_path):
    arguments = focus_file(tmp_path, ProviderName="Datadog", BillingAccountId=PAYER)

    assert home.run(*arguments, timeout=300).code == 0
