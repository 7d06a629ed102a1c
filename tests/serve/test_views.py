"""Saved views: one of everybody's is not replaced by accident, and holds a question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args
from urllib.parse import parse_qsl

import pytest

from dashboards.slices import TAG_KEYS
from dashboards.state import ViewBody
from dashboards.views import Address
from tests.fixtures.finops import ROOT, Finops
from tests.fixtures.served import Answer, Served, serving_copy

MARKED = {"X-Requested-With": "finops"}


@pytest.fixture(scope="module")
def keeping(demo: Finops, tmp_path_factory: Any) -> Iterator[Served]:
    """A server whose saved views are its own."""
    with serving_copy(demo.database, tmp_path_factory.mktemp("views")) as found:
        yield found


def save(served: Served, name: str, query: str, **more: Any) -> Answer:
    body = {"query": query, **more}
    return served.ask(f"/api/v1/views/{name}", method="PUT", body=body, headers=MARKED)


def test_a_name_that_is_taken_is_replaced_only_where_that_is_asked(keeping: Served) -> None:
    assert save(keeping, "teams", "group=tag%3Ateam").status == 200
    again = save(keeping, "teams", "group=RegionId")
    assert (again.status, again.detail) == (409, "there is a view 'teams' already")
    assert "is_replacing" in again.json["hint"]
    [kept] = keeping.get("views")["views"]
    assert kept["query"] == "group=tag%3Ateam"
    assert save(keeping, "teams", "group=RegionId", is_replacing=True).status == 200
    [kept] = keeping.get("views")["views"]
    assert kept["query"] == "group=RegionId"


def test_a_view_holds_only_what_the_explorer_reads(keeping: Served) -> None:
    refused = save(keeping, "odd", "group=RegionId&color=red")
    assert refused.status == 400
    assert refused.detail == "query: the explorer has no parameter 'color'"


WHOLE = (
    "currency=USD&metric=usage_quantity&unit=Hrs&start=2026-01-01&end=2026-07-01&grain=day"
    "&group=ServiceName&group=tag%3Ateam&filter=RegionId%3Anull&filter=tag%3Aenv%3Ain%3Aprod"
    "&compare=year&top=9&range=3m&view=table&cumulative=1&drill=ProviderName&drill=ServiceName"
    "&sort=Total%3Adown"
)


@pytest.mark.parametrize(
    "query", [WHOLE, "", "group=", "group=&range=all", "currency=XTS", "unit=Furlongs"]
)
def test_every_question_of_the_explorer_can_be_saved(keeping: Served, query: str) -> None:
    saved = save(keeping, "any", query, is_replacing=True)
    assert saved.status == 200, saved.body
    [kept] = [one for one in saved.json["views"] if one["name"] == "any"]
    assert kept["query"] == query


def test_the_whole_question_has_every_parameter() -> None:
    assert {name for name, _ in parse_qsl(WHOLE)} == set(Address.model_fields)


@pytest.mark.parametrize(
    "query",
    [
        "group=Nope",
        "group=RegionId&group=ServiceName&group=SubAccountId",
        "range=zzz",
        "start=hello",
        "start=2026-01-01",
        "start=2026-02-01&end=2026-02-01",
        "filter=garbage",
        "filter=Nope:in:x",
        "metric=money",
        "grain=hour",
        "compare=never",
        "view=pie",
        "drill=Nope",
        "cumulative=maybe",
        "sort=upwards",
        "top=many",
        "top=1&top=2",
        "&".join(f"filter=tag:k{n}:null" for n in range(TAG_KEYS + 1)),
    ],
)
def test_what_is_no_question_of_the_explorer_is_not_saved(keeping: Served, query: str) -> None:
    kept = keeping.get("views")
    refused = save(keeping, "none", query)
    assert refused.status == 400
    assert refused.json["hint"]
    assert keeping.get("views") == kept


@pytest.mark.parametrize("name", ["%20", "%20%20", "%C2%A0", "%20a", "a%20", "%09", "x" * 101])
def test_a_name_that_looks_like_another_or_like_none_is_refused(keeping: Served, name: str) -> None:
    refused = save(keeping, name, "group=RegionId")
    assert refused.status == 400
    assert refused.detail.startswith("name: a name has 1 to 100 characters")


@pytest.mark.parametrize("name", ["a", "%C3%BC", "x" * 100, "a%20b"])
def test_any_other_name_may_be_taken(keeping: Served, name: str) -> None:
    assert save(keeping, name, "group=RegionId").status == 200


def test_a_blank_name_of_before_can_be_deleted(keeping: Served) -> None:
    keeping.server.state.save(" ", ViewBody(query=""))
    answer = keeping.ask("/api/v1/views/%20", method="DELETE", headers=MARKED)
    assert answer.status == 200


def test_a_view_may_have_every_parameter_that_the_page_reads() -> None:
    source = ROOT / "dashboards/ui/src"
    files = [source / "lib/explore.ts", *(source / "parts").glob("Explore*.svelte")]
    text = "".join(path.read_text() for path in [*files, source / "pages/Explore.svelte"])
    read = set(re.findall(r"params\.get(?:All)?\('(\w+)'", text))
    assert read
    assert read <= set(Address.model_fields)


def test_a_view_may_have_every_range_and_drawing_of_the_page() -> None:
    text = (ROOT / "dashboards/ui/src/lib/explore.ts").read_text()
    views = text[text.index("VIEWS = [") : text.index("] as const")]
    ranges = text[text.index("RANGES:") : text.index("function oneOf")]
    fields = Address.model_fields
    assert set(re.findall(r"'(\w+)'", views)) == set(get_args(fields["view"].annotation))
    assert set(re.findall(r"name: '(\w+)'", ranges)) == set(get_args(fields["range"].annotation))
