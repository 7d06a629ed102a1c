"""What a bill in FOCUS, or in OCI's cost report, sums to: source, raw and FOCUS must agree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.periods import next_period
from vendors.focus.columns import MONTH, family

EFFECTIVE = ("effective_cost", "amortized_cost", "billed_cost")
"""What the effective cost of a source is: the first of these that it has."""


def totals(dialect: str, relation: str, columns: Sequence[str], period: date) -> str:
    """Return SQL: one row per account and currency of one month.

    Columns: billing_account_id, sub_account_id, currency, rows, holes, strays, billed, effective.
    """
    kind = family(dialect)
    if kind == "oci":
        billed = effective = "cost_my_cost"
        keys = ("line_item_tenant_id", "product_compartment_id", "cost_currency_code")
    else:
        billed = "billed_cost"
        effective = next(name for name in EFFECTIVE if name in columns)
        keys = ("billing_account_id", "sub_account_id", "billing_currency")
    names = [key if key in columns else "CAST(NULL AS VARCHAR)" for key in keys]
    month = MONTH[kind]
    stray = f"{month} < TIMESTAMP '{period}' OR {month} >= TIMESTAMP '{next_period(period)}'"
    return (
        f"SELECT {names[0]} AS billing_account_id, {names[1]} AS sub_account_id, "
        f"{names[2]} AS currency, count(*) AS rows, "
        f"count(*) FILTER ({billed} IS NULL OR {effective} IS NULL) AS holes, "
        f"count(*) FILTER ({stray}) AS strays, "
        f"sum({billed}) AS billed, sum({effective}) AS effective FROM {relation} GROUP BY ALL"
    )
