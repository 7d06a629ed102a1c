"""Measure import, FOCUS build and restatement against raw DuckDB.

python -m bench [--rows 1000000] [--repeat 3] [--keep FOLDER]

Every figure is a whole process: its CPU (median of the runs) and its peak memory (largest).
The two sides of a ratio run in turn, on the same files, with two threads.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.imports import LIMITS
from bench.measure import Usage, interleaved, run
from vendors.aws.demo import DemoPlan, write_demo

EXPORT = "finops-demo"
CTAS = (sys.executable, "-m", "bench.ctas")
FEW = 1_000
"""Lines of a bill whose FOCUS build is dbt's own work and little else."""
TARGETS = (
    ("parquet import, raw", "import parquet", "CTAS parquet", 1.3),
    ("csv.gz import, raw", "import csv.gz", "CTAS csv.gz, typed", 1.5),
    ("FOCUS build", "FOCUS build", "CTAS parquet", 1.0),
    ("one month restated", "restate one month", "first load of that month", 1.6),
)
"""(what, measured, baseline, at most this many times the baseline's CPU)."""


class Bench:
    """One size of bill and everything measured on it."""

    def __init__(self, folder: Path, rows: int) -> None:
        self.folder, self.rows = folder, rows
        self.plan = DemoPlan(rows=rows)
        self.log = folder / "bench.log"
        self.parquet, self.csv = folder / "parquet", folder / "csv"
        self.few = folder / "few"

    def prepare(self, say: Callable[[str], None]) -> None:
        """Write the bill in both formats, and a database whose FOCUS is still to be built."""
        for bucket, form in ((self.parquet, "parquet"), (self.csv, "csv.gz")):
            if not bucket.exists():
                say(f"writing {self.rows:,} lines as {form}")
                write_demo(bucket, self.plan, format=form)
        if not (self.folder / "loaded").exists():
            say("loading the database that the FOCUS build starts from")
            self.finops("loaded", "aws", "import-cur", *self.source(self.parquet), "--no-transform")
        if not self.few.exists():
            write_demo(self.few, DemoPlan(rows=FEW))
            self.finops("few-loaded", "aws", "import-cur", *self.source(self.few), "--no-transform")

    def source(self, bucket: Path, *more: str) -> tuple[str, ...]:
        return ("-b", str(bucket), "-p", "exports", "-n", EXPORT, *more)

    def finops(self, data: str, *command: str) -> Usage:
        env = {**LIMITS, "OPEN_FINOPS_DATA_DIR": str(self.folder / data)}
        return run([sys.executable, "-m", "core.cli.main", *command], env, self.log)

    def ctas(self, bucket: Path, kind: str) -> Usage:
        pattern = "*.parquet" if kind == "parquet" else "*.csv.gz"
        files = sorted(str(f) for f in bucket.rglob(pattern))
        database = str(self.folder / "ctas.duckdb")
        return run([*CTAS, database, kind, *files], {}, self.log)

    def fresh_import(self, bucket: Path) -> Usage:
        shutil.rmtree(self.folder / "fresh", ignore_errors=True)
        return self.finops("fresh", "aws", "import-cur", *self.source(bucket), "--no-transform")

    def import_again(self) -> Usage:
        """Run `import csv.gz`, whose turn was before, once more: there is nothing new to load."""
        return self.finops("fresh", "aws", "import-cur", *self.source(self.csv), "--no-transform")

    def focus_build(self, loaded: str = "loaded", built: str = "built") -> Usage:
        self.copy(loaded, built)
        return self.finops(built, "focus", "build")

    def charges(self) -> Usage:
        """Write the charges of `FOCUS build`, whose turn was before, once more."""
        built = str(self.folder / "built" / "finops.duckdb")
        return run([*CTAS, str(self.folder / "ctas.duckdb"), "charges", built], {}, self.log)

    def first_load(self) -> Usage:
        """Load and transform everything but one month, then measure that month."""
        period = self.plan.restated_period
        if not (self.folder / "but-one").exists():
            self.finops("but-one", "aws", "import-cur", *self.source(self.parquet))
            self.restated_bucket()
        shutil.rmtree(self.folder / "month", ignore_errors=True)
        return self.finops(
            "month", "aws", "import-cur", *self.source(self.parquet, "-s", period, "-e", period)
        )

    def restate(self) -> Usage:
        self.copy("but-one", "restated")
        return self.finops("restated", "aws", "import-cur", *self.source(self.restated_bucket()))

    def restated_bucket(self) -> Path:
        bucket = self.folder / "parquet-restated"
        if not bucket.exists():
            shutil.copytree(self.parquet, bucket)
            write_demo(bucket, self.plan, format="parquet", restated=True)
        return bucket

    def copy(self, source: str, target: str) -> None:
        shutil.rmtree(self.folder / target, ignore_errors=True)
        shutil.copytree(self.folder / source, self.folder / target)

    def measure(self, repeat: int, say: Callable[[str], None]) -> dict[str, Usage]:
        self.prepare(say)
        return interleaved(
            {
                "CTAS parquet": lambda: self.ctas(self.parquet, "parquet"),
                "import parquet": lambda: self.fresh_import(self.parquet),
                "FOCUS build": self.focus_build,
                "FOCUS build of few lines": lambda: self.focus_build("few-loaded", "few-built"),
                "charges once more": self.charges,
                "CTAS csv.gz, typed": lambda: self.ctas(self.csv, "csv"),
                "import csv.gz": lambda: self.fresh_import(self.csv),
                "import csv.gz again": self.import_again,
                "Python starts": lambda: run([sys.executable, "-c", ""], {}, self.log),
                "first load of that month": self.first_load,
                "restate one month": self.restate,
            },
            repeat,
            say,
        )


def table(rows: int, found: dict[str, Usage]) -> str:
    """Return the result as a Markdown table."""
    lines = [
        f"{rows:,} lines, two threads, CPU seconds (median), peak memory (largest)",
        "",
        "| what | CPU | raw DuckDB | ratio | target | peak MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for what, measured, baseline, target in TARGETS:
        one, base = found[measured], found[baseline]
        ratio = one.cpu / base.cpu
        verdict = "" if ratio <= target else " (missed)"
        lines.append(
            f"| {what} | {one.cpu:.1f} | {base.cpu:.1f} | {ratio:.2f} | "
            f"<= {target}{verdict} | {one.peak:.0f} |"
        )
    lines += [
        "",
        f"Of the FOCUS build: {found['FOCUS build of few lines'].cpu:.1f} s for {FEW:,} lines, "
        f"{found['charges once more'].cpu:.1f} s to write its charges once more",
    ]
    wall = found["import csv.gz again"].wall - found["Python starts"].wall
    verdict = "" if wall <= 1 else " (missed)"
    lines += ["", f"Nothing new: {wall:.2f} s beyond Python's start, target: 1 s{verdict}"]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=int, action="append", help="bill lines; may be repeated")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="keep the files here for the next run")
    options = parser.parse_args()

    def say(line: str) -> None:
        sys.stderr.write(f"{line}\n")

    for rows in options.rows or [1_000_000]:
        with tempfile.TemporaryDirectory(prefix="finops-bench-") as temporary:
            folder = (options.keep or Path(temporary)) / str(rows)
            folder.mkdir(parents=True, exist_ok=True)
            found = Bench(folder, rows).measure(options.repeat, say)
            (folder / "result.json").write_text(
                json.dumps({name: vars(usage) for name, usage in found.items()}, indent=2)
            )
            sys.stdout.write(table(rows, found) + "\n\n")


if __name__ == "__main__":
    main()
