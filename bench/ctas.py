"""The baseline: raw DuckDB makes a table of the same files, with the same limits.

python -m bench.ctas DATABASE parquet|csv FILE...
python -m bench.ctas DATABASE charges BUILT_DATABASE

The second writes the charges of a built database once more, in the product's file format.
"""

from __future__ import annotations

import csv
import gzip
import sys

from bench.imports import connect
from core import sql
from core.backends.duckdb import STORAGE
from core.money import DECIMAL
from vendors.aws.columns import raw_name, raw_type


def main(database: str, kind: str, files: list[str]) -> None:
    """Make a table of the files, or of the one file that is a built database."""
    more = {"storage_compatibility_version": STORAGE} if kind == "charges" else {}
    connection = connect(database, **more)
    listed = sql.texts(files)
    if kind == "charges":
        connection.execute(f"ATTACH {sql.text(files[0])} AS built (READ_ONLY)")
        source = "built.focus.cost_and_usage"
    elif kind == "parquet":
        source = f"read_parquet({listed}, union_by_name = true, hive_partitioning = false)"
    else:
        source = f"read_csv({listed}, header = true, {typed_columns(files[0])})"
    connection.execute(f"CREATE TABLE raw AS SELECT * FROM {source}")
    connection.execute("CHECKPOINT")
    connection.close()


def typed_columns(file: str) -> str:
    """Return read_csv's options with the types that the raw layer has."""
    with gzip.open(file, "rt", encoding="utf-8-sig", newline="") as text:
        header = next(csv.reader(text))
    types = {name: raw_type(raw_name(name)) or "VARCHAR" for name in header}
    kinds = {"JSON": "VARCHAR", DECIMAL: DECIMAL, "TIMESTAMP": "TIMESTAMP", "VARCHAR": "VARCHAR"}
    columns = ", ".join(f"{sql.text(n)}: '{kinds[t]}'" for n, t in types.items())
    return f"auto_detect = false, delim = ',', quote = '\"', escape = '\"', columns = {{{columns}}}"


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
