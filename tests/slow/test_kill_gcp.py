"""A killed import of Google's bill loses nothing: the last good state opens, a rerun completes.

test_kill.py goes through every point; here are those at which files without a manifest have
something of their own at stake: which file holds which month, and which of them are copies.
"""

from __future__ import annotations

import signal
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures import gcp
from tests.fixtures.finops import Finops
from tests.fixtures.killed import KILLED, PUBLISHED
from tests.slow.test_kill import assert_tidy

OWN_POINTS = {
    "after asking the files for their months": "vendors.gcp.files:ask:after:1",
    "after looking for copies of lines": "vendors.gcp.source:refuse_copies:after:1",
}
RAW_POINTS = [
    *OWN_POINTS,
    "after summing the source",
    "before the ledger's second line",
    "after the replacement",
]
FREE = gcp.credit("-0.10", "FREE_TIER")
OLD = {"2026-01": Decimal("2.00"), "2026-02": Decimal("1.00")}
NEW = {"2026-01": Decimal("2.00"), "2026-02": Decimal("1.25"), "2026-03": Decimal("3.30")}


@pytest.fixture
def command(tmp_path: Path, finops: Finops) -> list[str]:
    """An import with one file's two months loaded; another file adds to one and has a third."""
    folder = tmp_path / "export"
    january = [gcp.line("1.10", credits=[FREE]), gcp.line("1.10", credits=[FREE])]
    gcp.write(folder / "a.json.gz", [*january, gcp.line("1.00", month="2026-02")])
    command = ["gcp", "import-billing", "--source", str(folder)]
    assert finops(*command, "--no-transform").code == 0
    late = gcp.line("0.25", month="2026-02", day=2, export_time="2026-03-04T00:00:00Z")
    gcp.write(folder / "b.json.gz", [late, gcp.line("3.30", month="2026-03")])
    return command


def state(finops: Finops) -> dict[str, Decimal]:
    """Return the money of each month; raw tables and ledger must agree on it."""
    raw = finops.sql(
        "SELECT strftime(billing_period, '%Y-%m'), sum(cost + x_credits_total) "
        "FROM gcp_billing.files GROUP BY 1 ORDER BY 1"
    )
    noted = finops.sql(
        "SELECT strftime(l.billing_period, '%Y-%m'), sum(source_billed) "
        "FROM ledger.loads AS l JOIN ledger.reconciliation AS r USING (load_id) "
        "WHERE l.status = 'current' GROUP BY 1 ORDER BY 1"
    )
    assert raw == noted
    return dict(raw)


@pytest.mark.parametrize("point", RAW_POINTS)
def test_killed_at_any_point_the_last_good_state_holds(point, command, finops):
    before = finops.fingerprint()

    result = finops.run(OWN_POINTS.get(point, point), *command, "--no-transform", command=KILLED)

    assert result.code == -signal.SIGKILL, result.err
    if point in PUBLISHED:
        assert state(finops) == NEW
    else:
        assert finops.fingerprint() == before
        assert state(finops) == OLD
    assert finops(*command, "--no-transform").code == 0
    assert state(finops) == NEW
    after = finops.fingerprint()
    again = finops(*command, "--no-transform")
    assert "nothing new: 3 billing periods are current" in again.out
    assert finops.fingerprint() == after
    if point not in PUBLISHED:
        assert_tidy(finops)
