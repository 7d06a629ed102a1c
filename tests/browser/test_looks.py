"""The main pages look as they did: screenshots in both themes, compared with those in looks/.

Each run leaves its screenshots and what differs in pictures/looks-*.png, for people to look at.
After a change that is meant, `LOOKS=keep` writes looks/ anew, to be looked at and committed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.conftest import UI
from tests.browser.looks import Comparison, compare, plain
from tests.browser.visit import Visit
from tests.fixtures.served import Served

KEPT = Path(__file__).with_name("looks")
MAIN = {
    "overview": "overview",
    "explorer": "explore",
    "accounts": "entities",
    "commitments": "commitments",
}
WINDOWS = [(1440, "light"), (1440, "dark"), (390, "light")]
SERIES = re.search(
    r"light: \[(.*?)\]", (UI / "src" / "lib" / "palette.ts").read_text("utf-8"), re.DOTALL
)
assert SERIES
COLORS = re.findall(r"#[0-9a-f]{6}", SERIES[1])


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[Page]:
    """An empty page that reads pictures."""
    page = browser.new_page()
    yield page
    page.close()


def taken(visit: Visit, reader: Page, name: str, key: str) -> Comparison:
    """Take a screenshot of a main page and compare it with the one that is kept."""
    png = visit.go(MAIN[name]).screenshot(full_page=True)
    return compare(reader, png, (KEPT / f"{key}.png").read_bytes())


@pytest.mark.parametrize(("width", "theme"), WINDOWS)
def test_the_main_pages_look_as_they_did(
    browser: Browser, served: Served, reader: Page, pictures: Path, width: int, theme: str
) -> None:
    differing = {}
    with plain(browser, served.url, theme, width) as visit:
        for name, route in MAIN.items():
            key = f"{name}-{width}-{theme}"
            if os.environ.get("LOOKS") == "keep":
                png = visit.go(route).screenshot(full_page=True)
                (KEPT / f"{key}.png").write_bytes(compare(reader, png, None).small)
            found = taken(visit, reader, name, key)
            found.leave(pictures, key)
            if not found.is_same:
                differing[key] = f"{found.share:.2%} differs, see looks-{key}-difference.png"
        assert visit.troubles == []
    assert differing == {}


def test_any_other_colour_of_a_series_is_seen(
    browser: Browser, served: Served, reader: Page
) -> None:
    color = ""

    def recoloured(route: Route) -> None:
        script = route.fetch()
        route.fulfill(response=script, body=script.text().replace(color, "#ff8800"))

    with plain(browser, served.url, "light", 1440) as visit:
        visit.page.route("**/app.js", recoloured)
        for color in COLORS:
            visit.page.goto("about:blank")
            assert not taken(visit, reader, "explorer", "explorer-1440-light").is_same, color


@pytest.mark.parametrize(
    "change",
    {
        "a panel is gone": "figure:last-of-type { display: none }",
        "a chart is empty": "canvas { visibility: hidden }",
        "panels are of another colour": ".panel { background: #f3f4f8 }",
        "bars are thin": "li .bar { height: 5px }",
        "a gap is wider": ".page { gap: 24px }",
    }.items(),
    ids=lambda change: change[0],
)
def test_a_change_of_a_page_is_seen(
    browser: Browser, served: Served, reader: Page, change: tuple[str, str]
) -> None:
    with plain(browser, served.url, "light", 1440) as visit:
        visit.go(MAIN["overview"])
        visit.page.add_style_tag(content=change[1])
        assert not taken(visit, reader, "overview", "overview-1440-light").is_same
