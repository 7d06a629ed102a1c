"""Leading Metabase to the new data after a run; core.cli.follow calls it by name."""

from __future__ import annotations

from functools import partial

import click

from core.config import Config
from core.errors import FinopsError
from metabase.access import client_of, sign_in, wait_for
from metabase.client import Client
from metabase.database import current_generation, details_of, find_database
from metabase.same import holds
from metabase.turns import turn

PATIENCE = 300
"""Seconds that a run waits for somebody who fills Metabase."""


def follow(config: Config) -> str:
    """Let Metabase open the published generation; return what to tell, '' where all is well.

    Where it has to wait for another's turn, it says so on standard error at once.

    A Metabase that is down keeps no run from succeeding: the next run tries again.
    """
    client = client_of(config.metabase)
    try:
        wait_for(client, 0)
        with turn(config.database_path.parent, PATIENCE, partial(click.echo, err=True)):
            return lead(config, client)
    except FinopsError as error:
        return f"attention: Metabase was not led to the new data: {error}"
    finally:
        client.close()


def lead(config: Config, client: Client) -> str:
    """Do what `follow` does, once Metabase is there and nobody else changes it."""
    details = details_of(config, current_generation(config))
    sign_in(client, config.metabase)
    found = find_database(client)
    if found is None:
        return "Metabase has no FinOps database yet: run `./finops metabase provision`"
    if holds(found.get("details"), {"database_file": details["database_file"]}):
        return ""
    path = f"/api/database/{found['id']}"
    client.put(path, {"name": found["name"], "engine": found["engine"], "details": details})
    client.post(f"{path}/sync_schema")
    return f"Metabase now reads {details['database_file']}"
