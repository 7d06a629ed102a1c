"""What a report says, taken apart: the parts of a print, and tables and charts of a file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

DRAWN = re.compile("[▁▂▃▄▅▆▇█▏▎▍▌▋▊▉▐▔▀│]")
SYMBOLS = {"USD": "$", "EUR": "€"}


def printed_part(printed: str, title: str) -> list[str]:
    """Return the lines below a title, down to the next empty one, without bars and wide spaces."""
    lines = printed.splitlines()
    [first] = [n for n, line in enumerate(lines) if line.rstrip() == title]
    rest = lines[first + 1 :]
    end = next((n for n, line in enumerate(rest) if not line.strip()), len(rest))
    return [" ".join(DRAWN.sub(" ", line).split()) for line in rest[:end]]


def unsigned(text: str) -> str:
    """Return a number without its sign where it is written as zero."""
    return text if re.search("[1-9]", text) else text.lstrip("+-")


def whole(value: str | None, *, sign: bool = False) -> str:
    """Return an amount of the API as it is printed."""
    plus = "+" if sign else ""
    return "" if value is None else unsigned(f"{Decimal(value):{plus},.0f}")


def percent(value: str | None, *, sign: bool = False, unit: str = " %") -> str:
    plus = "+" if sign else ""
    return "" if value is None else unsigned(f"{float(value) * 100:{plus}.1f}") + unit


def line(*cells: str) -> str:
    """Return the cells of a printed line that have something to say."""
    return " ".join(cell for cell in cells if cell)


def cents(value: str | None, currency: str, *, sign: bool = False) -> tuple[str, str]:
    """Return what a cell of a file shows of an amount, and what it says when pointed at."""
    if value is None:
        return "", ""
    number = unsigned(f"{abs(Decimal(value)):,.2f}")
    is_zero = not re.search("[1-9]", number)
    mark = "" if is_zero else "-" if Decimal(value) < 0 else "+" if sign else ""
    return f"{mark}{SYMBOLS[currency]}{number}", f"{currency} {value}"


@dataclass
class Mailed(HTMLParser):
    """The tables of a file by their headings; a cell is its text and its title."""

    text: str
    tables: dict[str, list[list[tuple[str, str]]]] = field(default_factory=dict)
    tiles: list[str] = field(default_factory=list)
    heading: str = ""
    into: str = ""
    title: str = ""
    words: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("h3", "td", "summary"):
            self.into, self.words, self.title = tag, "", given.get("title") or ""
        elif tag == "tr":
            self.tables.setdefault(self.heading, []).append([])
        elif tag == "div" and given.get("class") == "tile":
            self.into, self.words = "tile", ""
        elif self.into == "tile" and tag in ("b", "span"):
            self.words += " | "

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "div" and self.into == "tile":
            self.tiles.append(self.words)
        elif tag != self.into:
            return
        elif tag == "td":
            self.tables[self.heading][-1].append((self.words, self.title))
        elif tag == "h3":
            self.heading = self.words
        else:
            self.heading = f"figures of {self.heading}"
        self.into = ""

    def rows(self, heading: str) -> list[list[tuple[str, str]]]:
        """Return the lines of a table, without its head."""
        return [row for row in self.tables.get(heading, ()) if row]

    def shown(self, heading: str) -> list[list[str]]:
        """Return the texts of a table's cells."""
        return [[text for text, _ in row] for row in self.rows(heading)]

    @property
    def charts(self) -> dict[str, ElementTree.Element]:
        """The charts by their titles."""
        found = [ElementTree.fromstring(one) for one in re.findall("<svg.*?</svg>", self.text)]
        return {one.findtext("title") or "": one for one in found}


def marks(chart: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    """Return what a chart draws of values: each says what it is of."""
    return [one for one in chart.iter(tag) if one.find("title") is not None]


def brief(identifier: str) -> str:
    """Return the end of an id that tells it from others."""
    end = identifier.rsplit(":", 1)[-1]
    return "/".join(end.split("/")[-2:]) if end.startswith("/") else end


def printed_tile(tile: dict[str, Any]) -> str:
    if tile["unit"] == "ratio":
        change = percent(tile["change"], sign=True, unit=" pt")
        values = [percent(tile["value"]), percent(tile["before"]), change]
    else:
        ratio = percent(tile["change_ratio"], sign=True)
        values = [whole(tile["value"]), whole(tile["before"]), whole(tile["change"], sign=True),
                  ratio]  # fmt: skip
    return line(tile["label"], *values, tile["against"] if tile["before"] is not None else "")


def mailed_tile(tile: dict[str, Any], currency: str) -> str:
    """Return a tile's text; demo amounts are of 100 and more, or zero."""
    symbol = {"USD": "$", "EUR": "€"}[currency]

    def amount(value: str, plus: str = "") -> str:
        size = Decimal(value)
        places = 2 if size and abs(size) < Decimal("99.995") else 0
        number = f"{abs(size):,.{places}f}"
        return f"{'-' if size < 0 else plus}{symbol}{number}"

    if tile["unit"] == "ratio":
        value, before = (percent(tile[name], unit="%") for name in ("value", "before"))
        change = percent(tile["change"], sign=True, unit=" pt")
    else:
        value, before = (amount(tile[name]) for name in ("value", "before"))
        change = amount(tile["change"], "+")
        if tile["change_ratio"] is not None:
            change += f" ({percent(tile['change_ratio'], sign=True, unit='%')})"
    return f"{tile['label']} | {value} | {change} | was {before}, {tile['against']}"
