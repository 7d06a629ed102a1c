"""`finops config`: what is set and by whom, and a config.toml to begin with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from core.cli.options import config_option, demo_option, json_option, print_json, resolve
from core.cli.tables import print_table
from core.config import ROOT, Config, sections
from core.convert import MASK
from core.errors import ConfigExists, disk_errors
from core.sections import Section
from core.storage.open import shown

EXAMPLE = ROOT / "config.toml.example"


@click.group()
def config() -> None:
    """Show the settings, or begin a config.toml."""


@config.command()
@demo_option
@config_option
@json_option
@click.pass_context
def show(ctx: click.Context, /, demo: bool | None, config_path: str | None, as_json: bool) -> None:
    """Show every setting and where its value comes from.

    The origin is the default, the file, the name of an environment variable or a flag. Secrets
    are shown as ****.

    \b
    Examples:
      ./finops config show
      OPEN_FINOPS_AWS_BUCKET=my-bucket ./finops config show --json
    """
    resolved = resolve(ctx, config_path, demo=demo)
    origins = dict(resolved.origins)
    if demo:
        origins |= {"project.data_dir": "flag", "database.duckdb.database_path": "flag"}
    rows = list(settings(resolved, origins))
    if as_json:
        print_json(
            {
                "config_file": resolved.path,
                "database": resolved.database_path,
                "settings": rows,
            }
        )
        return
    print_table(
        [
            {
                "setting": f"{row['section']}.{row['name']}",
                "value": as_text(row["value"]),
                "origin": row["origin"],
            }
            for row in rows
        ]
    )
    click.echo(f"\nconfig file: {resolved.path or 'none'}\ndatabase:    {resolved.database_path}")


@config.command()
@click.option(
    "--path",
    type=click.Path(dir_okay=False, path_type=Path),
    default="config.toml",
    show_default=True,
    help="Write this file.",
)
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
def init(path: Path, force: bool) -> None:
    """Write a config.toml that names every setting with its default.

    All settings are commented out: remove the # from those that you change. Only you can read
    the file, as it may come to hold secrets.

    \b
    Examples:
      ./finops config init
      ./finops config init --path /etc/finops/config.toml
    """
    if path.exists() and not force:
        raise ConfigExists(path)
    with disk_errors(path):
        new = path.with_name(f"{path.name}.new")
        new.touch(mode=0o600)
        new.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
        new.replace(path)
    click.echo(f"{path} is written; `./finops doctor` checks it")


def settings(resolved: Config, origins: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield section, name, value and origin of each setting, secrets masked."""
    for kind in sections():
        section = section_of(resolved, kind)
        for setting in kind.ordered():
            value = getattr(section, setting.name)
            origin = origins.get(f"{kind.section}.{setting.name}", "default")
            if setting.name in kind.lists():
                yield from entries(kind, setting.name, value)
                continue
            value = visible(kind, setting.name, value)
            yield {"section": kind.section, "name": setting.name, "value": value, "origin": origin}


def entries(kind: type[Section], name: str, value: Any) -> Iterator[dict[str, Any]]:
    """Yield what each [[section.name]] table sets."""
    for number, entry in enumerate(value, start=1):
        for key, given in entry.items():
            yield {
                "section": f"{kind.section}.{name}[{number}]",
                "name": key,
                "value": visible(kind, key, given),
                "origin": "file",
            }


def visible(kind: type[Section], name: str, value: Any) -> Any:
    """Return a value without what nobody should see: a secret, an address's signature."""
    if name in kind.secrets() and value:
        return MASK
    return shown(value) if isinstance(value, str) else value


def section_of(resolved: Config, kind: type[Section]) -> Any:
    """Return the resolved section of one class."""
    ours = (resolved.project, resolved.database, resolved.duckdb, resolved.transformations)
    others = (resolved.currency, resolved.dashboards, resolved.metabase, resolved.schedule)
    every = (*ours, *others, *resolved.vendors.values())
    return next(s for s in every if isinstance(s, kind))


def as_text(value: Any) -> str:
    """Return a value as config.toml would write it, '' for what is not set."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(value) if isinstance(value, tuple | list) else str(value)
