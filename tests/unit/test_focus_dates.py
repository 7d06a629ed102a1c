"""How a FOCUS file writes its dates is judged by what its columns are, not by where they stand."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from vendors.focus.reading import dates_in, parquet_table

COLUMNS = "1.5 AS BilledCost, 'USD' AS BillingCurrency, 'Usage' AS ChargeCategory, "


@pytest.mark.parametrize(
    ("month", "charge", "order"),
    [
        ("DATE '2025-01-01'", "01/05/2025", "md"),
        ("'01/09/2025'", "05/09/2025", "dm"),
        ("'09/01/2025'", "09/05/2025", "md"),
        ("DATE '2025-01-01'", "2025-01-05T00:00:00Z", ""),
    ],
)
def test_only_the_column_of_months_tells_by_first_days(
    tmp_path: Path, month: str, charge: str, order: str
) -> None:
    duckdb.execute(
        f"COPY (SELECT {COLUMNS} {month} AS BillingPeriodStart, '{charge}' AS ChargePeriodStart, "
        f"'{charge}' AS ChargePeriodEnd) TO '{tmp_path}/bill.parquet'"
    )
    with duckdb.connect() as connection:
        table = parquet_table(connection, [str(tmp_path / "bill.parquet")], "bill.parquet")
        assert dates_in(connection, table).order == order
