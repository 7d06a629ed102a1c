"""`focus check` proves the database again, and notices one cent."""

from __future__ import annotations

import json
from decimal import Decimal

import duckdb
import pytest

from core.focus_check import Proof, reconcile
from tests.fixtures.built import copied
from tests.fixtures.finops import Finops


@pytest.fixture
def finops(built, tmp_path) -> Finops:
    home = tmp_path / "home"
    copied(built, home)
    return Finops(home)


def change(finops: Finops, *statements: str) -> None:
    with duckdb.connect(str(finops.database)) as connection:
        for statement in statements:
            connection.execute(statement)


def proofs(finops: Finops) -> list[Proof]:
    """Compare the sums alone."""
    with duckdb.connect(str(finops.database)) as connection:
        return reconcile(connection)


def test_a_sound_database_passes_and_stays_untouched(finops):
    before = finops.fingerprint()
    result = finops("focus", "check", "--json")
    found = json.loads(result.out)

    assert result.code == 0, result.err
    assert [
        (p["billing_period"], p["currency"], p["source_billed"], p["focus_billed"], p["state"])
        for p in found["reconciliation"]
    ] == [
        ("2026-01", "EUR", "5.000000000000000000", "5.000000000000000000", "proven"),
        ("2026-01", "USD", "2.200000000001000000", "2.200000000001000000", "proven"),
        ("2026-02", "USD", "2.000000000000000000", "2.000000000000000000", "proven"),
    ]
    assert len(found["checks"]) > 20
    assert {c["state"] for c in found["checks"]} == {"passed"}
    assert finops.fingerprint() == before
    assert not (finops.data / "check").exists()


def test_money_moved_between_accounts_is_noticed(finops):
    """The sum of the month stays, so only the sums of the accounts tell."""
    change(
        finops,
        "UPDATE focus.cost_and_usage SET BilledCost = BilledCost + 0.01 "
        "WHERE BilledCost = 0.000000000001",
        "UPDATE focus.cost_and_usage SET BilledCost = BilledCost - 0.005 WHERE BilledCost = 1.1",
    )
    result = finops("focus", "check")
    assert result.code == 8
    assert "cur 2026-01 USD, 2 accounts: billed 2.200000000001" in result.err
    assert result.out.count("proven") == 3
    assert "differs" in result.out
    assert "assert_charges_keep_the_rules_of_focus" in result.out
    assert "checks passed, 2 of 3 monthly totals proven" in result.out


def test_a_raw_row_that_vanished_is_noticed(finops):
    change(finops, "DELETE FROM aws_billing.billing_2026_02 WHERE line_item_unblended_cost < 0")
    february = proofs(finops)[2]
    assert (february.raw_billed, february.state) == (Decimal("2.30"), "differs")


def test_rows_of_an_export_that_nobody_loaded_are_noticed(finops):
    change(
        finops,
        "INSERT INTO focus.cost_and_usage SELECT * REPLACE ('ghost' AS x_Export) "
        "FROM focus.cost_and_usage LIMIT 1",
    )
    assert [(p.export, p.state) for p in proofs(finops)][-1] == ("ghost", "differs")


def test_a_month_that_waits_for_focus_is_not_a_difference(finops):
    change(
        finops,
        "UPDATE ledger.loads SET transformed = false WHERE billing_period = '2026-02-01'",
        "DELETE FROM focus.cost_and_usage WHERE BillingPeriodStart = '2026-02-01'",
    )
    assert [p.state for p in proofs(finops)] == ["proven", "proven", "not built"]


def test_a_broken_rule_of_focus_fails_with_its_name(finops):
    change(finops, "UPDATE focus.cost_and_usage SET ChargeCategory = 'Present'")
    result = finops("focus", "check", "--json")
    assert result.code == 10
    assert "assert_charges_keep_the_rules_of_focus" in result.err
    states = {c["name"]: c["state"] for c in json.loads(result.out)["checks"]}
    assert states["assert_charges_keep_the_rules_of_focus"] == "failed"


def test_build_does_what_waits_and_full_does_all(finops):
    change(finops, "UPDATE focus.cost_and_usage SET BilledCost = 7")
    assert finops("focus", "build").code == 0
    assert finops.value("SELECT sum(BilledCost) FROM focus.cost_and_usage") == 42
    assert finops("focus", "build", "--full").code == 0
    assert finops.value("SELECT max(BilledCost) FROM focus.cost_and_usage") == 5
    assert finops("focus", "check").code == 0


@pytest.mark.parametrize("command", ["build", "check"])
def test_without_a_database_there_is_nothing_to_do(command, finops):
    finops.database.unlink()
    result = finops("focus", command)
    assert result.code == 9
    assert "./finops demo" in result.hint


def test_check_without_focus_says_how_to_build_it(finops):
    change(finops, "DROP SCHEMA focus CASCADE")
    result = finops("focus", "check")
    assert (result.code, result.hint) == (9, "`./finops focus build` builds it.")
