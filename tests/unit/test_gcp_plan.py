"""What BigQuery is asked, and what a month's name and fingerprint are made from."""

from __future__ import annotations

from datetime import date

from vendors.gcp.plan import Month, Partition, partition_column, planning_query, restriction

BILL = {"schema": {"fields": [{"name": "cost"}, {"name": "billing_account_id"}]}}
FOCUS = {"schema": {"fields": [{"name": "BilledCost"}, {"name": "BillingPeriodStart"}]}}
DAYS = {"timePartitioning": {"type": "DAY"}}


def month(*days: str, lines: int = 2) -> Month:
    return Month(date(2026, 1, 1), [Partition(day, lines, "2026-01-05") for day in days])


def test_a_month_is_read_from_its_partitions_alone() -> None:
    text = restriction(BILL | DAYS, month("2026-01-03", "2026-02-07"))

    assert "invoice.month = '202601'" in text
    assert "_PARTITIONTIME >= TIMESTAMP '2026-01-03 00:00:00+00'" in text
    assert "_PARTITIONTIME <= TIMESTAMP '2026-02-07 23:59:59.999999+00'" in text


def test_lines_that_lie_in_no_partition_yet_are_not_left_out() -> None:
    assert "_PARTITIONTIME" not in restriction(BILL | DAYS, month("2026-01-03", ""))


def test_lines_without_invoice_month_are_told_by_googles_own_time() -> None:
    text = restriction(BILL, month(""))

    assert "invoice.month IS NULL" in text
    assert "usage_start_time >= TIMESTAMP '2026-01-01 08:00:00+00'" in text
    assert "usage_start_time < TIMESTAMP '2026-02-01 08:00:00+00'" in text


def test_focus_exports_have_their_own_columns() -> None:
    text = restriction(FOCUS, month(""))
    fields = {"billed_cost": "BilledCost", "billing_period_start": "BillingPeriodStart"}

    assert "BillingPeriodStart >= TIMESTAMP '2026-01-01 00:00:00+00'" in text
    assert "export_time" not in planning_query("`p.d.t`", fields, "")


def test_the_partition_column_is_googles_or_the_tables() -> None:
    assert partition_column(BILL) == ""
    assert partition_column(DAYS) == "_PARTITIONTIME"
    assert partition_column({"timePartitioning": {"field": "usage_start_time"}}) == (
        "usage_start_time"
    )


def test_a_month_with_one_more_line_has_another_fingerprint() -> None:
    one, other = month("2026-01-03"), month("2026-01-03", lines=3)

    assert one.fingerprint != other.fingerprint
    assert month("a", "b").fingerprint == month("b", "a").fingerprint
