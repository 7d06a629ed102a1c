"""Where AWS puts an export in its bucket, and what its manifest says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vendors.aws.demo.dialects import CATEGORIES, FORMATS, Output
from vendors.aws.demo.plan import Month

PAYER = "742601358219"


@dataclass(frozen=True, kw_only=True)
class Export:
    """One configured export and its place in the bucket."""

    root: Path
    dialect: str
    format: str
    name: str
    prefix: str
    bucket: str
    overwrite: bool

    def __post_init__(self) -> None:
        if self.dialect not in FORMATS:
            raise ValueError(f"dialect must be one of {', '.join(FORMATS)}, not {self.dialect!r}")
        if self.format not in FORMATS[self.dialect]:
            raise ValueError(
                f"{self.dialect} has no format {self.format!r}, "
                f"only {', '.join(FORMATS[self.dialect])}"
            )

    @property
    def athena(self) -> bool:
        """Whether this is a legacy report made for Athena: parquet, in year= and month= folders."""
        return (self.dialect, self.format) == ("cur_1", "parquet")

    def key(self, *parts: str) -> str:
        """A bucket key below the export's prefix."""
        return "/".join(part for part in (self.prefix.strip("/"), self.name, *parts) if part)

    def delivery(self, month: Month, execution_id: str) -> Delivery:
        """The delivery of one month."""
        if self.dialect == "cur_1":
            return LegacyDelivery(self, month, execution_id)
        return Delivery(self, month, execution_id)


@dataclass(frozen=True)
class Delivery:
    """One delivery of one month in the Data Exports layout."""

    export: Export
    month: Month
    execution_id: str

    @property
    def partition(self) -> str:
        """The folder of the billing month."""
        return f"BILLING_PERIOD={self.month.period}"

    @property
    def run(self) -> str:
        """The folder of this delivery; empty when AWS overwrites."""
        if self.export.overwrite:
            return ""
        return f"{self.month.delivered.isoformat(timespec='milliseconds')}Z-{self.execution_id}"

    def data_key(self, number: int) -> str:
        """The key of one data file, counted from 1."""
        extension = "snappy.parquet" if self.export.format == "parquet" else self.export.format
        return self.export.key(
            "data", self.partition, self.run, f"{self.export.name}-{number:05d}.{extension}"
        )

    def manifest_keys(self) -> list[str]:
        """The keys the manifest is written to: this run's folder, then the month's newest."""
        name = f"{self.export.name}-Manifest.json"
        own = [self.export.key("metadata", self.partition, self.run, name)] if self.run else []
        return [*own, self.export.key("metadata", self.partition, name)]

    def manifest(self, outputs: list[Output], keys: list[str]) -> dict[str, Any]:
        """The four keys of a genuine Data Exports manifest."""
        types = {
            "text": "string",
            "time": "timestamp",
            "number": "double",
            "map": "map<string,string>",
        }
        if self.export.format != "parquet":
            types["map"] = "string"
        arn = f"arn:aws:bcm-data-exports:us-east-1:{PAYER}:export/{self.export.name}"
        return {
            "executionId": self.execution_id,
            "exportArn": f"{arn}-{PAYER[:8]}",
            "columns": [{"name": o.name, "type": types[o.kind]} for o in outputs],
            "dataFiles": [f"s3://{self.export.bucket}/{key}" for key in keys],
        }


class LegacyDelivery(Delivery):
    """One delivery of one month in the layouts of the legacy report."""

    @property
    def partition(self) -> str:
        """The folder of the billing month; the range's end is exclusive."""
        return f"{self.month.start:%Y%m%d}-{self.month.end:%Y%m%d}"

    @property
    def run(self) -> str:
        """The folder of this delivery; empty when AWS overwrites."""
        return "" if self.export.overwrite or self.export.athena else self.execution_id

    def data_key(self, number: int) -> str:
        """The key of one data file, counted from 1."""
        export = self.export
        file = f"{export.name}-{number:05d}"
        if export.athena:
            folders = (
                export.name,
                f"year={self.month.start.year}",
                f"month={self.month.start.month}",
            )
            return export.key(*folders, f"{file}.snappy.parquet")
        return export.key(self.partition, self.run, f"{file}.{export.format}")

    def manifest_keys(self) -> list[str]:
        """The keys the manifest is written to: the assembly's folder, then the month's."""
        name = f"{self.export.name}-Manifest.json"
        own = [self.export.key(self.partition, self.run, name)] if self.run else []
        return [*own, self.export.key(self.partition, name)]

    def manifest(self, outputs: list[Output], keys: list[str]) -> dict[str, Any]:
        """The manifest of a legacy report."""
        export = self.export
        packing = {"parquet": "Parquet", "csv.gz": "GZIP", "csv.zip": "ZIP"}[export.format]
        return {
            "assemblyId": self.execution_id,
            "account": PAYER,
            "columns": [legacy_column(output) for output in outputs],
            "charset": "UTF-8",
            "compression": packing,
            "contentType": "Parquet" if packing == "Parquet" else "text/csv",
            "reportId": self.execution_id[::-1].replace("-", ""),
            "reportName": export.name,
            "billingPeriod": {
                "start": f"{self.month.start:%Y%m%dT%H%M%S}.000Z",
                "end": f"{self.month.end:%Y%m%dT%H%M%S}.000Z",
            },
            "bucket": export.bucket,
            "reportKeys": keys,
            "additionalArtifactKeys": [],
        }


def legacy_column(output: Output) -> dict[str, str]:
    """One entry of a legacy manifest's column list.

    >>> legacy_column(Output("lineItem/UnblendedCost", "number", ""))
    {'category': 'lineItem', 'name': 'UnblendedCost', 'type': 'OptionalBigDecimal'}
    """
    types = {"text": "OptionalString", "time": "DateTime", "number": "OptionalBigDecimal"}
    if "/" in output.name:
        category, name = output.name.split("/", 1)
    else:
        prefixes = [*CATEGORIES, "resource_tags", "cost_category"]
        category = next(p for p in prefixes if output.name.startswith(p + "_"))
        name = output.name.removeprefix(category + "_")
    return {"category": category, "name": name, "type": types[output.kind]}
