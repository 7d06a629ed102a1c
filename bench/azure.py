"""Measure the import of Azure's exports against raw DuckDB reading the same bytes.

python -m bench.azure [--rows 1000000] [--repeat 3] [--keep FOLDER]

As `python -m bench`: whole processes, CPU (median) and peak memory (largest), two threads, the two
sides of a ratio in turn on the same files.
"""

from __future__ import annotations

import csv
import gzip
import sys
from pathlib import Path

from bench import imports
from core import sql
from vendors.azure.columns import raw_names, raw_type
from vendors.azure.demo import DemoPlan, write_demo

NAMES = ("-n", "finops-demo-actual", "-a", "finops-demo-amortized")


def ctas(database: str, files: list[str]) -> None:
    """Make a table of all files, as raw DuckDB does it, with the types that the raw layer has."""
    with imports.connect(database) as connection:
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


def cases(folder: Path, rows: int, say: imports.Say) -> list[imports.Case]:
    """Write the bill, lines of both exports together, in both formats."""
    found = []
    for form in ("csv.gz", "parquet"):
        container = folder / form
        if not container.exists():
            say(f"writing {rows:,} lines as {form}")
            write_demo(container, DemoPlan(rows=rows), format=form)
        files = sorted(str(path) for path in container.rglob(f"*.{form}"))
        source = ("-S", str(container), "-p", "exports", *NAMES, "--no-transform")
        found.append(
            imports.Case(
                what=f"Azure {form.replace('parquet', 'Parquet')} import, raw",
                ours=("-m", "core.cli.main", "azure", "import-export", *source),
                raw=("-m", "bench.azure", "ctas", str(folder / "x.db"), *files),
            )
        )
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["ctas"]:
        ctas(sys.argv[2], sys.argv[3:])
    else:
        imports.main("bench.azure", __doc__, cases)
