"""Saved views: one of everybody's is not replaced by accident, and holds a question."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboards.operations import PAGE_ONLY
from dashboards.question import TopQuestion
from tests.fixtures.finops import ROOT, Finops
from tests.fixtures.served import Answer, Served, serving

MARKED = {"X-Requested-With": "finops"}


@pytest.fixture(scope="module")
def keeping(demo: Finops, tmp_path_factory: Any) -> Iterator[Served]:
    """A server whose saved views are its own."""
    copy: Path = tmp_path_factory.mktemp("views") / "finops.duckdb"
    shutil.copyfile(demo.database, copy)
    with serving(copy) as found:
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
    for name in (*TopQuestion.model_fields, *PAGE_ONLY):
        assert save(keeping, "any", f"{name}=1", is_replacing=True).status == 200


def test_the_page_reads_no_parameter_that_a_view_may_not_hold() -> None:
    source = ROOT / "dashboards/ui/src"
    files = [source / "lib/explore.ts", *(source / "parts").glob("Explore*.svelte")]
    text = "".join(path.read_text() for path in [*files, source / "pages/Explore.svelte"])
    read = set(re.findall(r"params\.get(?:All)?\('(\w+)'", text))
    assert read
    assert read <= {*TopQuestion.model_fields, *PAGE_ONLY}
