"""The demo's Azure bill keeps what Azure's bills keep (Z-I1 to Z-I6), from its files to FOCUS."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.fixtures.finops import Finops
from vendors.azure.demo import DemoPlan, write_demo

PLAN = DemoPlan(rows=1, months=13)
NAMES = {"actual": "finops-demo-actual", "amortized": "finops-demo-amortized"}
CSV = "all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"'"


class Demo:
    """The demo since a month, the restated one included, imported from gzipped CSV."""

    def __init__(self, home: Path, since: str = "2025-06", **options: Any) -> None:
        self.root = home / "container"
        write_demo(self.root, PLAN, **options)
        write_demo(self.root, PLAN, restated=True, **options)
        self.finops = Finops(home)
        names = ["-n", NAMES["actual"], "-a", NAMES["amortized"]]
        source = ["-S", str(self.root), "-p", "exports", "-s", since]
        result = self.finops("azure", "import-export", *source, *names)
        assert result.code == 0, result.err
        self.attention = result.err

    def file_totals(self, dataset: str, cost: str = "Cost") -> dict[str, Decimal]:
        """Sum each month's newest run by other means than ours: text, as DuckDB's own decimals."""
        found: dict[str, Decimal] = {}
        for month in sorted((self.root / "exports" / NAMES[dataset]).iterdir()):
            run = max(month.iterdir())
            files = [str(p) for p in run.rglob("*.csv.gz")]
            query = f"SELECT sum(CAST({cost} AS DECIMAL(38, 18))) FROM read_csv({files!r}, {CSV})"
            row = duckdb.sql(query).fetchone()
            found[f"{month.name[:4]}-{month.name[4:6]}"] = row[0] if row else Decimal(0)
        return found

    def by_month(self, column: str) -> dict[str, Decimal]:
        return dict(
            self.finops.sql(
                f'SELECT strftime("BillingPeriodStart", \'%Y-%m\'), sum("{column}") '
                "FROM focus.cost_and_usage GROUP BY 1"
            )
        )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return Demo(tmp_path_factory.mktemp("demo"))


def test_units_are_those_of_the_price_list(demo):
    blocks = "\"PricingUnit\" LIKE '10000 Units%' OR \"PricingUnit\" LIKE '50000 GB%'"
    assert demo.finops.sql(
        'SELECT list_sort(list(DISTINCT "ConsumedUnit")), '
        f'count(DISTINCT "PricingUnit") FILTER ({blocks}) FROM focus.cost_and_usage'
        ' WHERE "ConsumedUnit" IS NOT NULL'
    ) == [
        (["GB", "GB Seconds", "GB/Month", "GiB/Month", "Hours", "TB", "Units", "Units/Day",
          "Units/Hour", "Units/Month"], 2)
    ]  # fmt: skip


def test_billed_is_the_actual_export_and_effective_the_amortized_one(demo):
    assert demo.by_month("BilledCost") == demo.file_totals("actual")
    assert demo.by_month("EffectiveCost") == demo.file_totals("amortized")
    assert len(demo.by_month("BilledCost")) == 13


def test_rows_are_the_amortized_ones_and_the_commitments_of_the_actual_export(demo):
    bought = "charge_type IN ('Purchase', 'Refund') AND pricing_model <> 'OnDemand'"
    assert demo.finops.value(
        "SELECT count(*) FROM azure_billing.finops_demo_actual "
        f"WHERE source_dataset = 'amortized' OR ({bought})"
    ) == demo.finops.value("SELECT count(*) FROM focus.cost_and_usage")


def test_rounding_survives_as_adjustments_that_make_whole_cents(demo):
    assert demo.finops.sql(
        'SELECT "ChargeCategory", count(*), bool_and("BilledCost" = "EffectiveCost") '
        "FROM focus.cost_and_usage WHERE \"x_SourceLineItemType\" = 'RoundingAdjustment' "
        "GROUP BY 1"
    ) == [("Adjustment", 12, True)]
    closed = [cost for month, cost in demo.by_month("BilledCost").items() if month != "2026-06"]
    assert all(cost == cost.quantize(Decimal("0.01")) for cost in closed)


def test_used_and_idle_parts_are_what_was_bought_for_the_month(demo):
    """Of commitments that are paid monthly; the returned one was paid at once."""
    assert demo.finops.sql(
        """
        SELECT commitment_type, bool_and(used + idle = bought), min(idle) >= 0, max(idle) > 0
        FROM (
            SELECT "CommitmentDiscountType" AS commitment_type, "BillingPeriodStart",
                "CommitmentDiscountName",
                sum("EffectiveCost") FILTER ("CommitmentDiscountStatus" = 'Used') AS used,
                sum("EffectiveCost") FILTER ("CommitmentDiscountStatus" = 'Unused') AS idle,
                sum("BilledCost") FILTER ("ChargeCategory" = 'Purchase') AS bought
            FROM focus.cost_and_usage
            WHERE "CommitmentDiscountName" IN ('Compute_SavingsPlan_1Y', 'ERP_SQLMI_3Y')
            GROUP BY ALL
        )
        GROUP BY 1 ORDER BY 1
        """
    ) == [("Reservation", True, True, True), ("Savings Plan", True, True, True)]


def test_a_returned_reservation_costs_what_was_kept_of_it(demo):
    """Purchase less refund is what its seven months amortized."""
    billed, effective = demo.finops.sql(
        'SELECT sum("BilledCost"), sum("EffectiveCost") FROM focus.cost_and_usage '
        "WHERE \"CommitmentDiscountName\" = 'Analytics_D8s_v5_1Y'"
    )[0]
    assert billed == effective > 0


def test_blocks_times_their_number_are_the_bills_quantity(demo):
    assert demo.finops.value(
        "SELECT count(*) FROM checks.assert_blocks_hold_the_quantity"
    ) == 0  # fmt: skip


def test_nothing_of_the_demo_draws_attention(demo):
    assert "attention" not in demo.attention


def test_the_restated_month_replaced_the_first_delivery(demo):
    actual = demo.root / "exports" / NAMES["actual"] / "20260501-20260531"
    assert len(list(actual.iterdir())) == 2
    assert demo.finops.value(
        "SELECT version_id FROM ledger.loads WHERE billing_period = '2026-05-01'"
    ).startswith(max(actual.iterdir()).glob("*").__next__().name)


@pytest.mark.parametrize(
    ("options", "currency"),
    [
        ({"agreement": "mca", "format": "parquet"}, ("EUR", "USD")),
        ({"agreement": "ea", "format": "csv", "files": 3, "overwrite": True}, ("EUR", "EUR")),
    ],
)
def test_every_agreement_format_and_layout_gives_the_same_focus(
    options, currency, demo, tmp_path
):  # fmt: skip
    """Since March: a reservation returned, a month restated, an invoice that is open."""
    since = "2026-03"
    other = Demo(tmp_path, since, **options)
    for column in ("BilledCost", "EffectiveCost"):
        wanted = {m: cost for m, cost in demo.by_month(column).items() if m >= since}
        assert other.by_month(column) == wanted and len(wanted) == 4
    assert other.finops.sql(
        'SELECT DISTINCT "BillingCurrency", "PricingCurrency" FROM focus.cost_and_usage'
    ) == [currency]
    same = f"""
        SELECT "ServiceName", "ServiceCategory", "RegionId", "ResourceId", "Tags",
            "ChargeCategory", "BilledCost", "EffectiveCost"
        FROM focus.cost_and_usage WHERE "BillingPeriodStart" >= '{since}-01' ORDER BY ALL
    """
    assert other.finops.sql(same) == demo.finops.sql(same)


def test_equal_plans_write_equal_files(tmp_path):
    plan = DemoPlan(rows=1, months=1)
    for name in ("one", "two"):
        write_demo(tmp_path / name, plan)
    one, two = (
        {p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*.*")}
        for name in ("one", "two")
    )
    assert one == two and len(one) == 4


@pytest.mark.parametrize("rows", [1, 110_000, 1_000_000])
def test_a_bill_has_about_the_lines_that_were_asked_for(rows):
    plan = DemoPlan(rows=rows)
    lines = 13 * 8_500 * plan.twins if plan.grain == "day" else 13 * 310
    assert rows == 1 or abs(lines / rows - 1) < 0.15
