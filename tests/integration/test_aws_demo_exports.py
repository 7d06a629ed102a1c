"""The demo's bill in every format AWS delivers: same lines, right places, right manifests."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import pytest

from tests.fixtures.aws_demo import AMORTISED, NET_AMORTISED, NET_PLAN, PLAN, export, query
from vendors.aws.demo import DemoPlan, write_demo

ONE_MONTH = DemoPlan(rows=1, months=1, last_period="2026-03")
TWO_MONTHS = DemoPlan(rows=1, months=2, last_period="2026-03")

Exports = Callable[..., Path]


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Exports:
    """Write an export, or find the one already written."""
    return partial(export, tmp_path_factory)


LONG = ("line_item_unblended_cost", "line_item_usage_account_id", "bill_billing_period_start_date")
LEGACY = ("lineItem/UnblendedCost", "lineItem/UsageAccountId", "bill/BillingPeriodStartDate")
FOCUS = ("BilledCost", "SubAccountId", "BillingPeriodStart")


@pytest.mark.parametrize(
    ("dialect", "format", "names"),
    [
        ("cur_2", "csv.gz", LONG),
        ("cur_1", "csv.gz", LEGACY),
        ("cur_1", "parquet", LONG),
        ("focus_1_0", "csv.gz", FOCUS),
        ("focus_1_0", "parquet", FOCUS),
        ("focus_1_2", "csv.gz", FOCUS),
        ("focus_1_2", "parquet", FOCUS),
    ],
)
@pytest.mark.parametrize("plan", [PLAN, NET_PLAN], ids=["rows", "net"])
def test_every_dialect_bills_the_same(
    exports: Exports, plan: DemoPlan, dialect: str, format: str, names: tuple[str, str, str]
) -> None:
    cost, account, period = names
    expected = query(exports())(
        """SELECT account, CAST(CAST(period AS DATE) AS VARCHAR), sum(cost) FROM line
        GROUP BY ALL ORDER BY ALL"""
    )
    found = query(exports(plan, dialect=dialect, format=format))(
        f"""SELECT "{account}", left(CAST("{period}" AS VARCHAR), 10),
            sum(CAST("{cost}" AS DECIMAL(38, 18))) FROM bill GROUP BY ALL ORDER BY ALL"""
    )

    assert len(expected) == 11 * 3
    assert found == expected


def test_a_zipped_report_holds_the_same_lines(exports: Exports, tmp_path: Path) -> None:
    for archive in exports(dialect="cur_1", format="csv.zip").rglob("*.zip"):
        zipfile.ZipFile(archive).extractall(tmp_path / archive.parent.name)
    everything = 'SELECT * FROM bill ORDER BY "identity/LineItemId", "identity/TimeInterval"'

    assert query(tmp_path)(everything) == query(exports(dialect="cur_1", format="csv.gz"))(
        everything
    )


@pytest.mark.parametrize(
    ("plan", "amortized"), [(PLAN, AMORTISED), (NET_PLAN, NET_AMORTISED)], ids=["rows", "net"]
)
@pytest.mark.parametrize("dialect", ["focus_1_0", "focus_1_2"])
def test_focus_tables_amortize_like_the_cost_and_usage_report(
    exports: Exports, plan: DemoPlan, amortized: str, dialect: str
) -> None:
    expected = query(exports(plan))(
        f"SELECT account, period, sum({amortized}) FROM line GROUP BY ALL ORDER BY ALL"
    )
    found = query(exports(plan, dialect=dialect))(
        """SELECT SubAccountId, BillingPeriodStart, sum(EffectiveCost) FROM bill
        GROUP BY ALL ORDER BY ALL"""
    )

    assert found == expected


@pytest.mark.parametrize(
    "broken",
    [
        "abs(CAST(ListUnitPrice AS DOUBLE) * PricingQuantity - ListCost) > 1e-6",
        "abs(CAST(ContractedUnitPrice AS DOUBLE) * PricingQuantity - ContractedCost) > 1e-6",
        "ChargeCategory = 'Purchase' AND CommitmentDiscountId <> '' AND EffectiveCost <> 0",
        "CommitmentDiscountStatus <> '' AND BilledCost <> 0",
        "ChargePeriodStart >= ChargePeriodEnd",
        "(ResourceId IS NULL) <> (ResourceType IS NULL)",
        "ChargeCategory = 'Tax' AND (SkuId <> '' OR PricingCategory <> '')",
        "ChargeClass = 'Correction' AND ChargePeriodStart >= BillingPeriodStart",
        "CommitmentDiscountStatus NOT IN ('Used', 'Unused')",
    ],
)
def test_focus_tables_keep_the_rules_of_the_specification(exports: Exports, broken: str) -> None:
    focus = query(exports(dialect="focus_1_2"))

    assert focus(f"SELECT DISTINCT x_ServiceCode, ChargeCategory FROM bill WHERE {broken}") == []


def test_equal_plans_give_equal_bills_and_another_seed_another(tmp_path: Path) -> None:
    bills = []
    other = DemoPlan(rows=1, months=1, last_period="2026-03", seed=2)
    for name, plan in (("one", ONE_MONTH), ("same", ONE_MONTH), ("other", other)):
        folder = tmp_path / name
        write_demo(folder, plan)
        lines = query(folder)("SELECT CAST(b AS VARCHAR) FROM bill AS b ORDER BY ALL")
        bills.append((lines, sorted(path.relative_to(folder) for path in folder.rglob("*"))))

    assert bills[0] == bills[1]
    assert bills[0][0] != bills[2][0]


def test_the_total_stays_when_the_bill_gets_finer(tmp_path: Path) -> None:
    totals = []
    for rows in (1, 13_100, 30_000):
        write_demo(tmp_path / str(rows), DemoPlan(rows=rows, months=1, last_period="2026-03"))
        totals += query(tmp_path / str(rows))("SELECT count(*), sum(cost) FROM line")

    assert [count for count, _ in totals] == pytest.approx([460, 13_100, 30_000], rel=0.15)
    assert [float(total) for _, total in totals] == pytest.approx([217_500] * 3, rel=0.05)


def test_a_restated_month_has_changed_added_and_withdrawn_lines(tmp_path: Path) -> None:
    plan = DemoPlan(rows=26_200, months=2, last_period="2026-03")
    usage = """SELECT resource, starts, usage_type, account, max(quantity), count(*) FROM line
        WHERE kind = 'Usage' AND strftime(period, '%Y-%m') = '{}' GROUP BY ALL ORDER BY ALL"""
    found = []
    for restated in (False, True):
        write_demo(tmp_path, plan, overwrite=True, restated=restated)
        ask = query(tmp_path)
        february = {row[:4]: row[4:] for row in ask(usage.format("2026-02"))}
        found.append((february, ask(usage.format("2026-03"))))
    (old, open_before), (new, open_after) = found

    assert len(old.keys() - new.keys()) > 10
    assert any(new[key][0] > old[key][0] for key in old.keys() & new.keys())
    assert any(new[key][1] > old[key][1] for key in old.keys() & new.keys())
    assert open_before == open_after


@pytest.mark.parametrize("overwrite", [False, True])
def test_data_export_manifests_name_their_files(tmp_path: Path, overwrite: bool) -> None:
    write = partial(write_demo, tmp_path, TWO_MONTHS, files=2, overwrite=overwrite)
    for restated in (False, True):
        write(restated=restated, export="a.b-c", prefix="x/y")
    folder = tmp_path / "x/y/a.b-c"
    newest = folder / "metadata/BILLING_PERIOD=2026-02/a.b-c-Manifest.json"
    manifest = json.loads(newest.read_text("utf-8"))
    keys = [uri.removeprefix("s3://finops-demo-bucket/") for uri in manifest["dataFiles"]]
    names = ["a.b-c-00001.snappy.parquet", "a.b-c-00002.snappy.parquet"]

    assert list(manifest) == ["executionId", "exportArn", "columns", "dataFiles"]
    assert manifest["executionId"] == TWO_MONTHS.execution_id("a.b-c", "2026-02", 2)
    assert {"name": "line_item_unblended_cost", "type": "double"} in manifest["columns"]
    assert [Path(key).name for key in keys] == names
    assert all((tmp_path / key).is_file() for key in keys)
    assert ("/2026-03-07T05:24:15.653Z-" in keys[0]) is not overwrite
    stored = list((folder / "data/BILLING_PERIOD=2026-02").rglob("*.parquet"))
    assert len(stored) == (2 if overwrite else 4)


def test_legacy_manifests_stand_at_month_and_assembly_level(tmp_path: Path) -> None:
    for restated in (False, True):
        write_demo(tmp_path, TWO_MONTHS, dialect="cur_1", format="csv.gz", restated=restated)
    ids = [TWO_MONTHS.execution_id("finops-demo", "2026-02", version) for version in (1, 2)]
    month = tmp_path / "exports/finops-demo/20260201-20260301"
    newest = json.loads((month / "finops-demo-Manifest.json").read_text("utf-8"))
    tag = {"category": "resourceTags", "name": "user:CostCenter", "type": "OptionalString"}

    assert {path.parent.name for path in month.glob("*/finops-demo-Manifest.json")} == set(ids)
    assert newest["assemblyId"] == ids[1]
    assert newest["billingPeriod"]["end"] == "20260301T000000.000Z"
    assert newest["reportKeys"] == [
        f"exports/finops-demo/20260201-20260301/{ids[1]}/finops-demo-00001.csv.gz"
    ]
    assert tag in newest["columns"]


def test_legacy_parquet_reports_lie_in_athena_folders(tmp_path: Path) -> None:
    write_demo(tmp_path, ONE_MONTH, dialect="cur_1", export="r", prefix="")

    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")) == [
        "r/20260301-20260401/r-Manifest.json",
        "r/r/year=2026/month=3/r-00001.snappy.parquet",
    ]


def test_parquet_has_the_types_that_aws_writes(exports: Exports) -> None:
    file = str(min(exports().rglob("*.parquet")))
    described = duckdb.execute("DESCRIBE SELECT * FROM read_parquet(?)", [file]).fetchall()
    types = {row[0]: row[1] for row in described}
    stored = duckdb.execute(
        """SELECT converted_type FROM parquet_schema(?)
        WHERE name = 'line_item_usage_start_date'""",
        [file],
    ).fetchall()

    assert types["resource_tags"] == types["product"] == "MAP(VARCHAR, VARCHAR)"
    assert types["discount"] == "MAP(VARCHAR, DOUBLE)"
    assert types["line_item_unblended_cost"] == "DOUBLE"
    assert types["line_item_unblended_rate"] == types["reservation_start_time"] == "VARCHAR"
    assert stored == [("TIMESTAMP_MILLIS",)]


def test_columns_can_be_left_out(tmp_path: Path) -> None:
    kept = frozenset({"line_item_unblended_cost", "line_item_usage_account_id"})
    write_demo(tmp_path, ONE_MONTH, columns=kept)

    assert {row[0] for row in query(tmp_path)("DESCRIBE bill")} == kept


@pytest.mark.parametrize("wrong", [{"dialect": "cur_3"}, {"dialect": "cur_2", "format": "csv.zip"}])
def test_an_unknown_table_or_format_is_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="cur_"):
        write_demo(tmp_path, PLAN, **wrong)
