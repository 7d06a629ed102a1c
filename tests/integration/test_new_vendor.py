"""A vendor is its folders and one name in dbt_project.yml: nothing else is touched to add one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.fixtures.finops import INHERITED, ROOT

FOLDERS = ROOT / "tests" / "fixtures" / "new_vendor"
SKIPPED = shutil.ignore_patterns("__pycache__", "target", "logs")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project with the invented vendor's folders laid over it."""
    copy = tmp_path / "project"
    for name in ("core", "vendors", "focus"):
        shutil.copytree(ROOT / name, copy / name, ignore=SKIPPED)
    before = {path for path in copy.rglob("*") if path.is_file()}
    shutil.copytree(FOLDERS, copy, dirs_exist_ok=True, ignore=SKIPPED)
    added = {path for path in copy.rglob("*") if path.is_file()} - before
    assert len(added) == len([p for p in FOLDERS.rglob("*.*") if "__pycache__" not in p.parts])
    settings = copy / "focus" / "dbt_project.yml"
    settings.write_text(settings.read_text().replace("vendors: [", "vendors: [acme, ", 1))
    return copy


def test_an_invented_vendor_runs_from_its_files_to_focus(project: Path, tmp_path: Path):
    invoices = tmp_path / "invoices"
    invoices.mkdir()
    (invoices / "2026-01.csv").write_text(
        "customer,currency,amount,product\n0042,EUR,10.10,Web space\n0042,EUR,0.20,Domain\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(INHERITED)}
    environment |= {"PYTHONPATH": str(project), "OPEN_FINOPS_DATA_DIR": str(tmp_path / "data")}

    done = subprocess.run(
        [sys.executable, "-m", "core.cli.main", "acme", "import", "--folder", str(invoices)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    with duckdb.connect(str(tmp_path / "data" / "finops.duckdb"), read_only=True) as connection:
        proof = connection.execute(
            "SELECT vendor, currency, billing_account_id, source_billed, raw_billed, focus_billed, "
            "focus_effective FROM ledger.reconciliation"
        ).fetchall()
        marts = connection.execute("SELECT sum(billed_cost) FROM marts.daily_costs").fetchall()
    total = Decimal("10.30")
    assert proof == [("acme", "EUR", "0042", total, total, total, total)]
    assert marts == [(total,)]
    assert done.stderr == ""
