"""Provisioning a Metabase that keeps the contract: once, again, after changes of others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from metabase.content import Content
from metabase.ours import UNFINISHED
from tests.metabase.conftest import EMAIL, PASSWORD, User
from tests.metabase.instance import Instance


def boards(instance: Instance) -> dict[str, Any]:
    return {one["name"]: one for one in instance.dashboards.values() if not one["archived"]}


def test_a_new_metabase_is_filled_and_a_second_run_writes_nothing(user: User) -> None:
    user.site.instance.starting, user.site.instance.polls = 3, 3
    made = user.provision()
    instance = user.site.instance
    assert instance.users == {EMAIL: PASSWORD}
    [database] = instance.databases.values()
    assert database["details"]["init_sql"] == "SET enable_external_access=false"
    assert database["details"]["database_file"].startswith("/data/serving/finops-")
    assert len(instance.cards) == len(user.content.cards)
    assert set(boards(instance)) == {one.name for one in user.content.dashboards.values()}
    assert len(made) == 4 + len(instance.cards) + len(instance.dashboards)

    user.site.forget()
    assert user.provision() == []
    assert user.site.writes == []


def test_the_api_key_is_enough(user: User) -> None:
    user.provision()
    user.site.instance.keys.add("mb_key")
    user.site.forget()
    assert user.provision(api_key="mb_key", admin_password="") == []
    assert ("POST", "/api/session") not in user.site.calls


def test_check_tells_what_is_missing_and_changes_nothing(user: User) -> None:
    assert user.provision(write=False) == ["administrator: set up"]
    assert user.site.writes == []
    user.site.instance.users[EMAIL] = PASSWORD
    found = user.provision(write=False)
    assert user.site.writes == []
    assert found[:3] == [
        f"database FinOps: add /data/serving/{user.generation}",
        "database FinOps: read its tables anew",
        "collection FinOps: create",
    ]
    assert len(found) == 3 + len(user.content.cards) + len(user.content.dashboards)


def test_every_dashboard_filter_sets_every_card_that_knows_it(user: User) -> None:
    user.provision()
    board = boards(user.site.instance)["Azure"]
    assert {one["id"]: one.get("default") for one in board["parameters"]} == {
        "currency": ["EUR"], "period": None, "provider": ["Microsoft"], "account": None,
        "service": None,
    }  # fmt: skip
    names = {one["id"]: one["name"] for one in user.site.instance.cards.values()}
    mapped = {
        names[card["card_id"]]: [mapping["parameter_id"] for mapping in card["parameter_mappings"]]
        for card in board["dashcards"]
    }
    assert mapped["Costs by region"] == ["currency", "period", "provider", "account", "service"]
    assert mapped["Commitments, last month"] == ["currency", "period", "provider"]
    currency = board["parameters"][0]
    assert (currency["required"], currency["isMultiSelect"]) == (True, False)
    card = user.site.instance.card(currency["values_source_config"]["card_id"])
    assert card["name"] == "Currencies"


def test_what_others_changed_is_set_back_and_told(user: User) -> None:
    user.provision()
    instance = user.site.instance
    card = next(one for one in instance.cards.values() if one["name"] == "Costs by service")
    card["dataset_query"]["stages"][0]["native"] += " -- mine"
    card["display"] = "pie"
    board = boards(instance)["AWS"]
    board["dashcards"][0]["row"] = 30
    board["tabs"].reverse()
    ids = sorted(one["id"] for one in board["dashcards"])
    wanted = [
        "card Costs by service: update display, dataset_query",
        "dashboard AWS: update dashcards",
    ]
    assert user.provision(write=False) == wanted
    assert user.provision() == wanted
    assert sorted(one["id"] for one in boards(instance)["AWS"]["dashcards"]) == ids
    assert user.provision() == []


def test_a_dashboard_that_was_renamed_keeps_its_address(user: User) -> None:
    user.provision()
    board = boards(user.site.instance)["AWS"]
    board["name"] = "Our AWS"
    assert user.provision() == ["dashboard AWS: update name"]
    assert boards(user.site.instance)["AWS"]["id"] == board["id"]


def test_content_that_changed_is_updated_in_place(user: User, few: Content) -> None:
    user.provision(few)
    instance = user.site.instance
    before = {one["id"] for one in instance.cards.values()}
    services = replace(few.cards["services"], name="Services", sql=few.cards["services"].sql + " ")
    explorer = few.dashboards["cost_explorer"]
    place = replace(explorer.tabs[0].cards[0], at=(4, 0))
    text = replace(place, card="", text="Read me.", at=(0, 0), size=(24, 2))
    tabs = [replace(explorer.tabs[0], cards=[place, text])]
    changed = replace(
        few,
        cards={**few.cards, "services": services},
        dashboards={**few.dashboards, "cost_explorer": replace(explorer, tabs=tabs)},
    )
    kept = boards(instance)["Cost explorer"]["dashcards"][0]["id"]
    assert user.provision(changed) == [
        "card Services: update name, dataset_query",
        "dashboard Cost explorer: update dashcards",
    ]
    assert {one["id"] for one in instance.cards.values()} == before
    cards = boards(instance)["Cost explorer"]["dashcards"]
    assert cards[0]["id"] == kept and cards[1]["id"] != kept
    assert user.provision(changed) == []


def provisioned(user: User, few: Content) -> tuple[Instance, int]:
    """Provision; return Metabase and the id of our collection there."""
    user.provision(few)
    instance = user.site.instance
    return instance, next(iter(instance.collections))


def test_only_what_is_ours_is_archived(user: User, few: Content) -> None:
    instance, collection = provisioned(user, few)
    ours = boards(instance)["Cost explorer"]
    duplicate = instance.add_dashboard({"name": "Mine", "collection_id": collection})
    duplicate["description"] = ours["description"]
    own_card = instance.add_card({**sent(instance), "name": "Mine", "collection_id": collection})
    services = next(one for one in instance.cards.values() if one["name"] == "Costs by service")
    own_card["description"] = services["description"]
    less = replace(
        few,
        cards={slug: card for slug, card in few.cards.items() if slug != "services"},
        dashboards={"tags_and_allocation": few.dashboards["tags_and_allocation"]},
    )
    assert user.provision(less) == [
        "dashboard Cost explorer: archive",
        "card Costs by service: archive",
    ]
    assert set(boards(instance)) == {"Mine", "Tags and allocation"}
    assert not own_card["archived"]
    assert user.provision(less) == []
    assert user.provision(few)[:1] == ["card Costs by service: create"]


def test_a_description_written_by_hand_is_set_back_and_nothing_is_made(
    user: User, few: Content
) -> None:
    user.provision(few)
    instance = user.site.instance
    card = next(one for one in instance.cards.values() if one["name"] == "Costs by service")
    other = next(one for one in instance.cards.values() if one["name"] == "Currencies")
    board = boards(instance)["Cost explorer"]
    kept = [one["description"] for one in (card, other, board)]
    card["description"], board["description"] = "Ours, for the board meeting.", None
    other["description"] += " Seen by the auditors."
    copied = {key: card[key] for key in ("name", "display", "visualization_settings")}
    collection = card["collection_id"]
    duplicate = instance.add_card({**sent(instance), **copied, "collection_id": collection})
    duplicate["description"] = kept[0]
    wanted = [
        "card Currencies: update description",
        "card Costs by service: update description",
        "dashboard Cost explorer: update description",
    ]
    assert sorted(user.provision(few)) == sorted(wanted)
    assert [one["description"] for one in (card, other, board)] == kept
    assert duplicate["dataset_query"]["stages"][0]["native"] == "SELECT 1"
    user.site.forget()
    assert user.provision(few) == []
    assert user.site.writes == []


def test_a_card_of_one_of_our_titles_stays_theirs_where_ours_is_there(
    user: User, few: Content
) -> None:
    instance, collection = provisioned(user, few)
    own = {**sent(instance), "name": "Costs by service", "collection_id": collection}
    theirs = instance.add_card(own)
    instance.add_dashboard({"name": "Cost explorer", "collection_id": collection})
    assert user.provision(few) == []
    assert theirs["description"] is None


def test_of_two_that_were_begun_the_older_is_finished_and_the_other_archived(
    user: User, few: Content
) -> None:
    instance, collection = provisioned(user, few)
    card = next(one for one in instance.cards.values() if one["name"] == "Costs by service")
    board = boards(instance)["Cost explorer"]
    card["description"] = board["description"] = UNFINISHED
    begun = {"description": UNFINISHED, "collection_id": collection}
    twice = [
        instance.add_card({**sent(instance), **begun, "name": card["name"]}),
        instance.add_dashboard({**begun, "name": board["name"]}),
    ]
    assert user.provision(few) == [
        "card Costs by service: update description",
        "dashboard Cost explorer: update description",
        "dashboard Cost explorer: archive",
        "card Costs by service: archive",
    ]
    assert [one["archived"] for one in (card, board, *twice)] == [False, False, True, True]
    assert user.provision(few) == []


def test_a_card_in_the_trash_is_made_anew_and_one_that_comes_back_is_taken_again(
    user: User, few: Content
) -> None:
    user.provision(few)
    cards = user.site.instance.cards
    trashed = next(one for one in cards.values() if one["name"] == "Costs by service")
    trashed["archived"] = True
    anew = ["card Costs by service: create", "dashboard Cost explorer: update dashcards"]
    assert user.provision(few) == anew
    assert user.provision(few) == []
    trashed["archived"] = False
    assert user.provision(few) == ["dashboard Cost explorer: update dashcards"]
    assert user.provision(few) == []


def test_dashboards_are_pinned_in_their_order_whatever_else_is_pinned(user: User) -> None:
    user.provision()
    instance = user.site.instance

    def order() -> list[str]:
        pinned = [one for one in instance.dashboards.values() if one["collection_position"]]
        return [one["name"] for one in sorted(pinned, key=lambda one: one["collection_position"])]

    wanted = [
        one.name for one in sorted(user.content.dashboards.values(), key=lambda one: one.position)
    ]
    assert order() == wanted
    collection = next(iter(instance.collections))
    pinned = {"name": "Mine", "collection_id": collection, "collection_position": 1}
    mine = instance.add_dashboard(pinned)
    del instance.dashboards[boards(instance)["Commitments"]["id"]]
    changes = user.provision()
    assert changes[0] == "dashboard Executive overview: update collection_position"
    assert order() == [*wanted, mine["name"]]
    assert user.provision() == []


def sent(instance: Instance) -> Any:
    """Return a card that somebody makes by hand."""
    stage = {"lib/type": "mbql.stage/native", "native": "SELECT 1"}
    database = next(iter(instance.databases))
    query = {"lib/type": "mbql/query", "database": database, "stages": [stage]}
    return {"display": "table", "visualization_settings": {}, "dataset_query": query}


def test_a_column_that_metabase_numbers_anew_is_bound_again(user: User, few: Content) -> None:
    user.provision(few)
    instance = user.site.instance
    wanted = ("marts", "daily_costs", "service_name")
    [old] = [number for number, column in instance.columns.items() if column == wanted]
    instance.columns[9999] = instance.columns.pop(old)
    assert "card Costs by service: update dataset_query" in user.provision(few)
    assert user.provision(few) == []


def test_the_commands_say_what_they_do(user: User) -> None:
    first = user("provision")
    assert first.code == 0, first.err
    assert "dashboard Executive overview: create" in first.out
    again = user("provision", "--check", "--json")
    assert (again.code, '"changes": []' in again.out) == (0, True)
    board = boards(user.site.instance)["GCP"]
    board["name"] = "Theirs"
    check = user("provision", "--check")
    assert check.code == 11
    assert check.out == "dashboard GCP: update name\n"
    assert check.error.startswith("1 change to make in Metabase")
    assert user("provision").code == 0
    assert user("provision").out == f"Metabase at {user.site.url} is as the files say\n"
    for result in (first, again, check):
        assert PASSWORD not in result.out + result.err
