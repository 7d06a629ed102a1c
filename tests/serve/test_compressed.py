"""Answers are compressed for who takes that; a page's name leads to the page."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from dashboards.server import PAGES
from tests.fixtures.finops import ROOT
from tests.fixtures.served import Served

TAKES = {"Accept-Encoding": "gzip"}
SCRIPT = Path("dashboards/static/assets/app.js")
CSV = "/api/v1/explore.csv?group=ServiceName&group=RegionId&grain=day"


@pytest.mark.parametrize("path", ["/assets/app.js", "/api/v1/overview", CSV])
def test_a_compressed_answer_is_the_plain_one_in_fewer_bytes(served: Served, path: str) -> None:
    plain, packed = served.ask(path), served.ask(path, headers=TAKES)
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) * 2 < len(plain.body)
    for answer in (plain, packed):
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["etag"] == plain.headers["etag"]


def test_the_script_on_the_wire_is_the_one_in_the_repository(served: Served) -> None:
    packed = served.ask("/assets/app.js", headers=TAKES)
    assert gzip.decompress(packed.body) == (ROOT / SCRIPT).read_bytes()


@pytest.mark.parametrize("path", ["/assets/app.js", "/api/v1/overview"])
@pytest.mark.parametrize("takes", [{}, TAKES])
def test_who_has_an_answer_in_either_form_gets_none_again(
    served: Served, path: str, takes: dict[str, str]
) -> None:
    first = served.ask(path, headers=TAKES)
    again = served.ask(path, headers={"If-None-Match": first.headers["etag"], **takes})
    assert (again.status, again.body) == (304, b"")
    assert "content-encoding" not in again.headers
    assert again.headers["vary"] == "Accept-Encoding"
    other = served.ask(path, headers={"If-None-Match": 'W/"other"', **takes})
    assert other.status == 200


def test_what_is_small_or_packed_already_stays_as_it_is(served: Served) -> None:
    for path in ("/api/v1/views", "/api/v1/explore.parquet?group=ServiceName"):
        answer = served.ask(path, headers=TAKES)
        assert answer.status == 200
        assert "content-encoding" not in answer.headers


def test_the_name_of_a_page_leads_to_the_page(served: Served) -> None:
    source = (ROOT / "dashboards/ui/src/lib/pages.ts").read_text()
    assert {*re.findall(r"path: '(\w+)'", source), "entity"} == set(PAGES)
    for name in PAGES:
        answer = served.ask(f"/{name}?group=tag%3Ateam")
        assert answer.status == 307
        assert answer.headers["location"] == f"/#/{name}?group=tag%3Ateam"
    assert served.ask("/explore").headers["location"] == "/#/explore"
    assert served.ask("/nothing").status == 404
