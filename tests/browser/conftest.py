"""The pages in Debian's Chromium: one server on the demo's data, one browser, few page loads."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.visit import PATIENCE, Visit
from tests.fixtures.demo import demo
from tests.fixtures.finops import ROOT, Finops
from tests.fixtures.served import Served, serving_copy

__all__ = ["demo"]

UI = ROOT / "dashboards" / "ui"
expect.set_options(timeout=PATIENCE)
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="session")
def served(demo: Finops, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo, served from a copy: these tests keep views and acknowledge anomalies."""
    with serving_copy(demo.database, tmp_path_factory.mktemp("served"), is_demo=True) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; nothing is downloaded."""
    if not Path(CHROMIUM).exists():
        pytest.skip("there is no /usr/bin/chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session", params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def themed(browser: Browser, served: Served, theme: str) -> Iterator[Visit]:
    """A window in one of the themes, which the tests of all pages share."""
    with Visit.opened(browser, served.url, color_scheme=theme) as found:
        yield found


@pytest.fixture(scope="session")
def window(browser: Browser, served: Served) -> Iterator[Visit]:
    """A window that the tests of one way through the pages share."""
    with Visit.opened(browser, served.url, color_scheme="light") as found:
        yield found


@pytest.fixture
def visit(window: Visit) -> Iterator[Visit]:
    """The shared window; what went wrong in it fails the test that did it."""
    window.begin()
    yield window
    assert window.troubles == []


@pytest.fixture(scope="session")
def modules() -> Path:
    """The packages of the page's source; npm installs what the lock file names, once."""
    found = UI / "node_modules"
    with (UI / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            npm("ci", "--no-audit", "--no-fund")
    return found


def npm(*arguments: str) -> None:
    """Run npm in the page's source, or skip where there is none."""
    command = shutil.which("npm")
    if command is None:
        pytest.skip("building the pages and axe-core need Node.js and npm, which are not installed")
    done = subprocess.run(
        [command, *arguments], cwd=UI, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def axe(modules: Path) -> str:
    """The accessibility checker, as text to evaluate in a page."""
    return (modules / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where screenshots are left for people to look at."""
    folder = Path(__file__).parent / "pictures"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def meta(served: Served) -> dict[str, Any]:
    found: dict[str, Any] = served.get("meta")
    return found
