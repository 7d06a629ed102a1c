"""Exchange rates: dated, from a CSV file of the user's, for the costs in one display currency.

The file's columns are date, from, to, rate: one unit of `from` is worth `rate` units of `to` from
that day on. A rate holds until the next one, at most 31 days, so that monthly and daily lists both
work; a day with costs and without a rate is an error, never a guess. The rates of each day lie in
`ledger.exchange_rates`, which the view focus.cost_in_display_currency joins.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from core import sql
from core.backends.duckdb import connect_read_only, first_line
from core.errors import BadSetting, BadValue, CorruptFile, MissingRate

HEADER = "date,from,to,rate"
LONGEST = 31
"""Days after its own for which a rate holds."""


@dataclass(frozen=True, kw_only=True)
class Rates:
    """The display currency and where its rates lie."""

    display: str | None
    path: Path | None

    def fingerprint(self) -> str:
        """Return a hash of the file's content; '' where there is no file.

        Raises:
            BadSetting: If it cannot be read.
        """
        if self.display is None or self.path is None:
            return ""
        try:
            return hashlib.sha256(self.path.read_bytes()).hexdigest()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            expected = f"a CSV file with the columns {HEADER} ({reason})"
            raise BadSetting("currency.rates", str(self.path), expected) from error

    def changed(self, database: Path) -> bool:
        """Tell whether the published database holds other rates, or another display currency."""
        if not database.is_file():
            return False
        with connect_read_only(database) as connection:
            try:
                noted = connection.execute("SELECT * FROM ledger.display_currency").fetchall()
            except duckdb.CatalogException:
                noted = []
        wanted = [(self.display, self.fingerprint())] if self.display else []
        return noted != wanted

    def write(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Replace the rates of the working copy.

        Raises:
            BadSetting, CorruptFile, BadValue: If the file is not what it should be.
        """
        connection.execute("DELETE FROM ledger.exchange_rates")
        connection.execute("DELETE FROM ledger.display_currency")
        if self.display is None:
            return
        connection.execute(
            "INSERT INTO ledger.display_currency VALUES (?, ?)", [self.display, self.fingerprint()]
        )
        if self.path is not None:
            self._expand(connection, self.path)

    def _expand(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        with path.open(encoding="utf-8-sig") as file:
            if file.readline().strip().replace(" ", "").lower() != HEADER:
                raise CorruptFile(str(path), f"its first line is not {HEADER}")
        try:
            connection.execute(
                f"""
                CREATE OR REPLACE TEMP TABLE rates AS
                SELECT trim("date") AS "date", upper(trim("from")) AS currency, trim(rate) AS rate,
                    TRY_CAST(trim("date") AS DATE) AS rate_date,
                    TRY_CAST(trim(rate) AS DECIMAL(38, 12)) AS value
                FROM read_csv({sql.text(str(path))}, header = true, auto_detect = false,
                    delim = ',', columns = {{'date': 'VARCHAR', 'from': 'VARCHAR',
                    'to': 'VARCHAR', 'rate': 'VARCHAR'}})
                WHERE upper(trim("to")) = ?
                """,
                [self.display],
            )
        except duckdb.Error as error:
            raise CorruptFile(str(path), first_line(error)) from error
        wrong = connection.execute(
            'SELECT rate_date, "date", rate FROM rates '
            "WHERE rate_date IS NULL OR value IS NULL OR value <= 0 LIMIT 1"
        ).fetchone()
        if wrong:
            column, value = ("rate", wrong[2]) if wrong[0] else ("date", wrong[1])
            expected = "a number above 0" if wrong[0] else "a date like 2026-01-31"
            raise BadValue(str(path), column, str(value), expected)
        twice = connection.execute(
            "SELECT currency, rate_date FROM rates GROUP BY ALL HAVING count(DISTINCT value) > 1 "
            "ORDER BY ALL LIMIT 1"
        ).fetchone()
        if twice:
            raise BadValue(str(path), "rate", f"{twice[0]} {twice[1]}", "one rate for each day")
        connection.execute(
            f"""
            INSERT INTO ledger.exchange_rates
            SELECT currency, ?, CAST(unnest(generate_series(rate_date, last_day, INTERVAL 1 DAY))
                AS DATE), value, rate_date
            FROM (
                SELECT *, least(rate_date + {LONGEST}, coalesce(lead(rate_date)
                    OVER (PARTITION BY currency ORDER BY rate_date) - 1,
                    rate_date + {LONGEST})) AS last_day
                FROM (SELECT currency, rate_date, min(value) AS value FROM rates GROUP BY ALL)
            )
            """,
            [self.display],
        )

    def check(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Refuse costs without a rate.

        Raises:
            MissingRate: For the currency with the most days without one.
        """
        if self.display is None:
            return
        row = connection.execute(
            """
            SELECT currency, count(*), min(day)
            FROM (
                SELECT DISTINCT coalesce(BillingCurrency, 'no currency') AS currency,
                    CAST(coalesce(ChargePeriodStart, BillingPeriodStart) AS DATE) AS day
                FROM focus.cost_and_usage
                WHERE BillingCurrency IS DISTINCT FROM ?
            ) ANTI JOIN ledger.exchange_rates USING (currency, day)
            GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1
            """,
            [self.display],
        ).fetchone()
        if row:
            currency, days, first = row
            raise MissingRate(self.path or "[currency]", currency, self.display, days, "day", first)

    def check_months(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Refuse loaded months that lie more than a month from any rate, before FOCUS is built.

        `check` looks at each day, once FOCUS knows them.

        Raises:
            MissingRate: For the currency with the most months without one.
        """
        if self.display is None:
            return
        row = connection.execute(
            """
            WITH months AS (
                SELECT currency, loads.billing_period
                FROM ledger.reconciliation JOIN ledger.loads USING (load_id)
                WHERE status = 'current' AND currency <> ? AND source_rows > 0
                GROUP BY ALL
            )
            SELECT currency, count(*), min(billing_period)
            FROM months ANTI JOIN ledger.exchange_rates AS rates
                ON rates.currency = months.currency
                AND day >= billing_period - INTERVAL 1 MONTH
                AND day < billing_period + INTERVAL 2 MONTH
            GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1
            """,
            [self.display],
        ).fetchone()
        if row:
            currency, months, first = row
            place, month = self.path or "[currency]", f"{first:%Y-%m}"
            raise MissingRate(place, currency, self.display, months, "billing month", month)
