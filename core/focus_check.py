"""Prove the database again: every dbt check, and the same money in source, raw and FOCUS.

All of it happens on a copy that is thrown away, so that neither a reader nor an import is
disturbed. The sums of the source are those that the ledger noted when the files were read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from core import ledger, sql, transform
from core.backends.duckdb import Limits, connect_read_only, connect_writable
from core.errors import ConservationError, QueryError, TransformError
from core.exports import load_vendor
from core.periods import name as period_name
from core.progress import Progress, no_progress
from core.run import database_errors
from core.scratch import scratch, spilling_alone
from core.warehouse import copy_file

KEY = "vendor, export, billing_period, currency, billing_account_id, sub_account_id"
STATES = {"pass": "passed", "warn": "warning", "fail": "failed"}


@dataclass(frozen=True, kw_only=True)
class Check:
    """The result of one dbt check."""

    name: str
    state: str
    """'passed', 'warning', 'failed', or 'error' where it could not run."""
    message: str


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The sums of one export, month and currency, over all accounts."""

    vendor: str
    export: str
    billing_period: date
    currency: str | None
    source_billed: Decimal | None
    raw_billed: Decimal | None
    focus_billed: Decimal | None
    source_effective: Decimal | None
    raw_effective: Decimal | None
    focus_effective: Decimal | None
    state: str
    """'proven', 'differs', or 'not built' where FOCUS does not hold the month yet."""
    differing_accounts: int


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a check found."""

    proofs: Sequence[Proof]
    checks: Sequence[Check]
    failure: TransformError | None
    """What dbt's checks found wrong, with the first rows."""

    def raise_failure(self) -> None:
        """Raise what broke, money first.

        Raises:
            ConservationError, TransformError.
        """
        if broken := [p for p in self.proofs if p.state == "differs"]:
            raise ConservationError("database", [sentence(proof) for proof in broken])
        if self.failure:
            raise self.failure


def check_focus(
    database: Path, limits: Limits, data_dir: Path, *, progress: Progress = no_progress
) -> Findings:
    """Run every check on a copy of `database`.

    Args:
        data_dir: Where the copy and dbt's state lie meanwhile.

    Raises:
        NoDatabase, QueryError: If there is nothing to check.
        DiskError: If there is no room for the copy.
    """
    with connect_read_only(database) as connection:
        require_focus(connection, database)
    with (
        scratch(data_dir / "check") as folder,
        spilling_alone(limits) as own,
        database_errors(database),
    ):
        copy = folder / database.name
        progress("copying", 0, 1)
        copy_file(database, copy)
        progress("proving the sums", 0, 1)
        with connect_writable(copy, own) as connection:
            proofs = reconcile(connection)
            ledger.mark_all(connection, transformed=False)
        checks, failure = run_checks(copy, own, data_dir, progress)
        return Findings(proofs=proofs, checks=checks, failure=failure)


def require_focus(connection: duckdb.DuckDBPyConnection, database: Path) -> None:
    found = connection.execute(
        "SELECT 1 FROM duckdb_tables() "
        "WHERE schema_name = 'focus' AND table_name = 'cost_and_usage'"
    ).fetchone()
    if not found:
        raise QueryError(
            f"{database} holds no FOCUS table yet", hint="`./finops focus build` builds it."
        )


def run_checks(
    copy: Path, limits: Limits, data_dir: Path, progress: Progress
) -> tuple[list[Check], TransformError | None]:
    """Run dbt's tests on every loaded month; return each result, failures first, and the error."""

    def checking(what: str, done: int, total: int) -> None:
        progress("checking FOCUS", done, total)

    state = data_dir / "dbt-check"
    results = state / "target" / "run_results.json"
    views = ["--select", "config.materialized:view"]
    transform.build(copy, limits, state, command="run", arguments=views, progress=checking)
    results.unlink(missing_ok=True)
    failure: TransformError | None = None
    try:
        arguments = ["--write-json"]
        transform.build(copy, limits, state, command="test", arguments=arguments, progress=checking)
    except TransformError as error:
        if not results.exists():
            raise
        failure = error
    checks = [
        Check(
            name=str(result["unique_id"]).split(".")[2],
            state=STATES.get(result["status"], "error"),
            message=" ".join(str(result["message"] or "").split()),
        )
        for result in json.loads(results.read_text())["results"]
    ]
    order = ["failed", "error", "warning", "passed"]
    return sorted(checks, key=lambda check: (order.index(check.state), check.name)), failure


def reconcile(connection: duckdb.DuckDBPyConnection) -> list[Proof]:
    """Sum raw and FOCUS anew and lay them beside the source's sums, account by account."""
    connection.execute(
        "CREATE TEMP TABLE raw_totals (vendor VARCHAR, export VARCHAR, billing_period DATE, "
        "billing_account_id VARCHAR, sub_account_id VARCHAR, currency VARCHAR, "
        "raw_rows HUGEINT, raw_billed DECIMAL(38,18), raw_effective DECIMAL(38,18))"
    )
    loads = connection.execute(
        "SELECT vendor, export, billing_period, dialect, raw_table FROM ledger.loads "
        "WHERE status = 'current'"
    ).fetchall()
    for vendor, export, period, dialect, table in loads:
        relation = f"(SELECT * FROM {sql.relation(table)} WHERE billing_period = DATE '{period}')"
        columns = ledger.columns(connection, table)
        query = load_vendor(vendor).totals(dialect, relation, columns, period)
        connection.execute(
            "INSERT INTO raw_totals SELECT ?, ?, ?, billing_account_id, sub_account_id, "
            f"currency, rows, billed, effective FROM ({query})",
            [vendor, export, period],
        )
    found = connection.execute(PROOFS)
    names = [str(column[0]) for column in found.description or ()]
    return [Proof(**dict(zip(names, row, strict=True))) for row in found.fetchall()]


PROOFS = f"""
    WITH stages AS (
        SELECT {KEY}, source_rows, source_billed, source_effective
        FROM ledger.reconciliation
        SEMI JOIN (FROM ledger.loads WHERE status = 'current')
            USING (load_id, vendor, export, billing_period)
        UNION ALL BY NAME
        SELECT * FROM raw_totals
        UNION ALL BY NAME
        SELECT x_Vendor AS vendor, x_Export AS export,
            CAST(BillingPeriodStart AS DATE) AS billing_period, BillingCurrency AS currency,
            BillingAccountId AS billing_account_id, SubAccountId AS sub_account_id,
            sum(BilledCost) AS focus_billed, sum(EffectiveCost) AS focus_effective
        FROM focus.cost_and_usage
        GROUP BY ALL
    ),
    accounts AS (
        SELECT {KEY}, sum(source_rows) AS source_rows, sum(raw_rows) AS raw_rows,
            sum(source_billed) AS source_billed, sum(source_effective) AS source_effective,
            sum(raw_billed) AS raw_billed, sum(raw_effective) AS raw_effective,
            sum(focus_billed) AS focus_billed, sum(focus_effective) AS focus_effective
        FROM stages
        GROUP BY ALL
    ),
    compared AS (
        SELECT accounts.*, coalesce(loads.transformed, true) AS built,
            source_rows IS DISTINCT FROM raw_rows
            OR source_billed IS DISTINCT FROM raw_billed
            OR source_effective IS DISTINCT FROM raw_effective
            OR (built AND source_billed IS DISTINCT FROM focus_billed)
            OR (built AND source_effective IS DISTINCT FROM focus_effective) AS differs
        FROM accounts
        LEFT JOIN (FROM ledger.loads WHERE status = 'current') AS loads
            USING (vendor, export, billing_period)
    )
    SELECT vendor, export, billing_period, currency,
        sum(source_billed) AS source_billed, sum(raw_billed) AS raw_billed,
        sum(focus_billed) AS focus_billed, sum(source_effective) AS source_effective,
        sum(raw_effective) AS raw_effective, sum(focus_effective) AS focus_effective,
        CASE WHEN bool_or(differs) THEN 'differs' WHEN bool_and(built) THEN 'proven'
            ELSE 'not built' END AS state,
        count(*) FILTER (differs) AS differing_accounts
    FROM compared
    GROUP BY vendor, export, billing_period, currency
    ORDER BY vendor, export, billing_period, currency
"""


def sentence(proof: Proof) -> str:
    """Return one line for a month whose sums differ."""
    return (
        f"{proof.export} {period_name(proof.billing_period)} {proof.currency}, "
        f"{proof.differing_accounts} accounts: billed {proof.source_billed} -> "
        f"{proof.raw_billed} -> {proof.focus_billed}, effective {proof.source_effective} -> "
        f"{proof.raw_effective} -> {proof.focus_effective}"
    )
