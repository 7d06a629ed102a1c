"""What config.toml can say, read from the classes: for config.toml.example and the docs."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from core.config import sections
from core.sections import ENV_ALIASES, Section, variable_name

Flags = Mapping[tuple[str, str], str]
"""The options of a setting, by (section, name), such as '--bucket, -b'."""
WIDTH = 96


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting, as documentation needs it."""

    table: str
    name: str
    about: str
    """The docstring under the field."""
    kind: str
    """What it holds, such as 'true or false'."""
    default: str
    """As TOML; an empty text is 'not set'."""
    variables: tuple[str, ...]
    """Environment variables, the full name first; none for a list of tables."""
    flag: str
    secret: bool
    sample: Mapping[str, str]
    """What config.toml.example shows of a list of tables."""


def settings(kind: type[Section], flags: Flags) -> Iterator[Setting]:
    """Yield the settings of one section, in the order of the class.

    Raises:
        KeyError: If a field has no docstring.
    """
    abouts, types = docstrings(kind), get_type_hints(kind)
    for setting in kind.ordered():
        listed = setting.name in kind.lists()
        variable = variable_name(kind.section, setting.name)
        alias = ENV_ALIASES.get(variable)
        yield Setting(
            table=kind.section,
            name=setting.name,
            about=abouts[setting.name],
            kind="list of tables" if listed else kind_of(types[setting.name]),
            default=toml(None if setting.default is MISSING else setting.default),
            variables=() if listed else (variable, alias) if alias else (variable,),
            flag=flags.get((kind.section, setting.name), ""),
            secret=setting.name in kind.secrets(),
            sample=setting.metadata.get("sample", {}),
        )


def docstrings(kind: type[Section]) -> dict[str, str]:
    """Return the text under each field of a class and its bases, on one line."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__[:-1]):
        tree = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
        assert isinstance(tree, ast.ClassDef)
        for field, after in zip(tree.body, tree.body[1:], strict=False):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(after, ast.Expr)
                and isinstance(after.value, ast.Constant)
            ):
                found[field.target.id] = " ".join(str(after.value.value).split())
    return found


def kind_of(kind: Any) -> str:
    """Say what a setting holds.

    >>> kind_of(bool), kind_of(tuple[str, ...]), kind_of(Literal["a", "b"] | None)
    ('true or false', 'list of texts', '"a" or "b"')
    """
    if get_origin(kind) in (UnionType, Union):
        kind = next(k for k in get_args(kind) if k is not type(None))
    if get_origin(kind) is Literal:
        return " or ".join(json.dumps(choice) for choice in get_args(kind))
    if get_origin(kind) is tuple:
        return "list of texts"
    return {bool: "true or false", int: "whole number", Path: "path"}.get(kind, "text")


def toml(value: Any) -> str:
    """Return a default as TOML.

    >>> toml(None), toml(()), toml(True), toml(Path("data"))
    ('""', '[]', 'true', '"data"')
    """
    if isinstance(value, bool | int):
        return json.dumps(value)
    if isinstance(value, tuple):
        return json.dumps(list(value))
    return json.dumps("" if value is None else str(value), ensure_ascii=False)


def example(flags: Flags) -> str:
    """Return config.toml.example: every setting, commented out, with its default."""
    head = (
        "# Settings of the Open FinOps Stack. Copy this file with `./finops config init`, and",
        "# remove the # in front of the settings that you change; each line shows the default,",
        '# and "" means not set. Later layers win: default, this file, environment variable,',
        "# option on the command line. Relative paths start at this file's folder.",
    )
    parts = ["\n".join(head)]
    for kind in sections():
        parts.append(f"\n# {inspect.cleandoc(kind.__doc__ or '')}\n[{kind.section}]")
        parts += [example_of(setting) for setting in settings(kind, flags)]
    return "\n".join(parts) + "\n"


def example_of(setting: Setting) -> str:
    """Return the lines of one setting."""
    lines = textwrap.wrap(setting.about, WIDTH)
    if setting.variables:
        lines.append(f"Environment: {', '.join(setting.variables)}")
    if setting.flag:
        lines.append(f"Option: {setting.flag}")
    comment = "".join(f"# {line}\n" for line in lines)
    if setting.sample:
        members = [f"#{name} = {toml(value)}" for name, value in setting.sample.items()]
        return "\n" + comment + "\n".join([f"#[[{setting.table}.{setting.name}]]", *members])
    return f"\n{comment}#{setting.name} = {setting.default}"


def tables(flags: Flags) -> str:
    """Return the settings as Markdown, one table for each section."""
    parts = []
    for kind in sections():
        rows = [row(setting) for setting in settings(kind, flags)]
        parts.append(
            f"### [{kind.section}]\n\n{inspect.cleandoc(kind.__doc__ or '')}\n\n"
            "| setting | holds | default | environment | option | meaning |\n"
            "| --- | --- | --- | --- | --- | --- |\n" + "\n".join(rows)
        )
    return "\n\n".join(parts)


def row(setting: Setting) -> str:
    """Return one line of a table."""
    about = f"{setting.about} *Secret.*" if setting.secret else setting.about
    listed = bool(setting.sample)
    return cells(
        f"`[[{setting.table}.{setting.name}]]`" if listed else f"`{setting.name}`",
        setting.kind,
        "" if setting.default in ('""', "[]") else f"`{setting.default}`",
        "<br>".join(f"`{variable}`" for variable in setting.variables),
        f"`{setting.flag}`" if setting.flag else "",
        about,
    )


def cells(*values: str) -> str:
    """Return one line of a Markdown table."""
    return "| " + " | ".join(value.replace("|", "\\|") for value in values) + " |"


def block(text: str, name: str, body: str) -> str:
    """Replace what stands between the generated block's two marks.

    Raises:
        ValueError: If `text` lacks a mark.
    """
    begin, end = f"<!-- generated: {name} -->", "<!-- end of generated -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"no block {begin} ... {end}")
    return f"{before}{begin}\n\n{body}\n\n{end}{after}"


def known_variables() -> Sequence[str]:
    """Return every environment variable that a setting reads."""
    return sorted(
        variable
        for kind in sections()
        for setting in settings(kind, {})
        for variable in setting.variables
    )
