"""The address as a link and as history, months of pages, and ways from rows into the explorer."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import parse_qs

from playwright.sync_api import Browser, Page, expect

from tests.browser.visit import Visit
from tests.fixtures.served import Served


def asked(route: str) -> dict[str, list[str]]:
    """The parameters of an address."""
    return parse_qs(route.split("?", 1)[1], keep_blank_values=True)


def total(page: Page) -> str | None:
    """The explorer's total with all its digits."""
    return page.locator("dl dd").first.get_attribute("title")


def test_a_copied_link_leaves_nothing_of_the_question_to_a_default(
    browser: Browser, served: Served
) -> None:
    options = {"permissions": ["clipboard-read", "clipboard-write"]}
    with Visit.opened(browser, served.url, color_scheme="light", **options) as visit:
        page = visit.go("explore")
        shown = served.get("explore", {"currency": "USD"})
        page.get_by_role("button", name="Copy link").click()
        link = page.evaluate("navigator.clipboard.readText()")
        found = asked(link)
        assert link.startswith(f"{served.url}/#/explore?")
        assert {name: found[name] for name in ("currency", "metric", "group", "view", "top")} == {
            "currency": ["USD"],
            "metric": ["effective_cost"],
            "group": ["ServiceName"],
            "view": ["bar"],
            "top": ["9"],
        }
        assert found["compare"] == ["previous"]
        assert found["grain"] == ["month"]
        assert found["end"] > found["start"]
        assert shown["currency"] == "USD"
        before = total(page)
        page.goto("about:blank")
        page.goto(link)
        visit.settle()
        assert total(page) == before

        kept = (
            "group=&compare=none&view=line&cumulative=1&top=5&filter=ProviderName:in:AWS&range=3m"
        )
        page = visit.go(f"explore?currency=USD&{kept}")
        page.get_by_role("button", name="Copy link").click()
        found = asked(page.evaluate("navigator.clipboard.readText()"))
        assert found["group"] == [""]
        assert found["compare"] == ["none"]
        assert found["view"] == ["line"]
        assert found["cumulative"] == ["1"]
        assert found["filter"] == ["ProviderName:in:AWS"]
        assert "range" not in found
        assert visit.troubles == []


def test_each_choice_is_a_step_that_back_takes_back_and_forward_makes_again(visit: Visit) -> None:
    page = visit.go("explore?start=2026-01-01&end=2026-07-01")
    routes = [visit.route()]

    def chosen() -> None:
        visit.settle()
        assert visit.route() != routes[-1]
        routes.append(visit.route())

    page.get_by_role("button", name="quarter", exact=True).click()
    chosen()
    page.get_by_label("Compare with").select_option("year")
    chosen()
    page.get_by_role("button", name="line", exact=True).click()
    chosen()
    page.get_by_label("Series shown").select_option("5")
    chosen()
    page.get_by_label("Cumulative").check()
    chosen()
    for route in routes[-2::-1]:
        page.go_back()
        visit.settle()
        assert visit.route() == route
    expect(page.get_by_label("Compare with")).to_have_value("previous")
    expect(page.get_by_label("Series shown")).to_have_value("9")
    for route in routes[1:]:
        page.go_forward()
        visit.settle()
        assert visit.route() == route
    expect(page.get_by_label("Compare with")).to_have_value("year")
    expect(page.get_by_label("Cumulative")).to_be_checked()


def test_commitments_of_another_month_are_shown(visit: Visit, served: Served) -> None:
    page = visit.go("commitments?month=2026-03")
    told = served.get("commitments", {"currency": "USD", "month": "2026-03"})
    assert "in Mar 2026" in page.locator("figure h2").nth(2).inner_text()
    assert told["tiles"][0]["label"] in page.locator("main").inner_text()
    page.get_by_label("Month").select_option("2026-05")
    visit.arrive("commitments?month=2026-05")
    expect(page.locator("figure h2").nth(2)).to_contain_text("in May 2026")
    page.go_back()
    visit.arrive("commitments?month=2026-03")
    page.evaluate("() => { location.hash = '#/commitments?month=1999-01' }")
    expect(page.get_by_role("alert")).to_contain_text("no cost in the month")


def test_an_invoice_leads_by_keyboard_to_the_charges_that_it_bills(
    visit: Visit, served: Served
) -> None:
    page = visit.go("invoices")
    one = served.get("invoices", {"currency": "USD", "months": "13"})["invoices"][0]
    number = one["invoice_id"]
    page.locator("figure").first.locator("tbody th a").first.focus()
    page.keyboard.press("Enter")
    visit.arrive("explore?")
    assert ("InvoiceId:null" if number is None else f"InvoiceId:in:{number}") in asked(
        visit.route()
    )["filter"]
    shown = (total(page) or "").removeprefix("USD ").replace(",", "").replace("\u2212", "-")
    assert Decimal(shown) == Decimal(one["billed_cost"])


def test_a_commitment_leads_to_the_charges_that_it_covers(visit: Visit, served: Served) -> None:
    page = visit.go("commitments?month=2026-05")
    asks = {"currency": "USD", "month": "2026-05", "months": "13"}
    one = served.get("commitments", asks)["commitments"][0]
    page.locator("figure", has_text="Each commitment").locator("tbody th a").first.click()
    visit.arrive("explore?")
    assert asked(visit.route())["filter"] == [f"CommitmentDiscountId:in:{one['key']['value']}"]
    shown = (total(page) or "").removeprefix("USD ").replace(",", "")
    assert Decimal(shown) == Decimal(one["used_cost"]) + Decimal(one["unused_cost"])


def test_a_purchase_leads_to_the_charges_that_bill_it(visit: Visit, served: Served) -> None:
    page = visit.go("commitments?month=2026-06")
    told = served.get("commitments", {"currency": "USD", "month": "2026-06", "months": "13"})
    one = told["purchases"][0]
    page.locator("figure", has_text="Purchases").locator("tbody th a").first.click()
    visit.arrive("explore?")
    found = asked(visit.route())
    assert found["filter"] == [f"CommitmentDiscountId:in:{one['key']['value']}"]
    assert found["metric"] == ["billed_cost"]
    assert found["start"] == [f"{one['month']}-01"]
    shown = (total(page) or "").removeprefix("USD ").replace(",", "")
    assert Decimal(shown) == Decimal(one["upfront_fee"]) + Decimal(one["recurring_fee"])


def test_a_commitment_that_expires_leads_to_its_charges(visit: Visit, served: Served) -> None:
    asks = {"currency": "USD", "month": "2026-06", "months": "13"}
    one = served.get("commitments", asks)["expiries"][0]
    page = visit.go("commitments?month=2026-06")
    page.locator("figure", has_text="Expiring commitments").locator("tbody th a").first.click()
    visit.arrive("explore?")
    found = asked(visit.route())
    assert found["filter"] == [f"CommitmentDiscountId:in:{one['key']['value']}"]
    assert found["metric"] == ["effective_cost"]
    assert found["start"] == ["2026-06-01"]


def test_a_view_s_name_that_is_taken_is_replaced_only_when_said_twice(
    visit: Visit, served: Served
) -> None:
    def save(route: str, *buttons: str) -> None:
        page = visit.go(route)
        page.get_by_role("button", name="Saved views").click()
        page.get_by_label("Name of the view").fill("Ours")
        for name in buttons:
            page.get_by_role("button", name=name, exact=True).click()

    def kept() -> str:
        views = served.get("views")["views"]
        return next(str(one["query"]) for one in views if one["name"] == "Ours")

    page = visit.page
    save("explore?group=RegionId", "Save")
    expect(page.get_by_role("button", name="Ours", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    save("explore?group=ProviderName", "Save")
    expect(page.get_by_role("alert")).to_contain_text("“Ours” is there already")
    page.keyboard.press("Escape")
    assert kept() == "group=RegionId"
    save("explore?group=ProviderName", "Save", "Replace")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
    assert kept() == "group=ProviderName"
    page.get_by_role("button", name="Delete the view Ours").click()
    expect(page.get_by_text("No view is saved yet.")).to_be_visible()
    page.keyboard.press("Escape")
