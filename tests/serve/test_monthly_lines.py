"""Bills whose lines span a month have no pace, no weekdays and no odd days."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.built import made_once
from tests.fixtures.finops import Finops
from tests.fixtures.focus import write_csv
from tests.fixtures.open_month import MONTHS, MONTHS_AFTER, bring, day_of, days_of
from tests.fixtures.served import Served, serving


def monthly(cost: str, month: str, currency: str) -> dict[str, str]:
    """Return usage of a whole month in one line."""
    end = f"{MONTHS_AFTER[month]}-01T00:00:00Z"
    return day_of(cost, month, 1, ChargePeriodEnd=end, BillingCurrency=currency)


def once(cost: str, month: str, **columns: str) -> dict[str, str]:
    """Return a charge on the first day of a month that does not come again."""
    return day_of(cost, month, 1, ProviderName="Daily", ChargeFrequency="One-Time", **columns)


def build(home: Path) -> None:
    """Import 2 USD a day, of March ten days, beside a bill of 30 USD and 50 EUR a month.

    The first bill also has a line of 40 USD for each month, in February a purchase of 500 USD, and
    in March a refund of 7 USD.
    """
    for month in MONTHS:
        last = 10 if month == MONTHS[-1] else days_of(month)
        days = [day_of("2", month, day, ProviderName="Daily") for day in range(1, last + 1)]
        days.append({**monthly("40", month, "USD"), "ProviderName": "Daily"})
        if month == "2026-02":
            days.append(once("500", month, ChargeCategory="Purchase"))
        if month == "2026-03":
            days.append(once("-7", month, ChargeClass="Correction"))
        write_csv(home / "Daily" / f"{month}.csv", days, written=1_770_000_000)
        lines = [monthly("30", month, "USD"), monthly("50", month, "EUR")]
        write_csv(home / "Monthly" / f"{month}.csv", lines, written=1_770_000_000)
    finops = Finops(home)
    bring(finops, home, "Daily", "--no-transform")
    bring(finops, home, "Monthly")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(Finops(made_once(tmp_path_factory, "monthly", build)).database) as found:
        yield found


def tile(page: Any, name: str) -> Any:
    return next((one for one in page["tiles"] if one["metric"] == name), None)


def test_run_rate_and_estimate_are_what_a_reader_adds_up(mixed: Served) -> None:
    page = mixed.get("overview", currency="USD")
    assert (page["month"], page["compared_days"]) == ("2026-03", 10)
    rate, estimate = tile(page, "run_rate"), tile(page, "estimate")
    assert (rate["value"], rate["before"]) == (str(31 * 2), str(31 * 2))
    assert estimate["value"] == str(31 * 2 + 30 + 40 - 7)  # the purchase of February is over
    assert estimate["before"] == str(28 * 2 + 30 + 40 + 500)
    assert (page["estimate"]["low"], page["estimate"]["high"]) == ("125", "125")


def test_without_usage_by_day_no_pace_is_made_up(mixed: Served) -> None:
    page = mixed.get("overview", currency="EUR", month="2026-03")
    rate = tile(page, "run_rate")
    assert (rate["value"], rate["before"], rate["change"]) == (None, None, None)
    assert rate["description"].startswith("Not known: no bill")
    assert page["estimate"] is tile(page, "estimate") is None
    assert tile(page, "effective_cost")["value"] == "50"
    for currency in ("USD", "EUR"):
        assert mixed.get("anomalies", currency=currency, days="90", minimum="1")["anomalies"] == []
