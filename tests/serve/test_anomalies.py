"""Anomalies: runs of odd days, what is usual, their causes, and who has looked at them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal, localcontext
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.fixtures.built import copied
from tests.fixtures.episodes import MANY, deliver, odd_days
from tests.fixtures.finops import ROOT, Finops
from tests.fixtures.open_month import bring
from tests.fixtures.served import Answer, Served, serving
from tests.serve.oracle import DAY, UNUSED

__all__ = ["odd_days"]

MARKED = {"X-Requested-With": "finops"}
DAILY = f"""
    SELECT "ProviderName", "ServiceName", "SubAccountId", {DAY} AS day, sum("EffectiveCost")
    FROM focus.cost_and_usage
    WHERE coalesce("BillingCurrency", 'no currency') = $currency AND {DAY} < $end
        AND "ChargeCategory" = 'Usage' AND NOT {UNUSED}
        AND "ChargeFrequency" = 'Usage-Based'
        AND "ChargePeriodEnd" <= "ChargePeriodStart" + INTERVAL 1 DAY
    GROUP BY ALL ORDER BY ALL
"""
"""Usage by day, without idle commitments and lines that span a month."""
Series = dict[date, Decimal]


def judged(costs: Series, day: date) -> tuple[str, Decimal, float] | None:
    """Return direction, expected cost and score of an odd day, None of any other."""
    weeks = (costs.get(day - timedelta(days=7 * week)) for week in range(1, 60 // 7 + 1))
    past = [cost for cost in weeks if cost is not None]
    if len(past) < 4:
        return None
    expected = median(past)
    impact = costs[day] - expected
    deviation = max(
        Decimal("1.4826") * median(abs(cost - expected) for cost in past),
        abs(expected) / 100,
        Decimal("0.01"),
    )
    score = impact / deviation
    if abs(score) < Decimal("3.5") or abs(impact) < abs(expected) / 4:
        return None
    return ("up" if impact > 0 else "down"), expected, float(score)


def runs(series: tuple[Any, ...], costs: Series) -> Iterator[dict[str, Any]]:
    """Return the runs of odd days of one service in one account, as the page tells them."""
    found = {day: odd for day in costs if (odd := judged(costs, day))}
    for direction in ("up", "down"):
        days = [day for day, odd in found.items() if odd[0] == direction]
        numbered = [(day, day.toordinal() - place) for place, day in enumerate(days)]
        for _, run in groupby(numbered, key=lambda pair: pair[1]):
            members = [day for day, _ in run]
            actual = sum(costs[day] for day in members)
            expected = sum(found[day][1] for day in members)
            yield {
                "series": series,
                "first_day": members[0],
                "last_day": members[-1],
                "days": len(members),
                "direction": direction,
                "actual": actual,
                "expected": expected,
                "impact": actual - expected,
                "score": max((found[day][2] for day in members), key=abs),
            }


def oracle(served: Served, currency: str, end: str) -> list[dict[str, Any]]:
    """Return every run of odd days, by arithmetic on plain sums of FOCUS."""
    by_series: dict[tuple[Any, ...], Series] = {}
    for *series, day, cost in served.sql(DAILY, {"currency": currency, "end": end}):
        by_series.setdefault(tuple(series), {})[day] = cost
    with localcontext(prec=60):
        return [run for series, costs in by_series.items() for run in runs(series, costs)]


def told(one: dict[str, Any]) -> dict[str, Any]:
    """Return what the page tells of an anomaly, as the oracle does."""
    return {
        "series": (one["provider"], one["service"]["value"], one["account"]["value"]),
        "first_day": date.fromisoformat(one["first_day"]),
        "last_day": date.fromisoformat(one["last_day"]),
        "days": one["days"],
        "direction": one["direction"],
        **{name: Decimal(one[name]) for name in ("actual", "expected", "impact")},
        "score": one["score"],
    }


def order(one: dict[str, Any]) -> Any:
    return one["first_day"], str(one["series"]), one["direction"]


def same(served: Served, currency: str, minimum: str) -> int:
    """Compare a page with the oracle and return how many anomalies there are."""
    page = served.get("anomalies", currency=currency, days="400", minimum=minimum)
    assert not page["more"]
    expected = [
        {**one, "score": pytest.approx(one["score"], rel=1e-9)}
        for one in oracle(served, currency, page["end"])
        if abs(one["impact"]) >= Decimal(minimum)
        and one["last_day"] >= date.fromisoformat(page["start"])
    ]
    assert sorted(map(told, page["anomalies"]), key=order) == sorted(expected, key=order)
    return len(expected)


@pytest.fixture(scope="module")
def odd(odd_days: Finops, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(copied(odd_days, tmp_path_factory.mktemp("odd")).database) as found:
        yield found


def put(served: Served, id: str, *, is_acknowledged: bool = True) -> Answer:
    body = {"is_acknowledged": is_acknowledged, "note": "load test"}
    return served.ask(f"/api/v1/anomalies/{id}", method="PUT", body=body, headers=MARKED)


def shown(page: Any) -> list[tuple[str, str, int, str]]:
    return [
        (one["first_day"], one["last_day"], one["days"], one["impact"]) for one in page["anomalies"]
    ]


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_expected_cost_impact_and_score_are_those_of_plain_arithmetic(
    served: Served, currency: str
) -> None:
    assert same(served, currency, "0") > 0


def test_the_oracle_finds_what_a_reader_lists(odd: Served) -> None:
    assert same(odd, "USD", "0") == 4
    assert same(odd, "EUR", "102") == MANY - 2


def test_odd_days_in_a_row_are_one_anomaly_and_a_calm_day_ends_it(odd: Served) -> None:
    page = odd.get("anomalies", currency="USD", days="400", minimum="1")
    assert shown(page) == [
        ("2026-03-03", "2026-03-04", 2, "40"),
        ("2026-02-09", "2026-02-09", 1, "-6"),
        ("2026-02-08", "2026-02-08", 1, "20"),
        ("2026-02-02", "2026-02-06", 5, "100"),
    ]
    assert [one["is_ongoing"] for one in page["anomalies"]] == [True, False, False, False]


def test_the_least_impact_is_that_of_all_days_together(odd: Served) -> None:
    page = odd.get("anomalies", currency="USD", days="400", minimum="100")
    assert shown(page) == [("2026-02-02", "2026-02-06", 5, "100")]


def test_an_anomaly_that_reaches_into_the_period_is_listed_with_all_its_days(odd: Served) -> None:
    page = odd.get("anomalies", currency="USD", days="27", minimum="50")
    assert page["start"] == "2026-02-06"
    assert shown(page) == [("2026-02-02", "2026-02-06", 5, "100")]
    assert shown(odd.get("anomalies", currency="USD", days="26", minimum="50")) == []


def test_causes_are_summed_over_the_days_against_the_weeks_before_the_first(odd: Served) -> None:
    page = odd.get("anomalies", currency="USD", days="400", minimum="1")
    by_day = {one["first_day"]: one["drivers"] for one in page["anomalies"]}
    assert by_day["2026-02-02"] == [{"label": "GPU hours", "change": "100"}]
    # Of the four Mondays before the 9th, the one of the 2nd had GPU hours: 20 / 4.
    assert by_day["2026-02-09"] == [
        {"label": "vCPU hours", "change": "-6"},
        {"label": "GPU hours", "change": "-5"},
    ]


def test_more_says_that_there_are_others_than_those_listed(odd: Served) -> None:
    asked = {"currency": "EUR", "days": "400"}
    everything = odd.get("anomalies", asked, minimum="100")
    assert (len(everything["anomalies"]), everything["more"]) == (MANY - 1, True)
    assert everything["anomalies"][-1]["impact"] == "101"
    but_one = odd.get("anomalies", asked, minimum="101")
    assert (len(but_one["anomalies"]), but_one["more"]) == (MANY - 1, False)


def test_an_acknowledged_anomaly_makes_room_for_another(odd: Served) -> None:
    asked = {"currency": "EUR", "days": "400", "minimum": "100", "acknowledged": "open"}
    largest = odd.get("anomalies", asked)["anomalies"][0]
    assert put(odd, largest["id"]).status == 200
    page = odd.get("anomalies", asked)
    assert (page["anomalies"][-1]["impact"], page["more"]) == ("100", False)
    assert put(odd, largest["id"], is_acknowledged=False).status == 200
    assert odd.get("anomalies", asked)["more"]


def test_what_is_no_anomaly_cannot_be_acknowledged(odd: Served) -> None:
    for is_acknowledged in (True, False):
        answer = put(odd, "0123456789abcdef", is_acknowledged=is_acknowledged)
        assert (answer.status, answer.detail) == (404, "there is no anomaly 0123456789abcdef")
        assert answer.json["hint"] == "/api/v1/anomalies lists them."
    assert odd.server.state.acknowledged() == {}


def test_an_acknowledged_anomaly_stays_so_while_imports_add_days(
    odd_days: Finops, tmp_path: Path
) -> None:
    finops = copied(odd_days, tmp_path)
    asked = {"currency": "USD", "days": "400", "minimum": "1"}
    with serving(finops.database) as served:
        young = served.get("anomalies", asked)["anomalies"][0]
        assert put(served, young["id"]).json["note"] == "load test"
        deliver(tmp_path / "Alpha", 8)
        bring(finops, tmp_path, "Alpha")
        page = served.get("anomalies", asked)
        assert shown(page)[0] == ("2026-03-03", "2026-03-08", 6, "120")
        old = page["anomalies"][0]
        assert (old["id"], old["is_acknowledged"], old["note"]) == (young["id"], True, "load test")
        still = served.get("anomalies", asked, acknowledged="open")
        assert shown(still)[0] == ("2026-02-09", "2026-02-09", 1, "-6")
    with serving(finops.database) as again:
        assert again.get("anomalies", asked)["anomalies"][0]["is_acknowledged"]


def test_one_that_is_kept_can_be_opened_again_when_the_data_have_it_no_more(
    odd_days: Finops, tmp_path: Path
) -> None:
    finops = copied(odd_days, tmp_path)
    with serving(finops.database) as served:
        [one] = served.get("anomalies", currency="USD", days="400")["anomalies"]
        assert put(served, one["id"]).status == 200
        with closing(sqlite3.connect(served.server.state.path)) as connection, connection:
            connection.execute("UPDATE acknowledged SET id = '0123456789abcdef'")
        assert put(served, "0123456789abcdef", is_acknowledged=False).status == 200
        assert put(served, "0123456789abcdef").status == 404


def test_page_and_documentation_say_the_same_bounds(served: Served) -> None:
    method = served.get("anomalies")["method"]
    assert "3.5 robust deviations (MAD) or more, and by 25% or more." in method
    documented = (ROOT / "docs/dashboards/anomalies.md").read_text()
    assert "the score is 3.5 or more, up or down;" in documented
    assert "the impact is a quarter of the expected cost or more." in documented
