"""The demo's plan: which months, how many rows, which columns."""

import re
from datetime import datetime

import pytest

from vendors.aws.demo.columns import FOCUS_1_0, FOCUS_1_2, cur_2
from vendors.aws.demo.dialects import cur_1_outputs, legacy_name
from vendors.aws.demo.plan import DemoPlan, months


def test_months_end_with_the_given_one() -> None:
    plan = DemoPlan(months=3, last_period="2025-01")

    assert plan.periods == ["2024-11", "2024-12", "2025-01"]
    assert plan.restated_period == "2024-12"


def test_a_month_ends_where_the_next_one_starts() -> None:
    december = DemoPlan(last_period="2025-01").month("2024-12", version=1)

    assert (december.start, december.end) == (datetime(2024, 12, 1), datetime(2025, 1, 1))
    assert december.number == -1
    assert not december.open


def test_the_open_month_may_be_partial() -> None:
    plan = DemoPlan(months=2, last_period="2025-02", last_day=9)

    assert [m.data_end for m in months(plan, restated=False)] == [
        datetime(2025, 2, 1),
        datetime(2025, 2, 10),
    ]


@pytest.mark.parametrize(
    ("rows", "grain", "scale"),
    [(1, "month", 1.0), (13_100, "day", 1.0), (26_200, "day", 2.0), (478_000, "hour", 2.0)],
)
def test_more_rows_make_a_finer_bill_and_then_more_resources(
    rows: int, grain: str, scale: float
) -> None:
    plan = DemoPlan(rows=rows, months=1)

    assert (plan.grain, plan.scale) == (grain, scale)


def test_a_delivery_is_known_by_plan_export_month_and_version() -> None:
    plan = DemoPlan()
    ids = {
        plan.execution_id("a", "2026-05", 1),
        plan.execution_id("a", "2026-05", 2),
        plan.execution_id("a", "2026-06", 1),
        plan.execution_id("b", "2026-05", 1),
        DemoPlan(seed=2).execution_id("a", "2026-05", 1),
    }

    assert len(ids) == 5
    assert plan.execution_id("a", "2026-05", 1) in ids
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", i) for i in ids)


@pytest.mark.parametrize("wrong", [{"last_period": "2026-13"}, {"months": 0}, {"rows": 0}])
def test_an_impossible_plan_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="YYYY-MM|at least one"):
        DemoPlan(**wrong)  # type: ignore[arg-type]


def test_focus_tables_have_the_columns_that_aws_documents() -> None:
    assert len(FOCUS_1_2) == 57 + 3
    assert len(FOCUS_1_0) == 43 + 5


def test_net_columns_come_only_with_a_negotiated_discount() -> None:
    assert not [column.name for column in cur_2(net=False) if "_net_" in column.name]
    assert len([column.name for column in cur_2(net=True) if "_net_" in column.name]) == 12


def snake(header: str) -> str:
    """AWS's rule from a legacy header to a column name: every capital starts a word."""
    category, name = header.split("/", 1)
    words = re.sub(r"(?<!^)(?=[A-Z])", "_", f"{category}")
    return f"{words}_{re.sub(r'(?<!^)(?=[A-Z])', '_', name)}".lower()


def test_legacy_headers_turn_into_the_names_of_cur_2() -> None:
    names = [column.name for column in cur_2(net=True)]
    plain = [n for n in names if n.split("_")[0] not in ("cost", "discount", "resource")]
    plain.remove("product")

    assert [snake(legacy_name(name)) for name in plain] == plain


def test_legacy_csv_and_parquet_reports_have_the_same_columns() -> None:
    csv = cur_1_outputs(set(), net=True, parquet=False)
    parquet = cur_1_outputs(set(), net=True, parquet=True)

    assert len(csv) == len(parquet) == len({o.name for o in csv}) == len({o.name for o in parquet})
    assert "resourceTags/user:CostCenter" in {o.name for o in csv}
    assert "resource_tags_user_cost_center" in {o.name for o in parquet}
    assert "costCategory/Business Unit" in {o.name for o in csv}
