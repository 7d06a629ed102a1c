"""Make the pictures of docs/dashboards anew: `python -m tests.browser.pictures`.

They show the demo in Debian's Chromium, 1440 pixels wide. Times on them are those of the run.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import click
from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM
from tests.browser.png import small
from tests.browser.visit import Visit
from tests.fixtures.served import serving
from tests.source import ROOT

FOLDER = ROOT / "docs" / "dashboards" / "pictures"
LARGEST = 150_000
PAGES = {
    "overview": "overview",
    "explorer": "explore?range=6m&group=ServiceName",
    "entities": "entities",
    "entity": "entity?kind=ServiceName&value=Amazon+Elastic+Compute+Cloud",
    "commitments": "commitments",
    "tags": "tags",
    "invoices": "invoices",
    "anomalies": "anomalies?days=400",
    "health": "health",
}
DARK = ("overview", "explorer")


def take(database: Path, folder: Path) -> list[Path]:
    """Serve a database and write the picture of every page.

    Returns:
        The pictures, in the order of the pages.
    """
    taken = []
    with serving(database, is_demo=True) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        reader = browser.new_page()
        for theme, names in (("light", tuple(PAGES)), ("dark", DARK)):
            with Visit.opened(browser, served.url, color_scheme=theme) as visit:
                for name in names:
                    path = folder / f"{name}{'-dark' if theme == 'dark' else ''}.png"
                    path.write_bytes(small(visit.go(PAGES[name]).screenshot(), reader))
                    taken.append(path)
                assert visit.troubles == []
        browser.close()
    return taken


def main() -> None:
    """Make the demo where there is none yet, and the pictures from a copy of it."""
    command = [sys.executable, "-m", "core.cli.main", "demo", "--no-serve"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as copy:
        database = Path(copy) / "finops.duckdb"
        database.write_bytes((ROOT / "data" / "demo" / "finops.duckdb").read_bytes())
        for path in take(database, FOLDER):
            size = path.stat().st_size
            click.echo(f"{size:>9,} bytes  {path.relative_to(ROOT)}")
            assert size <= LARGEST, f"{path} is larger than a page should have to load"


if __name__ == "__main__":
    main()
