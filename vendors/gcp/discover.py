"""Find billing tables in a dataset, or files in a folder, without reading any of their lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from core.errors import BucketNotFound
from core.storage.google import GoogleSession
from vendors.gcp.bigquery import ADDRESS
from vendors.gcp.columns import dialect_of, raw_name
from vendors.gcp.config import GcpConfig, GcpExport, missing
from vendors.gcp.files import files
from vendors.gcp.plan import partition_column

KINDS = {"cloud_pricing_export": "prices", "cud_subscriptions_export": "commitments"}


def tables_of(settings: GcpConfig) -> list[dict[str, Any]]:
    """Return one row for each table of the dataset: what it is, its size, its last change.

    Raises:
        MissingSetting: If the dataset is not named.
        BucketNotFound: If there is no such dataset.
    """
    for name in ("project_id", "dataset"):
        if not getattr(settings, name):
            raise missing(name)
    session = GoogleSession(settings, ADDRESS)
    where = f"bigquery:{settings.project_id}.{settings.dataset}"
    path = f"bigquery/v2/projects/{settings.project_id}/datasets/{settings.dataset}/tables"
    try:
        return [
            about(session.json(f"{path}/{name}", where, "bigquery.tables.get"))
            for name in names(session, path, where)
        ]
    except FileNotFoundError as error:
        raise BucketNotFound(f"the dataset {where}") from error


def names(session: GoogleSession, path: str, where: str) -> Iterator[str]:
    token = None
    while True:
        query = {"pageToken": token, "maxResults": 500}
        answer = session.json(path, where, "bigquery.tables.list", query=query)
        yield from (str(t["tableReference"]["tableId"]) for t in answer.get("tables", ()))
        token = answer.get("nextPageToken")
        if not token:
            return


def about(table: dict[str, Any]) -> dict[str, Any]:
    """Return what a person wants to know of a table."""
    name = str(table["tableReference"]["tableId"])
    columns = {raw_name(str(f["name"])) for f in table.get("schema", {}).get("fields", ())}
    changed = int(table.get("lastModifiedTime") or 0) / 1000
    return {
        "table": name,
        "dialect": dialect_of(columns) or KINDS.get(name, ""),
        "rows": int(table.get("numRows") or 0),
        "bytes": int(table.get("numBytes") or 0),
        "partitioned_by": partition_column(table),
        "changed": f"{datetime.fromtimestamp(changed, UTC):%Y-%m-%d %H:%M}",
    }


def files_of(settings: GcpConfig) -> list[dict[str, Any]]:
    """Return one row for each file of a source that an import would read."""
    export = GcpExport(name="", settings=settings, start=None, end=None, table_prefix="")
    store, wanted = export.open()
    return [
        {"file": key, "format": form, "bytes": store.size(key)}
        for key, form in files(store, wanted).items()
    ]
