"""What the printed pages share: tiles, sparks, and the words below a table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.console import Console
from rich.text import Text

from dashboards.blocks import BELOW, marks, spark
from dashboards.cells import money, new_table, percent, points
from dashboards.tiles import Tile

OPEN = "* not complete yet"
Line = tuple[str, Sequence[Decimal | float | None]]


def print_tiles(out: Console, title: str, tiles: Sequence[Tile]) -> None:
    """Print a line for each tile: its value, the one before, and what that is of."""
    table = new_table(title)
    for name in ("", "value", "before", "change", "%", ""):
        table.add_column(name, justify="right" if name else "left")
    for tile in tiles:
        is_ratio = tile.unit == "ratio"
        write = percent if is_ratio else money
        table.add_row(
            tile.label,
            write(tile.value),
            write(tile.before),
            points(tile.change) if is_ratio else money(tile.change, sign=True),
            "" if is_ratio else percent(tile.change_ratio, sign=True),
            Text(tile.against if tile.before is not None else "", style="dim"),
        )
    out.print(table)


def print_sparks(out: Console, title: str, lines: Sequence[Line], partial: Sequence[bool]) -> None:
    """Print a spark for each line, and a * over what is not complete."""
    table = new_table(title)
    table.add_column("")
    table.add_column(Text(marks(partial)), no_wrap=True)
    table.show_header = any(partial)
    for label, values in lines:
        table.add_row(label, Text(spark(values), style="cyan"))
    out.print(table)
    print_below(out, [values for _, values in lines])


def print_below(out: Console, lines: Sequence[Sequence[Decimal | float | None]]) -> None:
    """Say what hangs from the top of sparks, where something does."""
    if any(value is not None and value < 0 for values in lines for value in values):
        out.print(BELOW, style="dim")


def print_more(out: Console, others: int, where: str) -> None:
    """Say how many lines a list has beside those shown, where it has any."""
    if others:
        out.print(f"and {others:,} more; {where}", style="dim")
