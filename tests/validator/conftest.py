"""The demo's FOCUS export, and what the FOCUS validator says about it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.fixtures.aws import Bucket, line
from tests.fixtures.demo import demo
from tests.fixtures.finops import Finops
from tests.validator import environment

__all__ = ["demo"]

MONTH = "2026-03"
RESERVED = {
    "capacity_reservation_capacity_reservation_arn": (
        "arn:aws:ec2:eu-central-1:000000000001:capacity-reservation/cr-0123456789abcdef0"
    ),
    "line_item_resource_id": "cr-0123456789abcdef0",
}
SPECIAL = [
    line("-0.30", month=MONTH, kind="Refund", line_item_usage_type=""),
    line("1.10", month=MONTH, **RESERVED),
    line("0.50", month=MONTH, line_item_usage_type="UnusedBox:t3.micro", **RESERVED),
]
"""What the demo's bill lacks: an adjustment, and a capacity reservation, used and unused."""

CLOSED = {
    "bill_invoice_id": "1000000001",
    "bill_payer_account_name": "payer",
    "line_item_usage_account_name": "team",
    "bill_invoicing_entity": "Amazon Web Services, Inc.",
    "line_item_legal_entity": "Amazon Web Services, Inc.",
    "product_sku": "ABCDEFGHIJKLMNOP",
    "pricing_rate_code": "ABCDEFGHIJKLMNOP.JRTCKXETXF.6YS6EN2CT7",
    "pricing_public_on_demand_rate": "1.10",
}

Export = Callable[[str], Any]
"""Answers a query on `export`, the exported files, with its one value."""


@dataclass(frozen=True)
class Verdict:
    """What the validator said about the export, and about a broken copy of its last month."""

    export: dict[str, Any]
    broken: dict[str, Any]


@pytest.fixture(scope="session")
def files(demo: Finops, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export the demo's months, and one more payer's bill, as a user does; return the folder."""
    home = tmp_path_factory.mktemp("validator")
    bucket = Bucket(home / "bucket", name="special")
    bucket.deliver(MONTH, lines=[{**one, **CLOSED} for one in SPECIAL])
    finops = Finops(home)
    own = {"OPEN_FINOPS_DATA_DIR": str(finops.data / "demo")}
    (finops.data / "demo").mkdir(parents=True)
    shutil.copy(demo.database, finops.data / "demo")
    for command, variables in (
        (["aws", "import-cur", *bucket.options], own),
        (["focus", "export", "--demo", "--output", "focus"], {}),
    ):
        result = finops(*command, env=variables)
        assert result.code == 0, result.err
    return home / "focus"


@pytest.fixture(scope="session")
def export(files: Path) -> Export:
    """Let tests ask the exported files."""
    connection = duckdb.connect()
    connection.execute(
        f"CREATE VIEW export AS SELECT * FROM read_parquet('{files}/*/*.parquet', "
        "hive_partitioning = false)"
    )
    return lambda query: connection.execute(query).fetchall()[0][0]


@pytest.fixture(scope="session")
def python() -> Path:
    """Return the Python that has the validator; a machine that cannot have it skips the tests."""
    try:
        return environment.prepared()
    except environment.UnavailableError as lack:
        pytest.skip(f"the FOCUS validator did not run: {lack}")


@pytest.fixture(scope="session")
def verdict(python: Path, files: Path) -> Verdict:
    """Run the validator once, on all months together and on a copy that breaks two rules."""
    broken, report = files / "broken.parquet", files / "report.json"
    last = max(files.glob("*/*.parquet"))
    duckdb.execute(
        f"""COPY (
            SELECT * EXCLUDE ("ServiceName")
                REPLACE (nullif("ChargeCategory", 'Tax') AS "ChargeCategory")
            FROM '{last}'
        ) TO '{broken}'"""
    )
    script = Path(__file__).with_name("validate.py")
    subprocess.run(
        [python, "-I", script, report, f"{files}/*/*.parquet", broken], check=True, timeout=500
    )
    return Verdict(*json.loads(report.read_text()))
