"""Metabase, or what it shows, is not as it should be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.errors.base import FinopsError
from core.words import counted

SHOWN = 20


class MetabaseError(FinopsError):
    exit_code = 11


class MetabaseAway(MetabaseError):
    def __init__(self, url: str, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"Metabase at {url} does not answer: {reason}",
            hint="Is it running, and is `url` in [metabase] its address? A first start takes two "
            "minutes and more.",
        )


class MetabaseLate(MetabaseAway):
    """It may still be at work at what it was asked."""


class LoginRefused(MetabaseError):
    def __init__(self, url: str, what: str, reason: str) -> None:
        super().__init__(
            f"Metabase at {url} refuses {what}: {reason}",
            hint="Correct it in [metabase] or in its variable; after several wrong passwords "
            "Metabase refuses also right ones for a while.",
        )


class NoDuckDbDriver(MetabaseError):
    def __init__(self, url: str) -> None:
        super().__init__(
            f"Metabase at {url} has no driver for DuckDB",
            hint="Put duckdb.metabase-driver.jar into its plugins folder and start it again.",
        )


class CallRefused(MetabaseError):
    def __init__(self, call: str, status: int, reason: str) -> None:
        self.status = status
        hint = (
            "Does the account belong to an administrator? Otherwise this version of Metabase "
            "may differ from the one that this is written for: docs/metabase.md names it."
        )
        if status == 400 and "/api/database" in call:
            hint = (
                "Does Metabase see the folder serving/ of the data, read-only, as "
                "`database_folder` in [metabase] says? Its log tells more."
            )
        super().__init__(f"Metabase refuses {call} with status {status}: {reason}", hint=hint)


class NotSynced(MetabaseError):
    def __init__(self, missing: Sequence[str], seconds: int) -> None:
        shown = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
        super().__init__(
            f"after {seconds} s Metabase has not found {counted(len(missing), 'column')} of the "
            f"database: {shown}",
            hint="Run the command again with a longer --wait; if it stays so, look at "
            "`database_folder` in [metabase] and at Metabase's log.",
        )


class BadContent(MetabaseError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} cannot be used: {reason}",
            hint="docs/metabase.md says what these files hold; `./finops focus build` makes the "
            "marts that they read.",
        )


class ContentDiffers(MetabaseError):
    def __init__(self, url: str, number: int) -> None:
        super().__init__(
            f"{counted(number, 'change')} to make in Metabase at {url}",
            hint="`./finops metabase provision` makes them.",
        )


class CardsFailed(MetabaseError):
    """Checks are the cards, and that Metabase reads what is published."""

    def __init__(self, failed: Sequence[str], number: int) -> None:
        names = ", ".join(failed[:SHOWN]) + (", ..." if len(failed) > SHOWN else "")
        super().__init__(
            f"{len(failed)} of {counted(number, 'check')} failed: {names}",
            hint="`./finops metabase provision --check` tells whether Metabase holds what the "
            "files say; each card's error stands above.",
        )
