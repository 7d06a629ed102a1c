"""The billing export where Google writes it: BigQuery.

Planning is one small query over three columns: which invoice months there are, how many lines
each has in each partition, and when the newest was written. Lines are only ever added, so a month
whose counts and times are the same is the same. A month that changed is read whole, through the
Storage Read API: Arrow record batches go straight into a Parquet file beside the database.

Both cost money, so both are estimated first, by a dry run and by the read session, and neither
begins when it would bill more than `maximum_bytes_billed`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import BucketNotFound, ConservationError, NoFiles, NothingInRange, TooMuchToRead
from core.exports import ExportVersion
from core.periods import name as period_name
from core.periods import next_period
from core.progress import say
from core.storage.base import Listing
from core.storage.google import GoogleAccess, GoogleSession
from vendors.gcp.columns import dialect_of, raw_name
from vendors.gcp.config import GcpConfig, GcpExport
from vendors.gcp.files import period_of

ADDRESS = "https://bigquery.googleapis.com"
PACIFIC = "America/Los_Angeles"


@dataclass(frozen=True)
class Partition:
    """The lines of one invoice month in one partition of the table."""

    day: str
    """Day of the partition, '' where the table has none."""
    lines: int
    newest: str
    """The latest export_time, or for FOCUS what the lines sum to."""


@dataclass
class Month:
    """One invoice month of a table."""

    period: date
    partitions: list[Partition] = field(default_factory=list)

    @property
    def lines(self) -> int:
        return sum(p.lines for p in self.partitions)

    @property
    def newest(self) -> str:
        return max(p.newest for p in self.partitions)

    @property
    def fingerprint(self) -> str:
        facts = sorted((p.day, p.lines, p.newest) for p in self.partitions)
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


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
        self.session = GoogleSession(access(settings), ADDRESS)
        self.months: dict[str, Month] = {}
        self.taken: datetime | None = None
        """When planning looked; reading sees the table as it was then."""
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
        self.taken = datetime.now(UTC)
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
        return Listing(folders=(), files=tuple(self.months or (self.plan(), self.months)[1]))

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

    def url(self, key: str) -> str:
        return self.name(key)

    def statements(self) -> Sequence[str]:
        return ()

    def download(self, key: str, target: Path) -> None:
        """Write one invoice month as Parquet; no row becomes a Python object.

        Raises:
            TooMuchToRead: If the month would bill more than is left of what is allowed.
            ConservationError: If other lines come than planning counted.
        """
        from vendors.gcp.stream import read_month

        month = self.months[key]
        lines = read_month(self, restriction(self.about(), month), key, target)
        if lines != month.lines:
            raise ConservationError(
                "stream of BigQuery", [f"{self.name(key)}: lines {month.lines:,} -> {lines:,}"]
            )


def access(settings: GcpConfig) -> GoogleAccess:
    return GoogleAccess(
        service_account_path=settings.service_account_path,
        impersonate_service_account=settings.impersonate_service_account,
        endpoint_url=settings.endpoint_url,
    )


def partition_column(about: dict[str, Any]) -> str:
    """Return the column by which a table is partitioned, '' for one that is not."""
    partitioning = about.get("timePartitioning")
    return str(partitioning.get("field") or "_PARTITIONTIME") if partitioning else ""


def planning_query(table: str, fields: dict[str, str], partition: str) -> str:
    """Return the query that finds a table's invoice months.

    Args:
        table: The table, quoted.
        fields: Its columns, by our names.
        partition: Its partition column, or ''.
    """
    day = f"FORMAT_TIMESTAMP('%F', TIMESTAMP({partition}))" if partition else "''"
    if "billed_cost" in fields:
        month = f"FORMAT_TIMESTAMP('%Y%m', TIMESTAMP({fields['billing_period_start']}))"
        newest = f"CAST(SUM(CAST({fields['billed_cost']} AS NUMERIC)) AS STRING)"
    else:
        month = (
            "COALESCE(NULLIF(invoice.month, ''), "
            f"FORMAT_TIMESTAMP('%Y%m', usage_start_time, '{PACIFIC}'))"
        )
        newest = "FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%E6SZ', MAX(export_time))"
    return (
        f"SELECT {month} AS month, {day} AS day, COUNT(*) AS lines_found, {newest} AS newest "
        f"FROM {table} GROUP BY month, day"
    )


def restriction(about: dict[str, Any], month: Month) -> str:
    """Return the row restriction of one invoice month, with the partitions that hold it."""
    names = {raw_name(str(f["name"])): str(f["name"]) for f in about["schema"]["fields"]}
    if "billed_cost" in names:
        start = names["billing_period_start"]
        lines = (
            f"{start} >= TIMESTAMP '{month.period} 00:00:00+00' "
            f"AND {start} < TIMESTAMP '{next_period(month.period)} 00:00:00+00'"
        )
    else:
        begin, end = pacific(month.period), pacific(next_period(month.period))
        lines = (
            f"invoice.month = '{month.period:%Y%m}' OR ((invoice.month IS NULL OR "
            f"invoice.month = '') AND usage_start_time >= TIMESTAMP '{begin}' "
            f"AND usage_start_time < TIMESTAMP '{end}')"
        )
    column = partition_column(about)
    days = sorted(p.day for p in month.partitions if p.day)
    if not column or len(days) != len({p.day for p in month.partitions}):
        return f"({lines})"
    of_days = f"TIMESTAMP({column})" if column != "_PARTITIONTIME" else column
    first, last = f"TIMESTAMP '{days[0]} 00:00:00+00'", f"TIMESTAMP '{days[-1]} 23:59:59.999999+00'"
    return f"({lines}) AND {of_days} >= {first} AND {of_days} <= {last}"


def pacific(day: date) -> str:
    """Return the first moment of a day in Google's time zone, as UTC.

    >>> pacific(date(2018, 1, 1))
    '2018-01-01 08:00:00+00'
    """
    moment = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(PACIFIC)).astimezone(UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}+00"


def versions(store: BigQueryStore, export: GcpExport) -> Iterator[ExportVersion]:
    """Yield every invoice month in range that the table holds, oldest first.

    Raises:
        NoFiles, NothingInRange, TooMuchToRead, and what asking BigQuery raises.
    """
    about = store.about()
    names = {raw_name(str(f["name"])) for f in about["schema"]["fields"]}
    dialect = dialect_of(names)
    if dialect is None:
        from core.errors import AlienFile
        from vendors.gcp.columns import REQUIRED

        raise AlienFile(store.location, REQUIRED["gcp"] - names)
    found = store.plan()
    if not found:
        raise NoFiles(store.location, "lines of a bill yet")
    wanted = [month for month in found if export.wants(month.period)]
    if not wanted:
        raise NothingInRange(
            store.location,
            period_name(export.start) if export.start else "the first month",
            period_name(export.end) if export.end else "the last one",
            f"{period_name(found[0].period)} to {period_name(found[-1].period)}",
        )
    for month in wanted:
        yield ExportVersion(
            vendor="gcp",
            export=export.name,
            billing_period=month.period,
            version_id=month.newest,
            fingerprint=month.fingerprint,
            manifest=store.location,
            files=(f"{month.period:%Y%m}",),
            format="bigquery",
            dialect=dialect,
        )
