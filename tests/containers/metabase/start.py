"""Listen as Metabase does, by its API's contract, and keep what one tells it in Postgres."""

from __future__ import annotations

import base64
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.metabase.instance import Instance
from tests.metabase.serving import Handler, Site, server_of

PATIENCE = 60
TABLE = "CREATE TABLE IF NOT EXISTS standin (state text)"


def sql(script: str) -> str:
    """Run SQL as Metabase's user, all or nothing; return what it selects."""
    environment = {
        **os.environ,
        "PGHOST": os.environ["MB_DB_HOST"],
        "PGPORT": os.environ["MB_DB_PORT"],
        "PGDATABASE": os.environ["MB_DB_DBNAME"],
        "PGUSER": os.environ["MB_DB_USER"],
        "PGPASSWORD": os.environ["MB_DB_PASS"],
    }
    quietly = ("--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--single-transaction")
    command = ["psql", *quietly, "--set", "ON_ERROR_STOP=1"]
    done = subprocess.run(command, input=script, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise OSError(done.stderr)
    return done.stdout.strip()


def known() -> str:
    """Return what Postgres holds, as soon as it answers."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return sql(f"SET client_min_messages = error; {TABLE}; SELECT state FROM standin")
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def keep(instance: Instance) -> None:
    """Write down all that the instance knows."""
    state = base64.b64encode(pickle.dumps(vars(instance))).decode()
    sql(f"DELETE FROM standin; INSERT INTO standin VALUES ('{state}')")


class Kept(Handler):
    """A connection whose changes are in Postgres before they are confirmed, and in the log."""

    def answer(self, path: str, query: Any, body: Any) -> tuple[int, Any]:
        status, answer = super().answer(path, query, body)
        sys.stdout.write(f"{self.command} {path} {status}\n")
        if self.command != "GET" and not path.endswith("/query"):
            keep(self.site.instance)
        return status, answer


def main() -> None:
    instance = Instance(Path("/data/serving"))
    if state := known():
        vars(instance).update(pickle.loads(base64.b64decode(state)))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server_of(Site(instance), ("0.0.0.0", int(os.environ["MB_JETTY_PORT"])), Kept).serve_forever()


if __name__ == "__main__":
    main()
