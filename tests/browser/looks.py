"""Screenshots that can be compared between machines: shapes, colours and places without letters.

All text is set in a font that draws nothing and measures the same everywhere, controls of the
browser's own drawing are plain, and a picture is drawn three times smaller. What is left differs
between machines only where edges are smoothed.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.blank import font
from tests.browser.visit import Visit

PLAIN = """(() => {
  const face = new FontFace('Blank', Uint8Array.from(atob('FONT'), (one) => one.charCodeAt(0)));
  document.fonts.add(face);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    *, *::before, *::after {
      font-family: Blank !important; font-synthesis: none !important;
      text-rendering: geometricPrecision !important;
      transition: none !important; caret-color: transparent !important;
    }
    select, input { appearance: none !important; }`);
  document.adoptedStyleSheets = [sheet];
  const getContext = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (...wanted) {
    const context = getContext.apply(this, wanted);
    context.textRendering = 'geometricPrecision';  // widths that no hinting rounds
    return context;
  };
})()"""
SMALLER = 3
CLOSE = 8
"""Of 255, in each of red, green and blue: less than a panel differs from the ground behind it."""
SHARE = 0.0004
"""How much of a picture may differ: half the smallest series of the explorer's chart is more."""
COMPARE = """async ({ png, kept, smaller, close }) => {
  const read = async (text, by) => {
    const picture = new Image();
    picture.src = 'data:image/png;base64,' + text;
    await picture.decode();
    const [width, height] = [picture.width, picture.height].map((one) => Math.ceil(one / by));
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.imageSmoothingQuality = 'high';
    context.drawImage(picture, 0, 0, width, height);
    return { canvas, width, height, data: context.getImageData(0, 0, width, height).data };
  };
  const text = async (canvas) => {
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(''));
  };
  const now = await read(png, smaller);
  const then = kept ? await read(kept, 1) : now;
  const isIn = (one, x, y) => x >= 0 && y >= 0 && x < one.width && y < one.height;
  const isLike = (a, at, b, x, y) => {
    if (!isIn(b, x, y)) return false;
    const there = (y * b.width + x) * 4;
    return [0, 1, 2].every((part) => Math.abs(a.data[at + part] - b.data[there + part]) <= close);
  };
  // A pixel is found again when it, or a neighbour of it, has its colour in the other picture.
  const isFound = (a, b, x, y) => {
    const at = (y * a.width + x) * 4;
    for (const down of [0, -1, 1])
      for (const right of [0, -1, 1]) if (isLike(a, at, b, x + right, y + down)) return true;
    return false;
  };
  const width = Math.max(now.width, then.width);
  const height = Math.max(now.height, then.height);
  const drawn = new OffscreenCanvas(width, height);
  const context = drawn.getContext('2d');
  context.globalAlpha = 0.25;
  context.drawImage(now.canvas, 0, 0);
  context.globalAlpha = 1;
  context.fillStyle = '#ff00c8';
  let differing = 0;
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const isSame = isIn(now, x, y) && isIn(then, x, y)
        && isFound(now, then, x, y) && isFound(then, now, x, y);
      if (isSame) continue;
      differing += 1;
      context.fillRect(x, y, 1, 1);
    }
  const share = differing / (width * height);
  return { share, small: await text(now.canvas), difference: await text(drawn) };
}"""


@dataclass(frozen=True)
class Comparison:
    """A screenshot beside the one that is kept of the same page."""

    share: float
    """Of its pixels, those that the other does not have, from 0 to 1."""
    small: bytes
    """The screenshot as it is kept: a small PNG."""
    difference: bytes
    """The screenshot, faded, with what differs in pink: a PNG."""

    @property
    def is_same(self) -> bool:
        return self.share <= SHARE

    def leave(self, folder: Path, name: str) -> None:
        """Write both pictures for people to look at."""
        (folder / f"looks-{name}.png").write_bytes(self.small)
        (folder / f"looks-{name}-difference.png").write_bytes(self.difference)


@contextmanager
def plain(browser: Browser, url: str, theme: str, width: int) -> Iterator[Visit]:
    """Open a window in which pages look the same on every machine."""
    script = PLAIN.replace("FONT", base64.b64encode(font()).decode())
    with Visit.opened(browser, url, color_scheme=theme, bypass_csp=True) as visit:
        visit.page.add_init_script(script)
        visit.page.set_viewport_size({"width": width, "height": 900})
        yield visit


def compare(page: Page, png: bytes, kept: bytes | None) -> Comparison:
    """Compare a screenshot with the small one that is kept; with itself where none is.

    Args:
        page: An empty page of a browser, which reads them.
        png: A screenshot in full size.
        kept: What `Comparison.small` was.
    """
    found = page.evaluate(
        COMPARE,
        {
            "png": base64.b64encode(png).decode(),
            "kept": base64.b64encode(kept).decode() if kept else None,
            "smaller": SMALLER,
            "close": CLOSE,
        },
    )
    pictures = (base64.b64decode(found[name]) for name in ("small", "difference"))
    return Comparison(found["share"], *pictures)
