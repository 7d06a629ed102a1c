"""Cloud Storage: its JSON API lists and copies, DuckDB's httpfs reads Parquet where it lies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from core import sql
from core.backends.duckdb import load_extension
from core.errors import AccessDenied, BucketNotFound
from core.storage.access import GoogleAccess
from core.storage.base import Listing
from core.storage.google import ROLES, GoogleSession

ADDRESS = "https://storage.googleapis.com"
LIST, GET = "storage.objects.list", "storage.objects.get"


class GcsStore:
    """Reads one bucket; keys begin below `prefix`."""

    def __init__(self, bucket: str, access: GoogleAccess, prefix: str = "") -> None:
        self.bucket, self.prefix = bucket, prefix
        self.location = f"gs://{bucket}/{prefix}".rstrip("/")
        self.session = GoogleSession(access, ADDRESS)
        self._facts: dict[str, dict[str, Any] | None] = {}

    def name(self, key: str) -> str:
        return f"gs://{self.bucket}/{self.prefix}{key}"

    def list(self, prefix: str) -> Listing:
        folders: list[str] = []
        files: list[str] = []
        begin, token = self.prefix + prefix, None
        while True:
            answer = self._ask(begin, token)
            folders += [self._key(name) for name in answer.get("prefixes", ())]
            for found in answer.get("items", ()):
                key = self._key(str(found["name"]))
                self._facts[key] = found
                files.append(key)
            token = answer.get("nextPageToken")
            if not token:
                break
        files = [key for key in files if key and not key.endswith("/")]
        return Listing(folders=tuple(sorted(folders)), files=tuple(sorted(files)))

    def _ask(self, prefix: str, token: str | None) -> dict[str, Any]:
        query = {"prefix": prefix, "delimiter": "/", "pageToken": token}
        try:
            return self.session.json(
                f"storage/v1/b/{quote(self.bucket, safe='')}/o", self.location, LIST, query=query
            )
        except FileNotFoundError as error:
            raise BucketNotFound(f"the bucket {self.bucket}") from error

    def _key(self, name: str) -> str:
        return name.removeprefix(self.prefix)

    def _fact(self, key: str) -> dict[str, Any] | None:
        """Return what a listing of the object's folder says of it: one request for many files."""
        if key not in self._facts:
            self._facts[key] = None
            self.list(key[: key.rfind("/") + 1])
        return self._facts[key]

    def _object(self, key: str) -> str:
        return f"b/{quote(self.bucket, safe='')}/o/{quote(self.prefix + key, safe='')}?alt=media"

    def read(self, key: str) -> bytes:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "object"
            self.download(key, path)
            return path.read_bytes()

    def size(self, key: str) -> int | None:
        found = self._fact(key)
        return int(found["size"]) if found else None

    def modified(self, key: str) -> float:
        """Return when the object was written: its generation, which is a time."""
        found = self._fact(key)
        if found is None:
            raise FileNotFoundError(key)
        if str(found.get("generation", "")).isdecimal():
            return int(found["generation"]) / 1e6
        return datetime.fromisoformat(str(found["updated"])).timestamp()

    def local(self, key: str) -> None:
        return None

    def download(self, key: str, target: Path) -> None:
        path = f"download/storage/v1/{self._object(key)}"
        self.session.save(path, self.name(key), GET, target)

    def in_place(self, key: str) -> bool:
        return True

    def url(self, key: str) -> str:
        """Return the JSON API's own address, which answers ranges as the bucket's site does."""
        return f"{self.session.address}/download/storage/v1/{self._object(key)}"

    def refused(self, where: str) -> AccessDenied:
        return AccessDenied(where, GET, hint=ROLES)

    def statements(self) -> Sequence[str]:
        """Return LOAD httpfs and a secret with the token of the credentials."""
        token = self.session.token()
        if token is None:
            return (load_extension("httpfs"),)
        name = sql.ident(f"bucket {self.bucket}")
        scope = f"{self.session.address}/download/storage/v1/b/{quote(self.bucket, safe='')}/"
        return (
            load_extension("httpfs"),
            f"CREATE OR REPLACE SECRET {name} "
            f"(TYPE http, BEARER_TOKEN {sql.text(token)}, SCOPE {sql.text(scope)})",
        )
