"""The content is whole: every card runs, alone and under every filter, and adds no currencies."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from core.errors import BadContent
from metabase.content import FOLDER, Content, read_content
from tests.metabase import native
from tests.metabase.conftest import Cards

SLUGS = sorted(path.stem for path in (FOLDER / "cards").glob("*.sql"))
SET: dict[str, list[Any]] = {
    "currency": ["EUR", "USD"],
    "tag_key": ["env"],
    "period": ["2026-03-01~2026-05-31", "2026-05"],
    "provider": [["AWS"], ["AWS", "Google Cloud"]],
    "account": [["906154372880"]],
    "service": [["Amazon Elastic Compute Cloud"], ["it's no service"]],
}
"""Values of every filter, one after the other."""
MEANT = {
    "period": {"billing_period", "cost_date", "charge_month"},
    "provider": {"provider_name"},
    "account": {"sub_account_id"},
    "service": {"service_name"},
}
"""The columns that each filter may be bound to."""
OF_THE_LOADS = {"freshness", "loads", "differences", "currencies"}
"""Cards without money, which need no currency."""


@pytest.mark.parametrize("slug", SLUGS)
def test_a_card_runs_under_every_filter_and_under_all(cards: Cards, slug: str) -> None:
    filters = cards.content.cards[slug].filters
    empty = cards.rows(slug)
    assert empty or slug == "unmapped_services"
    for name in filters:
        for value in SET[name]:
            cards.rows(slug, **{name: value})
    cards.rows(slug, **{name: SET[name][0] for name in filters})
    names = set(empty[0]) if empty else set()
    card = cards.content.cards[slug]
    assert set(card.formats) <= names
    for key in ("graph.dimensions", "graph.metrics"):
        assert set(card.visualization.get(key, [])) <= names


@pytest.mark.parametrize("slug", sorted(set(SLUGS) - OF_THE_LOADS))
def test_a_card_shows_the_money_of_its_currency_alone(cards: Cards, slug: str) -> None:
    card = cards.content.cards[slug]
    assert "currency" in card.filters
    money = [name for name, kind in card.formats.items() if kind == "money"]
    rows = cards.rows(slug, currency="XXX")
    assert {row[name] for row in rows for name in money} <= {0, None}
    with pytest.raises(native.BadQuery):
        cards.rows(slug, currency=["EUR", "USD"])


def test_there_are_the_dashboards_that_the_documentation_names(content: Content) -> None:
    boards = sorted(content.dashboards.values(), key=lambda one: one.position)
    assert [board.name for board in boards] == [
        "Executive overview", "Cost explorer", "Commitments", "Tags and allocation",
        "Invoices and reconciliation", "Data health", "AWS", "Azure", "GCP",
    ]  # fmt: skip


def test_every_card_is_on_a_dashboard_or_lists_what_a_filter_offers(content: Content) -> None:
    shown = {
        placed.card
        for dashboard in content.dashboards.values()
        for tab in dashboard.tabs
        for placed in tab.cards
    }
    offered = {one.values for one in content.filters.values() if one.values}
    assert set(content.cards) == (shown | offered) - {""}


def test_every_filter_is_bound_to_a_column_that_exists(content: Content, cards: Cards) -> None:
    found = cards.connection.execute(
        "SELECT concat_ws('.', table_schema, table_name, column_name) "
        "FROM information_schema.columns"
    ).fetchall()
    assert {str(column) for column in content.columns()} <= {name for (name,) in found}


@pytest.mark.parametrize("name", MEANT)
def test_a_filter_means_the_same_on_every_card(content: Content, name: str) -> None:
    bound = {column.name for card in content.cards.values() if (column := card.filters.get(name))}
    assert bound and bound <= MEANT[name]
    assert name in content.filters


def test_the_formulas_are_those_of_the_metrics(cards: Cards) -> None:
    metrics = {
        "savings_rate": "effective_savings_rate",
        "coverage": "commitment_coverage",
        "utilisation": "commitment_utilisation",
        "unused_commitments": "unused_commitment_cost",
        "purchases": "purchase_cost",
        "tax": "tax_cost",
        "credits": "credit_cost",
        "corrections": "correction_cost",
    }
    same = "billed_cost effective_cost list_cost contracted_cost negotiated_savings".split()
    metrics |= {name: name for name in [*same, "commitment_savings"]}
    for row in cards.rows("months", currency="EUR"):
        found = cards.connection.execute(
            f"SELECT {', '.join(metrics.values())} FROM marts.monthly_summary "
            "WHERE billing_period = ? AND billing_currency = 'EUR'",
            [row["month"]],
        ).fetchone()
        assert found == tuple(row[name] for name in metrics)


SPOILT = [
    ("cards/services.sql", "{{period}}", "true", "filters in its head"),
    ("cards/services.sql", 'display = "table"', 'display = "tabel"', "display"),
    ("cards/services.sql", "-- currency = true\n", "", "filters in its head"),
    ("cards/services.sql", '"marts.daily_costs.cost_date"', '"cost_date"', "schema.table.column"),
    ("cards/services.sql", '-- name = "Costs', "-- name = Costs", "Invalid value"),
    ("cards/services.sql", '-- name = "Costs by service"\n', "", "used: missing 1 required"),
    ("cards/services.sql", "-- period =", "-- perod =", "filters in its head"),
    ("cards/services.sql", "Costs by service", "Costs by account", "another card"),
    ("dashboards/aws.toml", 'card = "skus"', 'card = "skuz"', "no card 'skuz'"),
    ("dashboards/aws.toml", "at = [0, 18]", "at = [0, 19]", "wider than 24"),
    ("dashboards/aws.toml", "at = [0, 18]", "at = [0, 17]", "lies on"),
    ("dashboards/aws.toml", '["currency", ', "[", "need the filters"),
    ("dashboards/data_health.toml", '"provider"]', '"provider", "tag_key"]', "no card has"),
    ("dashboards/aws.toml", "at = [0, 18]", "at = [0]", "at = (0,) is not 2 whole numbers"),
    ("dashboards/aws.toml", "at = [0, 18]", 'at = [0, "18"]', "is not 2 whole numbers"),
    ("dashboards/aws.toml", "at = [0, 18]", "at = [0.5, 18]", "is not 2 whole numbers"),
    ("dashboards/aws.toml", "at = [0, 18]", "at = [-1, 18]", "has no place on the grid"),
    ("dashboards/aws.toml", "size = [10, 9]", "size = [10, 0]", "has no place on the grid"),
    ("dashboards/aws.toml", "position = 7", 'position = "7"', "is not a whole number"),
    ("dashboards/aws.toml", "position = 7", "position = 0", "its position is below 1"),
    ("dashboards/aws.toml", "position = 7", "position = 8", "or that of another dashboard"),
    ("dashboards/aws.toml", 'name = "AWS"', "name = 5", "name = 5 is not a text"),
    ("dashboards/aws.toml", 'name = "AWS"', 'name = " "', "has no name"),
    ("dashboards/aws.toml", '["currency", ', "[5, ", "is not a list"),
    ("dashboards/aws.toml", "position = 7", "position = 7\ncolour = 1", "used: got an unexp"),
    ("dashboards/aws.toml", "[[tabs]]\nname", "[[other]]\nname", "argument 'other'"),
    ("dashboards/aws.toml", '  { card = "skus"', '  "skus", { card = "skus"', "no table"),
    ("cards/services.sql", 'display = "table"', 'display = ["table"]', "is not a text"),
    ("cards/services.sql", '"money"', '["money"]', "is not a table"),
    ("cards/services.sql", '"Costs by service"', '""', "is empty"),
    ("cards/services.sql", "-- [filters]", "-- filters = 5\n-- [other]", "filters is no table"),
    ("filters.toml", 'parameter = "date/all-options"', 'parameter = "date"', "parameter"),
    ("filters.toml", 'label = "Period"', "label = 5", "label = 5 is not a text"),
    ("filters.toml", "choice = true", "choice = 1", "choice = 1 is not true or false"),
    ("filters.toml", "[period]", "[[period]]", "period is no table"),
    ("filters.toml", '"currencies"', '"services"', "its card needs the choice itself"),
    ("filters.toml", '"currencies"', '"tag_values"', "its card needs the choice itself"),
]


@pytest.mark.parametrize(
    ("file", "before", "after", "said"), SPOILT, ids=[f"{f}: {a}" for f, _, a, _ in SPOILT]
)
def test_content_that_does_not_fit_is_refused_by_name(
    tmp_path: Path, file: str, before: str, after: str, said: str
) -> None:
    shutil.copytree(FOLDER, tmp_path / "content")
    path = tmp_path / "content" / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    with pytest.raises(BadContent, match=re.escape(said)) as caught:
        read_content(tmp_path / "content")
    assert ".sql" in str(caught.value) or ".toml" in str(caught.value)
