"""Every check on Azure's and Google's bills can fail: it finds rows where its data is broken."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.fixtures.azure import Container, ea, focus, twins
from tests.fixtures.finops import Finops
from tests.fixtures.gcp import credit, fee, focus_charge, line, write

CONFIG = """
[[azure.exports]]
name = "pair"
source = "{home}/container"
prefix = "exports"
actual_export = "actual"
amortized_export = "amortized"

[[azure.exports]]
name = "azure-focus"
source = "{home}/container"
prefix = "exports"
focus_export = "focus"

[[gcp.exports]]
name = "standard"
source = "{home}/standard"

[[gcp.exports]]
name = "google-focus"
source = "{home}/focus"
"""
BREAKS: dict[str, str] = {
    "azure/assert_actual_and_amortized_exports_agree": """
        UPDATE focus.cost_and_usage SET "x_SourceLineItemType" = 'ActualNotInAmortized'
        WHERE "x_Export" = 'pair' AND "BillingPeriodStart" = '2026-01-01'""",
    "azure/assert_actual_cost_is_billed": """
        UPDATE focus.cost_and_usage SET "BilledCost" = "BilledCost" + 0.000000000000000001
        WHERE "x_Export" = 'pair'""",
    "azure/assert_azure_focus_exports_are_passed_on": """
        UPDATE focus.cost_and_usage SET "ListCost" = "ListCost" + 0.000000000000000001
        WHERE "x_Export" = 'azure-focus'""",
    "azure/assert_blocks_hold_the_quantity": """
        ALTER VIEW focus_staging.int_azure__priced RENAME TO former;
        CREATE VIEW focus_staging.int_azure__priced AS
        SELECT * REPLACE (block_size * 2 AS block_size) FROM focus_staging.former""",
    "azure/assert_every_charge_type_keeps_its_cost": """
        UPDATE focus.cost_and_usage SET "EffectiveCost" = "EffectiveCost" + 0.000000000000000001
        WHERE "x_Export" = 'pair'""",
    "azure/assert_no_charge_type_is_unknown": """
        UPDATE focus.cost_and_usage SET "ChargeCategory" = 'Adjustment'
        WHERE "x_Export" = 'pair'""",
    "gcp/assert_every_line_of_google_keeps_its_cost": """
        DELETE FROM focus.cost_and_usage
        WHERE "x_Export" = 'standard' AND "BilledCost" = 0.50""",
    "gcp/assert_fees_of_commitments_are_spread_to_the_cent": """
        UPDATE focus.cost_and_usage SET "EffectiveCost" = "EffectiveCost" + 0.000000000000000001
        WHERE "x_Export" = 'standard' AND "CommitmentDiscountStatus" = 'Unused'""",
    "gcp/assert_focus_exports_of_google_are_passed_on": """
        UPDATE focus.cost_and_usage SET "ContractedCost" = "ContractedCost" + 0.000000000000000001
        WHERE "x_Export" = 'google-focus'""",
    "gcp/assert_no_cost_type_or_credit_is_unknown": """
        UPDATE {standard} SET cost_type = 'novelty' WHERE cost = 0.50""",
    "gcp/assert_sums_of_credits_are_those_of_their_list": """
        UPDATE {standard} SET x_credits_total = x_credits_total - 0.000000000000000001
        WHERE x_credits_total <> 0""",
}
ALWAYS = {"azure/assert_effective_cost_is_amortized"}
"""The second month has actual costs alone: this check finds something without our help."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Finops:
    """One import of an Azure pair, an Azure FOCUS export, Google's lines and Google's FOCUS."""
    home = tmp_path_factory.mktemp("checks")
    container = Container(home / "container")
    container.deliver_pair("2026-01", twins(both=[ea("1.10"), ea("0.40")]))
    container.deliver("2026-02", lines=[ea("2.00", month="2026-02")])
    container.deliver("2026-03", lines=[focus("3.00", month="2026-03")], dataset="focus")
    used = line("0.30", usage={"amount_in_pricing_units": "3"},
                credits=[credit("-0.20", "COMMITTED_USAGE_DISCOUNT")])  # fmt: skip
    write(home / "standard" / "a.json", [fee("0.40"), used, line("0.50", billing_account_id="b")])
    write(home / "focus" / "a.csv", [focus_charge()])
    (home / "config.toml").write_text(CONFIG.format(home=home))
    finops = Finops(home)
    result = finops("run")
    assert result.code == 0, result.err
    return finops


@pytest.fixture
def database(built: Finops) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(built.database)) as connection:
        connection.execute("BEGIN")
        yield connection
        connection.execute("ROLLBACK")


def compiled(built: Finops, check: str) -> str:
    return (built.data / f"dbt/target/compiled/focus/tests/{check}.sql").read_text()


def test_every_check_of_azure_and_google_has_its_case(built: Finops) -> None:
    folder = built.data / "dbt/target/compiled/focus/tests"
    found = [file for cloud in ("azure", "gcp") for file in (folder / cloud).glob("*.sql")]
    assert {f"{f.parent.name}/{f.stem}" for f in found} == {*BREAKS, *ALWAYS}


@pytest.mark.parametrize("check", BREAKS)
def test_a_check_fails_when_what_it_guards_is_broken(
    built: Finops, database: duckdb.DuckDBPyConnection, check: str
) -> None:
    row = database.execute("SELECT raw_table FROM ledger.loads WHERE export = 'standard'")
    (standard,) = row.fetchone() or ("",)
    assert database.execute(compiled(built, check)).fetchall() == []

    for statement in BREAKS[check].format(standard=standard).split(";"):
        database.execute(statement)

    assert database.execute(compiled(built, check)).fetchall() != []


@pytest.mark.parametrize("check", ALWAYS)
def test_a_check_tells_of_what_the_bill_lacks(
    built: Finops, database: duckdb.DuckDBPyConnection, check: str
) -> None:
    assert len(database.execute(compiled(built, check)).fetchall()) == 1
