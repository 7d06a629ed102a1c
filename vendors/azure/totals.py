"""What an Azure bill sums to: the formula that source, raw and FOCUS must all agree with.

Billed is the cost of the actual export, effective that of the amortized one, over every charge
type: Azure's own two totals, without any rule of ours. Where only actual costs are exported,
effective is billed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from core.money import DECIMAL
from core.periods import next_period

ZERO = f"CAST(0 AS {DECIMAL})"
NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
"""What older exports write where newer ones write nothing."""


def totals(dialect: str, relation: str, columns: Sequence[str], period: date) -> str:
    """Return SQL: one row per account and currency of one export version.

    Columns: billing_account_id, sub_account_id, currency, rows, holes, strays, billed, effective;
    the sums are DECIMAL(38,18) in that currency, `holes` counts lines whose cost is missing,
    `strays` those of another billing month than `period`.
    """
    if dialect.startswith("focus"):
        account, sub_account = text("billing_account_id", columns), text("sub_account_id", columns)
        start, billed, effective = "billing_period_start", "billed_cost", "effective_cost"
    else:
        account, sub_account = billing_account(columns), subscription(columns)
        start = "billing_period_start_date"
        cost = "cost_in_billing_currency"
        billed = effective = cost
        if dialect == "cost_pair":
            billed = f"CASE source_dataset WHEN 'actual' THEN {cost} ELSE {ZERO} END"
            effective = f"CASE source_dataset WHEN 'amortized' THEN {cost} ELSE {ZERO} END"
    return f"""
        SELECT {account} AS billing_account_id, {sub_account} AS sub_account_id,
            {text("billing_currency", columns)} AS currency, count(*) AS rows,
            count(*) FILTER (({billed}) IS NULL OR ({effective}) IS NULL) AS holes,
            count(*) FILTER ({is_stray(start, columns, period)}) AS strays,
            sum({billed}) AS billed, sum({effective}) AS effective
        FROM {relation} GROUP BY ALL
    """


def is_stray(start: str, columns: Sequence[str], period: date) -> str:
    """Return whether a line's own billing month is another than `period`; never where unknown.

    Lines without a billing month are told by their day.
    """
    if start not in columns and "usage_date" in columns:
        start = "usage_date"
    if start not in columns:
        return "false"
    earliest, end = period - timedelta(days=1), next_period(period)
    return f"({start} < DATE '{earliest}' OR {start} >= DATE '{end}')"


def billing_account(columns: Sequence[str]) -> str:
    """Return the account that gets the invoice: the billing profile (MCA), else the enrolment.

    Pay-as-you-go exports name neither: there it is the subscription.
    """
    names = ("billing_profile_id", "billing_account_id", "subscription_id")
    given = [f"nullif({name}, '')" for name in names if name in columns]
    return f"coalesce({', '.join([*given, 'NULL'])})" if given else "CAST(NULL AS VARCHAR)"


def subscription(columns: Sequence[str]) -> str:
    """Return the subscription; NULL on charges of the whole bill."""
    if "subscription_id" not in columns:
        return "CAST(NULL AS VARCHAR)"
    return f"nullif(nullif(subscription_id, ''), '{NO_SUBSCRIPTION}')"


def text(name: str, columns: Sequence[str]) -> str:
    """Return a text column, or NULL where it is absent."""
    return f"nullif({name}, '')" if name in columns else "CAST(NULL AS VARCHAR)"
