"""Tables that fit the terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import click
from rich.console import Console
from rich.table import Table

WIDE = 4096


def console(*, stderr: bool = False) -> Console:
    """Return a console: the terminal's width, or no limit where output is piped."""
    stream = sys.stderr if stderr else sys.stdout
    width = shutil.get_terminal_size().columns if stream.isatty() else None
    return Console(stderr=stderr, width=width or WIDE, highlight=False, soft_wrap=width is None)


def print_table(rows: Sequence[dict[str, Any]], title: str | None = None) -> None:
    """Print rows that share their keys; numbers right, text left."""
    if not rows:
        click.echo("nothing to show")
        return
    table = Table(title=title, box=None, header_style="bold", title_justify="left", pad_edge=False)
    for name, value in rows[0].items():
        right = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell(value) for value in row.values()))
    console().print(table)


def cell(value: Any) -> str:
    """Return the text of one cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value).replace("[", r"\[")
