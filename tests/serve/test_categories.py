"""A service in two categories keeps both, whatever a page groups by beside them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.built import made_once
from tests.fixtures.finops import Finops
from tests.fixtures.focus import write_csv
from tests.fixtures.open_month import MONTHS, bring, day_of
from tests.fixtures.served import Served, serving

MONTH = MONTHS[0]
CATEGORIES = {"Compute": "107", "Networking": "30"}
SUBCATEGORIES = {"Virtual Machines": "100", "Containers": "7", "Content Delivery": "30"}
MARTS = ("daily_costs", "daily_tag_costs", "resource_costs", "sku_costs", "tag_costs")
BESIDE = pytest.mark.parametrize(
    "beside", [[], [("filter", "tag:team:in:web")], [("group", "ResourceType")]]
)


def build(home: Path) -> None:
    """Import three lines of one service on one day: 100 and 7 USD of Compute, 30 of Networking."""
    lines = [
        day_of(cost, MONTH, 1, ServiceCategory=category, ServiceSubcategory=sub, **same())
        for category, sub, cost in (
            ("Compute", "Virtual Machines", "100"),
            ("Compute", "Containers", "7"),
            ("Networking", "Content Delivery", "30"),
        )
    ]
    write_csv(home / "Mixed" / f"{MONTH}.csv", lines, written=1_770_000_000)
    bring(Finops(home), home, "Mixed")


def same() -> dict[str, str]:
    return {"ServiceName": "Everything", "ProviderName": "Mixed", "Tags": '{"team": "web"}'}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(Finops(made_once(tmp_path_factory, "categories", build)).database) as found:
        yield found


def sums(served: Served, group: str, beside: list[tuple[str, str]]) -> dict[str, Decimal]:
    """Return effective cost by the first group."""
    query = [("currency", "USD"), ("grain", "month"), ("group", group), *beside]
    page: Any = served.get("explore", query)
    found: dict[str, Decimal] = {}
    for one in page["series"]:
        name = one["keys"][0]["value"]
        found[name] = found.get(name, Decimal(0)) + Decimal(one["total"])
    return found


@BESIDE
def test_the_explorer_shows_each_category_and_subcategory(
    mixed: Served, beside: list[tuple[str, str]]
) -> None:
    for group, expected in (("ServiceCategory", CATEGORIES), ("ServiceSubcategory", SUBCATEGORIES)):
        assert sums(mixed, group, beside) == {
            name: Decimal(cost) for name, cost in expected.items()
        }


@pytest.mark.parametrize("mart", MARTS)
def test_each_mart_sums_to_the_bill_by_category(mixed: Served, mart: str) -> None:
    rows = mixed.sql(f"SELECT service_category, sum(effective_cost) FROM marts.{mart} GROUP BY ALL")
    assert dict(rows) == {name: Decimal(cost) for name, cost in CATEGORIES.items()}
