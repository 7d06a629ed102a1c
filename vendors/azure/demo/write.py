"""Writes the demo bill as Cost Management delivers it: data files, then the manifest of the run."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from core.sql import ident, text
from vendors.azure.demo.columns import outputs
from vendors.azure.demo.plan import DemoPlan, Month, months

HERE = Path(__file__).parent
BOM = "\ufeff"
TYPES = {"actual": "ActualCost", "amortized": "AmortizedCost"}
PLAN_TABLES = {
    "subscription_plan": ("subscriptions", {}),
    "workload_plan": ("workloads", {}),
    "meter_plan": ("meters", {"price": "DECIMAL(18, 10)", "payg": "DECIMAL(18, 10)"}),
    "fleet_plan": (
        "fleets",
        {
            "units": "INTEGER",
            "amount": "DOUBLE",
            "growth": "DOUBLE",
            "noise": "DOUBLE",
            "weekend": "DOUBLE",
        },
    ),
    "commitment_plan": (
        "commitments",
        {
            "years": "INTEGER",
            "month": "INTEGER",
            "capacity": "DECIMAL(20, 2)",
            "rate": "DECIMAL(9, 6)",
            "discount": "DECIMAL(4, 2)",
            "returned": "INTEGER",
        },
    ),
    "charge_plan": (
        "charges",
        {"amount": "DECIMAL(18, 2)", "every": "INTEGER", "month": "INTEGER"},
    ),
}
"""Table name -> (CSV file beside this module, columns that are not text)."""


def write_demo(
    root: Path,
    plan: DemoPlan,
    *,
    format: str = "csv.gz",
    agreement: str = "ea",
    prefix: str = "exports",
    actual: str = "finops-demo-actual",
    amortized: str = "finops-demo-amortized",
    files: int = 1,
    overwrite: bool = False,
    restated: bool = False,
) -> None:
    """Write the plan's bill below a folder that mirrors a container.

    Args:
        root: Folder that stands for the container; made when missing.
        plan: What the bill holds.
        format: csv, csv.gz or parquet.
        agreement: 'ea' or 'mca': which columns, and how they are spelt.
        prefix: Directory of the exports.
        actual: Name of the export of actual costs.
        amortized: Name of the export of amortized costs.
        files: Data files of each run.
        overwrite: Replace a month's run in place instead of adding a folder for each.
        restated: Write only the month that Azure corrected later.
    """
    names = {"actual": actual, "amortized": amortized}
    with tempfile.TemporaryDirectory(prefix="finops-demo-") as scratch:
        connection = open_bill(plan, spill=Path(scratch))
        try:
            for month in months(plan, restated=restated):
                build_month(connection, month)
                for dataset, name in names.items():
                    writer = RunWriter(
                        connection=connection,
                        folder=root / prefix / name,
                        key=f"{prefix}/{name}".strip("/"),
                        dataset=dataset,
                        month=month,
                        run_id=plan.run_id(name, month),
                        format=format,
                        agreement=agreement,
                        overwrite=overwrite,
                    )
                    writer.write(files)
        finally:
            connection.close()


def open_bill(plan: DemoPlan, *, spill: Path) -> duckdb.DuckDBPyConnection:
    """Return an in-memory database that holds everything about the bill that no month changes."""
    connection = duckdb.connect(
        config={
            "threads": 1 if plan.twins < 4 else (os.cpu_count() or 1),
            "memory_limit": "1500MB",
            "temp_directory": str(spill),
        }
    )
    connection.execute("CREATE MACRO us_date(moment) AS strftime(moment, '%m/%d/%Y')")
    connection.execute(
        "CREATE MACRO uuid_of(word) AS CAST(CAST(md5(word) AS UUID) AS VARCHAR)"
    )  # the same word is the same id
    for table, (name, types) in PLAN_TABLES.items():
        casts = ", ".join(f"CAST({column} AS {kind}) AS {column}" for column, kind in types.items())
        replaced = f" REPLACE ({casts})" if casts else ""
        connection.execute(
            f"CREATE TABLE {table} AS SELECT *{replaced} "
            "FROM read_csv(?, all_varchar = true, header = true)",
            [str(HERE / "data" / f"{name}.csv")],
        )
    connection.execute(
        "CREATE TABLE plan AS SELECT CAST(? AS BIGINT) AS seed, CAST(? AS INTEGER) AS twins, "
        "? AS grain, CAST(? AS TIMESTAMP) AS last_month",
        [plan.seed, plan.twins, plan.grain, plan.last_month],
    )
    run_script(connection, "dimensions")
    return connection


def build_month(connection: duckdb.DuckDBPyConnection, month: Month) -> None:
    """Fill the tables of one billing month; the view `bill` then shows its lines."""
    connection.execute(
        "CREATE OR REPLACE TABLE month AS SELECT CAST(? AS TIMESTAMP) AS period_start, "
        "CAST(? AS TIMESTAMP) AS period_end, CAST(? AS TIMESTAMP) AS data_end, "
        "CAST(? AS INTEGER) AS number, CAST(? AS INTEGER) AS version, CAST(? AS BOOLEAN) AS open",
        [month.start, month.end, month.end, month.number, month.version, month.number == 0],
    )
    for name in ("usage", "charges"):
        run_script(connection, name)


def run_script(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Run one of the SQL files beside this module."""
    connection.execute((HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8"))


@dataclass(frozen=True, kw_only=True)
class RunWriter:
    """One run of one export for one month."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    key: str
    dataset: str
    month: Month
    run_id: str
    format: str
    agreement: str
    overwrite: bool

    @property
    def place(self) -> str:
        """The run's folder below the export's."""
        if self.overwrite:
            return self.month.folder
        return f"{self.month.folder}/{self.month.run_at:%Y%m%d%H%M}/{self.run_id}"

    def write(self, files: int) -> None:
        """Write the data files, then the manifest."""
        folder = self.folder / self.place
        folder.mkdir(parents=True, exist_ok=True)
        ending = "snappy.parquet" if self.format == "parquet" else self.format
        blobs = []
        for number in range(files):
            path = folder / f"part_{number}_0001.{ending}"
            rows = self._copy(f"line % {files} = {number}", path)
            blobs.append(
                {
                    "blobName": f"{self.key}/{self.place}/{path.name}",
                    "byteCount": path.stat().st_size,
                    "dataRowCount": rows,
                    "headerRowCount": 0 if self.format == "parquet" else 1,
                }
            )
        body = json.dumps(self.manifest(blobs), indent=2)
        partial = folder / "manifest.json.partial"
        partial.write_text(body, encoding="utf-8")
        partial.replace(folder / "manifest.json")

    def query(self, where: str) -> str:
        """Return the SELECT of one file."""
        values = outputs(self.agreement)
        header = [BOM + n if i == 0 and self.format != "parquet" else n
                  for i, n in enumerate(values)]  # fmt: skip
        columns = ", ".join(
            f"{value} AS {ident(name)}" for name, value in zip(header, values.values(), strict=True)
        )
        return f"""
            SELECT {columns} FROM (
                SELECT b.*, m.period_start, m.period_end, m.open, b.{self.dataset} AS cost,
                    c.benefit_id, c.name AS benefit_name, c.order_id, c.product AS benefit_product,
                    CASE WHEN c.years IS NOT NULL THEN CAST(12 * c.years AS VARCHAR) END AS term,
                    row_number() OVER () AS line
                FROM bill AS b CROSS JOIN month AS m
                LEFT JOIN commitment AS c ON c.commitment = b.commitment
                WHERE b.in_{self.dataset}
                ORDER BY b.start_at, b.resource_id, b.model
            ) WHERE {where}
        """

    def _copy(self, where: str, path: Path) -> int:
        """Write one file and return its lines."""
        options = "FORMAT csv, HEADER" if self.format != "parquet" else "FORMAT parquet"
        plain = path.with_name(path.name.removesuffix(".gz"))
        copy = f"COPY ({self.query(where)}) TO {text(str(plain))} ({options})"
        row = self.connection.execute(copy).fetchone()
        if plain != path:
            # without name and time, so that equal content gives equal bytes
            with (
                plain.open("rb") as source,
                path.open("wb") as file,
                gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed,
            ):
                shutil.copyfileobj(source, packed, 1024 * 1024)
            plain.unlink()
        return int(row[0]) if row else 0

    def manifest(self, blobs: list[dict[str, Any]]) -> dict[str, Any]:
        """Return what Cost Management writes of a run."""
        scope = "/providers/Microsoft.Billing/billingAccounts/8204417"
        name = self.key.rsplit("/", 1)[-1]
        last = f"{self.month.folder[9:13]}-{self.month.folder[13:15]}-{self.month.folder[15:17]}"
        return {
            "manifestVersion": "2024-04-01",
            "byteCount": sum(blob["byteCount"] for blob in blobs),
            "blobCount": len(blobs),
            "dataRowCount": sum(blob["dataRowCount"] for blob in blobs),
            "exportConfig": {
                "exportName": name,
                "resourceId": f"{scope}/providers/Microsoft.CostManagement/exports/{name}",
                "dataVersion": "2023-12-01-preview" if self.agreement == "mca" else "2021-10-01",
                "type": TYPES[self.dataset],
                "timeFrame": "Custom",
                "granularity": "Daily",
            },
            "deliveryConfig": {
                "partitionData": True,
                "dataOverwriteBehavior": "OverwritePreviousReport"
                if self.overwrite
                else "CreateNewReport",
                "fileFormat": "Parquet" if self.format == "parquet" else "Csv",
                "compressionMode": {"csv.gz": "gzip", "parquet": "snappy"}.get(self.format, "none"),
                "containerUri": "/subscriptions/0b1c2d3e-4f50-4a61-8b72-9c83ad94be05",
                "rootFolderPath": self.key.rpartition("/")[0],
            },
            "runInfo": {
                "executionType": "Scheduled",
                "submittedTime": f"{self.month.run_at:%Y-%m-%dT%H:%M:%S}.000Z",
                "runId": self.run_id,
                "startDate": f"{self.month.start:%Y-%m-%d}T00:00:00",
                "endDate": f"{last}T00:00:00",
            },
            "blobs": blobs,
        }
