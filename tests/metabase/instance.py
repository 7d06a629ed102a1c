"""A Metabase in memory: what its API keeps, and how it answers. Written from its contract."""

from __future__ import annotations

import itertools
import secrets
from pathlib import Path
from typing import Any

import duckdb

from tests.metabase import contract, native
from tests.metabase.boards import Boards
from tests.metabase.contract import Refused, closed

ATTEMPTS = 5
"""Wrong passwords before it refuses all."""


class Instance(Boards):
    """One instance; `serving` is what its container sees as /data/serving."""

    def __init__(self, serving: Path, *, engines: tuple[str, ...] = ("postgres", "duckdb")) -> None:
        super().__init__()
        self.serving = serving
        self.engines = engines
        self.token: str | None = secrets.token_hex(16)
        self.keys: set[str] = set()
        self.sessions: set[str] = set()
        self.users: dict[str, str] = {}
        self.wrong = 0
        self.polls = 1
        """How often one must ask until a sync has ended."""
        self.starting = 0
        """How many health checks it still answers with 503."""
        self.databases: dict[int, dict[str, Any]] = {}
        self.columns: dict[int, native.Column] = {}
        self.syncing: int | None = None
        self.collections: dict[int, dict[str, Any]] = {}
        self.numbers = itertools.count(100)

    # ---- users

    def health(self) -> Any:
        if self.starting:
            self.starting -= 1
            raise Refused(503, {"status": "initializing"})
        return {"status": "ok"}

    def properties(self) -> Any:
        return {
            "setup-token": None if self.users else self.token,
            "has-user-setup": bool(self.users),
            "engines": {name: {} for name in self.engines},
            "version": {"tag": "v0.63.4"},
        }

    def setup(self, body: Any) -> Any:
        closed(body, contract.SETUP, contract.SETUP)
        closed(body["prefs"], {"site_name", "site_locale"}, {"site_name"}, "prefs")
        if self.users or body["token"] != self.token:  # once used, no token matches
            raise Refused(400, {"errors": {"token": "Token does not match the setup token."}})
        self.users[body["user"]["email"]] = body["user"]["password"]
        return {"id": self.session()}

    def session(self) -> str:
        made = secrets.token_hex(16)
        self.sessions.add(made)
        return made

    def login(self, body: Any) -> Any:
        closed(body, {"username", "password"}, {"username", "password"})
        if self.wrong >= ATTEMPTS:
            text = "Too many attempts! You must wait 15 seconds before trying again."
            raise Refused(401, {"errors": {"username": text}})
        if self.users.get(body["username"]) != body["password"]:
            self.wrong += 1
            raise Refused(401, {"errors": {"password": "did not match stored password"}})
        return {"id": self.session()}

    def check_user(self, session: str | None, key: str | None) -> None:
        if session not in self.sessions and key not in self.keys:
            raise Refused(401, "Unauthenticated")

    # ---- databases

    def file_of(self, details: Any) -> Path:
        return self.serving / Path(details["database_file"]).name

    def check_connection(self, engine: str, details: Any) -> None:
        closed(details, contract.DETAILS, {"database_file"}, "details")
        folder = str(Path(details["database_file"]).parent)
        if engine not in self.engines or folder != "/data/serving":
            raise Refused(400, {"message": f"Cannot open {details['database_file']}"})
        if not self.file_of(details).is_file():
            raise Refused(400, {"message": f"File {details['database_file']} does not exist"})

    def list_databases(self) -> Any:
        """Return all, without how each is opened."""
        kept = ("id", "name", "engine")
        listed = [{name: one[name] for name in kept} for one in self.databases.values()]
        return {"data": listed, "total": len(listed)}

    def database(self, number: int) -> Any:
        return self.there(self.databases, number)

    def add_database(self, body: Any) -> Any:
        closed(body, contract.DATABASE, {"name", "engine", "details"})
        self.check_connection(body["engine"], body["details"])
        made = {**body, "id": next(self.numbers), "initial_sync_status": "incomplete"}
        self.databases[made["id"]] = made
        return made

    def change_database(self, number: int, body: Any) -> Any:
        closed(body, contract.DATABASE_CHANGE)
        found = self.there(self.databases, number)
        details = {**found["details"], **body.get("details", {})}
        self.check_connection(found["engine"], details)
        found.update(body, details=details)
        return found

    def sync(self, number: int) -> Any:
        found = self.there(self.databases, number)
        if not self.file_of(found["details"]).is_file():
            raise Refused(422, f"File {found['details']['database_file']} does not exist")
        self.syncing = self.polls
        return {"status": "ok"}

    def metadata(self, number: int) -> Any:
        found = self.there(self.databases, number)
        if self.syncing is not None:
            self.syncing -= 1
            if self.syncing <= 0:
                self.syncing = None
                self.read_columns(self.file_of(found["details"]))
        tables: dict[tuple[str, str], dict[str, Any]] = {}
        for field, (schema, table, name) in self.columns.items():
            one = tables.setdefault(
                (schema, table), {"id": field, "schema": schema, "name": table, "fields": []}
            )
            one["fields"].append({"id": field, "name": name, "base_type": "type/Text"})
        return {"id": number, "tables": list(tables.values())}

    def read_columns(self, file: Path) -> None:
        known = set(self.columns.values())
        with duckdb.connect(str(file), read_only=True) as connection:
            rows = connection.execute(
                "SELECT table_schema, table_name, column_name FROM information_schema.columns "
                "WHERE table_schema IN ('marts', 'ledger') ORDER BY ALL"
            ).fetchall()
        for column in rows:
            if column not in known:
                self.columns[next(self.numbers)] = column

    # ---- collections

    def list_collections(self) -> Any:
        root = {"id": "root", "name": "Our analytics"}
        return [root, *(one for one in self.collections.values() if not one["archived"])]

    def add_collection(self, body: Any) -> Any:
        closed(body, contract.COLLECTION, {"name"})
        number = next(self.numbers)
        made = {**body, "id": number, "location": "/", "archived": False}
        self.collections[number] = made
        return made

    # ---- queries

    def run(self, number: int, body: Any) -> Any:
        """Return what a card shows, with status 202 also where its SQL failed."""
        closed(body or {}, contract.QUERY_BODY)
        query = self.card(number)["dataset_query"]
        found = self.there(self.databases, query["database"])
        given = (body or {}).get("parameters", [])
        for one in given:
            closed(one, contract.VALUE, contract.VALUE, "parameter")
            contract.check_target(one["target"])
        file = str(self.file_of(found["details"]))
        try:
            sql = native.filled(query["stages"][0], self.columns, given)
            with duckdb.connect(file, read_only=True) as connection:
                connection.execute(found["details"].get("init_sql") or "")
                rows = native.fetched(connection, sql)
        except (native.BadQuery, duckdb.Error) as error:
            return {"status": "failed", "error": str(error), "row_count": 0}
        data = {"rows": [[str(value) for value in row.values()] for row in rows]}
        return {"status": "completed", "row_count": len(rows), "running_time": 1, "data": data}
