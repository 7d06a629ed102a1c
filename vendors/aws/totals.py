"""What an AWS bill sums to: the formula that source, raw and FOCUS must all agree with.

Billed is net unblended cost where the payer has net columns in that month, else unblended
cost, over every line type. Effective is the amortized cost of AWS's own dashboards (see
docs/focus-mapping.md, "Amortized cost").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from core.money import DECIMAL
from core.periods import next_period

ZERO = f"CAST(0 AS {DECIMAL})"


def totals(dialect: str, relation: str, columns: Sequence[str], period: date) -> str:
    """Return SQL: one row per account and currency of one export version.

    Columns: billing_account_id, sub_account_id, currency, rows, holes, strays, billed, effective;
    the sums are DECIMAL(38,18) in that currency, `holes` counts lines whose cost is missing,
    `strays` those of another billing month than `period`.
    """
    if dialect.startswith("focus"):
        return focus_totals(relation, columns, period)
    return cur_totals(relation, columns, period)


def focus_totals(relation: str, columns: Sequence[str], period: date) -> str:
    key = optional(columns)
    return (
        f"SELECT {key('billing_account_id')} AS billing_account_id, "
        f"{key('sub_account_id')} AS sub_account_id, {key('billing_currency')} AS currency, "
        "count(*) AS rows, "
        "count(*) FILTER (billed_cost IS NULL OR effective_cost IS NULL) AS holes, "
        f"count(*) FILTER ({is_stray('billing_period_start', columns, period)}) AS strays, "
        "sum(billed_cost) AS billed, sum(effective_cost) AS effective "
        f"FROM {relation} GROUP BY ALL"
    )


def cur_totals(relation: str, columns: Sequence[str], period: date) -> str:
    """Sum both bases, then choose by payer: net where any line of the payer has it."""
    key = optional(columns)
    net = "net_" if "line_item_net_unblended_cost" in columns else ""
    net_lines = "count(line_item_net_unblended_cost)" if net else "0"
    return f"""
        SELECT billing_account_id, sub_account_id, currency, rows, strays,
            CASE WHEN payer_net > 0 THEN holes_net ELSE holes_gross END AS holes,
            CASE WHEN payer_net > 0 THEN billed_net ELSE billed_gross END AS billed,
            CASE WHEN payer_net > 0 THEN effective_net ELSE effective_gross END AS effective
        FROM (
            SELECT *, sum(net_lines) OVER (PARTITION BY billing_account_id) AS payer_net
            FROM (
                SELECT billing_account_id, sub_account_id, currency,
                    count(*) AS rows, count(*) FILTER (is_stray) AS strays,
                    {net_lines} AS net_lines,
                    count(*) FILTER (b_net IS NULL OR e_net IS NULL) AS holes_net,
                    count(*) FILTER (b_gross IS NULL OR e_gross IS NULL) AS holes_gross,
                    sum(b_net) AS billed_net, sum(b_gross) AS billed_gross,
                    sum(e_net) AS effective_net, sum(e_gross) AS effective_gross
                FROM (
                    SELECT {key("bill_payer_account_id")} AS billing_account_id,
                        {key("line_item_usage_account_id")} AS sub_account_id,
                        {key("line_item_currency_code")} AS currency,
                        {is_stray("bill_billing_period_start_date", columns, period)} AS is_stray,
                        {"line_item_net_unblended_cost," if net else ""}
                        {billed(net)} AS b_net, {billed("")} AS b_gross,
                        {amortized(net, columns)} AS e_net, {amortized("", columns)} AS e_gross
                    FROM {relation}
                )
                GROUP BY ALL
            )
        )
    """


def is_stray(start: str, columns: Sequence[str], period: date) -> str:
    """Return whether a line's own billing month is another than `period`; never where unknown.

    A month may begin up to a day early: where a bill keeps the time of a zone ahead of UTC.
    """
    if start not in columns:
        return "false"
    earliest, end = period - timedelta(days=1), next_period(period)
    return f"({start} < TIMESTAMP '{earliest}' OR {start} >= TIMESTAMP '{end}')"


def billed(net: str) -> str:
    """Return the billed cost of one line; `net` is 'net_' or ''."""
    if net:
        return "coalesce(line_item_net_unblended_cost, line_item_unblended_cost)"
    return "line_item_unblended_cost"


def amortized(net: str, columns: Sequence[str]) -> str:
    """Return the amortized cost of one line: NULL where the export lacks what it needs."""

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
    idle = (
        f"{cost('savings_plan', 'total_commitment_to_date')} - "
        f"{cost('savings_plan', 'used_commitment')}"
    )
    return f"""CASE line_item_line_item_type
        WHEN 'SavingsPlanCoveredUsage' THEN {cost("savings_plan", "savings_plan_effective_cost")}
        WHEN 'SavingsPlanRecurringFee' THEN {discounted(idle, columns) if net else idle}
        WHEN 'SavingsPlanNegation' THEN {ZERO}
        WHEN 'SavingsPlanUpfrontFee' THEN {ZERO}
        WHEN 'DiscountedUsage' THEN {cost("reservation", "effective_cost")}
        WHEN 'RIFee' THEN {unused}
        WHEN 'Fee' THEN CASE WHEN {has_ri} THEN {ZERO} ELSE {line} END
        WHEN 'Refund' THEN CASE WHEN {has_ri} OR {has_sp} THEN {ZERO} ELSE {line} END
        ELSE {line} END"""


FEE = ("recurring_commitment_for_billing_period", "amortized_upfront_commitment_for_billing_period")
"""The two parts of a savings plan's fee that AWS also writes net."""


def discounted(idle: str, columns: Sequence[str]) -> str:
    """Return the idle part of a savings plan's fee on the net basis, which AWS does not write.

    It is taken off the same share as of the whole fee; where the fee has no net amount, nothing.
    The macros `unused_plan_cost` and `share_of` of focus/macros compute it the same way.
    """
    fee = [f"savings_plan_{part}" for part in FEE if f"savings_plan_{part}" in columns]
    nets = {gross: gross.replace("savings_plan_", "savings_plan_net_") for gross in fee}
    discounts = [
        f"coalesce({gross} - nullif({net}, 0), 0)" for gross, net in nets.items() if net in columns
    ]
    if not discounts:
        return idle
    whole = " + ".join(f"coalesce({gross}, 0)" for gross in fee)
    return f"{idle} - coalesce({share_of(idle, ' + '.join(discounts), whole)}, 0)"


def share_of(amount: str, part: str, whole: str) -> str:
    """Return SQL for amount * part / whole, NULL where the whole is 0."""
    ratio = f"CAST({part} AS DOUBLE) / CAST(nullif({whole}, 0) AS DOUBLE)"
    return (
        f"TRY(CAST(CAST({amount} AS DECIMAL(22,10)) * CAST({ratio} AS DECIMAL(18,15)) "
        f"AS {DECIMAL}))"
    )


def optional(columns: Sequence[str]) -> Callable[[str], str]:
    """Return a function from a text column's name to it, or to NULL where it is absent."""
    return lambda name: name if name in columns else "CAST(NULL AS VARCHAR)"
