"""The database in Metabase: on the published generation; its columns as Metabase numbers them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.config import Config
from core.errors import NoDatabase, NotSynced
from core.warehouse import Warehouse
from metabase.changes import Changes
from metabase.client import Client
from metabase.content import Column
from metabase.same import holds

NAME = "FinOps"
ENGINE = "duckdb"
PAUSE = 2.0
CLOSED = "SET enable_external_access=false"
"""Run on every connection: without it, SQL in Metabase reads every file of its container."""
SCHEDULES = {
    "metadata_sync": {"schedule_type": "hourly", "schedule_minute": 17},
    "cache_field_values": {"schedule_type": "daily", "schedule_hour": 4, "schedule_minute": 0},
}

Fields = Mapping[Column, int]


def current_generation(config: Config) -> Path:
    """Return the published generation.

    Raises:
        NoDatabase: If nothing was published yet.
    """
    generations = Warehouse(config.database_path).generations()
    if not generations:
        raise NoDatabase(config.database_path)
    return generations[-1]


def details_of(config: Config, generation: Path) -> dict[str, Any]:
    """Return how Metabase shall open a generation."""
    folder = config.metabase.database_folder.rstrip("/")
    return {
        "database_file": f"{folder}/{generation.name}",
        "read_only": True,
        "old_implicit_casting": True,
        "allow_unsigned_extensions": False,
        "memory_limit": config.metabase.memory_limit,
        "init_sql": CLOSED,
        "additional-options": None,
    }


def find_database(client: Client) -> Any:
    """Return our database with its details, None where Metabase has none."""
    for one in client.get("/api/database")["data"]:
        if (one["engine"], one["name"]) == (ENGINE, NAME):
            return client.get(f"/api/database/{one['id']}")
    return None


def put_database(client: Client, details: Mapping[str, Any], changes: Changes) -> tuple[int, bool]:
    """Add our database, or lead it to the generation.

    Returns:
        Its id, 0 where it is missing and stays so; and whether it was changed.
    """
    found = find_database(client)
    if found is None:
        if not changes.add(f"database {NAME}: add {details['database_file']}"):
            return 0, False
        body = {
            "name": NAME,
            "engine": ENGINE,
            "details": dict(details),
            "is_full_sync": True,
            "is_on_demand": False,
            "auto_run_queries": True,
            "schedules": SCHEDULES,
        }
        made = client.create("/api/database", body, lambda: find_database(client))
        return int(made["id"]), True
    if holds(found.get("details"), details):
        return int(found["id"]), False
    if changes.add(f"database {NAME}: open {details['database_file']}"):
        body = {"name": NAME, "engine": ENGINE, "details": dict(details)}
        client.put(f"/api/database/{found['id']}", body)
        return int(found["id"]), True
    return int(found["id"]), False


def read_fields(client: Client, database: int) -> dict[Column, int]:
    """Return the id of every column that Metabase has found."""
    if not database:
        return {}
    found = client.get(f"/api/database/{database}/metadata?include_hidden=true")
    return {
        Column(table["schema"], table["name"], one["name"]): int(one["id"])
        for table in found["tables"]
        for one in table["fields"]
    }


def synced_fields(
    client: Client,
    database: int,
    wanted: Sequence[Column],
    changes: Changes,
    *,
    changed: bool,
    seconds: int,
) -> Fields:
    """Return the ids of the columns that filters are bound to, and let Metabase look for them.

    Args:
        client: Metabase.
        database: Id of ours.
        wanted: The columns.
        changes: Where a look is noted; where nothing may be written, missing columns have none.
        changed: Whether the database has just been changed.
        seconds: How long to wait for the columns.

    Raises:
        NotSynced: If one is not there in time.
    """
    found = read_fields(client, database)
    if not changed and not missing(wanted, found):
        return found
    if not changes.add(f"database {NAME}: read its tables anew"):
        return found
    client.post(f"/api/database/{database}/sync_schema")
    last = time.monotonic() + seconds
    while left := missing(wanted, found := read_fields(client, database)):
        if time.monotonic() >= last:
            raise NotSynced(left, seconds)
        time.sleep(PAUSE * client.pause)
    return found


def missing(wanted: Sequence[Column], found: Fields) -> list[str]:
    """Return the names of the columns that Metabase has not found."""
    return [str(column) for column in wanted if column not in found]
