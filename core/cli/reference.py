"""`python -m core.cli.reference` writes what is generated: docs/cli.md and the settings.

With --check it changes nothing and fails where a file is no longer what the code says.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click

from core import errors
from core.cli.main import cli
from core.config import ROOT, sections
from core.reference import Flags, block, cells, example, tables

PROGRAM = "./finops"
METAVARS = {
    "TEXT": "text",
    "INTEGER": "number",
    "INTEGER RANGE": "number",
    "PATH": "file",
    "FILE": "file",
    "DIRECTORY": "folder",
}
OTHER_CODES = (
    ("0", "Done, also when nothing was new."),
    ("1", "A fault of ours: the traceback says where; please report it."),
)
LATER_CODES = (
    ("69", "The first start could not prepare its environment."),
    ("130", "Interrupted with Ctrl-C or SIGTERM; nothing was published."),
)


def generated() -> dict[Path, str]:
    """Return each generated file, or hand-written file with a generated block, as it should be."""
    flags = setting_flags()
    pages = {
        "configuration.md": {"settings": tables(flags)},
        "cli.md": {"commands": commands(), "exit codes": exit_codes()},
    }
    found = {ROOT / "config.toml.example": example(flags)}
    for name, blocks in pages.items():
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        for mark, body in blocks.items():
            text = block(text, mark, body)
        found[ROOT / "docs" / name] = text
    return found


def walk(
    command: click.Command, context: click.Context
) -> Iterator[tuple[click.Command, click.Context]]:
    """Yield a command and all below it, each with its context."""
    yield command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from walk(child, click.Context(child, info_name=name, parent=context))


def tree() -> list[tuple[click.Command, click.Context]]:
    """Return every command of the program."""
    return list(walk(cli, click.Context(cli, info_name=PROGRAM, **cli.context_settings)))


def setting_flags() -> Flags:
    """Return the options that set a setting: those below `finops <section>` that share its name."""
    found: dict[tuple[str, str], str] = {}
    for kind in sections():
        names = {setting.name for setting in fields(kind)}
        for command, context in tree():
            if f"{context.command_path} ".startswith(f"{PROGRAM} {kind.section} "):
                for option in command.params:
                    if option.name in names:
                        found[kind.section, str(option.name)] = ", ".join(option.opts)
    return found


def commands() -> str:
    """Return one Markdown section for each command."""
    return "\n\n".join(section(command, context) for command, context in tree())


def section(command: click.Command, context: click.Context) -> str:
    """Return one command: its help, how it is called, its options."""
    level = "##" if isinstance(command, click.Group) else "###"
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    parts = [f"{level} {context.command_path.removeprefix('./')}"]
    summary, *more = paragraphs(inspect.cleandoc(command.help or ""))
    parts.append(summary)
    if isinstance(command, click.Group):
        rows = [
            cells(f"`{path.command_path}`", child.get_short_help_str(limit=120))
            for child, path in walk(command, context)
            if path.parent is context
        ]
        parts += [*more, "\n".join(["| command | |", "| --- | --- |", *rows])]
    else:
        parts += [f"```sh\n{usage}\n```", *more]
    options = [option(o, context) for o in command.params if isinstance(o, click.Option)]
    if options:
        parts.append("\n".join(["| option | meaning |", "| --- | --- |", *options]))
    return "\n\n".join(parts)


def paragraphs(text: str) -> list[str]:
    """Return a help text as Markdown; a block of \\b becomes a code block."""
    found = []
    for part in text.split("\n\n"):
        if not part.startswith("\b\n"):
            found.append(part)
            continue
        title, *lines = part.removeprefix("\b\n").splitlines()
        found += [title, "```sh\n" + inspect.cleandoc("\n".join(["", *lines])) + "\n```"]
    return found


def option(option: click.Option, context: click.Context) -> str:
    """Return one line of the table of options."""
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    if isinstance(option.type, click.Choice):
        names += " " + " ".join(f"`{choice}`" for choice in option.type.choices)
    elif not option.is_flag:
        names += f" *{METAVARS.get(metavar := option.make_metavar(context), metavar)}*"
    about = option.help or ""
    if option.show_default and option.default is not None:
        about += f" Default: `{option.default}`."
    return cells(names, about)


def exit_codes() -> str:
    """Return the exit codes, from the tree at the top of core/errors."""
    tree_line = re.compile(r"^[├└]── (\w+) +(\d+)  (.+)$", re.MULTILINE)
    ours = [
        (code, f"{meaning[0].upper()}{meaning[1:]} (`{name}`).")
        for name, code, meaning in tree_line.findall(errors.__doc__ or "")
    ]
    rows = [cells(f"`{code}`", meaning) for code, meaning in (*OTHER_CODES, *ours, *LATER_CODES)]
    return "\n".join(["| code | meaning |", "| --- | --- |", *rows])


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail where a file is out of date.")
def main(check: bool) -> None:
    """Write docs/cli.md, docs/configuration.md and config.toml.example anew."""
    stale = [
        (path, text)
        for path, text in generated().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        click.echo(f"{path.relative_to(ROOT)} {'is out of date' if check else 'written'}")
        if not check:
            path.write_text(text, encoding="utf-8")
    if check and stale:
        sys.exit(1)


if __name__ == "__main__":
    main()
