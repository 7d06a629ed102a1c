"""The README shows what the demo prints."""

from __future__ import annotations

from pathlib import Path

from tests.fixtures.finops import Finops
from tests.source import ROOT


def shown() -> list[str]:
    """Return the lines of the README's first block of output, without what is left out."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    after = text.index("`--no-serve` it ends before that:")
    block = text[text.index("```\n", after) + 4 :].partition("```")[0]
    return [line for line in words(block) if line not in ("", "...")]


def words(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_the_readme_shows_lines_of_the_demo_in_their_order(tmp_path: Path) -> None:
    printed = iter(words(Finops(tmp_path).run("demo", "--no-serve", timeout=600).out))
    *lines, pages = shown()
    assert pages.startswith("dashboards: http://127.0.0.1:8080/")
    assert len(lines) > 20
    assert [line for line in lines if line not in printed] == []
