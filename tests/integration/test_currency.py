"""Display currency: dated rates from a CSV file, the rate used in a column, none ever guessed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.fixtures.finops import Finops, Result
from tests.fixtures.focus import charge, write_csv
from tests.integration.test_bad_inputs import assert_one_error

RATES = (
    "date,from,to,rate\n2025-12-31,EUR,USD,1.10\n2026-01-02,EUR,USD,1.20\n2026-01-01,EUR,CHF,9\n"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Finops:
    """Costs of 10 EUR on three days and 1 USD, and no display currency yet."""
    root = tmp_path_factory.mktemp("currency")
    finops = Finops(root)
    rows = [charge("10", day=day, BillingCurrency="EUR") for day in (1, 2, 3)]
    write_csv(root / "in" / "a.csv", [*rows, charge("1")])
    (root / "config.toml").write_text("")
    result = finops("focus", "import", "-P", "Grafana", "-S", str(root / "in"))
    assert result.code == 0, result.err
    return finops


def build(home: Finops, rates: str | None = RATES, display: str = "USD") -> Result:
    """Build with these rates."""
    if rates is not None:
        (home.home / "rates.csv").write_text(rates)
    config = home.home / "config.toml"
    config.write_text(f'[currency]\ndisplay = "{display}"\nrates = "rates.csv"\n')
    return home("focus", "build", "-c", str(config))


def test_without_a_display_currency_each_shows_its_own(home):
    assert home.sql(
        "SELECT x_DisplayCurrency, x_ExchangeRate, sum(x_DisplayBilledCost) "
        "FROM focus.cost_in_display_currency GROUP BY ALL ORDER BY ALL"
    ) == [("EUR", Decimal(1), Decimal(30)), ("USD", Decimal(1), Decimal(1))]


def test_each_day_takes_its_rate_and_shows_it(home):
    result = build(home)

    assert result.code == 0, result.err
    assert home.sql(
        "SELECT BillingCurrency, x_DisplayCurrency, x_ExchangeRate, x_ExchangeRateDate::VARCHAR, "
        "BilledCost, x_DisplayBilledCost, x_DisplayEffectiveCost "
        "FROM focus.cost_in_display_currency ORDER BY 1, ChargePeriodStart"
    ) == [
        ("EUR", "USD", Decimal("1.1"), "2025-12-31", Decimal(10), Decimal(11), Decimal(11)),
        ("EUR", "USD", Decimal("1.2"), "2026-01-02", Decimal(10), Decimal(12), Decimal(12)),
        ("EUR", "USD", Decimal("1.2"), "2026-01-02", Decimal(10), Decimal(12), Decimal(12)),
        ("USD", "USD", Decimal(1), None, Decimal(1), Decimal(1), Decimal(1)),
    ]


def test_new_rates_alone_are_taken_without_a_new_bill(home):
    assert build(home).code == 0
    before = home.fingerprint()
    assert build(home).code == 0
    assert home.fingerprint() == before

    result = build(home, RATES.replace("1.20", "2.00"))

    assert result.code == 0, result.err
    total = "SELECT sum(x_DisplayBilledCost) FROM focus.cost_in_display_currency"
    assert home.value(total) == Decimal("52")


@pytest.mark.parametrize(
    ("rates", "code", "words"),
    [
        (
            "date,from,to,rate\n2026-01-02,EUR,USD,1\n",
            4,
            ("no rate from EUR to USD for 1 day with",),
        ),
        ("date,from,to,rate\n2025-11-30,EUR,USD,1\n", 4, ("for 3 days", "2026-01-01")),
        ("date,from,to,rate\n2025-12-31,GBP,USD,1\n", 4, ("for 1 billing month", "2026-01")),
        ("date,from,to,rate\n2025-10-15,EUR,USD,1\n", 4, ("for 1 billing month", "2026-01")),
        ("date,from,to,rate\n2025-12-31,EUR,USD,0\n", 4, ("rate", "'0'", "above 0")),
        ("date,from,to,rate\n2025-12-31,EUR,USD,x\n", 4, ("rate", "'x'")),
        ("date,from,to,rate\n31.12.2025,EUR,USD,1\n", 4, ("date", "'31.12.2025'")),
        (RATES + "2025-12-31,EUR,USD,1.11\n", 4, ("one rate for each day",)),
        ("day,currency,rate\n", 4, ("first line",)),
    ],
)
def test_wrong_rates_are_one_error(home, rates, code, words):
    before = home.fingerprint()

    assert_one_error(build(home, rates), code, words)
    assert home.fingerprint() == before


def test_a_display_currency_is_a_code_and_its_file_exists(home):
    assert_one_error(build(home, display="Dollar"), 2, ("currency.display",))
    Path(home.home / "rates.csv").unlink()
    assert_one_error(build(home, None), 2, ("currency.rates",))
