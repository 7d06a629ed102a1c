"""Measure the import of Google's billing export against raw DuckDB consuming the same data.

python -m bench.gcp [--rows 1000000] [--repeat 3] [--keep FOLDER]

As `python -m bench`: whole processes, CPU (median) and peak memory (largest), two threads, the two
sides of a ratio in turn. Arrow means BigQuery's record batches, a file of messages in place of the
network: ours write them as the import from BigQuery does and load what was written, and raw DuckDB
makes a table of the batches themselves.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pyarrow as pa

from bench import imports
from core import sql
from vendors.gcp.columns import LISTS, raw_name, raw_type
from vendors.gcp.demo import DemoPlan, write_demo

LINES = 1_000
"""Lines of a record batch; BigQuery sends up to about a megabyte."""
OPTIONS = "format = 'newline_delimited', compression = 'gzip'"


def ctas(database: str, files: list[str]) -> None:
    """Make a table of all files, as raw DuckDB does it."""
    with imports.connect(database) as connection, ExitStack() as opened:
        if files[0].endswith(".arrow"):
            batches = (batch for file in files for batch in opened.enter_context(messages(file)))
            schema = opened.enter_context(messages(files[0])).schema
            connection.register("batches", pa.RecordBatchReader.from_batches(schema, batches))
            source = "batches"
        elif files[0].endswith(".parquet"):
            source = f"read_parquet({sql.texts(files)}, union_by_name = true)"
        else:
            source = f"read_json({sql.texts(files)}, {OPTIONS}, columns = {typed(files[0])})"
        connection.execute(f"CREATE TABLE raw AS SELECT * FROM {source}")
        connection.execute("CHECKPOINT")


def typed(file: str) -> str:
    """Return read_json's columns with the types that the raw layer has; structs stay structs."""
    parquet = file.replace("jsonl.gz", "parquet")
    described = duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet({sql.text(parquet)})").fetchall()
    kinds = {
        name: raw_type(raw_name(name)) if name in LISTS or "STRUCT" not in kind else kind
        for name, kind, *_ in described
    }
    columns = (f"{sql.ident(n)}: {sql.text(k or 'VARCHAR')}" for n, k in kinds.items())
    return f"{{{', '.join(columns)}}}"


def messages(file: str) -> pa.RecordBatchStreamReader:
    return pa.ipc.open_stream(pa.OSFile(file))


def stream(files: list[str], target: Path, command: list[str]) -> None:
    """Write the messages of each file as the import from BigQuery does, and load the result."""
    from core.cli.main import main
    from vendors.gcp.stream import write

    target.mkdir(exist_ok=True)
    for file in files:
        with messages(file) as reader:
            write(target / f"{Path(file).stem}.parquet", reader.schema, reader)
    sys.exit(main([*command, "--source", str(target)]))


def as_messages(parquet: Path, target: Path) -> None:
    """Write a file's lines as a stream of record batches."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.execute(f"FROM read_parquet({sql.text(str(parquet))})")
        reader = found.to_arrow_reader(LINES)
        with pa.OSFile(str(target), "wb") as sink, pa.ipc.new_stream(sink, reader.schema) as out:
            for batch in small(reader):
                out.write_batch(batch)


def small(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    for batch in reader:
        for start in range(0, batch.num_rows, LINES):
            yield batch.slice(start, LINES)


def cases(folder: Path, rows: int, say: imports.Say) -> list[imports.Case]:
    """Write the bill as files of both formats, and as record batches."""
    found = []
    command = ("gcp", "import-billing", "--no-transform")
    for form in ("parquet", "jsonl.gz"):
        source = folder / form
        if not source.exists():
            say(f"writing {rows:,} lines as {form}")
            write_demo(source, DemoPlan(rows=rows), format=form)
        files = sorted(str(path) for path in source.glob(f"*.{form}"))
        found.append(
            imports.Case(
                what=f"Google {form.replace('parquet', 'Parquet')} import, raw",
                ours=("-m", "core.cli.main", *command, "--source", str(source)),
                raw=("-m", "bench.gcp", "ctas", str(folder / "x.db"), *files),
            )
        )
    batches = folder / "arrow"
    if not batches.exists():
        say(f"writing {rows:,} lines as record batches")
        batches.mkdir()
        for parquet in sorted((folder / "parquet").glob("*.parquet")):
            as_messages(parquet, batches / f"{parquet.stem}.arrow")
    files = sorted(str(path) for path in batches.glob("*.arrow"))
    staged = str(folder / "staged")
    return [
        *found,
        imports.Case(
            what="Google Arrow import, raw",
            ours=("-m", "bench.gcp", "stream", staged, *files, "--", *command),
            raw=("-m", "bench.gcp", "ctas", str(folder / "x.db"), *files),
        ),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["ctas"]:
        ctas(sys.argv[2], sys.argv[3:])
    elif sys.argv[1:2] == ["stream"]:
        end = sys.argv.index("--")
        stream(sys.argv[3:end], Path(sys.argv[2]), sys.argv[end + 1 :])
    else:
        imports.main("bench.gcp", __doc__, cases)
