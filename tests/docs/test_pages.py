"""What the pages show works: commands exist, queries run, links lead somewhere."""

from __future__ import annotations

import re

import click
import pytest

from core import errors
from core.backends.duckdb import connect_read_only
from core.query import ask
from tests.docs.pages import INLINE, LINK, PAGES, anchors, blocks, commands, understand
from tests.source import ROOT, modules

SQL = [block for block in blocks() if block.language == "sql"]
SHELL = [block for block in blocks() if block.language in ("", "sh")]
TEXTS = [*PAGES, *modules("core"), *modules("vendors"), *(ROOT / "focus").rglob("*.yml")]
PAGE_IN_TEXT = re.compile(r"\bdocs/[\w/-]+\.md")


def leaves(kind: type[errors.FinopsError]) -> list[type[errors.FinopsError]]:
    below = [leaf for child in kind.__subclasses__() for leaf in leaves(child)]
    return below or [kind]


@pytest.mark.parametrize("block", SQL, ids=str)
def test_every_query_runs(block, built):
    with connect_read_only(built.database) as connection:
        for chunk in ask(connection, block.text).chunks:
            assert chunk


ADDING = re.compile(r"\bsum\(\w*cost\b", re.IGNORECASE)
QUERIES = [block for block in blocks() if ADDING.search(block.text)]


@pytest.mark.parametrize("block", QUERIES, ids=str)
def test_no_query_adds_currencies(block):
    assert "currency" in block.text.lower()


def test_there_are_queries_to_run():
    assert len(SQL) > 10


@pytest.mark.parametrize("block", SHELL, ids=str)
def test_every_command_to_copy_is_whole(block):
    for words in commands(block.text):
        if "[OPTIONS]" not in words:
            understand(words, whole=True)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_a_text_names_exists(path):
    for text in INLINE.findall(path.read_text(encoding="utf-8")):
        text = re.sub(r"\\?[\"']", '"', " ".join(text.split()))
        if "..." not in text and "{" not in text:
            for words in commands(f"./{text.removeprefix('./')}"):
                understand(words, whole=False)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    wrong = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            wrong.append(link)
    assert wrong == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_page_that_a_text_names_exists(path):
    named = set(PAGE_IN_TEXT.findall(path.read_text(encoding="utf-8")))
    assert [page for page in named if not (ROOT / page).exists()] == []


def test_every_page_is_within_reach_of_the_readme():
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or not page.exists():
            continue
        seen.add(page)
        links = LINK.findall(page.read_text(encoding="utf-8"))
        waiting += [(page.parent / link.partition("#")[0]).resolve() for link in links
                    if link.partition("#")[0].endswith(".md") and "://" not in link]  # fmt: skip
    assert [page for page in PAGES if page not in seen] == []


def test_every_error_is_explained():
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    names = [kind.__name__ for kind in leaves(errors.FinopsError)]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_an_option_that_does_not_exist_is_noticed():
    with pytest.raises(click.UsageError):
        understand(["aws", "import-cur", "--buckt", "x"], whole=False)
    with pytest.raises(click.UsageError):
        understand(["focus", "chek"], whole=False)
    with pytest.raises(click.UsageError):
        understand(["focus", "export"], whole=True)
