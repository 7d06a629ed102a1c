"""By keyboard alone, and by touch: to drill, and to what else would be on hover only."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import Visit
from tests.fixtures.served import Served

HALF = "start=2026-01-01&end=2026-07-01&grain=month"
FOCUSED = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element of this name has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).strip() == name:
            return
    raise AssertionError(f"Tab does not reach {name}")


def test_the_explorer_is_drilled_from_the_legend_and_taken_back_by_keyboard(visit: Visit) -> None:
    page = visit.go(f"explore?{HALF}&group=ProviderName")
    before = visit.route()
    page.locator("main").focus()
    tab_to(page, "Google Cloud")
    page.keyboard.press("Enter")
    visit.settle()
    asked = parse_qs(visit.route().split("?", 1)[1])
    assert asked["filter"] == ["ProviderName:in:Google Cloud"]
    assert asked["group"] == ["ServiceCategory"]
    assert asked["start"] == ["2026-01-01"]  # a legend's entry is of the whole period

    page.locator("main").focus()
    tab_to(page, "All providers")
    page.keyboard.press("Enter")
    visit.settle()
    assert "filter" not in visit.route()
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Alt+ArrowLeft")
    page.keyboard.press("Alt+ArrowLeft")
    visit.arrive(before)


def test_the_causes_of_a_step_are_opened_by_keyboard(visit: Visit, served: Served) -> None:
    step = served.get("overview", currency="USD")["drivers"]["steps"][2]
    page = visit.go("overview")
    page.locator("main").focus()
    table = page.get_by_role("table", name="Change of effective cost by cause")
    for one in step["top"]:
        expect(table.get_by_text(one["label"], exact=True)).to_have_count(0)
    button = table.get_by_role("button", name=step["label"])
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    for one in step["top"]:
        expect(table.get_by_text(one["label"], exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "false")


@pytest.fixture
def narrow(visit: Visit) -> Iterator[Visit]:
    """A window of a telephone."""
    visit.page.set_viewport_size({"width": 390, "height": 900})
    yield visit
    visit.page.set_viewport_size({"width": 1440, "height": 900})


def test_a_tile_tells_value_and_formula_without_hover(narrow: Visit, served: Served) -> None:
    page = narrow.go("overview")
    told = {one["metric"]: one for one in served.get("overview", currency="USD")["tiles"]}
    for one in told.values():
        about = page.get_by_role("button", name=f"About {one['label']}", exact=True)
        about.focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name=one["label"])
        expect(dialog).to_contain_text(one["formula"])
        expect(dialog).to_contain_text(one["description"])
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(about).to_be_focused()
    about = page.get_by_role("button", name="About Billed", exact=True)
    about.click()
    whole, _, digits = told["billed_cost"]["value"].partition(".")
    dialog = page.get_by_role("dialog", name="Billed")
    expect(dialog).to_contain_text(f"USD {int(whole):,}.{digits}")
    dialog.get_by_role("link", name="Explore").click()
    narrow.arrive("explore?")


def test_a_chart_of_many_periods_offers_them_all_as_a_table(visit: Visit) -> None:
    page = visit.go("explore?start=2026-03-01&end=2026-06-01&grain=day&group=ProviderName")
    button = page.get_by_role("button", name="Every period as a table")
    button.focus()
    page.keyboard.press("Enter")
    visit.settle()
    table = page.get_by_role("table", name="Amounts by period")
    assert table.locator("thead th").count() == 92 + 2  # group and total
    assert page.evaluate("document.activeElement.contains(document.querySelector('table'))")
