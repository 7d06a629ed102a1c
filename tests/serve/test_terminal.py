"""`finops report` prints what the pages show."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.finops import Finops, Result
from tests.fixtures.served import Served

QUERY = {"group": "tag:team", "start": "2026-01-01", "end": "2026-04-01", "compare": "previous"}
OPTIONS = [part for name, value in QUERY.items() for part in (f"--{name}", value)]


@pytest.fixture
def report(
    demo: Finops,
) -> Any:
    """Run a report on the demo in this process."""
    finops = Finops(demo.home)

    def run(*arguments: str) -> Result:
        return finops("report", *arguments, "--demo")

    return run


def test_the_explorer_prints_what_its_page_shows(report: Any, served: Served) -> None:
    page = served.get("explore", QUERY)
    assert json.loads(report("explore", *OPTIONS, "--json").out) == page
    printed = report("explore", *OPTIONS).out
    for line in page["series"]:
        assert f"{Decimal(line['total']):,.0f}" in printed
    assert f"{Decimal(page['totals']['change']):+,.0f}" in printed


def test_without_groups_it_prints_a_bar_for_each_bucket(report: Any, served: Served) -> None:
    page = served.get("explore", start="2026-01-01", end="2026-04-01")
    printed = report("explore", "--start", "2026-01-01", "--end", "2026-04-01").out
    for bucket, value in zip(page["buckets"], page["totals"]["values"], strict=True):
        assert re.search(rf"{bucket['start']} +█.* {Decimal(value):,.0f}\n", printed)


def test_commitments_print_what_their_page_shows(report: Any, served: Served) -> None:
    page = served.get("commitments", currency="USD", month="2026-06")
    options = ["--currency", "USD", "--month", "2026-06"]
    assert json.loads(report("commitments", *options, "--json").out) == page
    printed = report("commitments", *options).out
    assert f"{Decimal(page['months'][-1]['unused_cost']):,.0f}" in printed


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_the_overview_has_the_pages_months(report: Any, served: Served, currency: str) -> None:
    stack = served.get("overview", currency=currency, month="2026-06")["stack"]
    parts = json.loads(report("overview", "--json").out)["currencies"]
    [part] = [one for one in parts if one["currency"] == currency]
    for place, month in enumerate(part["months"]):
        shown = sum(Decimal(line["values"][place]) for line in stack["series"])
        assert shown == Decimal(month["effective_cost"])


@pytest.mark.parametrize("name", ["overview", "explore", "commitments"])
def test_a_report_to_mail_is_one_file_with_the_pages_figures(
    report: Any, served: Served, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "report.html"
    more = OPTIONS if name == "explore" else []
    assert report(name, *more, "--html", str(file)).code == 0
    text = file.read_text()
    assert not re.search(r"<script|<link|src=|url\(|https?://", text)
    page = served.get(name, QUERY if name == "explore" else ())
    shown = {
        "overview": lambda: page["services"][0]["cost"],
        "explore": lambda: page["totals"]["total"],
        "commitments": lambda: page["commitments"][0]["used_cost"],
    }[name]()
    assert f'title="{shown}">{Decimal(shown):,.2f}<' in text


def test_a_question_that_cannot_be_answered_is_one_clear_error(report: Any) -> None:
    result = report("explore", "--group", "Nothing")
    assert (result.code, result.error) == (9, "there is no dimension 'Nothing'")
    assert "ServiceName" in result.hint


def test_without_a_database_the_error_says_what_to_do(finops: Finops) -> None:
    result = finops("report", "explore")
    assert result.code == 9
    assert "finops demo" in result.hint or "import" in result.hint
