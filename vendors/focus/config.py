"""The section [focus] of config.toml and its [[focus.sources]] entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from core.configured import Configured, checked_range, each, picked
from core.errors import BadSetting, MissingSetting
from core.rawtables import check_names
from core.sections import Section, place, tables
from core.sql import snake
from core.storage.access import AzureAccess, GoogleAccess, S3Access
from core.storage.base import ObjectStore
from core.storage.open import open_store as open_url
from core.storage.open import shown
from vendors.focus.columns import FOCUS, focus_name


@dataclass(frozen=True, kw_only=True)
class FocusConfig(S3Access, AzureAccess, GoogleAccess, Section):
    """FOCUS files of any provider, and OCI's own cost reports."""

    section = "focus"

    provider: str | None = None
    """Name of the provider: the source's name, and ProviderName where the files have none."""

    source: str | None = place()
    """Folder, file or pattern of the files: s3://bucket/folder, gs://bucket/folder,
    az://container/folder, file:///folder or a path."""

    delivery: Literal["parts", "newest"] | None = None
    """parts: a month is all of its files; newest: each delivery holds the month anew."""

    fill: tuple[str, ...] = ()
    """What you know and the files leave empty, such as ["BillingCurrency=USD"]."""

    dataset_name: str = "focus_billing"
    """Schema of the raw tables."""

    start_date: str | None = None
    """First month to load, YYYY-MM."""

    end_date: str | None = None
    """Last month to load, YYYY-MM, itself included."""

    reset: bool = False
    """Load months again that are already loaded."""

    endpoint_url: str | None = None
    """Another endpoint of the storage, such as OCI's, Cloudflare's, a private or a test one."""

    sources: tuple[Any, ...] = tables(provider="Grafana", source="s3://exports/grafana")
    """Further sources: each takes the settings above; `name` tells two of one provider apart."""

    @classmethod
    def resolve(
        cls, file: Mapping[str, Any], env: Mapping[str, str], flags: Mapping[str, Any]
    ) -> Self:
        """Resolve [focus]; what was typed overrules [[focus.sources]], and --provider picks."""
        config = super().resolve(file, env, flags)
        return picked(config, flags, by="provider", needs=("source",), entries="sources")


@dataclass(frozen=True, kw_only=True)
class FocusSource(Configured[FocusConfig]):
    """One configured source, checked."""

    fill: Mapping[str, str]
    """Raw column -> text to use where it is empty."""

    @property
    def location(self) -> str:
        """Return where its files lie, as it may be shown."""
        return shown(str(self.settings.source))

    def open(self) -> tuple[ObjectStore, str]:
        """Open the store that its files lie in; return it and which of its keys are meant."""
        return open_url(str(self.settings.source), self.settings, setting="focus.source")


def configured_sources(config: FocusConfig) -> Sequence[FocusSource]:
    """Return every source that [focus] and [[focus.sources]] describe.

    Raises:
        MissingSetting: If one lacks its provider or source.
        ExportCollision: If two have one name.
    """
    entries = each(config, by="provider", entries="sources")
    found = [checked(name, settings) for name, settings in entries]
    check_names(source.name for source in found)
    return found


def checked(name: str | None, settings: FocusConfig) -> FocusSource:
    if not settings.provider:
        raise MissingSetting("focus.provider", "--provider", "OPEN_FINOPS_FOCUS_PROVIDER")
    if not settings.source:
        raise MissingSetting("focus.source", "--source", "OPEN_FINOPS_FOCUS_SOURCE")
    start, end = checked_range(settings)
    fill = dict(filled(text) for text in settings.fill)
    name = name or settings.provider
    return FocusSource(
        name=name,
        settings=settings,
        start=start,
        end=end,
        table_prefix=f"{snake(name)}__",
        fill=fill,
    )


def filled(text: str) -> tuple[str, str]:
    """Return the raw column and the text of one `Column=text`.

    Raises:
        BadSetting: If it is no text column of FOCUS.
    """
    column, equals, value = text.partition("=")
    raw = focus_name(column)
    if not (equals and value.strip() and raw and FOCUS[raw].type == "VARCHAR"):
        expected = "a text column of FOCUS and its value, such as BillingCurrency=USD"
        raise BadSetting("focus.fill", text, expected)
    return raw, value.strip()


def open_store(source: FocusSource) -> ObjectStore:
    """Open the store that a source's files lie in."""
    return source.open()[0]
