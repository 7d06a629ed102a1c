"""What was billed by issuer, billing entity and payer, and how many invoices it took."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from dashboards.answers import Amount, Key
from dashboards.dimensions import DIMENSIONS
from dashboards.generations import Generation
from dashboards.keys import key
from dashboards.slices import CURRENCY

SUMS = f"""
    SELECT grouping(invoice_issuer_name, billing_entity, billing_account_id) AS level,
        invoice_issuer_name, billing_entity, billing_account_id,
        any_value(billing_account_name) AS billing_account_name,
        coalesce(sum(billed_cost), 0) AS billed_cost,
        count(DISTINCT (invoice_issuer_name, invoice_id)) FILTER (invoice_id IS NOT NULL)
            AS invoices,
        coalesce(sum(billed_cost) FILTER (invoice_id IS NULL), 0) AS unnumbered_cost
    FROM marts.invoices
    WHERE {CURRENCY} = $currency AND billing_period BETWEEN $first AND $last
    GROUP BY GROUPING SETS ((), (invoice_issuer_name), (billing_entity), (billing_account_id))
    ORDER BY abs(sum(marts.invoices.billed_cost)) DESC, invoice_issuer_name, billing_entity,
        billing_account_id
"""
ALL, ISSUER, ENTITY, PAYER = 0b111, 0b011, 0b101, 0b110
"""What `grouping` says of the sets: a bit for each column that was summed over."""


class Billed(BaseModel):
    """What was billed under one name."""

    key: Key
    invoices: int
    """Each number of an issuer once, in how many months and for how many payers it may be."""
    billed_cost: Amount
    unnumbered_cost: Amount
    """What of it carries no invoice number."""


class InvoiceSums(BaseModel):
    """Sums of the same charges, each time over another party."""

    invoices: int
    billed_cost: Amount
    unnumbered_cost: Amount
    by_issuer: list[Billed]
    by_entity: list[Billed]
    by_payer: list[Billed]


def invoice_sums(generation: Generation, period: dict[str, Any]) -> InvoiceSums:
    """Return what the months of a period bill in a currency.

    Args:
        period: `currency`, and the months `first` and `last`, both in it.
    """
    levels: dict[int, list[dict[str, Any]]] = {ALL: [], ISSUER: [], ENTITY: [], PAYER: []}
    for row in generation.rows(SUMS, period):
        levels[row["level"]].append(row)
    [all_of_it] = levels[ALL]
    return InvoiceSums(
        **{name: all_of_it[name] for name in ("invoices", "billed_cost", "unnumbered_cost")},
        by_issuer=[billed(row, "InvoiceIssuerName") for row in levels[ISSUER]],
        by_entity=[billed(row, "x_BillingEntity") for row in levels[ENTITY]],
        by_payer=[billed(row, "BillingAccountId") for row in levels[PAYER]],
    )


def billed(row: dict[str, Any], name: str) -> Billed:
    one = DIMENSIONS[name]
    label = row[one.named_by] if one.named_by else None
    return Billed(
        key=key(one, row[one.column], label),
        **{field: row[field] for field in ("invoices", "billed_cost", "unnumbered_cost")},
    )
