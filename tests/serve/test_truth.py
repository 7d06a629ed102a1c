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
    "SubAccountType",
    "PricingCurrency",
    "ProviderName",
    "SubAccountId",
    "ServiceCategory",
    "ServiceSubcategory",
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
YEAR_AFTER = date(2026, 6, 1)
"""The first day that has one a year before it."""
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


@cache
def units(database: str) -> list[str]:
    """Return the units that anything was consumed in, and none for that of most cost."""
    import duckdb

    with duckdb.connect(database, read_only=True) as connection:
        found = connection.execute(
            'SELECT "ConsumedUnit" FROM focus.cost_and_usage WHERE "ConsumedUnit" IS NOT NULL '
            "GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    return ["", *(unit for (unit,) in found)]


@st.composite
def periods(draw: Any, first: date) -> tuple[date, date]:
    """Return some days, or some whole months, from a day on."""
    if draw(st.booleans()):
        months = [date(2025 + n // 12, n % 12 + 1, 1) for n in range(5, 19)]
        known = [month for month in months if month >= first]
        start, end = sorted(draw(st.lists(st.sampled_from(known), min_size=2, max_size=2,
                                          unique=True)))  # fmt: skip
        return start, end
    start = draw(st.dates(first, LAST - timedelta(days=1)))
    return start, draw(st.dates(start + timedelta(days=1), LAST))


@st.composite
def questions(draw: Any, database: str) -> Asked:
    """Return any question: groups, filters, days, currency, metric, unit, comparison."""
    compare = draw(st.sampled_from(["none", "previous", "year"]))
    is_year = compare == "year" and draw(st.booleans())
    start, end = draw(periods(YEAR_AFTER if is_year else FIRST))
    filters = []
    for name in draw(st.lists(st.sampled_from(DIMENSIONS), max_size=2, unique=True)):
        known = values(database, name) or ["x"]
        for operator in draw(st.lists(st.sampled_from(["in", "not", "contains"]), max_size=2)):
            value = draw(st.sampled_from([*known, "it's % nothing"]))
            filters.append((name, operator, value[:6] if operator == "contains" else value))
        if draw(st.booleans()) or not filters:
            filters.append((name, draw(st.sampled_from(["null", "notnull"])), None))
    metric = draw(st.sampled_from([*sorted(oracle.COSTS), oracle.QUANTITY]))
    return Asked(
        currency=draw(st.sampled_from(["USD", "EUR"])),
        metric=metric,
        grain=draw(st.sampled_from(["day", "week", "month", "quarter"])),
        start=start,
        end=end,
        group=draw(st.lists(st.sampled_from(DIMENSIONS), max_size=2, unique=True)),
        filters=filters,
        compare=compare,
        unit=draw(st.sampled_from(units(database))) if metric == oracle.QUANTITY else "",
    )


def by_bucket_of(costs: dict[tuple[Any, ...], Decimal]) -> dict[date, Decimal]:
    sums: dict[date, Decimal] = defaultdict(Decimal)
    for (bucket, *_), cost in costs.items():
        sums[bucket] += cost
    return sums


def by_group_of(costs: dict[tuple[Any, ...], Decimal]) -> dict[tuple[Any, ...], Decimal]:
    sums: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for (_, *group), cost in costs.items():
        sums[tuple(group)] += cost
    return sums


def buckets_of(start: date, end: date, asked: Asked) -> list[date]:
    """Return the first days of the buckets that the days of a period are in."""
    days = (start + timedelta(days=n) for n in range((end - start).days))
    return list(dict.fromkeys(Grain(asked.grain).floor(day) for day in days))


def compared(total: Decimal, before: Decimal, is_compared: bool) -> tuple[Any, ...]:
    """Return total, before, change and its ratio, the last three None without a comparison."""
    if not is_compared:
        return total, None, None, None
    change = total - before
    return total, before, change, float(change / before) if before > 0 else None


def numbers(shown: Any) -> tuple[Any, ...]:
    """Return the same of what a page shows."""
    amounts = [shown[name] and Decimal(shown[name]) for name in ("total", "before", "change")]
    ratio = shown["change_ratio"]
    return *amounts, ratio if ratio is None else float(ratio)


@MANY
@given(data=st.data())
def test_the_explorer_shows_what_plain_sql_on_focus_says(served: Served, data: Any) -> None:
    asked = data.draw(questions(str(served.database)))
    page = served.get("explore", asked.query())
    if asked.metric == oracle.QUANTITY:
        assert page["units"] == oracle.units(served, asked)
        asked.unit = asked.unit or next(iter(page["units"]), "")
    assert page["unit"] == (asked.unit if asked.metric == oracle.QUANTITY else None)
    start, end = oracle.earlier(asked)
    is_compared = asked.compare != "none" and start >= FIRST
    expected = oracle.answer(served, asked, asked.start, asked.end)
    former = oracle.answer(served, asked, start, end) if is_compared else {}

    if asked.compare == "none":
        assert page["compare"] is None
    else:
        assert page["compare"] == {
            "kind": asked.compare,
            "start": str(start),
            "end": str(end),
            "own_end": str(asked.end),
            "is_covered": is_compared,
        }
    by_bucket, before_by_bucket = by_bucket_of(expected), by_bucket_of(former)
    by_group, before_by_group = by_group_of(expected), by_group_of(former)
    total, before = sum(expected.values(), Decimal(0)), sum(former.values(), Decimal(0))
    totals = page["totals"]
    buckets = [Grain(asked.grain).floor(date.fromisoformat(b["start"])) for b in page["buckets"]]
    shown = [Decimal(value) for value in totals["values"]]
    assert shown == [by_bucket.get(bucket, Decimal(0)) for bucket in buckets]
    assert numbers(totals) == compared(total, before, is_compared)
    if is_compared:
        known = [Decimal(value) for value in totals["before_values"]]
        assert known == [before_by_bucket.get(b, Decimal(0)) for b in buckets_of(start, end, asked)]
    else:
        assert totals["before_values"] is None
    rows = {tuple(key["value"] for key in row["keys"]): numbers(row) for row in page["rows"]}
    if page["rows_left_out"] == 0 and (asked.group or expected or former):
        assert rows == {
            group: compared(
                by_group.get(group, Decimal(0)), before_by_group.get(group, Decimal(0)), is_compared
            )
            for group in {**by_group, **before_by_group}
        }
    for line in page["series"]:
        assert sum(map(Decimal, line["values"])) == Decimal(line["total"])
        if not line["is_other"]:
            assert numbers(line) == rows[tuple(key["value"] for key in line["keys"])]
    if asked.group:
        assert sum((Decimal(line["total"]) for line in page["series"]), Decimal(0)) == total


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
