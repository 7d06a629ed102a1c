"""What pages say is so: titles, marks of periods, counts, tooltips, links to copy."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.visit import Visit
from tests.fixtures.served import Served

HALF = "start=2026-01-01&end=2026-07-01&grain=month"


def asked(visit: Visit) -> dict[str, list[str]]:
    return parse_qs(visit.route().split("?", 1)[1])


def at_foot(page: Page, across: int) -> tuple[float, float]:
    """A point in a bar of the first chart, so many pixels from its left."""
    box = page.locator("figure canvas").first.bounding_box()
    assert box is not None
    return box["x"] + across, box["y"] + box["height"] - 40


def test_an_entity_s_title_is_its_name_also_after_another_page(visit: Visit) -> None:
    page = visit.go("entities?kind=ProviderName")
    page.locator("figure tbody th a", has_text="AWS").first.click()
    page.get_by_role("heading", level=1, name="AWS").wait_for()
    expect(page).to_have_title("AWS · Open FinOps")
    visit.go("tags")
    expect(page).to_have_title("Tags & allocation · Open FinOps")


def test_a_click_on_a_bar_keeps_its_month(visit: Visit) -> None:
    page = visit.go(f"explore?{HALF}&group=ProviderName")
    page.mouse.click(*at_foot(page, 130))  # January's
    visit.settle()
    assert (asked(visit)["start"], asked(visit)["end"]) == (["2026-01-01"], ["2026-02-01"])

    page = visit.go("overview?month=2026-06")
    page.mouse.click(*at_foot(page, 70))  # June of the year before
    visit.arrive("explore?")
    assert (asked(visit)["start"], asked(visit)["end"]) == (["2025-06-01"], ["2025-07-01"])


def test_other_is_in_the_legend_and_no_button(visit: Visit) -> None:
    page = visit.go(f"explore?{HALF}&group=ServiceName")
    legend = page.locator("figure").first.locator("ul")
    expect(legend.locator("li").last).to_have_text("Other")
    assert legend.get_by_role("button").count() == legend.locator("li").count() - 1 == 9
    page = visit.go(f"explore?{HALF}&group=ServiceName&view=treemap")
    figure = page.locator("figure").first
    expect(figure.locator(".map").get_by_role("button", name="Other")).to_be_disabled()
    expect(figure.locator(".map button:enabled")).to_have_count(9)


def test_twenty_series_have_twenty_colours_and_a_legend_that_is_not_cut(visit: Visit) -> None:
    page = visit.go(f"explore?{HALF}&group=ServiceName&top=20")
    dots = page.locator("figure").first.locator("ul .dot")
    colors = dots.evaluate_all("(all) => all.map((one) => one.style.background)")
    assert len(set(colors)) == len(colors) == 21
    cut = "(one) => one.scrollHeight > one.clientHeight + 1"
    assert not page.locator("figure").first.locator("ul").evaluate(cut)


def test_a_number_of_series_that_is_not_offered_is_shown(visit: Visit) -> None:
    page = visit.go(f"explore?{HALF}&top=7")
    expect(page.get_by_label("Series shown")).to_have_value("7")


def test_a_week_that_the_period_cuts_is_a_part_and_not_open(visit: Visit) -> None:
    page = visit.go("explore?start=2026-01-01&end=2026-03-02&grain=week&view=table")
    heads = page.get_by_role("table", name="Amounts by period").locator("thead th")
    assert heads.nth(1).inner_text() == "1 Jan part"
    assert heads.nth(2).inner_text() == "5 Jan"
    assert "still being filled" not in page.locator("figure").first.inner_text()


def test_a_link_is_copied_by_hand_where_there_is_no_clipboard(
    browser: Browser, served: Served
) -> None:
    with Visit.opened(browser, served.url) as visit:
        visit.page.add_init_script("delete Navigator.prototype.clipboard")
        page = visit.go(f"explore?{HALF}")
        page.get_by_role("button", name="Copy link").click()
        field = page.get_by_role("dialog", name="Copy link").get_by_role("textbox")
        expect(field).to_be_focused()
        selected = "(one) => one.value.slice(one.selectionStart, one.selectionEnd)"
        assert field.evaluate(selected).startswith(f"{served.url}/#/explore?")
        assert visit.troubles == []


def test_the_first_month_is_compared_with_nothing_and_leaves_no_hole(visit: Visit) -> None:
    page = visit.go("overview?month=2025-06")
    expect(page.locator("h1 ~ span").first).to_contain_text("nothing: no data of all of May 2025")
    assert "against" not in page.locator("figure figcaption").nth(1).inner_text()


def test_nine_tiles_fill_their_two_rows(browser: Browser, served: Served) -> None:
    def without_estimate(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["tiles"] = [one for one in body["tiles"] if one["metric"] != "estimate"]
        route.fulfill(response=answer, json=body)

    with Visit.opened(browser, served.url) as visit:
        visit.page.route("**/api/v1/overview?*", without_estimate)
        page = visit.go("overview")
        tiles = page.locator("main ul").first
        assert tiles.locator("li").count() == 9
        for width in (390, 1440, 2560):
            page.set_viewport_size({"width": width, "height": 900})
            ends = "(all) => all.map((one) => one.getBoundingClientRect().right)"
            boxes = tiles.locator("li").evaluate_all(ends)
            edge = tiles.evaluate("(one) => one.getBoundingClientRect().right")
            assert abs(boxes[-1] - edge) <= 2, width


def test_ratios_have_four_decimals_on_hover(visit: Visit) -> None:
    page = visit.go("overview")
    tile = page.locator(".tile", has_text="Price coverage")
    expect(tile).to_have_attribute("title", re.compile(r"^Price coverage: \d+\.\d{4}%\n"))
    page = visit.go(f"explore?{HALF}")
    day = page.locator("dl div", has_text="Per day").locator("dd")
    wanted = re.compile(r"^USD [\d,]+\.\d{2,6}, to six decimals: the total by 181 days$")
    expect(day).to_have_attribute("title", wanted)


def test_a_chart_tells_every_digit_on_hover(visit: Visit, served: Served) -> None:
    values = served.get(
        "explore",
        {"currency": "USD", "start": "2026-01-01", "end": "2026-07-01", "grain": "month"},
        group="ProviderName",
    )["totals"]["values"]
    page = visit.go(f"explore?{HALF}&group=ProviderName")
    page.mouse.move(*at_foot(page, 130))
    whole, _, digits = values[0].partition(".")
    exact = f"USD {int(whole):,}.{digits.rstrip('0')}"
    expect(page.locator("figure").first).to_contain_text(exact)


def test_the_savings_rate_is_drawn_beside_coverage_and_utilisation(
    visit: Visit, served: Served
) -> None:
    months = served.get("commitments", currency="USD", months=13)["months"]
    page = visit.go("commitments")
    table = page.get_by_role("table", name="Rates by month")
    head = table.locator("thead th").all_text_contents()
    assert head[:4] == ["Month", "Coverage", "Utilisation", "Effective savings rate (ESR)"]
    shown = table.locator("tbody tr").last.locator("td").nth(2).text_content()
    assert shown == f"{float(months[-1]['esr']) * 100:.1f}%"


def test_the_proof_speaks_of_its_currency_and_months(visit: Visit) -> None:
    page = visit.go("invoices?currency=EUR")
    expect(page.get_by_role("status")).to_contain_text(
        "in EUR, in every export and month, Jun 2025 to Jun 2026"
    )


def test_the_palette_finds_views_and_changes_to_the_currency_of_a_hit(visit: Visit) -> None:
    page = visit.go("explore?group=RegionId")
    page.get_by_role("button", name="Saved views").click()
    page.get_by_label("Name of the view").fill("Our regions")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Our regions", exact=True)).to_be_visible()
    page.keyboard.press("Escape")

    visit.go("overview")
    page.keyboard.press("Control+k")
    page.keyboard.type("our reg")
    expect(page.get_by_role("option", name="Our regions")).to_be_visible()
    page.keyboard.press("Enter")
    visit.arrive("explore?group=RegionId")

    page.keyboard.press("Control+k")
    page.keyboard.type("microsoft")
    hit = page.get_by_role("listbox").get_by_role("option", name="provider")
    expect(hit).to_contain_text("in EUR")
    hit.click()
    visit.arrive("entity?")
    assert asked(visit)["currency"] == ["EUR"]

    visit.go("explore")
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("button", name="Delete the view Our regions").click()
    expect(page.get_by_text("No view is saved yet.")).to_be_visible()
    page.keyboard.press("Escape")
