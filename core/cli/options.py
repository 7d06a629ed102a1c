"""Options that many commands share, and what they resolve to."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import click

from core.config import Config, CurrencyConfig, load_config
from core.progress import Progress
from core.warehouse import Warehouse

Command = TypeVar("Command", bound=Callable[..., Any])


def config_option(command: Command) -> Command:
    """Add --config/-c, which overrules the one before the command's name."""
    return click.option(
        "--config",
        "-c",
        "config_path",
        type=click.Path(path_type=str),
        default=None,
        help="Read this config.toml instead of ./config.toml.",
    )(command)


def demo_option(command: Command) -> Command:
    """Add --demo: read data/demo/ instead of the user's own database."""
    return click.option(
        "--demo", is_flag=True, default=None, help="Use the data that `finops demo` made."
    )(command)


def json_option(command: Command) -> Command:
    """Add --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")(command)


def resolve(
    ctx: click.Context,
    config_path: str | None = None,
    *,
    demo: bool | None = None,
    flags: Mapping[str, Mapping[str, Any]] | None = None,
) -> Config:
    """Return the configuration of one command, at whose end root leaves the data to their owner.

    Args:
        ctx: Holds the root's --config.
        config_path: The command's own --config.
        demo: Whether to move to the demo database.
        flags: What was typed, by config section.
    """
    path = config_path or (ctx.obj or {}).get("config_path")
    config = load_config(Path(path) if path else None, flags=flags)
    ctx.call_on_close(lambda: leave_to_owners(config))
    return demo_config(config) if demo else config


def leave_to_owners(config: Config) -> None:
    """Give what root has made beside the data to their owner; data_dir may be apart from them."""
    for database in {config.database_path, config.data_dir / config.database_path.name}:
        with suppress(OSError):  # a folder that cannot be looked into: the command has said so
            Warehouse(database).give_to_owner()


def demo_config(config: Config) -> Config:
    """Return the same configuration with data in `<data_dir>/demo/` and no export."""
    return replace(
        config,
        configured=frozenset(),
        project=replace(config.project, data_dir=config.project.data_dir / "demo"),
        duckdb=replace(config.duckdb, database_path=None),
        currency=CurrencyConfig(),
    )


@contextmanager
def progress_bar(*, quiet: bool = False) -> Iterator[Progress]:
    """Show progress on stderr where a person watches it."""
    if quiet or not sys.stderr.isatty():
        yield lambda what, done, total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<24}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield show


def print_json(value: Any) -> None:
    """Write JSON to stdout; decimals keep every digit as text."""
    click.echo(json.dumps(value, indent=2, default=plain, ensure_ascii=False))


def plain(value: Any) -> Any:
    """Return a JSON form: decimals and dates as text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
