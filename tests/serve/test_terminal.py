"""`finops report` prints what the pages show."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures.finops import Finops, Result
from tests.fixtures.served import Served
from tests.serve.test_truth import questions

FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
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


@pytest.mark.parametrize("month", ["", "2026-05"])
def test_the_overview_is_the_pages_answers_for_each_currency(
    report: Any, served: Served, month: str
) -> None:
    options = ["--month", month] if month else []
    parts = json.loads(report("overview", *options, "--json").out)["currencies"]
    assert [part["overview"]["currency"] for part in parts] == ["USD", "EUR"]
    for part in parts:
        currency = part["overview"]["currency"]
        assert part["overview"] == served.get("overview", currency=currency, month=month)
        assert part["invoices"] == served.get("invoices", currency=currency, months="120")
    only = json.loads(report("overview", *options, "--currency", "EUR", "--json").out)
    assert only["currencies"] == parts[1:]


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_the_overview_prints_its_pages_figures(report: Any, served: Served, currency: str) -> None:
    page = served.get("overview", currency=currency, month="2026-05")
    options = ("--currency", currency, "--month", "2026-05", "--top", "3")
    printed = report("overview", *options).out
    for row in [*page["services"][:3], *page["accounts"][:3], *page["movers"][:3]]:
        assert f"{Decimal(row['cost']):,.0f}" in printed
    assert (
        page["services"][3]["key"]["label"] not in printed.split("Top services")[1].split("Top")[0]
    )
    for step in [*page["drivers"]["steps"], *page["savings"]]:
        assert f"{step['label']} " in printed
        rounded = f"{Decimal(step['amount']):+,.0f}"
        assert re.search(rf" {re.escape(rounded.replace('-0', '0').replace('+0', '0'))}\n", printed)
    assert not re.search(r"[+-]0(\.0 %)?\s", printed)
    for place in range(len(page["stack"]["months"])):
        cost = sum(Decimal(line["values"][place]) for line in page["stack"]["series"])
        assert f"{cost:,.0f}" in printed
    proofs = served.get("invoices", currency=currency)["reconciliation"]
    for proof in proofs[:6]:
        [line] = [
            line for line in printed.splitlines()
            if line.startswith(f"{proof['export']} ") and f" {proof['month']} " in line
            and f"{proof['lines']:,}" in line
        ]  # fmt: skip
        assert f"{Decimal(proof['source_billed']):,f}" in line
    assert f"every month and account in {currency} agrees to the last decimal" in printed
    assert {"USD": "EUR", "EUR": "USD"}[currency] not in printed


def test_json_and_a_file_are_both_given(report: Any, tmp_path: Path) -> None:
    for name in ("overview", "explore", "commitments"):
        file = tmp_path / f"{name}.html"
        result = report(name, "--json", "--html", str(file))
        assert json.loads(result.out)
        assert f"{file} is written" in result.err
        assert file.read_text().startswith("<!doctype html>")


def test_a_file_of_the_explorer_says_what_was_asked_and_has_a_scale(
    report: Any, tmp_path: Path
) -> None:
    file = tmp_path / "explore.html"
    days = ("--start", "2026-01-01", "--end", "2026-04-01", "--html", str(file))
    report("explore", "-g", "tag:team", "-f", "ServiceCategory:in:Compute", *days)
    text = file.read_text()
    assert "Grouped by tag:team. Only ServiceCategory:in:Compute." in text
    assert "Before" not in text
    assert len(re.findall('class="scale"', text)) >= 3
    report("explore", "--compare", "previous", *days)
    assert "Compared with 2025-10-01 to 2026-01-01." in file.read_text()
    assert ">Before</th>" in file.read_text()
    report("explore", "--compare", "year", *days)
    assert "Not compared: the data do not cover 2025-01-01 to 2025-04-01." in file.read_text()
    assert "Before" not in file.read_text()


def test_quantities_are_of_one_unit_that_may_be_chosen(report: Any, served: Served) -> None:
    asked = {"metric": "usage_quantity", "unit": "Hrs"}
    options = [part for name, value in asked.items() for part in (f"--{name}", value)]
    found = json.loads(report("explore", *options, "--json").out)
    assert found == served.get("explore", asked)
    assert found["unit"] == "Hrs"


@pytest.mark.parametrize("name", ["overview", "commitments"])
def test_a_month_that_is_none_is_refused_in_words(report: Any, name: str) -> None:
    result = report(name, "--month", "June")
    assert (result.code, result.error) == (9, "month: a month is written YYYY-MM, as 2026-06")


@FEW
@given(data=st.data())
def test_terminal_page_and_file_have_one_total(demo: Finops, served: Served, data: Any) -> None:
    asked = data.draw(questions(str(served.database)))
    query = [pair for pair in asked.query() if pair[0] != "top"]
    page = served.get("explore", query)
    options = [part for name, value in query for part in (f"--{name}", value)]
    printed = Finops(demo.home)("report", "explore", *options, "--demo", "--json")
    assert json.loads(printed.out) == page
    file = csv.DictReader(io.StringIO(served.ask("/api/v1/explore.csv", query).body.decode()))
    total = sum((Decimal(row[asked.metric]) for row in file), Decimal(0))
    assert total == Decimal(page["totals"]["total"])


@pytest.mark.parametrize("name", ["overview", "explore", "commitments"])
def test_a_report_to_mail_is_one_file_that_names_no_other(
    report: Any, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "report.html"
    assert report(name, "--html", str(file)).code == 0
    assert not re.search(r"<script|<link|src=|url\((?!#)|https?://", file.read_text())


def test_a_question_that_cannot_be_answered_is_one_clear_error(report: Any) -> None:
    result = report("explore", "--group", "Nothing")
    assert (result.code, result.error) == (9, "there is no dimension 'Nothing'")
    assert "ServiceName" in result.hint


def test_without_a_database_the_error_says_what_to_do(finops: Finops) -> None:
    result = finops("report", "explore")
    assert result.code == 9
    assert "finops demo" in result.hint or "import" in result.hint
