"""config.toml, environment and flags, resolved in one place for every section.

Later layers win: default, file, environment, flag. A flag that nobody typed is None.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import UnionType
from typing import Any, ClassVar, Literal, Self, Union, get_args, get_origin, get_type_hints

from core.backends.duckdb import Limits, default_threads
from core.errors import BadConfigFile, BadSetting, ConfigNotFound, UnknownSetting
from core.exports import load_vendor, vendor_names

ROOT = Path(__file__).resolve().parent.parent
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


@dataclass(frozen=True, kw_only=True)
class Section:
    """One table of config.toml."""

    table: ClassVar[str]

    @classmethod
    def resolve(
        cls, file: Mapping[str, Any], env: Mapping[str, str], flags: Mapping[str, Any]
    ) -> Self:
        """Merge the layers and convert each value to its field's type.

        Raises:
            UnknownSetting: For a key of `file` that is no field.
            BadSetting: For a value that its type cannot hold.
        """
        types = get_type_hints(cls)
        names = {f.name for f in fields(cls)}
        if unknown := file.keys() - names:
            raise UnknownSetting(f"[{cls.table}]", unknown, names)
        values: dict[str, Any] = {}
        for name in names:
            given = flags.get(name)
            if given is None:
                given = from_environment(cls.table, name, env)
            if given is None:
                given = file.get(name)
            if given is not None:
                values[name] = convert(f"{cls.table}.{name}", given, types[name])
        return cls(**values)

    @classmethod
    def secrets(cls) -> frozenset[str]:
        """Return the names of the secret settings."""
        return frozenset(f.name for f in fields(cls) if f.metadata.get("secret"))


@dataclass(frozen=True, kw_only=True)
class ProjectConfig(Section):
    table = "project"

    name: str = "open-finops-stack"
    """Shown in reports."""

    data_dir: Path = Path("data")
    """Folder of the database; relative paths start at config.toml's folder."""


@dataclass(frozen=True, kw_only=True)
class DatabaseConfig(Section):
    table = "database"

    backend: Literal["duckdb"] = "duckdb"
    """The engine. DuckDB is the one that is tested end to end."""


@dataclass(frozen=True, kw_only=True)
class DuckDbConfig(Section):
    table = "database.duckdb"

    database_path: Path | None = None
    """The database file; finops.duckdb in data_dir when not set."""

    memory_limit: str = "1500MB"
    """What DuckDB may hold in memory before it spills to disk."""

    threads: int = 0
    """Processors that DuckDB may use; 0 means all that this process has."""


@dataclass(frozen=True, kw_only=True)
class TransformationsConfig(Section):
    table = "transformations"

    enabled: bool = True
    """Build FOCUS and the marts after an import; --no-transform turns it off once."""


SECTIONS: tuple[type[Section], ...] = (
    ProjectConfig,
    DatabaseConfig,
    DuckDbConfig,
    TransformationsConfig,
)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything resolved, and where it came from."""

    path: Path | None
    """The config.toml that was read, if any."""
    project: ProjectConfig
    database: DatabaseConfig
    duckdb: DuckDbConfig
    transformations: TransformationsConfig
    vendors: Mapping[str, Any] = field(default_factory=dict)
    """The resolved section of each vendor, by the vendor's name."""
    configured: frozenset[str] = frozenset()
    """Vendors that file or environment mention."""

    @property
    def base(self) -> Path:
        """Return the folder that relative paths start from."""
        return self.path.parent if self.path else ROOT

    @property
    def data_dir(self) -> Path:
        return self.base / self.project.data_dir.expanduser()

    @property
    def database_path(self) -> Path:
        path = self.duckdb.database_path
        return self.base / path.expanduser() if path else self.data_dir / "finops.duckdb"

    @property
    def limits(self) -> Limits:
        return Limits(
            threads=self.duckdb.threads or default_threads(),
            memory_limit=self.duckdb.memory_limit,
            temp_directory=self.data_dir / "tmp",
        )


def load_config(
    path: Path | None = None,
    *,
    env: Mapping[str, str] | None = None,
    flags: Mapping[str, Mapping[str, Any]] | None = None,
) -> Config:
    """Read config.toml (or `path`) and resolve every section.

    Args:
        path: File named by --config; it must exist. Without it ./config.toml, then the
            project's config.toml, are read where they exist.
        env: The environment; os.environ when not given.
        flags: Values typed on the command line, by section.
    """
    env = os.environ if env is None else env
    flags = flags or {}
    path = find_config(path)
    tree = read_toml(path) if path else {}
    tables = dict(flatten(tree))
    known = {section.table for section in SECTIONS} | set(vendor_names())
    if unknown := tables.keys() - known:
        raise UnknownSetting(str(path), unknown, known)

    def section(kind: type[Section]) -> Any:
        table = kind.table
        return kind.resolve(tables.get(table, {}), env, flags.get(table, {}))

    vendors = {name: section(load_vendor(name).config) for name in vendor_names()}
    return Config(
        path=path,
        project=section(ProjectConfig),
        database=section(DatabaseConfig),
        duckdb=section(DuckDbConfig),
        transformations=section(TransformationsConfig),
        vendors=vendors,
        configured=frozenset(
            name
            for name in vendors
            if name in tables or any(k.startswith(f"{ENV_PREFIX}{name.upper()}_") for k in env)
        ),
    )


def find_config(path: Path | None) -> Path | None:
    """Return the config file to read, or None where none exists."""
    if path is not None:
        if not path.is_file():
            raise ConfigNotFound(path)
        return path.resolve()
    for candidate in (Path("config.toml"), ROOT / "config.toml"):
        if candidate.is_file():
            return candidate.resolve()
    return None


def read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfigFile(path, str(error)) from error


def flatten(tree: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each table by its dotted name; [database.duckdb] is a table of its own."""
    for name, value in tree.items():
        if not isinstance(value, dict):
            raise UnknownSetting("config.toml outside any [section]", [name], [])
        nested = {k: v for k, v in value.items() if isinstance(v, dict)}
        yield name, {k: v for k, v in value.items() if k not in nested}
        for child, table in nested.items():
            yield f"{name}.{child}", table


def from_environment(table: str, name: str, env: Mapping[str, str]) -> str | None:
    """Return the variable of one setting; an empty one counts as not set."""
    variable = variable_name(table, name)
    return env.get(variable) or env.get(ENV_ALIASES.get(variable, ""), "") or None


def variable_name(table: str, name: str) -> str:
    """Return the environment variable of one setting.

    >>> variable_name("database.duckdb", "memory_limit")
    'OPEN_FINOPS_DATABASE_DUCKDB_MEMORY_LIMIT'
    """
    return f"{ENV_PREFIX}{table.replace('.', '_')}_{name}".upper()


def convert(name: str, value: Any, kind: Any) -> Any:
    """Turn a TOML value, a variable's text or a flag into the field's type."""
    if get_origin(kind) in (UnionType, Union):
        kind = next(k for k in get_args(kind) if k is not type(None))
    if get_origin(kind) is Literal:
        choices = get_args(kind)
        if value not in choices:
            raise BadSetting(name, value, "one of " + ", ".join(map(str, choices)))
        return value
    if get_origin(kind) is tuple:
        return convert_list(name, value)
    if kind is bool:
        return convert_bool(name, value)
    if kind is int:
        if isinstance(value, bool) or not str(value).lstrip("-").isdecimal():
            raise BadSetting(name, value, "a whole number")
        return int(value)
    if kind is Path:
        return Path(str(value))
    if kind is str and not isinstance(value, str):
        raise BadSetting(name, value, 'a text in double quotes, such as "x"')
    return value


def convert_bool(name: str, value: Any) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise BadSetting(name, value, "true or false")


def convert_list(name: str, value: Any) -> tuple[Any, ...]:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, Sequence):
        return tuple(value)
    raise BadSetting(name, value, "a list")
