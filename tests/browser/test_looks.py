"""The main pages keep their shape: which panels there are, where, how large.

Letters differ between machines, and controls wrap by their width, so the order of the panels and
their places across and sizes are compared, not pixels. The pictures of test_pages are for people.
`LOOKS=keep` writes shapes.json anew, to be looked at and committed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.browser.visit import Visit

SHAPES = Path(__file__).with_name("shapes.json")
MAIN = {"overview": "overview", "explorer": "explore", "commitments": "commitments"}
TOLERANCE = 0.04
"""Of a size, and 24 pixels at least; the height of text differs a little between fonts."""
BOXES = """() => [...document.querySelectorAll('main .panel')].map((one) => {
  const { x, width, height } = one.getBoundingClientRect();
  const title = one.querySelector('h2')?.textContent ?? one.nodeName.toLowerCase();
  return { title, box: [x, width, height].map(Math.round) };
})"""


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("name", MAIN)
def test_a_main_page_keeps_its_shape(visit: Visit, name: str, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 900})
    try:
        found = visit.go(MAIN[name]).evaluate(BOXES)
    finally:
        visit.page.set_viewport_size({"width": 1440, "height": 900})
    key = f"{name} at {width}"
    shapes: dict[str, list[dict[str, Any]]] = json.loads(SHAPES.read_text())
    if os.environ.get("LOOKS") == "keep":
        SHAPES.write_text(json.dumps(shapes | {key: found}, indent=1, sort_keys=True) + "\n")
        return
    assert [one["title"] for one in found] == [one["title"] for one in shapes[key]]
    for now, then in zip(found, shapes[key], strict=True):
        for found_size, kept_size in zip(now["box"], then["box"], strict=True):
            assert abs(found_size - kept_size) <= max(24, TOLERANCE * kept_size), (now, then)
