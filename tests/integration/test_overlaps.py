"""One payer's month from a native export and from a FOCUS file would count twice."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from core.errors import ExportCollision
from core.overlaps import refuse_double_bills
from tests.fixtures.azure import Container
from tests.fixtures.built import copied
from tests.fixtures.finops import Finops
from tests.fixtures.focus import charge, write_csv
from tests.fixtures.gcp import line, write
from tests.integration.test_bad_inputs import assert_one_error

PAYERS = {
    "aws cur": "000000000001",
    "azure actual": "0861153",
    "gcp files": "01A2B3-C4D5E6-F70819",
}
"""What an error calls each native export -> the payer of its bill."""


@pytest.fixture(scope="module")
def native(built: Finops, tmp_path_factory: pytest.TempPathFactory) -> Finops:
    """January of a payer of each vendor, from its own export, in FOCUS."""
    home = tmp_path_factory.mktemp("native")
    finops = copied(built, home)
    container = Container(home / "container")
    container.deliver("2026-01", ["1.10", "1.10"])
    write(home / "files" / "a.parquet", [line("1.10"), line("1.10")])
    for command in (
        ["azure", "import-export", *container.options, "--no-transform"],
        ["gcp", "import-billing", "--source", str(home / "files")],
    ):
        result = finops(*command)
        assert result.code == 0, result.err
    return finops


def test_a_focus_file_of_a_bill_that_a_native_export_holds_is_refused(native, tmp_path):
    payer = PAYERS["gcp files"]
    account = f"billingAccounts/{payer}"
    write_csv(tmp_path / "a.csv", [charge("1.10", ProviderName="Google", BillingAccountId=account)])
    before = native.fingerprint()

    result = native("focus", "import", "-P", "Tool", "-S", str(tmp_path))

    assert_one_error(result, 3, (f"{payer} for 2026-01", "'gcp files'", "'focus Tool'"))
    assert native.fingerprint() == before


def judge(native: Finops, folder: Path, name: str, account: str) -> None:
    """Let a charge of this provider and account wait in FOCUS beside the native bills."""
    (folder / "copy").mkdir()
    finops = copied(native, folder / "copy")
    with duckdb.connect(str(finops.database)) as connection:
        connection.execute("UPDATE ledger.loads SET transformed = false")
        connection.execute(
            "INSERT INTO focus.cost_and_usage SELECT * REPLACE ('focus' AS x_Vendor, "
            "'Tool' AS x_Export, ? AS ProviderName, ? AS BillingAccountId) "
            "FROM focus.cost_and_usage WHERE BillingPeriodStart = '2026-01-01' LIMIT 1",
            [name, account],
        )
        refuse_double_bills(connection)


@pytest.mark.parametrize(
    ("export", "name", "account"),
    [
        ("aws cur", "AWS", "{payer}"),
        ("aws cur", "Amazon Web Services", "{payer}"),
        ("aws cur", "aws", "/accounts/{payer}"),
        (
            "azure actual",
            "Microsoft",
            "/providers/Microsoft.Billing/billingAccounts/{payer}",
        ),
        ("gcp files", "Google", "billingAccounts/{payer}"),
    ],
)
def test_names_and_paths_of_one_account_are_known_as_such(export, name, account, native, tmp_path):
    payer = PAYERS[export]
    with pytest.raises(ExportCollision, match=f"{payer} for 2026-01") as found:
        judge(native, tmp_path, name, account.format(payer=payer))
    assert f"'{export}'" in str(found.value) and "'focus Tool'" in str(found.value)


def test_another_providers_account_of_the_same_number_is_not_the_same(native, tmp_path):
    judge(native, tmp_path, "Datadog", PAYERS["aws cur"])


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
