"""A period longer than a year shares days with the year before it: they count in both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fixtures.finops import Finops
from tests.fixtures.forty_months import forty_months
from tests.fixtures.served import Served, serving

__all__ = ["forty_months"]

ASKED = {"start": "2024-07-01", "end": "2026-01-01", "compare": "year"}
"""18 months: 6 of 2024 and 12 of 2025, beside 6 of 2023 and 12 of 2024."""


@pytest.fixture(scope="module")
def long(forty_months: Finops) -> Iterator[Served]:
    with serving(forty_months.database) as found:
        yield found


def numbers(shown: Any) -> tuple[str, str, str]:
    return shown["total"], shown["before"], shown["change"]


def test_the_year_before_a_long_period_is_whole(long: Served) -> None:
    page = long.get("explore", {**ASKED, "group": "ServiceName", "grain": "quarter"})
    assert page["compare"]["is_covered"]
    rows = {row["keys"][0]["value"]: numbers(row) for row in page["rows"]}
    assert rows == {
        "Storage": ("180", "180", "0"),
        "Compute": ("48", "30", "18"),  # 6 x 2 + 12 x 3 beside 6 x 1 + 12 x 2
    }
    totals = page["totals"]
    assert numbers(totals) == ("228", "210", "18")
    assert totals["values"] == ["36", "36", "39", "39", "39", "39"]
    assert totals["before_values"] == ["33", "33", "36", "36", "36", "36"]
    series = {line["keys"][0]["value"]: line for line in page["series"]}
    assert series["Compute"]["values"] == ["6", "6", "9", "9", "9", "9"]
    assert numbers(series["Compute"]) == rows["Compute"]


def test_what_is_not_among_the_largest_is_of_the_own_days_alone(long: Served) -> None:
    page = long.get("explore", {**ASKED, "group": "ServiceName", "top": "1"})
    [largest, other] = page["series"]
    assert (largest["total"], other["total"], other["is_other"]) == ("180", "48", True)
    assert sum(map(int, other["values"])) == 48


def test_a_long_period_that_is_not_complete_is_compared_over_its_complete_days(
    long: Served,
) -> None:
    asked = {**ASKED, "end": "2026-07-01", "group": "ServiceName"}
    page = long.get("explore", asked)
    assert page["compare"]["own_end"] == "2026-05-01"
    assert numbers(page["totals"]) == ("284", "262", "22")
    # Storage 22 x 10 in both; Compute 12 + 36 + 4 x 4 = 64 beside 6 + 24 + 4 x 3 = 42.


def test_the_longest_period_before_is_counted_day_by_day(long: Served) -> None:
    page = long.get("explore", {"start": "2024-01-01", "end": "2026-05-01", "compare": "year"})
    # 28 months: 24 + 36 + 16 of Compute beside 12 + 24 + 12 (of 2025); 280 of Storage in both.
    assert numbers(page["totals"]) == ("356", "328", "28")


def test_entities_of_a_long_period_are_compared_with_as_many_months(long: Served) -> None:
    asked = {"start": "2024-11-01", "end": "2026-05-01", "kind": "ServiceName"}
    items = {one["key"]["value"]: one for one in long.get("entities", asked)["items"]}
    compute = items["Compute"]
    # 2 x 2 + 12 x 3 + 4 x 4 beside the 18 months before: 8 x 1 + 10 x 2.
    assert (compute["cost"], compute["before"], compute["change"]) == ("56", "28", "28")
    page = long.get("entity", {**asked, "value": "Compute"})
    assert (page["cost"], page["before"], page["change"]) == ("56", "28", "28")
