"""The billing export in BigQuery, from its tables to raw rows."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tests.bigquery.servers import Dataset
from tests.fixtures.finops import Finops, Result
from tests.fixtures.gcp import credit, line

LINES = [
    line("1.10", credits=[credit("-0.10", "FREE_TIER")], labels=[{"key": "team", "value": "a"}]),
    line("1.10", credits=[credit("-0.10", "FREE_TIER")]),
    line("5.00", month="2026-02"),
]
"""Two lines of January, 2.00 net, and one of February."""


def load(finops: Finops, dataset: Dataset, table: str, *more: str) -> Result:
    result = finops(
        "gcp", "import-billing", *dataset.options(table), "--no-transform", *more,
        env=dataset.environment,
    )  # fmt: skip
    assert result.code == 0, result.err
    return result


def net(finops: Finops, month: str) -> Decimal:
    table = f"gcp_billing.billing_{month.replace('-', '_')}"
    return Decimal(finops.value(f"SELECT sum(cost + x_credits_total) FROM {table}"))


def test_a_table_becomes_proven_raw_rows(finops: Finops, dataset: Dataset) -> None:
    table = dataset.table(LINES)

    result = load(finops, dataset, table)

    assert net(finops, "2026-01") == Decimal("2.00")
    assert net(finops, "2026-02") == Decimal("5.00")
    assert finops.sql(
        "SELECT project_number, service_description, labels FROM gcp_billing.billing_2026_01 "
        "ORDER BY length(CAST(labels AS VARCHAR))"
    ) == [
        ("007", "Compute Engine", "[]"),
        ("007", "Compute Engine", '[{"key":"team","value":"a"}]'),
    ]
    assert "bills about" in result.err


def test_what_google_adds_reloads_its_month_alone(finops: Finops, dataset: Dataset) -> None:
    table = dataset.table(LINES)
    load(finops, dataset, table)
    february = finops.content("gcp_billing.billing_2026_02")

    dataset.add(table, [line("0.25", day=31, export_time="2026-02-03T00:00:00Z")])
    result = load(finops, dataset, table)

    assert net(finops, "2026-01") == Decimal("2.25")
    assert finops.content("gcp_billing.billing_2026_02") == february
    assert "restated" in result.out
    assert result.out.count("\n") == 1


def test_nothing_new_reads_no_line(finops: Finops, dataset: Dataset) -> None:
    table = dataset.table(LINES)
    load(finops, dataset, table)
    before = finops.fingerprint()

    result = load(finops, dataset, table)

    assert "nothing new" in result.out
    assert "reading invoice month" not in result.err
    assert finops.fingerprint() == before


def test_more_bytes_than_allowed_are_not_read(finops: Finops, dataset: Dataset) -> None:
    table = dataset.table(LINES)

    result = finops(
        "gcp", "import-billing", *dataset.options(table), "--maximum-bytes-billed", "10",
        env=dataset.environment,
    )  # fmt: skip

    assert result.code == 3
    assert "of 10" in result.error
    assert not finops.database.exists()


def test_columns_that_are_not_wanted_are_not_read(finops: Finops, dataset: Dataset) -> None:
    table = dataset.table(LINES)

    load_env = {**dataset.environment, "OPEN_FINOPS_GCP_SKIP_COLUMNS": "labels, tags"}
    result = finops(
        "gcp", "import-billing", *dataset.options(table), "--no-transform", env=load_env
    )

    assert result.code == 0, result.err
    columns = [c for (c, *_) in finops.sql("DESCRIBE gcp_billing.billing_2026_01")]
    assert "labels" not in columns and "credits" in columns


def test_months_can_be_chosen(finops: Finops, dataset: Dataset) -> None:
    load(finops, dataset, dataset.table(LINES), "-s", "2026-02", "-e", "2026-02")

    assert finops.tables("gcp_billing") == ["billing_2026_02"]


def test_a_bigquery_bill_reaches_focus(finops: Finops, dataset: Dataset) -> None:
    table = dataset.table([*LINES, line("0.40", cost_type="tax", project=None)])

    result = finops("gcp", "import-billing", *dataset.options(table), env=dataset.environment)

    assert result.code == 0, result.err
    assert finops.sql(
        'SELECT "ChargeCategory", sum("BilledCost") FROM focus.cost_and_usage '
        "GROUP BY ALL ORDER BY ALL"
    ) == [("Tax", Decimal("0.4")), ("Usage", Decimal("7"))]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (
            ["-p", "payer", "-d", "billing", "-T", "absent"],
            5,
            "payer.billing.absent does not exist",
        ),
        (["-p", "payer", "-d", "billing", "-T", "a`b"], 2, "gcp.table"),
        (["-p", "payer", "-d", "billing"], 2, "gcp.table is not set"),
    ],
)
def test_a_wrong_table_is_one_clear_error(
    options: list[str], code: int, words: str, finops: Finops, dataset: Dataset
) -> None:
    result = finops("gcp", "import-billing", *options, env=dataset.environment)

    assert (result.code, words in result.error) == (code, True), result.err
    assert result.hint


def test_a_table_that_is_no_bill_is_refused(finops: Finops, dataset: Dataset) -> None:
    table = dataset.table([{"currency": "USD"}])

    result = finops("gcp", "import-billing", *dataset.options(table), env=dataset.environment)

    assert (result.code, "cost" in result.error) == (4, True)


def test_the_tables_of_a_dataset_are_listed_with_what_they_are(
    finops: Finops, dataset: Dataset
) -> None:
    table = dataset.table(LINES)

    result = finops(
        "gcp", "list-tables", "-p", "payer", "-d", "billing", "--json", env=dataset.environment
    )

    assert result.code == 0, result.err
    found = {row["table"]: row for row in json.loads(result.out)}
    assert (found[table]["dialect"], found[table]["rows"]) == ("gcp_standard", 3)


def test_partitions_are_listed_with_what_is_loaded(finops: Finops, dataset: Dataset) -> None:
    table = dataset.table(LINES)
    load(finops, dataset, table, "-e", "2026-01")

    result = finops(
        "gcp", "list-partitions", *dataset.options(table), "--json", env=dataset.environment
    )

    assert [(r["billing_period"], r["state"]) for r in json.loads(result.out)] == [
        ("2026-01", "loaded"),
        ("2026-02", "new"),
    ]
