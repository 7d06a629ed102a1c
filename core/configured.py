"""One export as a section of config.toml describes it, checked: what all vendors have alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar

from core.errors import BadSetting, NothingInRange
from core.periods import name as period_name
from core.periods import parse_period
from core.sections import Section

Settings = TypeVar("Settings", bound=Section)


@dataclass(frozen=True, kw_only=True)
class Configured(Generic[Settings]):
    """One configured export; core.exports.ExportSettings says what the loader asks of it."""

    name: str
    settings: Settings
    start: date | None
    end: date | None
    table_prefix: str

    @property
    def reset(self) -> bool:
        return bool(getattr(self.settings, "reset", False))

    @property
    def table_strategy(self) -> str:
        return str(getattr(self.settings, "table_strategy", "separate"))

    @property
    def tag_keys(self) -> tuple[str, ...]:
        return tuple(getattr(self.settings, "tag_keys", ()))

    def wants(self, period: date) -> bool:
        """Tell whether a month lies in the range that the settings name."""
        return (self.start or date.min) <= period <= (self.end or date.max)

    def in_range(self, where: str, periods: Iterable[date]) -> list[date]:
        """Return the months that are wanted of those that a source has, oldest first.

        Args:
            where: What a person would call the source.
            periods: First days of its months, at least one.

        Raises:
            NothingInRange: If none is wanted.
        """
        available = sorted(set(periods))
        wanted = [period for period in available if self.wants(period)]
        if not wanted:
            raise NothingInRange(
                where,
                period_name(self.start) if self.start else "the first month",
                period_name(self.end) if self.end else "the last one",
                f"{period_name(available[0])} to {period_name(available[-1])}",
            )
        return wanted


def picked(
    config: Settings,
    flags: Mapping[str, Any],
    *,
    by: str,
    needs: tuple[str, ...],
    entries: str = "exports",
) -> Settings:
    """Return a section whose entries are overruled by what was typed, and picked from.

    Args:
        config: The section, resolved.
        flags: What was typed; None where nothing was.
        by: The flag that picks, such as 'export_name'; it may also say an entry's `name`.
        needs: Settings of which the section needs one to name an export without an entry.
        entries: The setting that holds the entries.

    Raises:
        BadSetting: If no entry has the name, and the section alone is no export.
    """
    wanted = flags.get(by)
    typed = {name for name, value in flags.items() if value is not None} - {by}
    found = tuple(
        {name: value for name, value in entry.items() if name not in typed}
        for entry in getattr(config, entries)
        if wanted in (None, entry.get("name"), entry.get(by))
    )
    known = [str(entry.get("name") or entry.get(by)) for entry in getattr(config, entries)]
    if wanted and known and not found and not any(getattr(config, name) for name in needs):
        raise BadSetting(f"--{by.replace('_', '-')}", wanted, f"one of: {', '.join(known)}")
    own = None if wanted and found else getattr(config, by)
    return replace(config, **{by: own, entries: found})


def each(
    config: Settings, *, by: str, entries: str = "exports"
) -> Iterator[tuple[str | None, Settings]]:
    """Yield name and settings of each export of a section: its own, then its entries'.

    The section's own comes where `by` is set, or where there is no entry to ask for it.
    """
    alone = replace(config, **{entries: ()})
    if getattr(config, by) or not getattr(config, entries):
        yield None, alone
    for entry in getattr(config, entries):
        own = {name: value for name, value in entry.items() if name != "name"}
        yield entry.get("name"), replace(alone, **own)


def checked_range(settings: Any) -> tuple[date | None, date | None]:
    """Return the first and the last month of a section; its dataset's name is looked at, too.

    Raises:
        BadSetting: If a month is none, the range is empty, or the name is not plain SQL.
    """
    start = parse_period(settings.start_date, "start_date") if settings.start_date else None
    end = parse_period(settings.end_date, "end_date") if settings.end_date else None
    if start and end and start > end:
        raise BadSetting("start_date", settings.start_date, f"at or before {settings.end_date}")
    name = getattr(settings, "dataset_name", "billing")
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", name):
        raise BadSetting("dataset_name", name, "a plain SQL name")
    return start, end
