"""Every benchmark of docs/benchmarks.md runs, on few lines; nothing that it measures is judged."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.finops import ROOT

TEXT = (ROOT / "docs" / "benchmarks.md").read_text()
OF_IMPORTS = {
    "bench": ["parquet import, raw", "FOCUS build", "one month restated"],
    "bench.azure": ["Azure csv.gz import, raw", "Azure Parquet import, raw"],
    "bench.gcp": ["Google Parquet import, raw", "Google Arrow import, raw"],
}
OF_PAGES = {
    "bench.serve": ["overview", "explorer on marts", "tag filter, 12 months", "one resource"],
    "bench.pages": ["first chart, cold, median of 1", "change to repaint, p95"],
}
FEW = ("--rows", "1000")
ONCE = {
    "bench.serve": ["--repeat", "1", "--users", "2", "--seconds", "1"],
    "bench.pages": ["--starts", "1", "--changes", "2"],
}


def table(name: str, *options: str) -> list[str]:
    """Run a benchmark; return the first cell of each row of its table."""
    done = subprocess.run(
        [sys.executable, "-m", name, *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(re.findall(r"(\d+) failed", done.stdout)) <= {"0"}, done.stdout
    return re.findall(r"^\| (.+?) \|", done.stdout, flags=re.MULTILINE)


def test_all_benchmarks_of_the_page_are_run_here() -> None:
    assert set(re.findall(r"python -m (bench[.\w]*)", TEXT)) == OF_IMPORTS.keys() | OF_PAGES.keys()


@pytest.mark.parametrize("name", OF_IMPORTS)
def test_a_benchmark_of_imports_ends_with_its_table(name: str) -> None:
    assert set(OF_IMPORTS[name]) < set(table(name, *FEW, "--repeat", "1"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that keeps the demo for the next benchmark of the pages."""
    return tmp_path_factory.mktemp("kept")


@pytest.mark.parametrize("name", OF_PAGES)
def test_a_benchmark_of_pages_ends_with_its_table(name: str, kept: Path) -> None:
    if name == "bench.pages" and shutil.which("chromium") is None:
        pytest.skip("there is no chromium: apt-get install chromium")
    found = table(name, *FEW, "--keep", str(kept), *ONCE[name])
    assert set(OF_PAGES[name]) < set(found)
