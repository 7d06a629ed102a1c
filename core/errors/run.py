"""What a run itself meets: another process, the disk, a check, dbt, a query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors.base import FinopsError

RIGHTS = (
    "The user of this command may not write there: give the folder and what is in it to that user "
    "(`ls -ld` shows whose it is), or set another data_dir."
)
FOLDER = "Make the folder, correct the path, or set another data_dir."
REASONS = (
    ("Permission denied", RIGHTS),
    ("Operation not permitted", RIGHTS),
    ("is not writable", RIGHTS),
    ("Read-only file system", "It is mounted for reading alone: set another data_dir."),
    ("No such file or directory", FOLDER),
    ("Not a directory", FOLDER),
    ("Is a directory", "A folder stands where a file is to be: move it away."),
    ("File name too long", FOLDER),
    ("is no folder", FOLDER),
)
"""What helps where a disk is not full, by the words of its error."""
NO_ROOM = (
    "Free some space (an import needs room for a second copy of the database) or set another "
    "data_dir."
)


class BusyError(FinopsError):
    exit_code = 6

    def __init__(self, path: Path, owner: str) -> None:
        hint = "Wait for it to end, or close the program: only readers may have it open."
        super().__init__(f"another process ({owner}) is writing {path}", hint=hint)


class StackBusy(BusyError):
    def __init__(self, folder: Path, owner: str) -> None:
        FinopsError.__init__(
            self,
            f"another `finops deploy` ({owner}), or a build that it began, is at work on {folder}",
            hint="Wait for it to end.",
        )


class MetabaseBusy(BusyError):
    def __init__(self, seconds: int) -> None:
        FinopsError.__init__(
            self,
            f"after {seconds} s another `finops metabase provision`, or a run that leads Metabase "
            "to its data, is still at work",
            hint="Run the command again once that one has ended; `--wait` of `metabase provision` "
            "waits longer for it.",
        )


class DiskError(FinopsError):
    exit_code = 7

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"cannot write {path}: {reason}",
            hint=next((hint for words, hint in REASONS if words in reason), NO_ROOM)
            + " The last good database is untouched.",
        )


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a full disk or a missing right into one clear error."""
    try:
        yield
    except OSError as error:
        raise DiskError(path, error.strerror or str(error)) from error


class ConservationError(FinopsError):
    exit_code = 8

    def __init__(self, stage: str, differences: Iterable[str]) -> None:
        lines = "\n  ".join(differences)
        super().__init__(
            f"the {stage} does not hold the same money as the source:\n  {lines}",
            hint="Nothing was published; the former month stays. Please report this with the "
            "lines above: it is a fault of ours or of the export.",
        )


class QueryError(FinopsError):
    exit_code = 9

    def __init__(self, reason: str, *, hint: str = "") -> None:
        super().__init__(
            reason,
            hint=hint
            or '`./finops query "SHOW TABLES FROM marts"` lists the marts, SHOW ALL TABLES all.',
        )


class NoDatabase(QueryError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"there is no database {path} yet",
            hint="`./finops config init` and `./finops run` make it of your bills; `./finops demo` "
            "has one of its own, which a command reads with --demo.",
        )


class TransformError(FinopsError):
    exit_code = 10

    def __init__(self, failures: Iterable[str]) -> None:
        lines = "\n  ".join(failures)
        super().__init__(
            f"the FOCUS build failed:\n  {lines}",
            hint="Nothing was published. To see the raw lines, import with --no-transform into "
            "another data folder; docs/troubleshooting.md, A check fails, shows how.",
        )
