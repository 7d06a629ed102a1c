"""config.toml, environment and flags, resolved in one place for every section."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from core.backends.duckdb import Limits, default_threads
from core.cron import ScheduleConfig
from core.currency import Rates
from core.errors import BadConfigFile, BadSetting, ConfigNotFound, UnknownSetting
from core.exports import load_vendor, vendor_names
from core.sections import Section
from core.serving import MEMORY, DashboardsConfig, MetabaseConfig

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class ProjectConfig(Section):
    """The project and the place of its data."""

    section = "project"

    name: str = "open-finops-stack"
    """Shown in reports."""

    data_dir: Path = Path("data")
    """Folder of the database; relative paths start at config.toml's folder."""


@dataclass(frozen=True, kw_only=True)
class DatabaseConfig(Section):
    """The engine that holds the data."""

    section = "database"

    backend: Literal["duckdb"] = "duckdb"
    """The engine. DuckDB is the one that is tested end to end."""


@dataclass(frozen=True, kw_only=True)
class DuckDbConfig(Section):
    """DuckDB: its file and its limits."""

    section = "database.duckdb"

    database_path: Path | None = None
    """The database file; finops.duckdb in data_dir when not set."""

    memory_limit: str = "1500MB"
    """What DuckDB may hold in memory before it spills to disk."""

    threads: int = 0
    """Processors that DuckDB may use; 0 means all that this process has."""

    def __post_init__(self) -> None:
        if not re.fullmatch(MEMORY, self.memory_limit, re.IGNORECASE):
            raise BadSetting(f"{self.section}.memory_limit", self.memory_limit, "a size like 2GB")
        if self.threads < 0:
            raise BadSetting(f"{self.section}.threads", self.threads, "0 or more")


@dataclass(frozen=True, kw_only=True)
class TransformationsConfig(Section):
    """What happens after an import."""

    section = "transformations"

    enabled: bool = True
    """Build FOCUS and the marts after an import; --no-transform turns it off once."""


@dataclass(frozen=True, kw_only=True)
class CurrencyConfig(Section):
    """One currency to show all costs in, beside each bill's own."""

    section = "currency"

    display: str | None = None
    """ISO code, such as USD; costs in it are in focus.cost_in_display_currency."""

    rates: Path | None = None
    """CSV file of dated rates: date,from,to,rate; a day with costs and no rate is an error."""

    def __post_init__(self) -> None:
        if self.display is not None and not re.fullmatch("[A-Z]{3}", self.display):
            raise BadSetting(f"{self.section}.display", self.display, "an ISO 4217 code like USD")


SECTIONS: tuple[type[Section], ...] = (
    ProjectConfig,
    DatabaseConfig,
    DuckDbConfig,
    TransformationsConfig,
    CurrencyConfig,
    DashboardsConfig,
    ScheduleConfig,
    MetabaseConfig,
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
    currency: CurrencyConfig = field(default_factory=CurrencyConfig)
    dashboards: DashboardsConfig = field(default_factory=DashboardsConfig)
    schedule: ScheduleConfig = field(default_factory=ScheduleConfig)
    metabase: MetabaseConfig = field(default_factory=MetabaseConfig)
    vendors: Mapping[str, Any] = field(default_factory=dict)
    """The resolved section of each vendor, by the vendor's name."""
    configured: frozenset[str] = frozenset()
    """Vendors that the file, the environment or a flag mentions."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where each setting that is not its default came from, by `section.name`."""

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
    def rates(self) -> Rates:
        path = self.currency.rates
        return Rates(
            display=self.currency.display, path=self.base / path.expanduser() if path else None
        )

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
    kinds = {kind.section: kind for kind in sections()}
    file = dict(flatten(read_toml(path) if path else {}, kinds))
    if unknown := file.keys() - kinds:
        raise UnknownSetting(str(path), unknown, kinds)
    if path:
        file = {name: kinds[name].placed(table, path.parent) for name, table in file.items()}
    origins: dict[str, str] = {}

    def section(kind: type[Section]) -> Any:
        layers = (file.get(kind.section, {}), env, flags.get(kind.section, {}))
        for name, given in kind.given(*layers).items():
            origins[f"{kind.section}.{name}"] = given.origin
        return kind.resolve(*layers)

    vendors = {name: section(load_vendor(name).config) for name in vendor_names()}
    return Config(
        path=path,
        project=section(ProjectConfig),
        database=section(DatabaseConfig),
        duckdb=section(DuckDbConfig),
        transformations=section(TransformationsConfig),
        currency=section(CurrencyConfig),
        dashboards=section(DashboardsConfig),
        schedule=section(ScheduleConfig),
        metabase=section(MetabaseConfig),
        vendors=vendors,
        configured=frozenset(
            name
            for name in vendors
            if name in file or any(given.startswith(f"{name}.") for given in origins)
        ),
        origins=origins,
    )


def sections() -> tuple[type[Section], ...]:
    """Return every section that config.toml can have, ours first, then each vendor's."""
    return (*SECTIONS, *(load_vendor(name).config for name in vendor_names()))


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
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfigFile(path, str(error)) from error


def flatten(
    tree: Mapping[str, Any], kinds: Mapping[str, type[Section]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each table by its dotted name; [database.duckdb] is a table of its own."""
    for name, value in tree.items():
        if not isinstance(value, dict):
            known = [f"{table}.{f.name}" for table, kind in kinds.items() for f in fields(kind)]
            raise UnknownSetting("config.toml outside any [section]", [name], known)
        nested = {k: v for k, v in value.items() if isinstance(v, dict)}
        yield name, {k: v for k, v in value.items() if k not in nested}
        for child, table in nested.items():
            yield f"{name}.{child}", table
