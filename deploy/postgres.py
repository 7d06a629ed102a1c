"""What Metabase knows, in its Postgres: written to a file, and read back in one transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from core.errors import ComposeFailed, NoPostgres
from deploy.archive import private
from deploy.halfway import Exchange, cut_off, settled, wakes
from deploy.own import METABASE, POSTGRES
from deploy.place import Place
from deploy.stack import Stack
from deploy.tools import show

WHO = ("--username", "metabase", "--dbname", "metabase")
ANEW = b"DROP SCHEMA IF EXISTS public CASCADE;\nCREATE SCHEMA public;\n"
"""What a dump begins with: nothing of a later version of Metabase may stay."""
VALUE = re.compile(r'(: |value )".*', re.DOTALL)
"""A value of the data, in an error of Postgres: `invalid input syntax for type uuid: "a value"`."""
SILENT = "SET log_min_messages = panic; SET log_min_error_statement = panic"
"""Keeps the rows of a dump that is not taken out of the server's own log."""
FILLED = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')"


def dump(stack: Stack, path: Path) -> None:
    """Write Postgres' data as SQL, consistent, while Metabase works.

    Raises:
        NoPostgres: If it does not run.
    """
    if stack.of(POSTGRES) is None:
        raise NoPostgres()
    with private(path) as file:
        file.write(ANEW)
        file.flush()
        stack.execute(POSTGRES, "pg_dump", *WHO, "--no-owner", "--no-privileges", stdout=file)


def awake(stack: Stack, seconds: int) -> None:
    """Start Postgres if need be, and wait until it answers.

    Raises:
        NotHealthy: If it does not after so many seconds.
    """
    if stack.of(POSTGRES) is None:
        stack.start(POSTGRES)
    stack.wait(seconds, [POSTGRES])


@contextmanager
def awake_meanwhile(stack: Stack, exchange: Exchange, seconds: int) -> Iterator[Exchange]:
    """Start Postgres if need be, once that is noted; yield the restore as it is to be noted then.

    One that was started stops at the end, also after a failure.

    Raises:
        NotHealthy: If it does not answer after so many seconds.
    """
    woken = stack.of(POSTGRES) is None
    if woken:
        wakes(stack.place, exchange)
    try:
        awake(stack, seconds)
        yield replace(exchange, woken=woken)
    finally:
        if woken:
            asleep(stack)


def asleep(stack: Stack) -> None:
    """Stop a Postgres that was started for a restore, and note that; Metabase's goes on.

    Its container is removed where the stack has no other.
    """
    found = {one.service for one in stack.containers()}
    if POSTGRES in found and stack.of(METABASE) is None:
        if found > {POSTGRES}:
            show(stack.compose("stop", POSTGRES))
        else:
            stack.remove(POSTGRES)
    settled(stack.place)


def asleep_again(place: Place) -> bool:
    """Stop a Postgres that a restore has started and, killed, has left; tell whether one had."""
    half = cut_off(place)
    if half is None or not half.woken:
        return False
    asleep(Stack.at(place))
    return True


def is_filled(stack: Stack) -> bool:
    """Tell whether a Postgres that runs holds anything; a new one does not."""
    said = stack.execute(POSTGRES, "psql", *WHO, "--no-psqlrc", "-At", "--command", FILLED)
    return said.strip() == "t"


def load(stack: Stack, path: Path, seconds: int) -> None:
    """Put a dump in the place of all that Postgres holds, wholly or not at all.

    Starts Postgres if need be. Metabase is stopped; the caller starts it again.

    Raises:
        ComposeFailed: If Postgres does not take it; neither the error nor Postgres' log shows
            anything of the data.
    """
    if any(one.service == METABASE for one in stack.containers()):
        show(stack.compose("stop", METABASE))
    awake(stack, seconds)
    script = ("--no-psqlrc", "--quiet", "--single-transaction")
    variables = ("--set", "ON_ERROR_STOP=1", "--set", "VERBOSITY=terse")  # no DETAIL, no CONTEXT
    try:
        with path.open("rb") as file:
            both = ("--command", SILENT, "--file=-")
            stack.execute(POSTGRES, "psql", *WHO, *script, *variables, *both, stdin=file)
    except ComposeFailed as error:
        said = VALUE.sub(r'\1"..."', error.said or "")
        raise ComposeFailed(error.command, error.code, said) from None


@contextmanager
def metabase_again(stack: Stack) -> Iterator[None]:
    """Start Metabase at the end, also after a failure, if it is part of what runs.

    One that stands still beside services that run was stopped by a load that was killed. What
    systemd runs, it stops and starts itself.
    """
    found = stack.containers()
    runs = any(one.state == "running" and one.service != POSTGRES for one in found)
    belongs = any(one.service == METABASE for one in found)
    try:
        yield
    finally:
        if runs and belongs and not stack.units:
            stack.start(METABASE)
