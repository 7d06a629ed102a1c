"""What Google does on its side: tables that lines are added to, and objects of a bucket."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.fixtures.gcp.files import FLOATS, TIMES, numbered
from tests.fixtures.gcp.lines import Line

NUMBERS = itertools.count(1)
LISTS = {"credits": ["name", "full_name", "id", "type"], "labels": ["key", "value"],
         "system_labels": ["key", "value"], "tags": ["key", "value"]}  # fmt: skip


@dataclass
class Dataset:
    """One dataset of a BigQuery server."""

    url: str
    grpc: str
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.environment = {
            "OPEN_FINOPS_GCP_ENDPOINT_URL": self.url,
            "OPEN_FINOPS_GCP_STORAGE_ENDPOINT": self.grpc,
        }

    def post(self, path: str, body: Any) -> Any:
        answer = requests.post(
            f"{self.url}/bigquery/v2/projects/payer/{path}", json=body, timeout=30
        )
        assert answer.ok, answer.text
        return answer.json()

    def create(self) -> None:
        self.post("datasets", {"datasetReference": {"projectId": "payer", "datasetId": "billing"}})

    def table(self, lines: Sequence[Line], **more: Any) -> str:
        """Make a table with some lines; return its name."""
        name = f"gcp_billing_export_v1_{next(NUMBERS):06d}"
        reference = {"projectId": "payer", "datasetId": "billing", "tableId": name}
        schema = {"fields": fields(lines)}
        self.post(
            "datasets/billing/tables", {"tableReference": reference, "schema": schema, **more}
        )
        self.add(name, lines)
        return name

    def add(self, table: str, lines: Sequence[Line]) -> None:
        """Add lines, as Google does."""
        rows = [{"json": numbered(one)} for one in lines]
        answer = self.post(f"datasets/billing/tables/{table}/insertAll", {"rows": rows})
        assert not answer.get("insertErrors"), answer

    def options(self, table: str) -> list[str]:
        return ["-p", "payer", "-d", "billing", "-T", table]


def fields(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return the schema of some lines, with BigQuery's types."""
    names = list(dict.fromkeys(name for one in lines for name in one))
    return [column(name, [one.get(name) for one in lines]) for name in names]


def column(name: str, values: Sequence[Any]) -> dict[str, Any]:
    if name in LISTS:
        members = [{"name": member, "type": "STRING"} for member in LISTS[name]]
        if name == "credits":
            members.append({"name": "amount", "type": "FLOAT"})
        return {"name": name, "type": "RECORD", "mode": "REPEATED", "fields": members}
    structs = [value for value in values if isinstance(value, dict)]
    if structs:
        return {"name": name, "type": "RECORD", "fields": fields(structs)}
    kind = "FLOAT" if name in FLOATS else "TIMESTAMP" if name in TIMES else "STRING"
    return {"name": name, "type": kind}


@dataclass
class Bucket:
    """One bucket of a Cloud Storage server."""

    url: str
    name: str

    @property
    def environment(self) -> dict[str, str]:
        return {"OPEN_FINOPS_GCP_ENDPOINT_URL": self.url}

    def create(self) -> None:
        answer = requests.post(f"{self.url}/storage/v1/b", json={"name": self.name}, timeout=30)
        assert answer.ok, answer.text

    def upload(self, root: Path, prefix: str) -> str:
        """Copy a folder's files below a prefix; return the address."""
        for path in sorted(p for p in root.rglob("*") if p.is_file()):
            key = f"{prefix}/{path.relative_to(root).as_posix()}"
            answer = requests.post(
                f"{self.url}/upload/storage/v1/b/{self.name}/o",
                params={"uploadType": "media", "name": key},
                data=path.read_bytes(),
                timeout=30,
            )
            assert answer.ok, answer.text
        return f"gs://{self.name}/{prefix}"
