"""Writes the demo bill as AWS delivers it: data files first, then the manifest that names them."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from vendors.aws.demo.bill import build_month, open_bill
from vendors.aws.demo.dialects import Output, outputs_for, select, time_format
from vendors.aws.demo.layout import Delivery, Export
from vendors.aws.demo.plan import DemoPlan, Month, months


def write_demo(
    root: Path,
    plan: DemoPlan,
    *,
    dialect: str = "cur_2",
    format: str = "parquet",
    export: str = "finops-demo",
    prefix: str = "exports",
    bucket: str = "finops-demo-bucket",
    overwrite: bool = False,
    files: int = 1,
    restated: bool = False,
    columns: frozenset[str] | None = None,
) -> None:
    """Write the plan's bill below a folder that mirrors a bucket's keys.

    Args:
        root: Folder that stands for the bucket; made when missing.
        plan: What the bill holds.
        dialect: cur_1, cur_2, focus_1_0 or focus_1_2.
        format: parquet, csv.gz, or for cur_1 also csv.zip.
        export: Name of the export (cur_1: of the report).
        prefix: Key prefix the export is delivered under; may be empty or hold slashes.
        bucket: Bucket named in the manifests' s3:// addresses.
        overwrite: Replace the files of a month in place instead of adding a folder per delivery;
            legacy parquet reports always do.
        files: Data files per month.
        restated: Write only the month that AWS corrected later, `plan.restated_period`.
        columns: Names to keep, as the dialect spells them; all when empty.

    Raises:
        ValueError: If the dialect or format does not exist.
    """
    target = Export(
        root=root,
        dialect=dialect,
        format=format,
        name=export,
        prefix=prefix,
        bucket=bucket,
        overwrite=overwrite,
    )
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="finops-demo-") as scratch:
        connection = open_bill(plan, spill=Path(scratch))
        try:
            for month in months(plan, restated=restated):
                build_month(connection, month)
                writer = MonthWriter(connection, plan, month, target, Path(scratch))
                writer.write(files, columns)
        finally:
            connection.close()


@dataclass(frozen=True)
class MonthWriter:
    """One delivery of one billing month."""

    connection: duckdb.DuckDBPyConnection
    plan: DemoPlan
    month: Month
    export: Export
    scratch: Path

    def write(self, files: int, columns: frozenset[str] | None) -> None:
        """Write the data files, then the manifests."""
        delivery = self.export.delivery(
            self.month,
            self.plan.execution_id(self.export.name, self.month.period, self.month.version),
        )
        outputs = self._outputs(columns)
        relation = "focus" if self.export.dialect.startswith("focus") else "bill"
        query = select(outputs, relation, text=time_format(self.export.dialect, self.export.format))
        keys = [delivery.data_key(number) for number in range(1, files + 1)]
        for number, key in enumerate(keys):
            part = query if files == 1 else f"{query} WHERE file_number % {files} = {number}"
            self._copy(part, self.export.root / key)
        self._manifests(delivery, outputs, keys)

    def _outputs(self, columns: frozenset[str] | None) -> list[Output]:
        relation = "focus" if self.export.dialect.startswith("focus") else "bill"
        known = {str(row[0]) for row in self.connection.execute(f"DESCRIBE {relation}").fetchall()}
        outputs = outputs_for(self.export.dialect, self.export.format, known, net=self.plan.net)
        return [output for output in outputs if columns is None or output.name in columns]

    def _copy(self, query: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.export.format == "parquet":
            self._run_copy(query, path, "FORMAT parquet, COMPRESSION snappy")
        elif self.export.format == "csv.gz":
            self._run_copy(query, path, "FORMAT csv, HEADER, COMPRESSION gzip")
        else:
            plain = self.scratch / path.name.removesuffix(".zip")
            self._run_copy(query, plain, "FORMAT csv, HEADER")
            zip_file(plain, path)
            plain.unlink()

    def _run_copy(self, query: str, path: Path, options: str) -> None:
        address = str(path).replace("'", "''")
        self.connection.execute(f"COPY ({query}) TO '{address}' ({options})")

    def _manifests(self, delivery: Delivery, outputs: list[Output], keys: list[str]) -> None:
        text = json.dumps(delivery.manifest(outputs, keys), indent=2)
        for key in delivery.manifest_keys():
            path = self.export.root / key
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".partial")
            partial.write_text(text, encoding="utf-8")
            partial.replace(path)


def zip_file(source: Path, target: Path) -> None:
    """Pack one file, with a fixed date so that equal content gives equal bytes."""
    import zipfile

    info = zipfile.ZipInfo(source.name, date_time=(2020, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    with (
        zipfile.ZipFile(target, "w") as archive,
        archive.open(info, "w", force_zip64=True) as out,
        source.open("rb") as data,
    ):
        shutil.copyfileobj(data, out)
