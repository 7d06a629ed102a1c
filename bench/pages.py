"""Measure the pages in Chromium: the first chart of a cold start, and a change to its repaint.

python -m bench.pages [--rows 1000000] [--starts 7] [--changes 60] [--keep FOLDER]

The demo is made with so many bill lines, unless the folder has it, and served by processes of its
own. A cold start is a new server that has answered nothing, asked by a new browser that has nothing
stored. A change is a question that nobody asked before. Times are the page's own clock: from the
navigation, or from the change, to the frame in which all charts are drawn.
"""

from __future__ import annotations

import random
import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.demo import demo, parser, percentile, served

FIRST_TARGET, CHANGE_TARGET = 1.5, 0.3
WATCH = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({ type: 'layout-shift', buffered: true });
const look = () => {
  const drawn = document.querySelector('main figure canvas');
  if (drawn && !document.querySelector('[aria-busy=true]')) window.firstChart = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
CHANGE = """
(route) => new Promise((resolve) => {
  const began = performance.now();
  let frames = 0;
  location.hash = route;
  const look = () => {
    frames += 1;
    if (frames > 2 && !document.querySelector('[aria-busy=true]')) {
      resolve(performance.now() - began);
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})
"""
GROUPS = ("ServiceName", "SubAccountId", "RegionId", "ServiceCategory", "tag:team", "tag:env",
          "ChargeCategory", "ResourceId")  # fmt: skip


def window(browser: Browser) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(WATCH)
    return context.new_page()


def cold_start(playwright: Any, data: Path) -> tuple[float, float]:
    """Return the seconds to the first chart, and the layout shift, of a new server and browser."""
    with served(data) as port:
        browser = launch(playwright)
        page = window(browser)
        page.goto(f"http://127.0.0.1:{port}/#/overview")
        page.wait_for_function("() => window.firstChart")
        page.wait_for_timeout(300)
        seconds = page.evaluate("() => window.firstChart") / 1000
        shift = float(page.evaluate("() => window.shift"))
        browser.close()
    return seconds, shift


def repaints(playwright: Any, port: int, count: int) -> list[float]:
    """Return the seconds from each of so many changes to its last frame."""
    browser = launch(playwright)
    page = window(browser)
    page.goto(f"http://127.0.0.1:{port}/{question(random.Random(0))}")
    page.wait_for_function("() => window.firstChart")
    chosen = random.Random(1)
    seconds = [page.evaluate(CHANGE, question(chosen)) / 1000 for _ in range(count)]
    browser.close()
    return seconds


def launch(playwright: Any) -> Browser:
    path = shutil.which("chromium") or "/usr/bin/chromium"
    browser: Browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
    return browser


def question(chosen: random.Random) -> str:
    """Return a view of the explorer that nobody has asked for yet."""
    first = f"2025-{chosen.randint(7, 12):02}-{chosen.randint(1, 28):02}"
    after = f"2026-{chosen.randint(1, 6):02}-{chosen.randint(1, 28):02}"
    grain = chosen.choice(["day", "week", "month"])
    group = chosen.choice(GROUPS)
    return f"#/explore?group={group}&grain={grain}&start={first}&end={after}"


def main() -> None:
    options = parser("bench.pages", __doc__, starts=7, changes=60).parse_args()
    with demo(options) as data, sync_playwright() as playwright:
        starts = [cold_start(playwright, data) for _ in range(options.starts)]
        with served(data) as port:
            changes = repaints(playwright, port, options.changes)
    first = statistics.median(seconds for seconds, _ in starts)
    p95 = percentile(changes, 0.95)
    sys.stdout.write(
        f"{options.rows:,} bill lines\n\n| what | measured | target |\n|---|---:|---:|\n"
        f"| first chart, cold, median of {len(starts)} | {first:.2f} s | {FIRST_TARGET} s |\n"
        f"| change to repaint, median of {len(changes)} | {statistics.median(changes):.3f} s | |\n"
        f"| change to repaint, p95 | {p95:.3f} s | {CHANGE_TARGET} s |\n"
        f"| layout shift, largest | {max(shift for _, shift in starts):.4f} | 0 |\n"
    )


if __name__ == "__main__":
    main()
