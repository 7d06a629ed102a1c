"""Addresses that ask for what is not there: told with a way out, never blank, never an error."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.visit import Visit

WRONG = {
    "explore?currency=XXX": "currency “XXX”",
    "overview?currency=XXX": "currency “XXX”",
    "health?currency=XXX": "currency “XXX”",
    "explore?group=Nope": "dimension “Nope”",
    "explore?group=ServiceName&group=Nope": "dimension “Nope”",
    "explore?group=tag:%25zz": "tag “%zz”",
    "explore?drill=Nope": "dimension “Nope”",
    "explore?filter=Nope:in:x": "dimension “Nope”",
    "explore?filter=rubbish": "“rubbish” is not a filter",
    "explore?metric=nope": "metric “nope”",
    "explore?grain=nope": "grain “nope”",
    "explore?range=nope": "period “nope”",
    "explore?start=foo&end=bar": "“foo” is not a day",
    "explore?start=2026-02-30&end=2026-03-05": "“2026-02-30” is not a day",
    "explore?start=2026-06-01&end=2026-05-01": "from 2026-06-01 to 2026-05-01",
    "explore?start=2026-06-01": "from 2026-06-01 to no day",
    "explore?start=0001-01-01&end=9999-01-01": "“0001-01-01” is not a day",
    "overview?month=2031-01": "month “2031-01”",
    "tags?month=rubbish": "month “rubbish”",
    "invoices?month=2031-01": "month “2031-01”",
    "entities?kind=Nope": "dimension “Nope”",
    "entities?start=foo&end=bar": "“foo” is not a day",
    "entity": "does not say what to show",
    "entity?kind=Nope&value=x": "dimension “Nope”",
    "entity?kind=ServiceName&value=AWS+Lambda&start=foo&end=bar": "“foo” is not a day",
    "anomalies?days=abc": "“abc” is not a number of days",
    "anomalies?minimum=abc": "“abc” is not an amount",
    "anomalies?acknowledged=nope": "state “nope”",
}

NO_KIND = ("entity", "entity?kind=Nope&value=x")


@pytest.mark.parametrize("address", WRONG)
def test_what_is_not_there_is_told_with_a_way_out(visit: Visit, address: str) -> None:
    visit.go("overview")
    page = visit.page
    page.evaluate("(route) => { location.hash = route }", f"#/{address}")
    expect(page.get_by_role("alert")).to_contain_text(WRONG[address])
    page.get_by_role("alert").get_by_role("link").first.click()
    visit.settle()
    assert page.get_by_role("alert").count() == 0
    # An entity without a kind is nothing: its way out is the overview.
    wanted = "overview" if address in NO_KIND else address.split("?")[0]
    assert visit.route().split("?")[0] == wanted


@pytest.mark.parametrize(
    ("address", "said"),
    {
        "entity?kind=ServiceName&value=nope": "No charge names it",
        "entity?kind=tag:nope&value=x": "No charge names it",
        "entities?kind=tag:nope": "tag nope",
        "explore?group=tag:nope": "Tag nope",
        "explore?filter=ServiceName:in:nothing+such": "No charges fit these filters",
        "explore?start=1990-01-01&end=1990-02-01": "No charges fit these filters",
        "commitments?commitment=nope": "No commitment of this month has this id",
    }.items(),
)
def test_what_a_bill_does_not_name_is_an_empty_page_that_says_so(
    visit: Visit, address: str, said: str
) -> None:
    expect(visit.go(address).locator("main")).to_contain_text(said)


def test_a_currency_that_is_not_there_leads_to_those_that_are(visit: Visit) -> None:
    visit.go("overview")
    visit.page.evaluate("location.hash = '#/explore?currency=XXX&group=ProviderName'")
    visit.page.get_by_role("link", name="Show EUR").click()
    visit.settle()
    assert visit.route() == "explore?group=ProviderName&currency=EUR"
    assert "€" in visit.page.locator("dl").inner_text()
