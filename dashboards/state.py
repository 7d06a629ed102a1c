"""What users keep: saved views and acknowledged anomalies, in a file beside the database.

The database itself is replaced by every import; this file is not.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.warehouse import give_to_owner
from dashboards.answers import Time
from dashboards.problems import Refused

VIEWS = 500
ANOMALY = r"^[0-9a-f]{16}$"
ACKNOWLEDGED = 10_000
NAME = r"^[^\x00-\x1f]{1,100}$"
NEW_NAME = r"^[^\x00-\x1f\s]([^\x00-\x1f]{0,98}[^\x00-\x1f\s])?$"
"""A name as NAME, that neither begins nor ends with a space: it would look like another."""
TABLES = """
    CREATE TABLE IF NOT EXISTS acknowledged (
        id TEXT PRIMARY KEY, note TEXT NOT NULL, acknowledged_at TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS views (
        name TEXT PRIMARY KEY, query TEXT NOT NULL, created_at TEXT NOT NULL);
"""


class Acknowledgement(BaseModel):
    """What to keep of an anomaly."""

    model_config = ConfigDict(extra="forbid")

    is_acknowledged: bool
    note: Annotated[str, Field(max_length=1000)] = ""


class Acknowledged(BaseModel):
    """An anomaly that somebody has looked at."""

    id: str
    is_acknowledged: bool
    note: str
    acknowledged_at: Time | None


class ViewBody(BaseModel):
    """What to save."""

    model_config = ConfigDict(extra="forbid")

    query: Annotated[str, Field(max_length=8000, description="The page's query, after the ?.")]
    is_replacing: Annotated[
        bool, Field(description="Whether it may take the place of one of that name.")
    ] = False


class View(BaseModel):
    """A saved view."""

    name: str
    query: str
    created_at: Time


class Views(BaseModel):
    """All saved views, by name."""

    views: list[View]


class State:
    """The file, made at the first write."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=5)) as connection, connection:
                connection.executescript(TABLES)
                give_to_owner(self.path.parent, [self.path.name])
                yield connection
        except sqlite3.Error as error:
            raise Refused(
                503,
                f"{self.path} cannot be used: {error}",
                "Let the server write to the folder of the database.",
            ) from error

    def acknowledged(self) -> dict[str, Acknowledged]:
        """Return what was acknowledged, by anomaly."""
        if not self.path.exists():
            return {}
        with self._opened() as connection:
            found = connection.execute("SELECT id, note, acknowledged_at FROM acknowledged")
            return {
                id: Acknowledged(
                    id=id,
                    is_acknowledged=True,
                    note=note,
                    acknowledged_at=datetime.fromisoformat(at),
                )
                for id, note, at in found.fetchall()
            }

    def acknowledge(self, id: str, body: Acknowledgement) -> Acknowledged:
        """Keep, or forget, that somebody has looked at an anomaly."""
        now = datetime.now(UTC).replace(microsecond=0)
        with self._opened() as connection:
            if body.is_acknowledged:
                [count] = connection.execute(
                    "SELECT count(*) FROM acknowledged WHERE id <> ?", (id,)
                ).fetchone()
                if count >= ACKNOWLEDGED:
                    raise Refused(
                        400,
                        f"{ACKNOWLEDGED:,} anomalies are acknowledged already",
                        "Open some of them again first.",
                    )
                connection.execute(
                    "INSERT OR REPLACE INTO acknowledged VALUES (?, ?, ?)",
                    (id, body.note, now.isoformat()),
                )
            else:
                connection.execute("DELETE FROM acknowledged WHERE id = ?", (id,))
        return Acknowledged(
            id=id,
            is_acknowledged=body.is_acknowledged,
            note=body.note if body.is_acknowledged else "",
            acknowledged_at=now if body.is_acknowledged else None,
        )

    def views(self) -> Views:
        """Return the saved views."""
        if not self.path.exists():
            return Views(views=[])
        with self._opened() as connection:
            found = connection.execute("SELECT name, query, created_at FROM views ORDER BY name")
            return Views(
                views=[
                    View(name=name, query=query, created_at=datetime.fromisoformat(at))
                    for name, query, at in found.fetchall()
                ]
            )

    def save(self, name: str, body: ViewBody) -> Views:
        """Save a view.

        Raises:
            Refused: If there is one of that name that it may not replace, or too many.
        """
        now = datetime.now(UTC).replace(microsecond=0)
        with self._opened() as connection:
            [count] = connection.execute(
                "SELECT count(*) FROM views WHERE name <> ?", (name,)
            ).fetchone()
            is_there = connection.execute("SELECT 1 FROM views WHERE name = ?", (name,)).fetchone()
            if is_there and not body.is_replacing:
                raise Refused(
                    409,
                    f"there is a view {name!r} already",
                    "Choose another name, or replace it for everybody: is_replacing.",
                )
            if count >= VIEWS:
                raise Refused(400, f"there are {VIEWS} views already", "Delete one first.")
            connection.execute(
                "INSERT OR REPLACE INTO views VALUES (?, ?, ?)", (name, body.query, now.isoformat())
            )
        return self.views()

    def delete(self, name: str) -> Views:
        """Delete a view.

        Raises:
            Refused: If there is none of that name.
        """
        with self._opened() as connection:
            if not connection.execute("DELETE FROM views WHERE name = ?", (name,)).rowcount:
                raise Refused(404, f"there is no view {name[:100]!r}", "/api/v1/views lists them.")
        return self.views()
