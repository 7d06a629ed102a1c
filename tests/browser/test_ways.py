"""The ways through the pages: palette, shortcuts, links, theme, acknowledging."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.visit import Visit
from tests.fixtures.served import Served


def test_the_palette_finds_a_service_and_goes_there(visit: Visit) -> None:
    page = visit.go("overview")
    page.keyboard.press("Control+k")
    page.keyboard.type("cloudfront")
    # The first of all, which Enter takes: others are found for a part of the text.
    found = page.get_by_role("listbox", name="Results").get_by_role("option")
    expect(found.first).to_contain_text("Amazon CloudFront")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Amazon CloudFront").wait_for()
    assert visit.route().startswith("entity?kind=ServiceName")


def test_enter_waits_for_what_the_text_finds_and_opens_no_hit_of_an_older_one(
    visit: Visit,
) -> None:
    page = visit.go("overview")
    page.keyboard.press("/")
    page.keyboard.type("cloudfront")
    found = page.get_by_role("listbox", name="Results").get_by_role("option")
    expect(found.first).to_contain_text("Amazon CloudFront")
    held: list[Route] = []
    page.route("**/search?q=*", lambda route: held.append(route))
    with page.expect_request("**/search?q=compute*"):
        page.get_by_role("combobox", name="Jump to").fill("compute engine")
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert visit.route().startswith("overview")
    held[-1].continue_()
    page.get_by_role("heading", level=1, name="Compute Engine").wait_for()


def test_the_palette_goes_to_pages_and_closes_with_escape(visit: Visit) -> None:
    page = visit.go("overview")
    page.keyboard.press("/")
    palette = page.get_by_role("dialog", name="Jump to")
    expect(palette).to_be_visible()
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("commit")
    page.keyboard.press("Enter")
    visit.arrive("commitments")


def test_letters_go_to_pages_and_a_question_mark_lists_them(visit: Visit) -> None:
    page = visit.go("overview")
    page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shortcuts).to_contain_text("Data health")
    page.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("t")
    visit.arrive("tags")


def test_letters_go_to_pages_before_a_closed_dialog_gives_back_the_focus(visit: Visit) -> None:
    page = visit.go("overview")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    page.evaluate("""() => {
      document.querySelector('dialog[open]').close()
      for (const key of 'gt')
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
    }""")
    visit.arrive("tags")


def test_a_dialog_that_is_closed_and_opened_at_once_stays_open(visit: Visit) -> None:
    page = visit.go("overview")
    page.keyboard.press("/")
    palette = page.get_by_role("dialog", name="Jump to")
    palette.wait_for()
    page.evaluate("""async () => {
      const press = (key) =>
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
      press('Escape')
      document.querySelector('dialog[open]').close()
      await Promise.resolve()
      press('/')
    }""")
    expect(palette).to_be_visible()
    page.keyboard.type("commit")
    page.keyboard.press("Enter")
    visit.arrive("commitments")


def test_the_first_tab_skips_to_the_content(visit: Visit) -> None:
    page = visit.go("overview")
    page.reload()
    visit.settle()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_theme_follows_the_system_until_one_is_chosen(browser: Browser, served: Served) -> None:
    color = "getComputedStyle(document.documentElement).backgroundColor"
    with Visit.opened(browser, served.url, color_scheme="dark") as visit:
        page = visit.go("health")
        dark = page.evaluate(color)
        page.emulate_media(color_scheme="light")
        light = page.evaluate(color)
        assert light != dark
        page.get_by_role("button", name="Use the dark theme").click()
        assert page.evaluate(color) == dark
        page.reload()
        visit.settle()
        assert page.evaluate(color) == dark
        assert visit.troubles == []


def test_a_tile_tells_exact_value_and_formula_and_leads_to_the_explorer(
    visit: Visit, served: Served
) -> None:
    page = visit.go("overview")
    told = served.get("overview", currency="USD")
    effective = next(tile for tile in told["tiles"] if tile["metric"] == "effective_cost")
    tile = page.locator("a.tile", has_text=effective["label"]).first
    title = tile.get_attribute("title") or ""
    whole, _, digits = effective["value"].partition(".")
    assert f"USD {int(whole):,}.{digits}" in title
    assert effective["formula"] in title
    tile.click()
    visit.arrive("explore?")
    assert (page.locator("dl dd").first.get_attribute("title") or "nothing") in title


def test_an_account_s_page_leads_on_to_what_it_is_made_of(visit: Visit) -> None:
    page = visit.go("entities")
    name = page.locator("figure tbody th a").first.inner_text()
    page.locator("figure tbody th a").first.click()
    page.get_by_role("heading", level=1, name=name).wait_for()
    page.get_by_role("link", name="Explore", exact=True).click()
    visit.arrive("explore?")
    assert "filter=SubAccountId" in visit.route()


@pytest.fixture
def anomaly(visit: Visit) -> str:
    """The first anomaly that is open, as its row says it."""
    page = visit.go("anomalies?days=400&minimum=1")
    return page.locator("figure li").first.inner_text().removesuffix("Acknowledge").strip()


def test_an_acknowledged_anomaly_is_kept_with_its_note(visit: Visit, anomaly: str) -> None:
    page = visit.page
    page.locator("figure li").first.get_by_role("button", name="Acknowledge").click()
    page.get_by_label("What it was").fill("load test of the shop")
    page.get_by_role("dialog").get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    visit.settle()
    assert anomaly not in page.locator("figure").inner_text()

    page.get_by_role("button", name="All", exact=True).click()
    visit.settle()
    row = page.locator("figure li", has_text="load test of the shop")
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Change").click()
    page.get_by_role("button", name="Open again").click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_wrong_address_is_answered_with_the_reason_and_a_hint(visit: Visit) -> None:
    visit.page.goto("about:blank")
    visit.page.goto(f"{visit.url}/#/explore?group=Password")
    alert = visit.page.get_by_role("alert").first
    alert.wait_for()
    assert "Password" in alert.inner_text()
    visit.troubles.clear()  # the browser writes every refused request to the console
