"""Provisioning that is cut off at any call, or asked to wait, ends as if nothing had happened."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from core.errors import CallRefused, MetabaseError
from metabase.content import Content
from tests.metabase.conftest import Cards, User
from tests.metabase.instance import Instance
from tests.metabase.serving import Fault, listening


def state(instance: Instance) -> Any:
    """Return what an instance shows, blind to the numbers that it gave."""
    cards = {one["id"]: one["name"] for one in instance.cards.values()}
    tabs = {tab["id"]: tab["name"] for one in instance.dashboards.values() for tab in one["tabs"]}
    boards = [
        (
            one["name"],
            one["description"].replace(one["entity_id"], "itself"),
            [tab["name"] for tab in one["tabs"]],
            [
                (tabs[card["dashboard_tab_id"]], cards[card["card_id"]], card["row"], card["col"])
                for card in one["dashcards"]
            ],
            [parameter["id"] for parameter in one["parameters"]],
            one["collection_position"],
            one["archived"],
        )
        for one in instance.dashboards.values()
    ]
    shown = [
        (
            one["name"],
            one["description"].replace(one["entity_id"], "itself"),
            one["dataset_query"]["stages"][0]["native"],
        )
        for one in instance.cards.values()
    ]
    databases = [(one["name"], one["details"]) for one in instance.databases.values()]
    collections = [one["name"] for one in instance.collections.values()]
    return sorted(boards), sorted(shown), copy.deepcopy(databases), collections, instance.users


def test_a_run_that_is_cut_off_at_any_call_is_completed_by_the_next(
    cards: Cards, volume: Path, user: User, few: Content
) -> None:
    """The cards keep the database open in the meantime, so that each run opens it at once."""
    assert cards.connection
    user.provision(few)
    wanted, calls = state(user.site.instance), list(user.site.calls)
    assert len(calls) > 20
    for number, (method, _) in enumerate(calls, 1):
        for arrives in (False, True) if method != "GET" else (False,):
            with listening(Instance(volume)) as site:
                user.site, user.environment["OPEN_FINOPS_METABASE_URL"] = site, site.url
                site.fault = lambda n, m, p, number=number, arrives=arrives: (
                    Fault(arrives=arrives and n == number) if n >= number else None
                )
                with pytest.raises(MetabaseError):
                    user.provision(few, seconds=0)
                site.fault = lambda n, m, p: None
                user.provision(few)
                assert state(site.instance) == wanted
                site.forget()
                assert user.provision(few) == []
                assert site.writes == []


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504, None])
@pytest.mark.parametrize("arrives", [False, True], ids=["before it arrived", "after it arrived"])
def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_made_twice(
    volume: Path, user: User, few: Content, status: int | None, arrives: bool
) -> None:
    """The first of each call fails; logins are left out, as none is tried twice."""
    with listening(Instance(volume)) as calm:
        user.environment["OPEN_FINOPS_METABASE_URL"] = calm.url
        user.provision(few)
        wanted = state(calm.instance)
    user.environment["OPEN_FINOPS_METABASE_URL"] = user.site.url
    seen = {("POST", "/api/session")}

    def once(number: int, method: str, path: str) -> Fault | None:
        is_new = (method, path) not in seen
        seen.add((method, path))
        return Fault(status, arrives, "0") if is_new else None

    user.site.fault = once
    user.provision(few)
    assert state(user.site.instance) == wanted


def test_a_metabase_that_keeps_asking_to_wait_is_given_up(user: User, few: Content) -> None:
    user.provision(few)
    user.site.forget()
    user.site.fault = lambda number, method, path: (
        Fault(503, retry_after="0") if path == "/api/database" else None
    )
    with pytest.raises(CallRefused, match="GET /api/database with status 503: not now"):
        user.provision(few)
    assert user.site.calls.count(("GET", "/api/database")) == 4
