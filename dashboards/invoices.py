"""The bill itself: invoices, the proof that nothing is missing, what providers restated."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from core.periods import shift
from dashboards.answers import Amount, Key, Month, Time
from dashboards.dimensions import DIMENSIONS
from dashboards.generations import Generation
from dashboards.invoice_sums import InvoiceSums, invoice_sums
from dashboards.keys import key
from dashboards.meta import currency_of
from dashboards.slices import CURRENCY, NO_CURRENCY
from dashboards.windows import MONTH, known_month

MOST = 2000
INVOICES = f"""
    WITH parts AS (
        SELECT billing_period AS month, invoice_id, billing_entity, invoice_issuer_name AS issuer,
            provider_name AS provider, billing_account_id,
            any_value(billing_account_name) AS billing_account_name, charge_category AS category,
            sum(billed_cost) AS amount, sum(row_count) AS row_count
        FROM marts.invoices
        WHERE {CURRENCY} = $currency AND billing_period BETWEEN $first AND $last
        GROUP BY ALL
    )
    SELECT month, invoice_id, billing_entity, issuer, provider, billing_account_id,
        any_value(billing_account_name) AS billing_account_name, sum(amount) AS billed_cost,
        sum(row_count) AS row_count,
        count(*) OVER () AS found, sum(sum(amount)) OVER () AS found_cost,
        list({{'category': category, 'amount': amount}} ORDER BY category) AS by_category
    FROM parts
    GROUP BY month, invoice_id, billing_entity, issuer, provider, billing_account_id
    ORDER BY month DESC, abs(billed_cost) DESC, invoice_id LIMIT $most
"""
PROOFS = """
    SELECT vendor, export, billing_period AS month, currency, version_id,
        sum(source_rows) AS lines, sum(source_billed) AS source_billed,
        sum(raw_billed) AS raw_billed, sum(focus_billed) AS focus_billed,
        sum(focus_billed) - sum(source_billed) AS billed_residual,
        sum(source_effective) AS source_effective, sum(focus_effective) AS focus_effective,
        sum(focus_effective) - sum(source_effective) AS effective_residual
    FROM ledger.reconciliation
    JOIN ledger.loads USING (load_id, vendor, export, billing_period)
    WHERE status = 'current' AND coalesce(currency, $no_currency) = $currency
        AND billing_period BETWEEN $first AND $last
    GROUP BY ALL ORDER BY month DESC, export
"""
# Account by account, as differences of two accounts could make up for each other.
LARGEST = """
    SELECT coalesce(max(greatest(
            abs(focus_billed - source_billed), abs(focus_effective - source_effective))), 0)
            AS residual,
        count(DISTINCT load_id) FILTER (focus_billed IS NULL) AS unproven
    FROM ledger.reconciliation
    JOIN ledger.loads USING (load_id, vendor, export, billing_period)
    WHERE status = 'current' AND coalesce(currency, $no_currency) = $currency
        AND billing_period >= $first
"""
RESTATED = """
    SELECT former.vendor, former.export, former.billing_period AS month, r.currency,
        former.version_id AS former_version, former.finished_at AS former_loaded_at,
        later.version_id, later.finished_at AS restated_at,
        coalesce(sum(r.source_billed) FILTER (r.load_id = former.load_id), 0) AS former_billed,
        coalesce(sum(r.source_billed) FILTER (r.load_id = later.load_id), 0) AS billed,
        sum(r.source_effective) FILTER (r.load_id = former.load_id) AS former_effective,
        sum(r.source_effective) FILTER (r.load_id = later.load_id) AS effective
    FROM ledger.loads AS former
    JOIN ledger.loads AS later ON later.load_id = former.superseded_by
        AND later.version_id <> former.version_id
    JOIN ledger.reconciliation AS r ON r.load_id IN (former.load_id, later.load_id)
    WHERE former.status = 'superseded' AND coalesce(r.currency, $no_currency) = $currency
        AND former.billing_period BETWEEN $first AND $last
    GROUP BY ALL
    HAVING former_billed <> billed OR former_effective IS DISTINCT FROM effective
    ORDER BY restated_at DESC, former.export
"""


class InvoicesAsked(BaseModel):
    """How many months, or which one."""

    model_config = ConfigDict(extra="forbid")

    currency: Annotated[str, Field(max_length=20)] = ""
    months: Annotated[int, Field(ge=1, le=120, description="Up to the last with costs.")] = 13
    month: Annotated[
        str,
        Field(pattern=MONTH, description="YYYY-MM: the lists are of this month alone."),
    ] = ""


class CategoryAmount(BaseModel):
    """What an invoice bills of one charge category."""

    category: str
    amount: Amount


class Invoice(BaseModel):
    """One invoice, or what of an open month has no invoice yet."""

    month: Month
    invoice_id: str | None
    billing_entity: str | None
    issuer: str | None
    provider: str | None
    billing_account: Key
    billed_cost: Amount
    by_category: list[CategoryAmount]
    row_count: int


class Proof(BaseModel):
    """One month of an export: source, raw table and FOCUS side by side."""

    vendor: str
    export: str
    month: Month
    currency: str | None
    version_id: str
    lines: int | None
    source_billed: Amount | None
    raw_billed: Amount | None
    focus_billed: Amount | None
    billed_residual: Amount | None
    source_effective: Amount | None
    focus_effective: Amount | None
    effective_residual: Amount | None


class Restatement(BaseModel):
    """A month that its provider delivered anew, with other costs."""

    vendor: str
    export: str
    month: Month
    currency: str | None
    former_version: str
    former_loaded_at: Time
    version_id: str
    restated_at: Time
    """When the present version was loaded."""
    former_billed: Amount
    billed: Amount
    change: Amount
    former_effective: Amount | None
    effective: Amount | None


class Invoices(BaseModel):
    """The bill and its proof."""

    currency: str
    invoices: list[Invoice]
    """What each bills of a month, entity and payer, the latest first; also what has no number."""
    sums: InvoiceSums
    """Of all of them, also those left out."""
    invoices_left_out: int
    left_out_cost: Amount
    """Billed cost of the invoices left out."""
    reconciliation: list[Proof]
    largest_residual: Amount
    """Of all the months, also where the lists are of one."""
    unproven: int
    """Which of all the months are loaded but not in FOCUS yet: how many."""
    restatements: list[Restatement]


def invoices(generation: Generation, asked: InvoicesAsked, most: int = MOST) -> Invoices:
    """Return the invoices of the last months, or of the one asked, `most` of them, and the proof.

    Raises:
        Refused: If there are no data in the month asked.
    """
    meta = currency_of(generation, asked.currency)
    first = shift(meta.months[-1].month, 1 - asked.months)
    span = {"first": first, "last": meta.months[-1].month}
    if asked.month:
        span = dict.fromkeys(span, known_month(meta, asked.month))
    period = {"currency": meta.currency, **span}
    values = period | {"no_currency": NO_CURRENCY}
    proven = {name: values[name] for name in ("currency", "no_currency")} | {"first": first}
    proofs = [Proof(**row) for row in generation.rows(PROOFS, values)]
    [largest] = generation.rows(LARGEST, proven)
    found = generation.rows(INVOICES, period | {"most": most})
    shown = [invoice(row) for row in found]
    listed = sum((one.billed_cost for one in shown), Decimal(0))
    return Invoices(
        currency=meta.currency,
        invoices=shown,
        sums=invoice_sums(generation, period),
        invoices_left_out=found[0]["found"] - len(found) if found else 0,
        left_out_cost=found[0]["found_cost"] - listed if found else Decimal(0),
        reconciliation=proofs,
        largest_residual=largest["residual"],
        unproven=largest["unproven"],
        restatements=[
            Restatement(**row, change=row["billed"] - row["former_billed"])
            for row in generation.rows(RESTATED, values)
        ],
    )


def invoice(row: dict[str, Any]) -> Invoice:
    account = key(
        DIMENSIONS["BillingAccountId"],
        row.pop("billing_account_id"),
        row.pop("billing_account_name"),
    )
    own = {name: row[name] for name in Invoice.model_fields if name in row}
    return Invoice(billing_account=account, **own)
