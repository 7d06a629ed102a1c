"""A section of config.toml: how its settings are declared, and which layer gives each.

Later layers win: default, file, environment, flag. A flag that nobody typed is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from inspect import get_annotations
from pathlib import Path
from typing import Any, ClassVar, Self, get_type_hints

from core.convert import convert
from core.errors import UnknownSetting

ENV_PREFIX = "OPEN_FINOPS_"
ENV_ALIASES = {
    "OPEN_FINOPS_PROJECT_DATA_DIR": "OPEN_FINOPS_DATA_DIR",
    "OPEN_FINOPS_DATABASE_DUCKDB_DATABASE_PATH": "OPEN_FINOPS_DATABASE_PATH",
    "OPEN_FINOPS_AWS_DATASET_NAME": "OPEN_FINOPS_AWS_DATASET",
}
"""Short or former names that mean the same variable; the full name wins."""


def secret(default: str | None = None) -> Any:
    """Declare a setting that no log, error, repr or `config show` reveals."""
    return field(default=default, repr=False, metadata={"secret": True})


def place(default: str | None = None) -> Any:
    """Declare a setting that names a file or a folder, or an address of a cloud's storage."""
    return field(default=default, metadata={"place": True})


def tables(**sample: str) -> Any:
    """Declare a list of tables, [[section.name]], that only config.toml can give.

    Args:
        sample: Keys of the entry that config.toml.example shows.
    """
    return field(default=(), repr=False, metadata={"sample": sample})


@dataclass(frozen=True)
class Given:
    """A value that is not the default, before its conversion."""

    value: Any = field(repr=False)
    origin: str
    """'file', 'flag', or the variable's name."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """One table of config.toml."""

    section: ClassVar[str]
    """Its name, such as 'aws' or 'database.duckdb'; a setting may itself be called table."""

    @classmethod
    def resolve(
        cls, file: Mapping[str, Any], env: Mapping[str, str], flags: Mapping[str, Any]
    ) -> Self:
        """Merge the layers and convert each value to its field's type.

        Raises:
            UnknownSetting: For a key of `file` that is no field.
            BadSetting: For a value that its type cannot hold.
        """
        values = {
            name: cls.convert(name, given.value)
            for name, given in cls.given(file, env, flags).items()
        }
        for name in cls.lists() & values.keys():
            values[name] = tuple(cls.entry(name, entry) for entry in values[name])
        return cls(**values)

    @classmethod
    def given(
        cls, file: Mapping[str, Any], env: Mapping[str, str], flags: Mapping[str, Any]
    ) -> dict[str, Given]:
        """Return the winning layer of every setting that is not left at its default."""
        known = [f.name for f in fields(cls)]
        if unknown := file.keys() - set(known):
            raise UnknownSetting(f"[{cls.section}]", unknown, known)
        found: dict[str, Given] = {}
        for name in known:
            if name in file:
                found[name] = Given(file[name], "file")
            if name in cls.lists():
                continue
            variable, text = from_environment(cls.section, name, env)
            if text:
                found[name] = Given(text, variable)
            if flags.get(name) is not None:
                found[name] = Given(flags[name], "flag")
        return found

    @classmethod
    def entry(cls, name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Convert one [[section.name]] table: settings of this section, and a `name`."""
        known = {f.name for f in fields(cls)} - cls.lists() | {"name"}
        if unknown := entry.keys() - known:
            raise UnknownSetting(f"[[{cls.section}.{name}]]", unknown, known)
        return {key: cls.convert(key, value, within=f"{name}.") for key, value in entry.items()}

    @classmethod
    def convert(cls, name: str, value: Any, *, within: str = "") -> Any:
        """Convert the value of one setting, or of an entry's `name`."""
        kind = get_type_hints(cls).get(name, str)
        return convert(f"{cls.section}.{within}{name}", value, kind, hide=name in cls.secrets())

    @classmethod
    def placed(cls, file: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        """Return this table of config.toml with its relative paths begun at the file's folder."""
        names = [f.name for f in fields(cls) if "place" in f.metadata]
        whole = dict(file)
        for name in names:
            value = file.get(name)
            if isinstance(value, str) and value and cls.is_path(name, value):
                whole[name] = str(folder / value)
        for name in cls.lists() & whole.keys():
            if isinstance(whole[name], list):
                whole[name] = [
                    cls.placed(entry, folder) if isinstance(entry, dict) else entry
                    for entry in whole[name]
                ]
        return whole

    @classmethod
    def is_path(cls, name: str, value: str) -> bool:
        """Tell whether the text of a setting that names a place is a path, not an address."""
        return "://" not in value and not value.startswith(("~", "file:"))

    @classmethod
    def ordered(cls) -> tuple[Field[Any], ...]:
        """Return the settings as a reader wants them: its own, how to reach a storage, lists."""
        known = {setting.name: setting for setting in fields(cls)}
        declared = [n for kind in cls.__mro__ for n in get_annotations(kind) if n in known]
        names = sorted(dict.fromkeys(declared), key=lambda name: name in cls.lists())
        return tuple(known[name] for name in names)

    @classmethod
    def lists(cls) -> frozenset[str]:
        """Return the names of the settings that are lists of tables."""
        return frozenset(f.name for f in fields(cls) if "sample" in f.metadata)

    @classmethod
    def secrets(cls) -> frozenset[str]:
        """Return the names of the secret settings."""
        return frozenset(f.name for f in fields(cls) if f.metadata.get("secret"))


def from_environment(table: str, name: str, env: Mapping[str, str]) -> tuple[str, str]:
    """Return the variable that gives one setting, and its text; an empty one is not set."""
    variable = variable_name(table, name)
    alias = ENV_ALIASES.get(variable, "")
    return (variable, env[variable]) if env.get(variable) else (alias, env.get(alias, ""))


def variable_name(table: str, name: str) -> str:
    """Return the environment variable of one setting.

    >>> variable_name("database.duckdb", "memory_limit")
    'OPEN_FINOPS_DATABASE_DUCKDB_MEMORY_LIMIT'
    """
    return f"{ENV_PREFIX}{table.replace('.', '_')}_{name}".upper()
