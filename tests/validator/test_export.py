"""The demo's export, judged by the FinOps Foundation's own validator."""

from __future__ import annotations

import pytest

from tests.source import ROOT
from tests.validator.allowlist import Allowlist, Known
from tests.validator.conftest import Export, Verdict

ALLOWLIST = Allowlist.read()


def test_every_rule_passes_or_is_a_known_defect(verdict: Verdict) -> None:
    assert ALLOWLIST.complaints(verdict.export["rules"]) == []


def test_the_whole_export_was_judged_by_the_pinned_model(verdict: Verdict, export: Export) -> None:
    assert verdict.export["rows"] == export("SELECT count(*) FROM export") > 5000
    assert (verdict.export["focus"], verdict.export["model"]) == ("1.2", ALLOWLIST.model)


def test_the_page_counts_right(verdict: Verdict) -> None:
    page = (ROOT / "docs" / "focus-validator.md").read_text()
    rules = verdict.export["rules"]
    passed = sum(rule["status"] == "passed" for rule in rules.values())
    for what, count in (
        (f"in the validator's model {ALLOWLIST.model}", len(rules)),
        ("which it runs", ALLOWLIST.run),
        ("which pass", passed),
        ("which fail for a reason listed below", len(ALLOWLIST.known)),
        ("which fail because they sum up one of those",
         ALLOWLIST.run - passed - len(ALLOWLIST.known)),
    ):  # fmt: skip
        assert f"\n| {what} | {count} |\n" in page


def test_the_export_has_every_kind_of_charge(export: Export) -> None:
    kinds = export('SELECT list_sort(list(DISTINCT "ChargeCategory")) FROM export')
    assert kinds == ["Adjustment", "Credit", "Purchase", "Tax", "Usage"]
    assert export('SELECT count(DISTINCT "CapacityReservationStatus") FROM export') == 2
    assert export('SELECT count(DISTINCT "CommitmentDiscountStatus") FROM export') == 2


def test_a_broken_export_is_noticed(verdict: Verdict) -> None:
    found = "\n".join(ALLOWLIST.complaints(verdict.broken["rules"]))
    assert "ServiceName' MUST be present" in found
    assert "ChargeCategory MUST NOT be NULL" in found


@pytest.mark.parametrize("known", ALLOWLIST.known, ids=lambda known: known.id)
def test_what_a_defective_rule_should_test_holds(known: Known, export: Export) -> None:
    assert export(known.instead) == 0
