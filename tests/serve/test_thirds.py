"""Parts of a change and of a bill are exact and stand each for one thing, also where it is odd."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fixtures.finops import Finops
from tests.fixtures.served import Served, serving
from tests.fixtures.thirds import thirds

__all__ = ["thirds"]


@pytest.fixture(scope="module")
def odd(thirds: Finops) -> Iterator[Served]:
    with serving(thirds.database) as found:
        yield found


def parts(step: Any) -> dict[str, str]:
    """Return the amounts of a step by service, without the meter."""
    return {part["label"].partition(" · ")[0]: part["amount"] for part in step["top"]}


def test_usage_is_rounded_once_and_price_takes_the_rest(odd: Served) -> None:
    drivers = odd.get("overview", month="2026-02")["drivers"]
    steps = {step["kind"]: step for step in drivers["steps"]}
    assert (drivers["before"], drivers["now"]) == ("1000000000022", "1000000000023")
    assert parts(steps["usage"]) == {
        "Lakes": "333333333333.666666666666666667",  # a third
        "Storage": "2.857142857142857143",  # two sevenths of 10
        "Compute": "0.333333333333333333",
    }
    assert parts(steps["price"]) == {
        "Lakes": "-333333333333.666666666666666667",
        "Storage": "-2.857142857142857143",
        "Compute": "0.666666666666666667",
    }
    assert steps["usage"]["amount"] == "333333333336.857142857142857143"
    assert steps["price"]["amount"] == "-333333333335.857142857142857143"
    assert {steps[kind]["amount"] for kind in ("new", "gone", "other")} == {"0"}


def test_meters_without_a_sku_stand_each_for_itself(odd: Served) -> None:
    page = odd.get("entity", kind="ServiceName", value="Meters", start="2026-02-01")
    assert {(one["sku"], one["meter"], one["cost"]) for one in page["skus"]} == {
        (None, "Cold", "4"),
        (None, "Hot", "6"),
    }
