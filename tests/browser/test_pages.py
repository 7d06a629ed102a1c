"""Every page in both themes: drawn, readable, still, and without a word to the outside."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.browser.visit import Visit
from tests.fixtures.served import Served

PAGES = {
    "overview": "overview",
    "explorer": "explore",
    "accounts": "entities",
    "service": "entity?kind=ServiceName&value=Amazon+Elastic+Compute+Cloud",
    "commitments": "commitments",
    "tags": "tags",
    "invoices": "invoices",
    "anomalies": "anomalies?acknowledged=all",
    "health": "health",
}
SERIOUS = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
  .filter((one) => ['serious', 'critical'].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html).join(' | ')}`)"""
UNTOLD_CHARTS = """() => [...document.querySelectorAll('figure')]
  .filter((figure) => figure.querySelector('canvas') && !figure.querySelector('table caption'))
  .map((figure) => figure.querySelector('h2').textContent)"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_still_and_accessible(
    themed: Visit, theme: str, name: str, axe: str, pictures: Path
) -> None:
    themed.begin()
    page = themed.go(PAGES[name])
    page.screenshot(path=pictures / f"{name}-{theme}.png", full_page=True)

    titles = page.locator("figure h2").all_inner_texts()
    assert titles and all(titles)
    assert page.evaluate(UNTOLD_CHARTS) == []
    assert page.locator("[role=alert]").count() == 0
    assert page.evaluate("shifts") == []
    page.evaluate(axe)
    assert page.evaluate(SERIOUS) == []
    assert themed.troubles == []


@pytest.mark.parametrize("width", [390, 768, 2560])
def test_no_page_is_wider_than_the_window(visit: Visit, width: int, pictures: Path) -> None:
    visit.page.set_viewport_size({"width": width, "height": 900})
    try:
        for name, route in PAGES.items():
            page = visit.go(route)
            page.screenshot(path=pictures / f"{name}-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    finally:
        visit.page.set_viewport_size({"width": 1440, "height": 900})


def test_a_page_that_does_not_exist_is_told_with_a_way_back(visit: Visit) -> None:
    visit.go("overview")
    visit.page.evaluate("location.hash = '#/nowhere'")
    visit.page.get_by_role("heading", name="There is no such page").wait_for()
    visit.page.get_by_role("link", name="Go to the overview").click()
    visit.arrive("overview")


def test_a_restatement_names_both_versions_their_days_and_the_money(
    visit: Visit, served: Served
) -> None:
    found = served.get("invoices", currency="USD")["restatements"]
    rows = visit.go("invoices").get_by_role("table", name="Restatements").locator("tbody tr")
    assert rows.count() == len(found) > 0
    for one, row in zip(found, rows.all(), strict=True):
        titles = [cell.get_attribute("title") for cell in row.locator("td, th").all()]
        assert [titles[2], titles[4]] == [one["former_version"], one["version_id"]]
        assert all(title and title.endswith(" UTC") for title in (titles[3], titles[5]))
        money = [one["former_billed"], one["billed"], one["change"]]
        assert [decimal(title) for title in titles[6:9]] == [Decimal(text) for text in money]
        effective = Decimal(one["effective"]) - Decimal(one["former_effective"])
        assert decimal(titles[9]) == effective


def decimal(title: str | None) -> Decimal:
    """Read an amount as the pages tell it on hover."""
    assert title is not None
    return Decimal(title.removeprefix("USD ").replace(",", "").replace("\u2212", "-"))


def test_a_long_table_shows_its_first_rows_and_all_on_demand(visit: Visit, served: Served) -> None:
    page = visit.go("invoices")
    count = len(served.get("invoices", currency="USD")["invoices"])
    rows = page.get_by_role("table", name="Invoices").locator("tbody tr")
    assert rows.count() == 20 < count
    page.get_by_role("button", name=f"Show all {count}").click()
    assert rows.count() == count
    page.get_by_role("button", name="Show the first 20").click()
    assert rows.count() == 20
