"""A window of the browser that notes what must not happen: errors, calls outside, shifts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    window.shifts.push({
      value: entry.value,
      moved: entry.sources.map(({ node }) => node?.className ?? node?.nodeName ?? 'gone'),
    });
  }
}).observe({ type: 'layout-shift', buffered: true });
"""
PATIENCE = 30_000
"""Milliseconds; a machine at work on other tests is slow."""
SETTLED = (
    "() => document.querySelector('main figure') && !document.querySelector('[aria-busy=true]')"
)


@dataclass
class Visit:
    """One window on the served pages."""

    page: Page
    url: str
    troubles: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def opened(cls, browser: Browser, url: str, **options: Any) -> Iterator[Visit]:
        """Open a window of its own, without what others stored."""
        context = browser.new_context(viewport={"width": 1440, "height": 900}, **options)
        context.add_init_script(WATCH_SHIFTS)
        context.set_default_timeout(PATIENCE)
        visit = cls(context.new_page(), url)
        visit.page.on("console", visit.note_console)
        visit.page.on("pageerror", lambda error: visit.troubles.append(f"error: {error}"))
        visit.page.on("request", visit.note_request)
        yield visit
        context.close()

    def note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(f"console: {message.text}")

    def note_request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.troubles.append(f"a request left the machine: {request.url}")

    def begin(self) -> None:
        """Forget what other tests left."""
        self.troubles.clear()

    def go(self, route: str) -> Page:
        """Show a page of the application and wait until all its panels are drawn."""
        if self.page.url.startswith(self.url):
            self.page.evaluate("() => { window.shifts = [] }")
            self.page.evaluate("(route) => { location.hash = route }", f"#/{route}")
        else:
            self.page.goto(f"{self.url}/#/{route}")
        return self.settle()

    def settle(self) -> Page:
        """Wait until nothing is being loaded."""
        self.page.wait_for_function(SETTLED)
        return self.page

    def arrive(self, route: str) -> Page:
        """Wait until the address begins with a route, and its panels are drawn."""
        self.page.wait_for_function("(route) => location.hash.startsWith('#/' + route)", arg=route)
        return self.settle()

    def route(self) -> str:
        """What the address says after '#/'."""
        return self.page.url.split("#/", 1)[1]
