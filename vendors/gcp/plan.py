"""What planning asks BigQuery: which invoice months a table holds, and how to read one of them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.periods import next_period
from vendors.gcp.columns import PACIFIC, raw_name


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
