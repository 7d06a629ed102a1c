"""Measure the import of Azure's exports against raw DuckDB reading the same bytes.

python -m bench.azure [--rows 1000000] [--repeat 3] [--keep FOLDER]

As `python -m bench`: whole processes, CPU (median) and peak memory (largest), two threads, the two
sides of a ratio in turn on the same files.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb

from bench.measure import Usage, interleaved, run
from core import sql
from core.config import DuckDbConfig
from vendors.azure.columns import raw_names, raw_type
from vendors.azure.demo import DemoPlan, write_demo

LIMITS = {"OPEN_FINOPS_DATABASE_DUCKDB_THREADS": "2"}
NAMES = ("-n", "finops-demo-actual", "-a", "finops-demo-amortized")
LIMIT = 1.5


def ctas(database: str, files: list[str]) -> None:
    """Make a table of all files, as raw DuckDB does it, with the types that the raw layer has."""
    Path(database).unlink(missing_ok=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 2,
        "memory_limit": DuckDbConfig().memory_limit,
        "temp_directory": f"{database}.tmp",
        "preserve_insertion_order": False,
    }
    with duckdb.connect(database, config=config) as connection:
        if files[0].endswith(".parquet"):
            source = f"read_parquet({sql.texts(files)}, union_by_name = true)"
        else:
            source = f"read_csv({sql.texts(files)}, header = true, {typed(files[0])})"
        connection.execute(f"CREATE TABLE raw AS SELECT * FROM {source}")
        connection.execute("CHECKPOINT")


def typed(file: str) -> str:
    with gzip.open(file, "rt", encoding="utf-8-sig", newline="") as text:
        header = next(csv.reader(text))
    types = zip(header, (raw_type(n) or "VARCHAR" for n in raw_names(header, "")), strict=True)
    columns = ", ".join(f"{sql.text(name)}: '{kind}'" for name, kind in types)
    return (
        "auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
        f"dateformat = '%m/%d/%Y', columns = {{{columns}}}"
    )


def measure(folder: Path, rows: int, repeat: int, say: Callable[[str], None]) -> dict[str, Usage]:
    """Write the bill in both formats and import each as often as asked."""
    tasks: dict[str, Callable[[], Usage]] = {}
    log = folder / "bench.log"
    for form in ("csv.gz", "parquet"):
        container = folder / form
        if not container.exists():
            say(f"writing {rows:,} lines as {form}")
            write_demo(container, DemoPlan(rows=rows), format=form)
        files = sorted(str(path) for path in container.rglob(f"*.{form}"))

        def raw(files: list[str] = files) -> Usage:
            return run(
                [sys.executable, "-m", "bench.azure", "ctas", str(folder / "x.db"), *files], {}, log
            )

        def whole(container: Path = container) -> Usage:
            shutil.rmtree(folder / "data", ignore_errors=True)
            env = {**LIMITS, "OPEN_FINOPS_DATA_DIR": str(folder / "data")}
            source = ("-S", str(container), "-p", "exports", *NAMES, "--no-transform")
            command = [sys.executable, "-m", "core.cli.main", "azure", "import-export", *source]
            return run(command, env, log)

        tasks |= {f"CTAS {form}": raw, f"import {form}": whole}
    return interleaved(tasks, repeat, say)


def main() -> None:
    if sys.argv[1:2] == ["ctas"]:
        ctas(sys.argv[2], sys.argv[3:])
        return
    parser = argparse.ArgumentParser(prog="python -m bench.azure", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="lines of both exports")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="keep the files here for the next run")
    options = parser.parse_args()

    def say(line: str) -> None:
        sys.stderr.write(f"{line}\n")

    with tempfile.TemporaryDirectory(prefix="finops-bench-") as temporary:
        folder = (options.keep or Path(temporary)) / str(options.rows)
        folder.mkdir(parents=True, exist_ok=True)
        found = measure(folder, options.rows, options.repeat, say)
    sys.stdout.write("| what | CPU | raw DuckDB | ratio | target | peak MB |\n")
    sys.stdout.write("|---|---:|---:|---:|---:|---:|\n")
    for form in ("csv.gz", "parquet"):
        one, base = found[f"import {form}"], found[f"CTAS {form}"]
        sys.stdout.write(
            f"| Azure {form} import, raw | {one.cpu:.1f} | {base.cpu:.1f} | "
            f"{one.cpu / base.cpu:.2f} | <= {LIMIT} | {one.peak:.0f} |\n"
        )


if __name__ == "__main__":
    main()
