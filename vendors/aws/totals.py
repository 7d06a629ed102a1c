"""What an AWS bill sums to: the formula that source, raw and FOCUS must all agree with.

Billed is net unblended cost where the payer has net columns in that month, else unblended
cost, over every line type. Effective is the amortised cost of AWS's own dashboards (see
docs/focus-mapping.md, "Amortised cost").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.money import DECIMAL

ZERO = f"CAST(0 AS {DECIMAL})"


def totals(dialect: str, relation: str, columns: Sequence[str]) -> str:
    """Return SQL: one row per account and currency of one export version.

    Columns: billing_account_id, sub_account_id, currency, rows, holes, billed, effective; the
    sums are DECIMAL(38,18) in that currency, `holes` counts lines whose cost is missing.
    """
    if dialect.startswith("focus"):
        return focus_totals(relation, columns)
    return cur_totals(relation, columns)


def focus_totals(relation: str, columns: Sequence[str]) -> str:
    key = optional(columns)
    return (
        f"SELECT {key('billing_account_id')} AS billing_account_id, "
        f"{key('sub_account_id')} AS sub_account_id, {key('billing_currency')} AS currency, "
        "count(*) AS rows, "
        "count(*) FILTER (billed_cost IS NULL OR effective_cost IS NULL) AS holes, "
        "sum(billed_cost) AS billed, sum(effective_cost) AS effective "
        f"FROM {relation} GROUP BY ALL"
    )


def cur_totals(relation: str, columns: Sequence[str]) -> str:
    """Sum both bases, then choose by payer: net where any line of the payer has it."""
    key = optional(columns)
    net = "net_" if "line_item_net_unblended_cost" in columns else ""
    net_lines = "count(line_item_net_unblended_cost)" if net else "0"
    return f"""
        SELECT billing_account_id, sub_account_id, currency, rows,
            CASE WHEN payer_net > 0 THEN holes_net ELSE holes_gross END AS holes,
            CASE WHEN payer_net > 0 THEN billed_net ELSE billed_gross END AS billed,
            CASE WHEN payer_net > 0 THEN effective_net ELSE effective_gross END AS effective
        FROM (
            SELECT *, sum(net_lines) OVER (PARTITION BY billing_account_id) AS payer_net
            FROM (
                SELECT billing_account_id, sub_account_id, currency,
                    count(*) AS rows, {net_lines} AS net_lines,
                    count(*) FILTER (b_net IS NULL OR e_net IS NULL) AS holes_net,
                    count(*) FILTER (b_gross IS NULL OR e_gross IS NULL) AS holes_gross,
                    sum(b_net) AS billed_net, sum(b_gross) AS billed_gross,
                    sum(e_net) AS effective_net, sum(e_gross) AS effective_gross
                FROM (
                    SELECT {key("bill_payer_account_id")} AS billing_account_id,
                        {key("line_item_usage_account_id")} AS sub_account_id,
                        {key("line_item_currency_code")} AS currency,
                        {"line_item_net_unblended_cost," if net else ""}
                        {billed(net)} AS b_net, {billed("")} AS b_gross,
                        {amortised(net, columns)} AS e_net, {amortised("", columns)} AS e_gross
                    FROM {relation}
                )
                GROUP BY ALL
            )
        )
    """


def billed(net: str) -> str:
    """Return the billed cost of one line; `net` is 'net_' or ''."""
    if net:
        return "coalesce(line_item_net_unblended_cost, line_item_unblended_cost)"
    return "line_item_unblended_cost"


def amortised(net: str, columns: Sequence[str]) -> str:
    """Return the amortised cost of one line: NULL where the export lacks what it needs."""

    def cost(family: str, name: str) -> str:
        found = [
            n for n in dict.fromkeys((f"{family}_{net}{name}", f"{family}_{name}")) if n in columns
        ]
        return f"coalesce({', '.join([*found, 'NULL'])})" if found else f"CAST(NULL AS {DECIMAL})"

    line = billed(net)
    if "line_item_line_item_type" not in columns:
        return line
    ri = "reservation_reservation_a_r_n"
    sp = "savings_plan_savings_plan_a_r_n"
    has_ri = f"coalesce({ri}, '') <> ''" if ri in columns else "false"
    has_sp = f"coalesce({sp}, '') <> ''" if sp in columns else "false"
    upfront = cost("reservation", "unused_amortized_upfront_fee_for_billing_period")
    recurring = cost("reservation", "unused_recurring_fee")
    unused = f"coalesce({upfront} + {recurring}, {upfront}, {recurring})"
    total = cost("savings_plan", "total_commitment_to_date")
    used = cost("savings_plan", "used_commitment")
    return f"""CASE line_item_line_item_type
        WHEN 'SavingsPlanCoveredUsage' THEN {cost("savings_plan", "savings_plan_effective_cost")}
        WHEN 'SavingsPlanRecurringFee' THEN {total} - {used}
        WHEN 'SavingsPlanNegation' THEN {ZERO}
        WHEN 'SavingsPlanUpfrontFee' THEN {ZERO}
        WHEN 'DiscountedUsage' THEN {cost("reservation", "effective_cost")}
        WHEN 'RIFee' THEN {unused}
        WHEN 'Fee' THEN CASE WHEN {has_ri} THEN {ZERO} ELSE {line} END
        WHEN 'Refund' THEN CASE WHEN {has_ri} OR {has_sp} THEN {ZERO} ELSE {line} END
        ELSE {line} END"""


def optional(columns: Sequence[str]) -> Callable[[str], str]:
    """Return a function from a text column's name to it, or to NULL where it is absent."""
    return lambda name: name if name in columns else "CAST(NULL AS VARCHAR)"
