"""The documentation as text: pages, code blocks, commands, links."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from core.cli.main import cli
from tests.source import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:\./)?finops [^`<]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
ENDS = {"|", ">", "<", "&&", ";", ">>"}


@dataclass(frozen=True)
class Block:
    """One fenced block of code."""

    page: Path
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}: {self.text.strip().splitlines()[0][:60]}"


def blocks() -> Iterator[Block]:
    for page in PAGES:
        for indent, language, text in BLOCK.findall(page.read_text(encoding="utf-8")):
            yield Block(page, language, re.sub(f"^{indent}", "", text, flags=re.MULTILINE))


def shell(page: str) -> str:
    """Return all of a page's blocks to copy into a shell, in order, as one script."""
    return "".join(b.text for b in blocks() if b.page == ROOT / page and b.language == "sh")


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words after each ./finops in a shell block; a quoted text may span lines."""
    line = ""
    for part in text.splitlines():
        line = f"{line}\n{part}" if line else part
        try:
            words = split(line)
        except ValueError:
            continue
        line = ""
        if "./finops" in words:
            words = words[words.index("./finops") + 1 :]
            yield words[: next((n for n, w in enumerate(words) if w in ENDS), len(words))]
    assert not line, f"a quote is not closed: {line}"


def split(line: str) -> list[str]:
    """Return the words of a shell line, its operators among them."""
    reader = shlex.shlex(line, posix=True, punctuation_chars="|<>&;")
    reader.whitespace_split = True
    return list(reader)


def understand(words: list[str], *, whole: bool) -> None:
    """Let click parse a command.

    Args:
        words: What follows `finops`.
        whole: Whether nothing may be missing, as in a block to copy; prose may name a part.

    Raises:
        click.UsageError: If a command or an option does not exist.
    """
    command: click.Command = cli
    context = click.Context(cli, info_name="finops", **cli.context_settings)
    while isinstance(command, click.Group):
        _, words, _ = command.make_parser(context).parse_args(list(words))
        if not words:
            return
        name, child, words = command.resolve_command(context, words)
        assert child is not None
        command, context = child, click.Context(child, info_name=name, parent=context)
    if whole:
        command.make_context(command.name, list(words), parent=context.parent).close()
        return
    with contextlib.suppress(click.BadOptionUsage):  # an option without its value
        command.make_parser(context).parse_args(list(words))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in HEADING.findall(text)
    }
