"""`metabase smoke` runs every card, and says which fail."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from metabase.access import client_of, sign_in
from metabase.smoke import smoke
from tests.metabase.conftest import User
from tests.metabase.serving import Fault


def test_every_card_runs(user: User) -> None:
    user.provision()
    result = user("smoke", "--json")
    assert result.code == 0, result.err
    found = json.loads(result.out)
    assert len(found) == 1 + len(user.content.cards)
    assert all(one["ok"] for one in found)
    runs = [path for _, path in user.site.calls if path.endswith("/query")]
    bound = [card for card in user.content.cards.values() if any(card.filters.values())]
    assert len(runs) == len(user.content.cards) + len(bound)


def test_a_filter_that_does_not_run_is_told_though_the_card_does(user: User) -> None:
    user.provision()
    columns = user.site.instance.columns
    [number] = [n for n, column in columns.items() if column[1:] == ("loads", "billing_period")]
    columns[number] = ("ledger", "loads", "gone")
    result = user("smoke")
    assert result.code == 11
    assert result.error == "1 of 43 checks failed: Deliveries"
    assert "gone" in result.out and "(with filters)" in result.out


def test_a_card_whose_sql_fails_is_told_though_metabase_answers_202(user: User) -> None:
    user.provision()
    stages = {
        one["name"]: one["dataset_query"]["stages"][0] for one in user.site.instance.cards.values()
    }
    stages["Invoices"]["native"] = "SELECT * FROM marts.gone WHERE {{currency}} = ''"
    stages["Deliveries"]["native"] = "SELECT * FROM read_text('/etc/hostname') WHERE {{period}}"
    cards = user.site.instance.cards
    del cards[next(one["id"] for one in cards.values() if one["name"] == "Currencies")]
    result = user("smoke")
    assert result.code == 11
    assert "fail  Invoices: Catalog Error: Table with name gone does not exist!" in result.out
    assert "fail  Deliveries: Permission Error" in result.out
    assert "fail  Currencies: the card is not in Metabase" in result.out
    assert result.error == "3 of 43 checks failed: Currencies, Invoices, Deliveries"
    assert "ok    Costs by service  64 rows, 1 ms" in result.out


def test_a_metabase_that_reads_an_old_generation_is_told(user: User) -> None:
    user.provision()
    [database] = user.site.instance.databases.values()
    database["details"]["database_file"] = "/data/serving/finops-1.duckdb"
    result = user("smoke")
    assert result.code == 11
    assert "fail  the published generation: it reads /data/serving/finops-1.duckdb" in result.out


def test_a_card_that_never_answers_is_told_once_and_the_others_are_tried(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    user.provision()
    monkeypatch.setattr("metabase.client.TIMEOUT", 1)
    user.site.forget()
    cards = user.site.instance.cards.values()
    [slow] = [f"/api/card/{one['id']}/query" for one in cards if one["name"] == "Invoices"]
    user.site.fault = lambda n, method, path: Fault(seconds=3) if path == slow else None
    config = user.config()
    with closing(client_of(config.metabase)) as client:
        sign_in(client, config.metabase)
        found = list(smoke(config, user.content, client))
    assert len(found) == 1 + len(user.content.cards)
    assert [(one.what, one.error) for one in found if not one.ok] == [
        ("Invoices", "no answer within 1 s")
    ]
    assert [path for _, path in user.site.calls].count(slow) == 1
