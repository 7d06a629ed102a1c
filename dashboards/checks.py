"""The checks that were made of the published data, by plain names.

The tables of the schema `checks` hold what dbt's tests found, one table a test. Each has a sentence
here that a reader who does not know dbt understands; a test compares the list with focus/tests.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from core import sql
from dashboards.generations import Generation

Kind = Literal["conformance", "money", "source"]
TABLE = """
conformance | charges_keep_the_rules_of_focus | Charges keep the row rules of FOCUS 1.2
conformance | charges_show_no_sign_of_trouble | No charge is unusual for FOCUS
conformance | names_and_units_are_steady | Names and units are steady, as FOCUS asks
conformance | service_categories_are_those_of_focus | Service categories are those of FOCUS 1.2
conformance | no_line_item_type_is_unknown | AWS: line item types are mapped to FOCUS
conformance | no_charge_type_is_unknown | Azure: charge types are mapped to FOCUS
conformance | no_cost_type_or_credit_is_unknown | Google: cost types and credits are known
conformance | focus_exports_are_passed_on | AWS: its FOCUS export is passed on
conformance | azure_focus_exports_are_passed_on | Azure: its FOCUS export is passed on
conformance | focus_exports_of_google_are_passed_on | Google: its FOCUS export is passed on
money | no_bill_comes_from_two_sources | No bill comes from two kinds of export
money | no_bill_is_loaded_twice | No two exports bill the same account and month
money | every_line_item_type_keeps_its_cost | AWS: every line item type keeps its lines and cost
money | unused_rows_have_their_fee | AWS: what idled of a commitment stands beside its fee
money | finished_commitments_spread_what_was_paid | AWS: commitments cost what was paid for them
money | every_charge_type_keeps_its_cost | Azure: every charge type keeps its lines and cost
money | actual_cost_is_billed | Azure: billed cost is that of the actual export
money | blocks_hold_the_quantity | Azure: blocks times their size are the bill's quantity
money | every_line_of_google_keeps_its_cost | Google: every line keeps its cost and credits
money | fees_of_commitments_are_spread_to_the_cent | Google: fees are spread to the cent
money | sums_of_credits_are_those_of_their_list | Google: sums of credits are those of their list
money | commitment_use_keeps_every_cent | Costs by commitment keep every cent of FOCUS
money | commitments_add_up_to_daily_costs | Costs by commitment add up to the daily costs
money | commitments_split_into_used_and_unused | A commitment's cost is used or unused, nothing else
money | daily_costs_keep_every_cent | Daily costs keep every cent of the invoices
money | daily_tag_costs_keep_every_cent | Daily costs by tags keep every cent of the invoices
money | every_load_has_fresh_marts | Every load is in every mart, in its current version
money | invoices_keep_every_cent | Invoices keep every cent of FOCUS
money | monthly_summary_keeps_every_cent | The monthly summary keeps every cent of the invoices
money | resource_costs_keep_every_cent | Costs by resource keep every cent of the invoices
money | sku_costs_keep_every_cent | Costs by SKU keep every cent of the invoices
money | tag_costs_keep_every_cent_of_every_key | Costs by tag keep every cent of every key
source | bills_hold_the_identities_of_aws | AWS: the bill keeps what AWS promises of its own lines
source | actual_and_amortized_exports_agree | Azure: actual and amortized exports agree
source | effective_cost_is_amortized | Azure: every month has an amortized export
"""


class Check(BaseModel):
    """A rule and whether the data keep it; what breaks a hard rule is never published."""

    kind: Kind
    """Conformance with FOCUS, money that is complete and counted once, or the provider's bill."""
    name: str
    status: Literal["pass", "warn", "fail"]
    detail: str


def read_table() -> dict[str, tuple[Kind, str]]:
    kinds: dict[str, Kind] = {"conformance": "conformance", "money": "money", "source": "source"}
    found = {}
    for line in TABLE.strip().splitlines():
        kind, table, name = (cell.strip() for cell in line.split("|"))
        found[f"assert_{table}"] = (kinds[kind], name)
    return found


NAMED = read_table()
ABOUT = {
    "assert_charges_keep_the_rules_of_focus": "columns that must be set are, values are those "
    "allowed, periods fit, units go with quantities, price times quantity is the cost",
    "assert_charges_show_no_sign_of_trouble": "the same and more where a bill may differ, as a "
    "provider's own FOCUS export may",
}
"""What the checks of many rules look for."""


def proof(generation: Generation) -> Check:
    """Return whether source and FOCUS agree in every month, account and currency."""
    [row] = generation.rows(
        """
        SELECT count(*) AS sums, count(*) FILTER (focus_billed IS NULL) AS missing,
            count(*) FILTER (focus_billed <> source_billed OR focus_effective <> source_effective)
                AS broken
        FROM ledger.reconciliation
        JOIN ledger.loads USING (load_id, vendor, export, billing_period)
        WHERE status = 'current'
        """
    )
    name = "Source, raw tables and FOCUS hold the same money"
    if row["broken"]:
        detail = f"{row['broken']} of {row['sums']} differ"
        return Check(kind="money", name=name, status="fail", detail=detail)
    if row["missing"]:
        detail = f"{row['missing']} of {row['sums']} are not in FOCUS yet"
        return Check(kind="money", name=name, status="warn", detail=detail)
    detail = f"{row['sums']} sums of month, account and currency agree to the last decimal"
    return Check(kind="money", name=name, status="pass", detail=detail)


def checks(generation: Generation) -> list[Check]:
    """Return the checks of the last build, by the rows that each found; warnings first."""
    names = [
        row["name"]
        for row in generation.rows(
            "SELECT table_name AS name FROM duckdb_tables() WHERE schema_name = 'checks' "
            "ORDER BY name"
        )
    ]
    if not names:
        return []
    counts = generation.rows(
        " UNION ALL ".join(
            f"SELECT {sql.text(name)} AS name, count(*) AS n FROM checks.{sql.ident(name)}"
            for name in names
        )
    )
    return [
        check(row["name"], row["n"])
        for row in sorted(counts, key=lambda row: (not row["n"], row["name"]))
    ]


def check(table: str, found: int) -> Check:
    """Return one check; a table that is not listed is told by its own name."""
    kind, name = NAMED.get(table, ("source", table.removeprefix("assert_").replace("_", " ")))
    detail = f"{found} findings in checks.{table}" if found else ABOUT.get(table, "")
    return Check(kind=kind, name=name, status="warn" if found else "pass", detail=detail)
