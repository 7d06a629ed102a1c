"""A killed import of Azure's exports or of FOCUS files loses nothing, as one of AWS's does not.

test_kill.py goes through every point; here are those at which these vendors have something of
their own at stake: a pair of exports for a month, and the notes of which file holds what.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.azure import Container, ea, twins
from tests.fixtures.azure.lines import PLAN
from tests.fixtures.finops import Finops
from tests.fixtures.focus import charge, write_csv
from tests.fixtures.killed import KILLED, PUBLISHED
from tests.slow.test_kill import assert_tidy

RAW_POINTS = [
    "after summing the source",
    "before the ledger's second line",
    "after the replacement",
]
Sums = dict[str, tuple[Decimal, Decimal]]
"""Month -> billed, effective."""


def sums(**months: str) -> Sums:
    """Return the sums of months, each written 'billed effective'."""
    pairs = {month: costs.split() for month, costs in months.items()}
    return {
        f"2026-{month[1:]}": (Decimal(billed), Decimal(effective))
        for month, (billed, effective) in pairs.items()
    }


OLD = sums(m01="31.10 2.00", m02="1.00 1.00")
NEW = sums(m01="31.10 2.00", m02="1.25 1.25", m03="3.30 3.30")


def azure(folder: Path, finops: Finops) -> list[str]:
    """A pair: January has a plan's purchase in actual and its use in amortized costs."""
    container = Container(folder / "container")
    plan = {"PricingModel": "SavingsPlan", "benefitId": PLAN}
    january = twins(
        both=[ea("1.10")],
        actual=[ea("30.00", ChargeType="Purchase", **plan)],
        amortized=[ea("0.90", **plan)],
    )
    container.deliver_pair("2026-01", january)
    container.deliver_pair("2026-02", twins(both=[ea("1.00", month="2026-02")]))
    command = ["azure", "import-export", *container.pair]
    assert finops(*command, "--no-transform").code == 0
    restated = twins(both=[ea("1.00", month="2026-02"), ea("0.25", month="2026-02")])
    container.deliver_pair("2026-02", restated, version="second", stamp="202603040405")
    container.deliver_pair("2026-03", twins(both=[ea("3.30", month="2026-03")]))
    return command


def focus(folder: Path, finops: Finops) -> list[str]:
    """Two months in one file; one of them is restated by another file, which holds a third."""
    january = [charge("1.10", EffectiveCost="1.10"), charge("30.00", day=2, EffectiveCost="0.90")]
    write_csv(folder / "in" / "1.csv.gz", [*january, charge("1.00", "2026-02")])
    command = ["focus", "import", "-P", "Grafana", "-S", str(folder / "in")]
    assert finops(*command, "--no-transform").code == 0
    late = [charge("0.25", "2026-02", day=2), charge("3.30", "2026-03")]
    write_csv(folder / "in" / "2.csv.gz", late)
    return command


VENDORS: dict[str, Callable[[Path, Finops], list[str]]] = {"azure": azure, "focus": focus}


RAW = {
    "azure": "sum(cost_in_billing_currency) FILTER (source_dataset = 'actual'), "
    "sum(cost_in_billing_currency) FILTER (source_dataset = 'amortized') FROM azure_billing.actual",
    "focus": "sum(billed_cost), sum(effective_cost) FROM focus_billing.grafana",
}
"""Billed and effective cost, and the view of raw rows that has them."""


@pytest.fixture(params=VENDORS)
def command(request: pytest.FixtureRequest, tmp_path: Path, finops: Finops) -> list[str]:
    """An import with two months loaded, one of them restated since, and a third one new."""
    return VENDORS[request.param](tmp_path, finops)


def state(finops: Finops, vendor: str) -> Sums:
    """Return the money of each month; raw tables and ledger must agree on it."""
    raw = finops.sql(f"SELECT strftime(billing_period, '%Y-%m'), {RAW[vendor]} GROUP BY 1")
    noted = finops.sql(
        "SELECT strftime(l.billing_period, '%Y-%m'), sum(source_billed), sum(source_effective) "
        "FROM ledger.loads AS l JOIN ledger.reconciliation AS r USING (load_id) "
        "WHERE l.status = 'current' GROUP BY 1"
    )
    assert sorted(raw) == sorted(noted)
    return {month: (billed, effective) for month, billed, effective in raw}


def nothing_new(finops: Finops, command: list[str]) -> bool:
    """Run the import again: what is loaded is known to be, so that nothing is written."""
    before = finops.fingerprint()
    again = finops(*command, "--no-transform")
    assert again.code == 0, again.err
    return "nothing new: 3 billing periods are current" in again.out and (
        finops.fingerprint() == before
    )


@pytest.mark.parametrize("point", RAW_POINTS)
def test_killed_at_any_point_the_last_good_state_holds(point, command, finops):
    before = finops.fingerprint()

    result = finops.run(point, *command, "--no-transform", command=KILLED)

    assert result.code == -signal.SIGKILL, result.err
    if point in PUBLISHED:
        assert state(finops, command[0]) == NEW
    else:
        assert finops.fingerprint() == before
        assert state(finops, command[0]) == OLD
    assert finops(*command, "--no-transform").code == 0
    assert state(finops, command[0]) == NEW
    assert nothing_new(finops, command)
    if point not in PUBLISHED:
        assert_tidy(finops)
