"""In a narrow window tables scroll sideways: the edge that hides something says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.test_pages import PAGES
from tests.browser.visit import PATIENCE, Visit

CUT = """() => [...document.querySelectorAll('main *')].filter((one) => {
  const { overflowX } = getComputedStyle(one);
  return ['auto', 'scroll'].includes(overflowX) && one.scrollWidth > one.clientWidth + 1;
}).map((one) => ({
  label: one.getAttribute('aria-label') ?? one.className,
  told: one.getAttribute('role') === 'region' && one.tabIndex === 0,
  shade: getComputedStyle(one.parentElement, '::after').opacity,
}))"""
SHADES = """(one) => [
  getComputedStyle(one.querySelector('tbody th'), '::after').opacity,
  getComputedStyle(one.parentElement, '::after').opacity,
]"""

APART = 20
"""Milliseconds between two looks at what comes with a frame or a transition."""
LOOKS = PATIENCE // APART


@pytest.fixture
def narrow(visit: Visit) -> Iterator[Visit]:
    """A window of a telephone."""
    visit.page.set_viewport_size({"width": 390, "height": 900})
    visit.page.emulate_media(reduced_motion="reduce")
    yield visit
    visit.page.set_viewport_size({"width": 1440, "height": 900})


def shades(region: Locator, left: str, right: str) -> None:
    """Wait until the edges are shaded (1) or not (0)."""
    for _ in range(LOOKS):
        if region.evaluate(SHADES) == [left, right]:
            return
        region.page.wait_for_timeout(APART)
    assert region.evaluate(SHADES) == [left, right]


def across(cell: Locator) -> float:
    """Where a cell begins, in pixels from the left."""
    box = cell.bounding_box()
    assert box is not None
    return box["x"]


@pytest.mark.parametrize("name", PAGES)
def test_all_that_is_cut_is_shaded_named_and_reached_by_the_keyboard(
    narrow: Visit, name: str
) -> None:
    page = narrow.go(PAGES[name])
    for _ in range(LOOKS):  # the shade comes with the next frame
        found = page.evaluate(CUT)
        if all(one["told"] and one["shade"] == "1" for one in found):
            break
        page.wait_for_timeout(APART)
    for one in found:
        assert (one["told"], one["shade"]) == (True, "1"), one
    assert len({one["label"] for one in found}) == len(found)


def test_the_shade_is_gone_at_the_end_and_the_first_column_stays(narrow: Visit) -> None:
    page = narrow.go("explore?range=6m&group=ServiceName")
    region = page.get_by_role("region", name="Every group, largest first")
    first = region.locator("tbody th").first
    place = across(first)
    shades(region, "0", "1")

    region.focus()
    page.keyboard.press("ArrowRight")
    shades(region, "1", "1")
    region.evaluate("(one) => { one.scrollLeft = one.scrollWidth }")
    shades(region, "1", "0")
    assert across(first) == place


@pytest.mark.parametrize("name", ["overview", "commitments", "invoices"])
def test_no_table_is_wider_than_its_panel_on_a_common_laptop(narrow: Visit, name: str) -> None:
    page = narrow.go(PAGES[name])
    for width in (1280, 1366):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(CUT) == [], f"at {width} pixels"


def test_what_fits_is_not_a_stop_of_the_keyboard(narrow: Visit) -> None:
    narrow.page.set_viewport_size({"width": 1440, "height": 900})
    page = narrow.go("explore?range=6m&group=ServiceName")
    table = page.get_by_role("table", name="Every group, largest first")
    expect(table).to_be_visible()
    assert page.get_by_role("region").count() == 0
