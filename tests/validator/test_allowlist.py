"""The comparison cannot pass by accident: not with a new failure, an old entry or an empty run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.source import ROOT
from tests.validator import environment
from tests.validator.allowlist import Allowlist, Known


def rule(status: str, *parts: str) -> dict[str, Any]:
    return {"status": status, "message": "", "demands": "Cost MUST be set.", "parts": list(parts)}


def known(name: str) -> Known:
    return Known(id=name, kind="validator", specification="", reason="", evidence="", instead="")


FOUND = {
    "All": rule("failed", "Cost", "Name"),
    "Cost": rule("failed"),
    "Name": rule("passed"),
    "Sum": rule("skipped"),
}
LISTED = Allowlist(rules=4, run=3, model="1", known=(known("Cost"),))


def test_a_listed_rule_and_the_sums_that_fail_with_it_are_accepted() -> None:
    assert LISTED.complaints(FOUND) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"Name": rule("failed")}, "Name fails and is not listed: Cost MUST be set. "),
        ({"Cost": rule("passed"), "All": rule("passed", "Cost")},
         "Cost is listed and does not fail: take it off the list"),
        ({"Cost": rule("skipped"), "All": rule("passed"), "Sum": rule("passed")},
         "Cost is listed and does not fail: take it off the list"),
        ({"All": rule("failed", "Name")}, "All fails and is not listed: Cost MUST be set. "),
        ({"Cost": rule("failed", "Name")},
         "Cost is listed but sums up others: list the part that fails"),
        ({"Name": rule("skipped")}, "2 of 4 rules ran, not 3 of 4"),
        ({"More": rule("passed")}, "4 of 5 rules ran, not 3 of 4"),
    ],
)  # fmt: skip
def test_anything_else_is_a_complaint(change: dict[str, Any], complaint: str) -> None:
    assert LISTED.complaints({**FOUND, **change}) == [complaint]


def test_a_run_without_rules_is_a_complaint() -> None:
    assert LISTED.complaints({}) == [
        "Cost is listed and does not fail: take it off the list",
        "0 of 0 rules ran, not 3 of 4",
    ]


def test_every_entry_says_why_and_whose_fault_it_is() -> None:
    for entry in Allowlist.read().known:
        assert entry.kind in ("validator", "gap"), entry.id
        assert all((entry.specification, entry.reason, entry.evidence, entry.instead)), entry.id


def test_the_page_explains_every_entry() -> None:
    page = (ROOT / "docs" / "focus-validator.md").read_text()
    assert [entry.id for entry in Allowlist.read().known if f"`{entry.id}`" not in page] == []


def test_a_machine_without_the_right_python_is_told_so(tmp_path: Path) -> None:
    def shims() -> Iterator[Path]:
        yield tmp_path / "none"
        shim = tmp_path / "python3.12"
        shim.write_text("#!/bin/sh\nexit 127\n")
        shim.chmod(0o755)
        yield shim

    with pytest.raises(environment.UnavailableError, match="no Python 3.12 on PATH"):
        environment.find_python(shims())


def test_the_lock_pins_every_package_with_hashes() -> None:
    sources, wheels = environment.split(environment.LOCK.read_text())
    entries = [line for line in f"{sources}\n{wheels}".splitlines() if line.strip(" ")]
    pinned = [line for line in entries if not line.lstrip().startswith("#")]
    assert sources.startswith("focus-validator==") and len(pinned) > 30
    assert [line for line in pinned if "==" not in line or "--hash=sha256:" not in line] == []
