"""Exports without a manifest: which file holds which billing months, and since when.

A month is then all files that hold lines of it. What a file holds is read once and noted in
`ledger.files`, under a stamp of its size and time, so that a run with nothing new reads none.

- A month whose files changed, or were joined by another, is replaced whole by what lies there.
- A month that only lost files stays as it was loaded: providers delete old files after a time.
- A file that was written anew without a month that it held is taken off that month.
- A loaded month whose file changed is loaded again also where only other months are asked for: a
  line may have moved from one to the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from core.configured import Configured
from core.storage.base import ObjectStore


@dataclass(frozen=True, kw_only=True)
class FileContent:
    """What one file was found to hold."""

    stamp: str
    """Size and time: another stamp means another content."""
    periods: tuple[date, ...]
    """First days of the billing months that it has lines of."""
    dialect: str


Held = tuple[tuple[date, ...], str]
"""What a file was found to hold: the first days of its billing months, and its dialect."""
Inventory = dict[str, FileContent]
"""`address` of the file -> its content."""


@dataclass(frozen=True, kw_only=True)
class Month:
    """One billing month: the files that make it up."""

    period: date
    files: tuple[str, ...]
    fingerprint: str
    written: str
    """When the newest of its files was written, in UTC."""
    shared: bool
    """Whether a file of it holds lines of other months too."""
    taken: bool = False
    """Whether a file that is still there lost lines of it, or may have: loaded months that share a
    file must change together, or a line that moved from one to the other counts twice."""


def address_of(store: ObjectStore, key: str, base: Path) -> str:
    """Return what tells a file from those of other folders and buckets: files are noted by it.

    A path below `base` is told from there: a container sees both elsewhere, as does who moves them.

    Args:
        store: Where the file lies.
        key: Which one.
        base: The folder that relative paths of config.toml begin at.
    """
    local = store.local(key)
    if local is None:
        return store.name(key)
    named = Path(store.location).absolute() / key  # a link may lead out, on one side alone
    below = (path.relative_to(base) for path in (named, local) if path.is_relative_to(base))
    return str(next(below, local))


def stamp_of(store: ObjectStore, key: str) -> str:
    """Return what tells one content of a file from another, without reading it."""
    written = datetime.fromtimestamp(store.modified(key), UTC)
    return f"{store.size(key)} {written:%Y-%m-%dT%H:%M:%S.%fZ}"


def look(
    store: ObjectStore,
    keys: Mapping[str, str],
    noted: Inventory,
    ask: Callable[[ObjectStore, Sequence[str]], Mapping[str, Held]],
) -> Inventory:
    """Return what each file holds, from the note of it where it is the same file still.

    Args:
        store: Where the files lie.
        keys: The files: address -> key.
        noted: What was noted of them; without a note a file is asked.
        ask: Opens the files of some keys, and says what each holds.
    """
    stamps = {address: stamp_of(store, key) for address, key in keys.items()}
    known = {
        address: noted[address]
        for address, stamp in stamps.items()
        if address in noted and noted[address].stamp == stamp
    }
    new = {key: address for address, key in keys.items() if address not in known}
    held = ask(store, list(new)) if new else {}
    return known | {
        address: FileContent(stamp=stamps[address], periods=held[key][0], dialect=held[key][1])
        for key, address in new.items()
    }


def remembered(noted: Inventory, present: Inventory, *, reset: bool) -> Inventory:
    """Return the notes that count: on `reset` only those of files that are still there."""
    return {k: c for k, c in noted.items() if k in present} if reset else noted


def months(
    present: Mapping[str, FileContent], former: Mapping[str, FileContent], *, salt: str = ""
) -> tuple[list[Month], Inventory]:
    """Return the months that the present files make up, and the inventory to note.

    Args:
        present: The files that are there now.
        former: The inventory that was noted when months were last loaded.
        salt: Settings that change what a month becomes; another text is another fingerprint.
    """
    noted = dict(present)
    found = []
    for period in sorted({p for content in present.values() for p in content.periods}):
        now = {k for k, content in present.items() if period in content.periods}
        was = {k for k, content in former.items() if period in content.periods}
        gone = was - present.keys()
        rewritten = {k for k in was & present.keys() if former[k].stamp != present[k].stamp}
        left = {k for k in rewritten if k not in now}
        same = all(k in was and former[k].stamp == present[k].stamp for k in now)
        kept = gone if gone and same and not left else set()
        for key in kept:
            noted[key] = replace(former[key], periods=(*noted_periods(noted, key), period))
        stamps = {k: (former if k in kept else present)[k].stamp for k in now | kept}
        found.append(
            Month(
                period=period,
                files=tuple(sorted(now)),
                fingerprint=fingerprint(stamps.items(), salt),
                written=newest(stamps.values()),
                shared=any(len(present[k].periods) != 1 for k in now),
                taken=any({*former[k].periods, *present[k].periods} != {period} for k in rewritten),
            )
        )
    held = {month.period for month in found}
    for key in former.keys() - present.keys():
        if others := [p for p in former[key].periods if p not in held]:
            noted[key] = replace(former[key], periods=(*noted_periods(noted, key), *others))
    return [*found, *emptied(present, former, salt)], noted


def noted_periods(noted: Inventory, key: str) -> tuple[date, ...]:
    """Return the months that a file, which is gone, is noted to count for."""
    return noted[key].periods if key in noted else ()


def emptied(
    present: Mapping[str, FileContent], former: Mapping[str, FileContent], salt: str
) -> Iterable[Month]:
    """Yield the months that no file has lines of any more, though one that had them is there."""
    held = {p for content in present.values() for p in content.periods}
    for period in sorted({p for content in former.values() for p in content.periods} - held):
        files = {
            k: present[k].stamp
            for k, content in former.items()
            if period in content.periods and k in present
        }
        if files:
            yield Month(
                period=period,
                files=tuple(sorted(files)),
                fingerprint=fingerprint(files.items(), salt),
                written=newest(files.values()),
                shared=True,
                taken=True,
            )


def fingerprint(stamps: Iterable[tuple[str, str]], salt: str) -> str:
    text = "\n".join([salt, *(f"{key}\t{stamp}" for key, stamp in sorted(stamps))])
    return hashlib.sha256(text.encode()).hexdigest()


def newest(stamps: Iterable[str]) -> str:
    """Return the latest time that stamps hold, to the second."""
    return max(stamp.partition(" ")[2][:19] for stamp in stamps) + "Z"


def in_range(found: Iterable[Month], export: Configured[Any], where: str) -> list[Month]:
    """Return the months that are asked for, and those that must change with them; oldest first.

    Raises:
        NothingInRange: If there are months, but none that is asked for.
    """
    months = sorted(found, key=lambda month: month.period)
    if months:
        export.in_range(where, [month.period for month in months])
    return [month for month in months if export.wants(month.period) or month.taken]
