"""Whatever a bill holds, source, raw and FOCUS have its money: by month, account and currency."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, assume, given, settings
from hypothesis import strategies as st

from tests.fixtures.bills import Bill, azure_bills, by_account, focus_bills, google_bills
from tests.fixtures.finops import Finops

VENDORS = {"azure": azure_bills, "gcp": google_bills, "focus": focus_bills}
KEY = "strftime(billing_period, '%Y-%m'), billing_account_id, sub_account_id, currency"
FEW = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    verbosity=Verbosity.quiet,
)
"""The same bills at each run; one that fails is neither made smaller, for an import takes time,
nor shown, for it is long."""


def imported(bill: Bill, folder: str, *more: str) -> Finops:
    """Import a bill with a database of its own."""
    home = Path(folder) / "home"
    home.mkdir()
    own = Finops(home)
    result = own(*bill.write(Path(folder)), *more)
    assert result.code == 0, result.err
    return own


def sums(finops: Finops, stage: str) -> dict[Any, tuple[Any, ...]]:
    """Return rows, billed and effective cost of 'source', 'raw' or 'focus' by key."""
    found = finops.sql(
        f"SELECT {KEY}, {stage}_rows, {stage}_billed, {stage}_effective FROM ledger.reconciliation"
    )
    return {tuple(one[:4]): one[4:] for one in found}


def assert_conserved(bill: Bill, found: dict[Any, tuple[Any, ...]]) -> None:
    """The sums are those of the lines; where cost moves, its sum over an account is."""
    assert {key: one[1] for key, one in found.items()} == bill.billed
    effective = {key: one[2] for key, one in found.items()}
    if bill.moves:
        assert by_account(effective) == by_account(bill.effective)
    else:
        assert effective == bill.effective


@pytest.mark.parametrize("vendor", VENDORS)
@given(data=st.data())
@settings(FEW, max_examples=8)
def test_raw_tables_hold_what_the_lines_say(vendor: str, data: st.DataObject):
    bill = data.draw(VENDORS[vendor](12))
    assume(len(bill.rows) >= 5)
    with tempfile.TemporaryDirectory() as folder:
        own = imported(bill, folder, "--no-transform")
        for stage in ("source", "raw"):
            assert_conserved(bill, sums(own, stage))
            assert {key: one[0] for key, one in sums(own, stage).items()} == bill.rows


@pytest.mark.parametrize("vendor", VENDORS)
@given(data=st.data())
@settings(FEW, max_examples=2)
def test_focus_holds_what_the_lines_say(vendor: str, data: st.DataObject):
    bill = data.draw(VENDORS[vendor](50))
    assume(len(bill.rows) >= 20)
    with tempfile.TemporaryDirectory() as folder:
        own = imported(bill, folder)
        assert_conserved(bill, sums(own, "focus"))
        found = own.sql(
            "SELECT strftime(BillingPeriodStart, '%Y-%m'), BillingAccountId, SubAccountId, "
            "BillingCurrency, count(*), sum(BilledCost), sum(EffectiveCost) "
            "FROM focus.cost_and_usage GROUP BY ALL"
        )
        assert_conserved(bill, {tuple(one[:4]): one[4:] for one in found})
        assert sum(one[4] for one in found) >= bill.least
        assert sum((one[5] for one in found), Decimal(0)) == sum(bill.billed.values())
