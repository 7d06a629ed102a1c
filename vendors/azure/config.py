"""The section [azure] of config.toml and its [[azure.exports]] entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from core.configured import Configured, checked_range
from core.errors import BadSetting, MissingSetting
from core.rawtables import check_names
from core.sections import Section, place, tables
from core.sql import snake
from core.storage.access import AzureAccess
from core.storage.azure import parse_address
from core.storage.base import ObjectStore
from core.storage.open import open_store as open_url

PICKING = ("actual_export", "amortized_export", "focus_export")
"""Settings that say which exports of Cost Management are meant."""


@dataclass(frozen=True, kw_only=True)
class AzureConfig(AzureAccess, Section):
    """The Azure bill: where Cost Management delivers it, and how to reach it."""

    section = "azure"

    source: str | None = place()
    """Container: az://name, abfss://name@account.dfs..., its https address, or a folder like it."""

    prefix: str = ""
    """Directory of the exports in the container, as set in Cost Management."""

    actual_export: str | None = None
    """Name of the export of type "Cost and usage details (actual)"."""

    amortized_export: str | None = None
    """Name of the export of type "(amortized)"; without it EffectiveCost is BilledCost."""

    focus_export: str | None = None
    """Name of an export of type "Cost and usage details (FOCUS)", instead of the pair."""

    dataset_name: str = "azure_billing"
    """Schema of the raw tables."""

    table_strategy: Literal["separate", "single"] = "separate"
    """One raw table for each billing month, or one for all."""

    start_date: str | None = None
    """First month to load, YYYY-MM."""

    end_date: str | None = None
    """Last month to load, YYYY-MM, itself included."""

    reset: bool = False
    """Load months again that are already loaded."""

    exports: tuple[Any, ...] = tables(
        name="second-agreement", source="az://its-container", actual_export="its-actual"
    )
    """Further exports: each takes the settings above, plus a `name` of its own."""

    @classmethod
    def resolve(
        cls, file: Mapping[str, Any], env: Mapping[str, str], flags: Mapping[str, Any]
    ) -> Self:
        """Resolve [azure]; what was typed overrules [[azure.exports]], and an export name picks.

        --actual-export or --focus-export mean the entry that has this name or export; where none
        has, an export of its own, with the amortized twin that [azure] gives it.
        """
        config = super().resolve(file, env, flags)
        typed = {name for name, value in flags.items() if value is not None} - set(PICKING)
        picked = {name: flags[name] for name in PICKING if flags.get(name)}
        entries = tuple(
            {name: value for name, value in entry.items() if name not in typed}
            for entry in config.exports
            if not picked or set(picked.values()) & {entry.get(n) for n in ("name", *PICKING)}
        )
        if not picked:
            return replace(config, exports=entries)
        if entries:
            nothing: dict[str, Any] = dict.fromkeys(PICKING)
            return replace(config, exports=entries, **nothing)
        chosen: dict[str, Any] = {**dict.fromkeys(PICKING), **picked}
        own = super().resolve(file, env, {})
        if "focus_export" not in picked and config.actual_export == (
            own.actual_export or config.actual_export
        ):
            chosen["actual_export"] = config.actual_export
            chosen["amortized_export"] = config.amortized_export
        return replace(config, exports=(), **chosen)


@dataclass(frozen=True, kw_only=True)
class AzureExport(Configured[AzureConfig]):
    """One configured export, checked: a FOCUS export, or actual costs and their amortized twin."""

    @property
    def datasets(self) -> dict[str, str]:
        """Return the exports of Cost Management that this one is made of: dataset -> name."""
        if self.settings.focus_export:
            return {"focus": self.settings.focus_export}
        found = {"actual": self.settings.actual_export, "amortized": self.settings.amortized_export}
        return {dataset: name for dataset, name in found.items() if name}


def configured_exports(config: AzureConfig) -> Sequence[AzureExport]:
    """Return every export that [azure] and [[azure.exports]] describe.

    Raises:
        MissingSetting: If one lacks its source or export name.
        ExportCollision: If two would write the same raw table.
    """
    alone = replace(config, exports=())
    listed = [overlaid(alone, **entry) for entry in config.exports]
    entries: list[tuple[str | None, AzureConfig]] = []
    if config.focus_export or config.actual_export or config.amortized_export or not listed:
        if config.focus_export and config.actual_export:
            what = "without focus_export: it holds the same bill as actual_export"
            raise BadSetting("azure.focus_export", config.focus_export, what)
        entries.append((None, alone))
    found: list[AzureExport] = []
    for name, settings in [*entries, *listed]:
        found.append(checked(name, settings, first=not found))
    check_names(export.name for export in found)
    return found


def overlaid(
    config: AzureConfig, *, name: str | None = None, **entry: Any
) -> tuple[str | None, AzureConfig]:
    """Lay one [[azure.exports]] entry over [azure]; it names its own exports."""
    return name, replace(config, **{**dict.fromkeys(PICKING), **entry})


def checked(name: str | None, settings: AzureConfig, *, first: bool) -> AzureExport:
    if not settings.source:
        raise MissingSetting("azure.source", "--source", "OPEN_FINOPS_AZURE_SOURCE")
    main = settings.focus_export or settings.actual_export
    if not main:
        raise MissingSetting(
            "azure.actual_export (or focus_export)",
            "--actual-export",
            "OPEN_FINOPS_AZURE_ACTUAL_EXPORT",
        )
    start, end = checked_range(settings)
    name = name or main
    settings = with_directory(settings, settings.source)
    return AzureExport(
        name=name,
        settings=settings,
        start=start,
        end=end,
        table_prefix="" if first else f"{snake(name)}__",
    )


def with_directory(settings: AzureConfig, source: str) -> AzureConfig:
    """Count what follows the container in a URL as the beginning of the prefix."""
    if "://" not in source or source.startswith("file:"):
        return settings
    path = parse_address(source).path
    return replace(settings, prefix=f"{path}/{settings.prefix.strip('/')}".strip("/"))


def open_store(export: AzureExport) -> ObjectStore:
    """Open the container, or the folder that mirrors one, of an export."""
    return open_source(export.settings)


def open_source(settings: AzureConfig) -> ObjectStore:
    """Open the source that the settings name."""
    assert settings.source is not None
    return open_url(settings.source, settings, setting="azure.source")[0]
