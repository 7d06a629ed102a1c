"""What Metabase knows, in its Postgres: written to a file, and read back in one transaction."""

from __future__ import annotations

from pathlib import Path

from core.errors import NoPostgres
from deploy.place import METABASE, POSTGRES
from deploy.stack import Stack
from deploy.tools import show

WHO = ("--username", "metabase", "--dbname", "metabase")
ANEW = b"DROP SCHEMA IF EXISTS public CASCADE;\nCREATE SCHEMA public;\n"
"""What a dump begins with: nothing of a later version of Metabase may stay."""


def dump(stack: Stack, path: Path) -> None:
    """Write Postgres' data as SQL, consistent, while Metabase works.

    Raises:
        NoPostgres: If it does not run.
    """
    if stack.of(POSTGRES) is None:
        raise NoPostgres()
    with path.open("wb") as file:
        path.chmod(0o600)
        file.write(ANEW)
        file.flush()
        stack.execute(POSTGRES, "pg_dump", *WHO, "--no-owner", "--no-privileges", stdout=file)


def load(stack: Stack, path: Path, seconds: int) -> None:
    """Put a dump in the place of all that Postgres holds, wholly or not at all.

    Starts Postgres if need be. Metabase is stopped; the caller starts it again.
    """
    if any(one.service == METABASE for one in stack.containers()):
        show(stack.compose("stop", METABASE))
    if stack.of(POSTGRES) is None:
        stack.start(POSTGRES)
    stack.wait(seconds, [POSTGRES])
    script = ("--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1")
    with path.open("rb") as file:
        stack.execute(POSTGRES, "psql", *WHO, *script, "--file=-", stdin=file)
