"""A mailed report in Debian's Chromium, without a network: readable, and whole on A4."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import CHROMIUM
from tests.browser.test_pages import SERIOUS
from tests.fixtures.finops import Finops

REPORTS = {
    "overview": ["overview"],
    "explore": ["explore", "-g", "ServiceCategory", "--grain", "week", "--compare", "previous"],
    "commitments": ["commitments"],
}
A4 = 688
"""Pixels between the margins of 14 mm."""
WIDEST = "() => document.documentElement.scrollWidth"
COLOUR = "() => getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def files(demo: Finops, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The three reports of the demo, written once."""
    folder = tmp_path_factory.mktemp("mailed")
    finops = Finops(demo.home)
    found = {name: folder / f"{name}.html" for name in REPORTS}
    for name, asked in REPORTS.items():
        assert finops("report", *asked, "--demo", "--html", str(found[name])).code == 0
    return found


@pytest.fixture
def page(browser: Browser, theme: str) -> Iterator[Page]:
    """A window of a reader in one of the themes who has no network."""
    context = browser.new_context(color_scheme=theme, offline=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", REPORTS)
def test_a_mailed_report_opens_alone_and_can_be_read(
    page: Page, theme: str, files: dict[str, Path], name: str, axe: str, pictures: Path
) -> None:
    asked: list[str] = []
    troubles: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: troubles.append(message.text))
    page.goto(files[name].as_uri())
    page.screenshot(path=pictures / f"mailed-{name}-{theme}.png", full_page=True)
    assert (asked, troubles) == ([files[name].as_uri()], [])
    page.evaluate(axe)
    assert page.evaluate(SERIOUS) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate(WIDEST) <= 390


@pytest.mark.parametrize("name", REPORTS)
def test_a_mailed_report_fits_on_a4_and_is_light_there(
    page: Page, files: dict[str, Path], name: str
) -> None:
    page.goto(files[name].as_uri())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4, "height": 1000})
    assert page.evaluate(WIDEST) <= A4
    assert page.evaluate(COLOUR) == "rgb(255, 255, 255)"


def test_the_documented_command_makes_a_pdf(files: dict[str, Path], tmp_path: Path) -> None:
    pdf = tmp_path / "teams.pdf"
    command = [CHROMIUM, "--headless", "--no-sandbox", "--no-pdf-header-footer"]
    subprocess.run(
        [*command, f"--print-to-pdf={pdf}", str(files["explore"])],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    body = pdf.read_bytes()
    assert body.startswith(b"%PDF")
    assert re.findall(rb"/MediaBox\s*\[0 0 (\d+)[.\d]* (\d+)", body)[0] in [
        (b"594", b"841"), (b"595", b"842"), (b"595", b"841"), (b"594", b"842"),
    ]  # fmt: skip
