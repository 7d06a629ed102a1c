"""The billing export where Google writes it: BigQuery.

Planning is one small query over three columns: which invoice months there are, how many lines
each has in each partition, and when the newest was written. Lines are only ever added, so a month
whose counts and times are the same is the same. A month that changed is read whole, through the
Storage Read API: Arrow record batches go straight into a Parquet file beside the database.

Both cost money, so both are estimated first, by a dry run and by the read session, and neither
begins when it would bill more than `maximum_bytes_billed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from core.errors import (
    AccessDenied,
    AlienFile,
    BucketNotFound,
    ConservationError,
    NoFiles,
    TooMuchToRead,
)
from core.exports import ExportVersion
from core.progress import say
from core.storage.base import Listing
from core.storage.google import ROLES, GoogleSession
from vendors.gcp.columns import dialect_of, lacking, raw_name
from vendors.gcp.config import GcpConfig, GcpExport
from vendors.gcp.files import period_of
from vendors.gcp.plan import Month, Partition, partition_column, planning_query, restriction
from vendors.gcp.prices import GcpVersion

ADDRESS = "https://bigquery.googleapis.com"


class BigQueryStore:
    """One table, seen as a folder with one file for each invoice month."""

    def __init__(self, settings: GcpConfig) -> None:
        assert settings.project_id and settings.dataset and settings.table
        self.settings = settings
        self.project, self.dataset, self.table = (
            settings.project_id,
            settings.dataset,
            settings.table,
        )
        self.location = f"bigquery:{self.project}.{self.dataset}.{self.table}"
        self.session = GoogleSession(settings, ADDRESS)
        self.months: dict[str, Month] = {}
        self.billed = 0
        """Bytes that this store has had billed."""

    @property
    def payer(self) -> str:
        return self.settings.billing_project_id or self.project

    # ---------- the table

    def about(self) -> dict[str, Any]:
        """Return BigQuery's description of the table; free of charge.

        Raises:
            BucketNotFound: If there is no such table.
        """
        path = f"projects/{self.project}/datasets/{self.dataset}/tables/{self.table}"
        try:
            return self.ask(path, "bigquery.tables.get")
        except FileNotFoundError as error:
            raise BucketNotFound(f"the table {self.location}") from error

    def ask(self, path: str, action: str, **more: Any) -> dict[str, Any]:
        return self.session.json(f"bigquery/v2/{path}", self.location, action, **more)

    def query(self, text: str, *, dry: bool = False) -> dict[str, Any]:
        """Run a query, or only ask what it would bill; return BigQuery's answer with all rows."""
        body: dict[str, Any] = {
            "query": text,
            "useLegacySql": False,
            "dryRun": dry,
            "maximumBytesBilled": str(self.settings.maximum_bytes_billed),
            "timeoutMs": 60_000,
            "maxResults": 10_000,
        }
        if self.settings.location:
            body["location"] = self.settings.location
        path, action = f"projects/{self.payer}/queries", "bigquery.jobs.create"
        answer = self.ask(path, action, body=body)
        while not dry and (not answer.get("jobComplete", True) or answer.get("pageToken")):
            job = answer["jobReference"]
            rows = answer.get("rows", [])
            more = {
                "location": job.get("location"),
                "pageToken": answer.get("pageToken"),
                "timeoutMs": 60_000,
                "maxResults": 10_000,
            }
            answer = self.ask(f"{path}/{job['jobId']}", action, query=more)
            answer["rows"] = rows + answer.get("rows", [])
            answer.setdefault("jobReference", job)
        return answer

    def charge(self, what: str, needed: int) -> None:
        """Say what will be billed, and refuse what is more than allowed.

        Raises:
            TooMuchToRead: If all that was billed so far and this are too much.
        """
        allowed = self.settings.maximum_bytes_billed
        if self.billed + needed > allowed:
            raise TooMuchToRead(self.location, what, self.billed + needed, allowed)
        say(f"{self.location}: {what} bills about {needed:,} bytes (of {allowed:,} allowed)")
        self.billed += needed

    # ---------- planning

    def plan(self) -> Sequence[Month]:
        """Return the table's invoice months, oldest first."""
        about = self.about()
        fields = {raw_name(str(f["name"])): str(f["name"]) for f in about["schema"]["fields"]}
        text = planning_query(self.full_name, fields, partition_column(about))
        dry = self.query(text, dry=True)
        self.charge("finding invoice months", int(dry.get("totalBytesProcessed") or 0))
        months: dict[str, Month] = {}
        for row in self.query(text).get("rows", ()):
            month, day, lines, newest = (cell["v"] for cell in row["f"])
            period = period_of(str(month), self.location)
            found = months.setdefault(str(month), Month(period))
            found.partitions.append(Partition(day or "", int(lines), newest or ""))
        self.months = dict(sorted(months.items()))
        return list(self.months.values())

    @property
    def full_name(self) -> str:
        return f"`{self.project}.{self.dataset}.{self.table}`"

    # ---------- an ObjectStore, whose keys are invoice months

    def name(self, key: str) -> str:
        return f"{self.location} invoice month {key}"

    def list(self, prefix: str) -> Listing:
        if not self.months:
            self.plan()
        return Listing(folders=(), files=tuple(self.months))

    def read(self, key: str) -> bytes:
        raise FileNotFoundError(key)

    def size(self, key: str) -> int | None:
        """Return the month's share of the table's bytes: what is staged is smaller."""
        about = self.about()
        month, rows = self.months.get(key), int(about.get("numRows") or 0)
        if month is None:
            return None
        return int(about.get("numBytes") or 0) * month.lines // max(rows, 1)

    def modified(self, key: str) -> float:
        return 0

    def local(self, key: str) -> None:
        return None

    def in_place(self, key: str) -> bool:
        return False

    def url(self, key: str) -> str:
        return self.name(key)

    def refused(self, where: str) -> AccessDenied:
        return AccessDenied(where, "bigquery.readsessions.create", hint=ROLES)

    def statements(self) -> Sequence[str]:
        return ()

    def download(self, key: str, target: Path) -> None:
        """Write one invoice month as Parquet; no row becomes a Python object.

        Raises:
            TooMuchToRead: If the month would bill more than is left of what is allowed.
            ConservationError: If fewer lines come than planning counted. More are lines that
                Google has added since; the next import reads the month again.
        """
        from vendors.gcp.stream import read_month

        month = self.months[key]
        lines = read_month(self, restriction(self.about(), month), key, target)
        if lines < month.lines:
            raise ConservationError(
                "stream of BigQuery", [f"{self.name(key)}: lines {month.lines:,} -> {lines:,}"]
            )


def versions(store: BigQueryStore, export: GcpExport) -> Iterator[ExportVersion]:
    """Yield every invoice month in range that the table holds, oldest first.

    Raises:
        NoFiles, NothingInRange, TooMuchToRead, and what asking BigQuery raises.
    """
    about = store.about()
    names = {raw_name(str(f["name"])) for f in about["schema"]["fields"]}
    dialect = dialect_of(names)
    if dialect is None:
        raise AlienFile(store.location, lacking(names))
    found = store.plan()
    if not found:
        raise NoFiles(store.location, "lines of a bill yet")
    wanted = export.in_range(store.location, [month.period for month in found])
    for month in (month for month in found if month.period in wanted):
        yield GcpVersion(
            vendor="gcp",
            export=export.name,
            billing_period=month.period,
            version_id=f"{month.newest} {month.fingerprint[:8]}",
            fingerprint=month.fingerprint,
            manifest=store.location,
            files=(f"{month.period:%Y%m}",),
            format="bigquery",
            dialect=dialect,
            prices=export.settings.pricing_source or "",
        )
