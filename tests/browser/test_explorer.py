"""The explorer: ask, drill, go back, share, filter, compare, take away."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs

import duckdb
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visit import Visit
from tests.fixtures.served import Served

HALF = "start=2026-01-01&end=2026-07-01&grain=month"
CENT = Decimal("0.01")


def first_group(page: Page) -> str:
    """The first row of the table of groups."""
    return page.locator("figure").last.locator("tbody th button").first.inner_text()


def drill(visit: Visit) -> str:
    """Click the first group and return its name."""
    name = first_group(visit.page)
    visit.page.locator("figure").last.get_by_role("button", name=name, exact=True).click()
    visit.settle()
    return name


def test_a_click_filters_and_shows_the_next_dimension_and_back_takes_it_back(visit: Visit) -> None:
    page = visit.go(f"explore?{HALF}&group=ServiceName")
    before = visit.route()

    name = drill(visit)
    asked = parse_qs(visit.route().split("?", 1)[1])
    assert asked["filter"] == [f"ServiceName:in:{name}"]
    assert asked["group"] == ["SubAccountId"]
    expect(page.get_by_role("navigation", name="The way here")).to_contain_text(name)
    account = drill(visit)
    expect(page.get_by_role("heading", level=2).first).to_contain_text("by region")

    page.reload()
    visit.settle()
    way = page.get_by_role("navigation", name="The way here")
    expect(way).to_contain_text(account)  # its name, though the address has its number
    way.get_by_role("button", name=name).click()
    visit.settle()
    assert first_group(page) == account

    for _ in range(3):
        page.go_back()
    visit.settle()
    assert visit.route() == before
    assert first_group(page) == name


def test_a_click_into_the_chart_drills_too(visit: Visit) -> None:
    page = visit.go(f"explore?{HALF}&group=ProviderName")
    box = page.locator("figure canvas").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 130, box["y"] + box["height"] - 40)  # the foot of January's bar
    visit.settle()
    assert "filter=ProviderName" in visit.route()


def test_a_shared_address_shows_the_same_elsewhere(
    visit: Visit, browser: Browser, served: Served
) -> None:
    address = f"explore?{HALF}&metric=billed_cost&group=ProviderName&view=area&cumulative=1&top=5"
    page = visit.go(address)
    with Visit.opened(browser, served.url, color_scheme="dark") as other:
        there = other.go(address)
        for selector in ("figure h2", "dl", "figure tbody"):
            found = there.locator(selector).all_inner_texts()
            assert found == page.locator(selector).all_inner_texts()
        expect(there.get_by_role("button", name="area")).to_have_attribute("aria-pressed", "true")
        expect(there.get_by_label("Cumulative")).to_be_checked()


def test_the_total_is_the_api_s_to_the_last_digit_on_hover(visit: Visit, served: Served) -> None:
    page = visit.go(f"explore?{HALF}")
    asked = {"currency": "USD", "metric": "effective_cost", "start": "2026-01-01"}
    total = served.get("explore", asked, end="2026-07-01", grain="month")["totals"]["total"]
    exact = page.locator("dl dd").first.get_attribute("title")
    assert exact is not None
    assert Decimal(exact.removeprefix("USD ").replace(",", "")) == Decimal(total)
    shown = page.locator("figure").last.locator("tfoot td").first.inner_text()
    assert shown == f"${Decimal(total).quantize(CENT):,}"


def test_the_csv_and_the_parquet_add_up_to_the_page(visit: Visit, tmp_path: Path) -> None:
    page = visit.go(f"explore?{HALF}&group=ServiceName&filter=ProviderName:not:AWS")
    cell = page.locator("figure").last.locator("tfoot td").first.get_attribute("title")
    assert cell is not None
    total = Decimal(cell.removeprefix("USD ").replace(",", ""))

    with page.expect_download() as text:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(text.value.path()).read_text("utf-8"))))
    amount = next(name for name in rows[0] if name.lower() == "effective_cost")
    assert sum(Decimal(row[amount]) for row in rows) == total

    with page.expect_download() as columns:
        page.get_by_role("link", name="Parquet").click()
    columns.value.save_as(tmp_path / "found.parquet")
    query = f"select sum({amount}) from '{tmp_path / 'found.parquet'}'"
    assert duckdb.sql(query).fetchall() == [(total,)]


def test_a_filter_is_searched_set_left_out_and_removed_by_keyboard_alone(visit: Visit) -> None:
    page = visit.go(f"explore?{HALF}&group=ProviderName")
    page.get_by_role("button", name="+ Filter").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Service cat")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_label("How to filter").select_option("not")
    box = page.get_by_role("checkbox", name="Compute")
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    visit.settle()
    assert parse_qs(visit.route().split("?", 1)[1])["filter"] == ["ServiceCategory:not:Compute"]

    page.get_by_role("button", name="Remove the filter: Service category is not Compute").focus()
    page.keyboard.press("Enter")
    visit.settle()
    assert "filter" not in visit.route()


def test_escape_closes_the_popover_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit.go(f"explore?{HALF}")
    button = page.get_by_role("button", name="+ Filter")
    button.click()
    expect(page.get_by_role("dialog", name="Filter")).to_be_visible()
    for _ in range(60):  # more than there is to reach: the focus must stay inside
        page.keyboard.press("Tab")
    inside = (
        "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
    )
    assert page.evaluate(inside)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Filter")).to_be_hidden()
    expect(button).to_be_focused()


def test_a_comparison_that_data_does_not_cover_is_said_not_shown(visit: Visit) -> None:
    page = visit.go("explore?range=all&compare=previous")
    expect(page.locator("dl")).to_contain_text("no full data for")
    head = page.locator("figure").last.locator("thead").inner_text()
    assert "Before" not in head
    page = visit.go("explore?start=2026-06-01&end=2026-07-01&compare=previous")
    head = page.locator("figure").last.locator("thead").inner_text()
    assert "Before" in head


@pytest.mark.parametrize("view", ["bar", "area", "line", "treemap", "table"])
def test_every_drawing_shows_the_same_groups(visit: Visit, view: str) -> None:
    page = visit.go(f"explore?{HALF}&group=ProviderName&view={view}")
    figure = page.locator("figure").first
    for name in ("AWS", "Google Cloud", "Nimbus Data"):
        assert name in figure.inner_text()
    assert figure.locator("canvas").count() == (view in ("bar", "area", "line"))


def test_without_groups_the_chart_shows_the_sum_of_all(visit: Visit) -> None:
    page = visit.go(f"explore?{HALF}&group=")
    figure = page.locator("figure").first
    assert figure.locator("canvas").count() == 1
    assert "All charges" in figure.inner_text()
    first_row = page.locator("figure").last.locator("tbody td").first.inner_text()
    assert first_row == page.locator("figure").last.locator("tfoot td").first.inner_text()


def test_resources_show_the_largest_alone_not_one_great_other(visit: Visit) -> None:
    page = visit.go("explore?start=2026-06-01&end=2026-07-01&group=ResourceId&grain=month")
    assert "Other" not in page.locator("figure").first.inner_text()


def test_a_table_is_sorted_by_its_heads_and_a_reload_keeps_the_order(visit: Visit) -> None:
    page = visit.go(f"explore?{HALF}&group=ServiceName")
    table = page.locator("figure").last
    table.get_by_role("button", name="Service", exact=True).click()
    names = table.locator("tbody th").all_inner_texts()
    assert names == sorted(names)
    page.reload()
    visit.settle()
    assert table.locator("tbody th").all_inner_texts() == names
    expect(table.locator("thead th").first).to_have_attribute("aria-sort", "ascending")


def test_another_currency_is_another_page_and_never_added(visit: Visit) -> None:
    page = visit.go("explore?range=all&group=ProviderName")
    page.get_by_label("Currency").select_option("EUR")
    visit.settle()
    assert "currency=EUR" in visit.route()
    assert "€" in page.locator("dl").inner_text()
    assert "$" not in page.locator("figure").last.inner_text()
    page.get_by_role("link", name="Overview").click()
    visit.arrive("overview?currency=EUR")


def test_a_view_is_saved_shown_again_and_deleted(visit: Visit) -> None:
    page = visit.go(f"explore?{HALF}&group=RegionId&view=line")
    page.get_by_role("button", name="Saved views").click()
    page.get_by_label("Name of the view").fill("Regions, äöü <b>")
    page.get_by_role("button", name="Save", exact=True).click()
    saved = page.get_by_role("button", name="Regions, äöü <b>", exact=True)
    expect(saved).to_be_visible()
    page.keyboard.press("Escape")

    visit.go("explore?range=all")
    page.get_by_role("button", name="Saved views").click()
    saved.click()
    visit.settle()
    assert "group=RegionId" in visit.route()
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("button", name="Delete the view Regions, äöü <b>").click()
    expect(page.get_by_text("No view is saved yet.")).to_be_visible()
    page.keyboard.press("Escape")
