"""Every metric is what plain SQL on FOCUS says, in every month and currency, under any filter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.served import Served
from tests.serve.oracle import CONTRACTED, COVERED, ELIGIBLE, LIST, ON_DEMAND, PRICED, UNUSED

USAGE = "\"ChargeCategory\" = 'Usage'"
COMPUTE = "\"ServiceCategory\" = 'Compute'"
SAVED = f"""sum({ON_DEMAND} - "EffectiveCost")
    FILTER ("CommitmentDiscountStatus" IS NOT NULL AND {CONTRACTED})"""
TAGGABLE = f'{USAGE} AND "EffectiveCost" > 0 AND NOT {UNUSED}'
TAGGED = """len(list_filter(map_keys(CAST("Tags" AS MAP(VARCHAR, VARCHAR))),
    lambda k: NOT starts_with(k, 'aws:') AND NOT starts_with(k, 'costCategory/'))) > 0"""
AMOUNTS = {
    "billed_cost": 'sum("BilledCost")',
    "effective_cost": 'sum("EffectiveCost")',
    "list_cost": f"sum({LIST})",
    "contracted_cost": f"sum({ON_DEMAND})",
    "negotiated_savings": f"sum({LIST} - {ON_DEMAND}) FILTER ({PRICED} AND {CONTRACTED})",
    "commitment_savings": SAVED,
    "unused_commitment_cost": f'sum("EffectiveCost") FILTER ({UNUSED})',
    "purchase_cost": 'sum("BilledCost") FILTER ("ChargeCategory" = \'Purchase\')',
    "tax_cost": 'sum("BilledCost") FILTER ("ChargeCategory" = \'Tax\')',
    "credit_cost": 'sum("BilledCost") FILTER ("ChargeCategory" = \'Credit\')',
    "correction_cost": 'sum("BilledCost") FILTER ("ChargeClass" = \'Correction\')',
}
RATIOS = {
    "effective_savings_rate": (
        f'sum({LIST} - "EffectiveCost") FILTER ({PRICED})',
        f"sum({LIST})",
    ),
    "commitment_savings_rate": (SAVED, f"sum({ON_DEMAND})"),
    "compute_savings_rate": (
        f'sum({LIST} - "EffectiveCost") FILTER ({PRICED} AND {COMPUTE})',
        f"sum({LIST}) FILTER ({COMPUTE})",
    ),
    "commitment_coverage": (COVERED, f"coalesce({COVERED}, 0) + coalesce({ELIGIBLE}, 0)"),
    "commitment_utilisation": (
        'sum("EffectiveCost") FILTER ("CommitmentDiscountStatus" = \'Used\')',
        'sum("EffectiveCost") FILTER ("CommitmentDiscountStatus" IS NOT NULL)',
    ),
    "spot_share": (
        f'sum("EffectiveCost") FILTER ("PricingCategory" = \'Dynamic\' AND {COMPUTE})',
        f'sum("EffectiveCost") FILTER ({USAGE} AND {COMPUTE})',
    ),
    "price_coverage": (
        f'sum("EffectiveCost") FILTER ({PRICED})',
        f'sum("EffectiveCost") FILTER ({USAGE})',
    ),
    "tagged_share": (
        f'sum("EffectiveCost") FILTER ({TAGGABLE} AND {TAGGED})',
        f'sum("EffectiveCost") FILTER ({TAGGABLE})',
    ),
}
MONTH = 'CAST("BillingPeriodStart" AS DATE)'
CURRENCIES = pytest.mark.parametrize("currency", ["USD", "EUR"])


def plain(served: Served, metric: str, group: str) -> dict[tuple[Any, ...], Any]:
    """Return a metric by currency, month and `group` from FOCUS alone; null where its base is 0."""
    parts = RATIOS.get(metric) or (AMOUNTS[metric],)
    asked = ", ".join(f"coalesce({part}, 0)" for part in parts)
    rows = served.sql(
        f'SELECT "BillingCurrency", {MONTH}, {group}, {asked} FROM focus.cost_and_usage '
        f"GROUP BY ALL"
    )
    return {
        tuple(key): values[0]
        if len(values) == 1
        else (float(values[0] / values[1]) if values[1] else None)
        for *key, values in ((*row[: -len(parts)], row[-len(parts) :]) for row in rows)
    }


def same(metric: str, found: dict[Any, Any], wanted: dict[Any, Any]) -> None:
    """Check amounts to the last decimal, and ratios to the last digit of floating point."""
    assert found.keys() == wanted.keys()
    for key, value in wanted.items():
        if metric in AMOUNTS or value is None:
            assert found[key] == value, key
        else:
            assert found[key] == pytest.approx(value, rel=1e-12), key


def test_every_metric_has_an_oracle(served: Served) -> None:
    names = {name for (name,) in served.sql("SELECT metric FROM marts.metrics")}
    assert names == AMOUNTS.keys() | RATIOS.keys()


@pytest.mark.parametrize("metric", [*AMOUNTS, *RATIOS])
def test_a_metric_is_what_plain_sql_says_in_every_month_and_currency(
    served: Served, metric: str
) -> None:
    rows = served.sql(
        f"SELECT billing_currency, billing_period, 0, {metric} FROM marts.monthly_summary"
    )
    assert len(rows) > 20
    same(metric, {tuple(key): value for *key, value in rows}, plain(served, metric, "0"))


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("provider_name", '"ProviderName"'),
        ("service_name", '"ServiceName"'),
        ("sub_account_id", '"SubAccountId"'),
        ("commitment_type", '"CommitmentDiscountType"'),
    ],
)
@pytest.mark.parametrize("metric", [*AMOUNTS, *(r for r in RATIOS if r != "tagged_share")])
def test_a_formula_holds_for_any_part_of_the_bill(
    served: Served, metric: str, column: str, name: str
) -> None:
    [(formula,)] = served.sql("SELECT formula FROM marts.metrics WHERE metric = ?", [metric])
    rows = served.sql(
        f"SELECT billing_currency, billing_period, {column}, {formula} FROM marts.daily_costs "
        "GROUP BY ALL"
    )
    same(metric, {tuple(key): value for *key, value in rows}, plain(served, metric, name))


@CURRENCIES
def test_tile_month_and_commitments_have_one_saving(served: Served, currency: str) -> None:
    wanted = {
        f"{month:%Y-%m}": value
        for (money, month, _), value in plain(served, "commitment_savings", "0").items()
        if money == currency
    }
    last = served.get("commitments", currency=currency, month="2026-06")
    assert {one["month"][:7]: Decimal(one["net_savings"]) for one in last["months"]} == wanted
    for month, saved in wanted.items():
        page = served.get("commitments", currency=currency, month=month)
        [tile] = [one for one in page["tiles"] if one["metric"] == "commitment_savings"]
        each = [Decimal(one["net_savings"]) for one in page["commitments"]]
        assert len(each) < 500
        assert Decimal(tile["value"]) == sum(each, Decimal(0)) == saved, month
    overview = served.get("overview", currency=currency, month="2026-06")
    [step] = [one for one in overview["savings"] if one["kind"] == "commitment"]
    assert Decimal(step["amount"]) == -wanted["2026-06"]
