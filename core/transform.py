"""Run dbt on the working copy: raw to FOCUS to marts, then its checks."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb

from core.backends.duckdb import Limits
from core.errors import TransformError
from core.exports import vendor_names
from core.failures import REASON, attention, cut, quote
from core.interrupt import interrupted
from core.progress import Progress
from core.project import PROJECT, parsed

FOLDERS = ("models/staging", "models/intermediate", "seeds", "tests")
"""Where each vendor has a folder of its own name."""
DBT_SETTINGS = {
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DBT_QUIET": "true",
    "DBT_USE_COLORS": "false",
    "DBT_LOG_LEVEL": "none",
    "DBT_LOG_LEVEL_FILE": "none",
    "DBT_WRITE_JSON": "false",
    "DBT_PARTIAL_PARSE": "false",  # what a checkout elsewhere read would lead to its files
    "DBT_NO_PRINT": "true",
}


def build(
    database: Path,
    limits: Limits,
    state: Path,
    *,
    command: str = "build",
    arguments: Sequence[str] = (),
    progress: Progress | None = None,
) -> list[str]:
    """Run one dbt command on `database` and return the warnings of its tests.

    Args:
        database: A working copy that no other connection has open.
        limits: DuckDB's limits.
        state: Folder for what dbt writes beside the database.
        command: 'build', or 'test' for the checks alone.

    Raises:
        KeyboardInterrupt: If dbt was interrupted.
        TransformError: Naming the models and checks that failed, with rows that checks found.
    """
    done = Counter(progress)
    with environment(database, limits, state), redirect_stdout(StringIO()), no_collector():
        from dbt.cli.main import dbtRunner

        runner = dbtRunner(manifest=parsed(database), callbacks=[done.event])
        result = runner.invoke(
            [
                command,
                "--project-dir",
                str(PROJECT),
                "--profiles-dir",
                str(PROJECT),
                *arguments,
                *left_out(database),
            ]
        )
    release_connections()
    if result.exception is not None:
        if interrupted(result.exception):
            raise KeyboardInterrupt from result.exception
        raise TransformError([cut(str(result.exception), REASON)]) from result.exception
    results: list[Any] = list(getattr(result.result, "results", ()))
    failures = [r for r in results if r.status in ("error", "fail")]
    if failures:
        raise TransformError(quote(failures, database, limits))
    if not result.success:
        raise TransformError(["dbt ended without success"])
    return attention([r for r in results if r.status == "warn"], database, limits)


def left_out(database: Path) -> list[str]:
    """Return --exclude and the folders of vendors without a bill in `database`.

    Every model, seed and test costs dbt time, and most users have one or two vendors.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        present = connection.execute(
            "SELECT vendor FROM ledger.loads WHERE status = 'current' GROUP BY vendor"
        ).fetchall()
    absent = set(vendor_names()) - {str(vendor) for (vendor,) in present}
    folders = [f"{folder}/{vendor}" for vendor in sorted(absent) for folder in FOLDERS]
    found = [f"path:{folder}" for folder in folders if (PROJECT / folder).is_dir()]
    return ["--exclude", *found] if found else []


class Counter:
    """Counts finished dbt nodes for the progress bar."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress = progress

    def event(self, event: Any) -> None:
        if self.progress is None or event.info.name != "LogStartLine":
            return
        self.progress("building FOCUS", event.data.index - 1, event.data.total)


@contextmanager
def no_collector() -> Iterator[None]:
    """Keep Python from looking for garbage among the million objects that live as long as dbt.

    It would find little, and take a fifth of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def environment(database: Path, limits: Limits, state: Path) -> Iterator[None]:
    """Set the variables that profiles.yml and dbt read, and restore the former ones."""
    state.mkdir(parents=True, exist_ok=True)
    limits.temp_directory.mkdir(parents=True, exist_ok=True)
    ours = {
        **DBT_SETTINGS,
        **limits.environment(),
        "FINOPS_DATABASE": str(database),
        "DBT_TARGET_PATH": str(state / "target"),
        "DBT_LOG_PATH": str(state / "logs"),
    }
    former = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    root_level = logging.getLogger().level
    try:
        yield
    finally:
        logging.getLogger().setLevel(root_level)
        for name, value in former.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def release_connections() -> None:
    """Close what dbt-duckdb keeps open, so that the file can be opened anew."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()
    DuckDBConnectionManager._ENV = None
