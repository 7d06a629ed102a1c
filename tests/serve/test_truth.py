"""Every figure of the pages is what plain SQL on FOCUS says."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.buckets import Grain
from tests.fixtures.served import Served
from tests.serve import oracle
from tests.serve.oracle import Asked

DIMENSIONS = (
    "ProviderName",
    "SubAccountId",
    "ServiceCategory",
    "ServiceName",
    "RegionId",
    "ChargeCategory",
    "ChargeClass",
    "PricingCategory",
    "CommitmentDiscountStatus",
    "CommitmentDiscountId",
    "ResourceId",
    "ResourceType",
    "SkuId",
    "ChargeDescription",
    "AvailabilityZone",
    "InvoiceIssuerName",
    "x_Export",
    "tag:env",
    "tag:team",
    "tag:cost-center",
)
FIRST, LAST = date(2025, 6, 1), date(2026, 7, 1)
MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@cache
def values(database: str, name: str) -> list[str]:
    """Return some values that a dimension has."""
    import duckdb

    with duckdb.connect(database, read_only=True) as connection:
        found = connection.execute(
            f"SELECT DISTINCT {oracle.column(name)} AS v FROM focus.cost_and_usage "
            "WHERE v IS NOT NULL ORDER BY hash(v) LIMIT 12"
        ).fetchall()
    return [value for (value,) in found]


@st.composite
def questions(draw: Any, database: str) -> Asked:
    """Return any question: groups, filters, days, currency, metric."""
    start = draw(st.dates(FIRST, LAST - timedelta(days=1)))
    end = draw(st.dates(start + timedelta(days=1), LAST))
    filters = []
    for name in draw(st.lists(st.sampled_from(DIMENSIONS), max_size=2, unique=True)):
        known = values(database, name) or ["x"]
        for operator in draw(st.lists(st.sampled_from(["in", "not", "contains"]), max_size=2)):
            value = draw(st.sampled_from([*known, "it's % nothing"]))
            filters.append((name, operator, value[:6] if operator == "contains" else value))
        if draw(st.booleans()) or not filters:
            filters.append((name, draw(st.sampled_from(["null", "notnull"])), None))
    return Asked(
        currency=draw(st.sampled_from(["USD", "EUR"])),
        metric=draw(st.sampled_from(sorted(oracle.COSTS))),
        grain=draw(st.sampled_from(["day", "week", "month", "quarter"])),
        start=start,
        end=end,
        group=draw(st.lists(st.sampled_from(DIMENSIONS), max_size=2, unique=True)),
        filters=filters,
    )


@MANY
@given(data=st.data())
def test_the_explorer_shows_what_plain_sql_on_focus_says(served: Served, data: Any) -> None:
    asked = data.draw(questions(str(served.database)))
    expected = oracle.answer(served, asked)

    page = served.get("explore", asked.query())

    by_bucket: dict[date, Decimal] = defaultdict(Decimal)
    by_group: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for (bucket, *group), cost in expected.items():
        by_bucket[bucket] += cost
        by_group[tuple(group)] += cost
    buckets = [Grain(asked.grain).floor(date.fromisoformat(b["start"])) for b in page["buckets"]]
    shown = [Decimal(value) for value in page["totals"]["values"]]
    assert shown == [by_bucket.get(bucket, Decimal(0)) for bucket in buckets]
    assert Decimal(page["totals"]["total"]) == sum(expected.values(), Decimal(0))
    rows = {
        tuple(key["value"] for key in row["keys"]): Decimal(row["total"]) for row in page["rows"]
    }
    if page["rows_left_out"] == 0 and (asked.group or expected):
        assert rows == dict(by_group)
    for line in page["series"]:
        assert sum(map(Decimal, line["values"])) == Decimal(line["total"])
    if asked.group:
        total = sum((Decimal(line["total"]) for line in page["series"]), Decimal(0))
        assert total == Decimal(page["totals"]["total"])


@pytest.mark.parametrize("currency", ["USD", "EUR"])
@pytest.mark.parametrize("group", ["ServiceName", "tag:team", "ResourceType"])
def test_file_page_and_database_have_one_total(served: Served, currency: str, group: str) -> None:
    query = {"currency": currency, "group": group, "start": "2025-06-01", "end": "2026-07-01"}
    page = Decimal(served.get("explore", query)["totals"]["total"])
    [(database,)] = served.sql(
        'SELECT sum("EffectiveCost") FROM focus.cost_and_usage WHERE "BillingCurrency" = ?',
        [currency],
    )
    file = served.ask("/api/v1/explore.csv", query).body.decode()
    header, *lines = file.splitlines()
    assert header.endswith('"effective_cost"')
    assert page == database == sum(Decimal(line.rpartition(",")[2]) for line in lines)


def test_quantities_of_different_units_are_never_added(served: Served) -> None:
    page = served.get("explore", metric="usage_quantity", start="2026-06-01", end="2026-07-01")
    hours = served.get(
        "explore", metric="usage_quantity", unit="Hrs", start="2026-06-01", end="2026-07-01"
    )
    [(expected,)] = served.sql(
        f'SELECT sum("ConsumedQuantity") FROM focus.cost_and_usage WHERE "ConsumedUnit" = \'Hrs\' '
        f"AND \"BillingCurrency\" = 'USD' AND {oracle.DAY} >= DATE '2026-06-01'"
    )
    assert len(page["units"]) > 1
    assert page["unit"] == page["units"][0]
    assert Decimal(hours["totals"]["total"]) == expected


def test_a_unit_that_no_charge_has_is_refused_with_those_there_are(served: Served) -> None:
    asked = {"metric": "usage_quantity", "unit": "Furlongs"}
    for operation in ("explore", "explore.csv"):
        answer = served.ask(f"/api/v1/{operation}", asked)
        assert (answer.status, answer.detail) == (404, "there is no usage in 'Furlongs'")
        assert "Hrs" in answer.json["hint"]


def test_money_is_exact_text_and_a_duration_or_a_score_is_a_number(served: Served) -> None:
    page = served.get("entity", kind="ServiceName", value="Amazon Simple Storage Service")
    priced = [one for one in page["skus"] if one["unit_price"] is not None]
    assert priced
    for one in priced:
        exact = Decimal(one["cost"]) / Decimal(one["quantity"])
        assert Decimal(one["unit_price"]) == exact
    health = served.get("health")
    found = [one["age_hours"] for one in health["freshness"]]
    found += [one["seconds"] for one in health["loads"]]
    odd = served.get("anomalies", days="400", minimum="0")["anomalies"]
    assert odd
    found += [one["score"] for one in odd]
    assert {type(one) for one in found} == {float}
