"""The pages follow the server: new data, data that is gone, a token."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visit import Visit
from tests.fixtures.finops import Finops
from tests.fixtures.served import Served, serving, serving_copy

TOKEN = "a-token-of-thirty-two-characters"


@pytest.fixture
def changing(demo: Finops, tmp_path: Path) -> Iterator[Served]:
    """A server whose database a test may replace."""
    with serving_copy(demo.database, tmp_path, is_demo=True) as found:
        yield found


def test_pages_follow_new_data_without_a_reload(browser: Browser, changing: Served) -> None:
    with Visit.opened(browser, changing.url) as visit:
        page = visit.go("health")
        before = page.locator("h1 ~ span").last.inner_text()
        newer = changing.database.with_name("newer")
        shutil.copyfile(changing.database, newer)
        newer.replace(changing.database)

        visit.go("tags")
        page = visit.go("health")
        after = f"generation {changing.get('meta')['generation']}"
        expect(page.locator("h1 ~ span").last).to_contain_text(after)
        expect(page.locator("header")).to_contain_text(after)
        assert not before.startswith(after)
        assert visit.troubles == []


def test_data_that_is_gone_is_told_and_the_last_stays(browser: Browser, changing: Served) -> None:
    with Visit.opened(browser, changing.url) as visit:
        visit.go("overview")
        changing.database.unlink()
        visit.page.reload()
        page = visit.settle()
        expect(page.locator("main [role=status]").first).to_contain_text("is gone")
        assert page.locator("figure canvas").count() == 1


def test_the_token_of_the_address_opens_the_pages(browser: Browser, demo: Finops) -> None:
    with (
        serving(demo.database, is_demo=True, token=TOKEN) as served,
        Visit.opened(browser, served.url) as visit,
    ):
        assert served.ask("/").status == 401
        visit.page.goto(f"{served.url}/?token={TOKEN}#/overview")
        visit.settle()
        assert TOKEN not in visit.page.url
        assert visit.troubles == []
