"""The dashboards' pages name what the code has: operations, formulas, pictures, keys, numbers."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from core.serving import SHORTEST_TOKEN, DashboardsConfig
from dashboards import (
    commitment_lists,
    commitments,
    download,
    episodes,
    forecast,
    health,
    mail_commitments,
    mail_overview,
    overview,
    printed_commitments,
    printed_overview,
    security,
)
from dashboards.operations import OPERATIONS, WRITES
from dashboards.problems import TITLES
from tests.source import ROOT

FOLDER = ROOT / "docs" / "dashboards"
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
ALL = "\n".join(TEXTS.values())
METRIC = re.compile(r"\| `(\w+)` \| `([^`]+)` \| ([^|]+) \|$", re.MULTILINE)
PICTURE = re.compile(r"!\[[^\]]+\]\(([^)]+)\)")
NUMBERS = {
    "overview": (
        f"in the last {overview.RATE_DAYS} complete days",
        f"the last {forecast.LEARNT_DAYS} complete days",
        f"fewer than {forecast.FEWEST_DAYS} days of usage",
        f"the {printed_overview.PROVEN_SHOWN} latest exports",
        f"the file with {mail_overview.PROVEN_SHOWN}.",
    ),
    "commitments": (
        f"ends within {commitment_lists.EXPIRING_DAYS} days",
        f"at most {commitment_lists.MOST} lines",
        f"the {commitment_lists.SERVICES} services with most",
        f"purchases the {printed_commitments.PURCHASES_SHOWN} latest",
        f"the {mail_commitments.PURCHASES_SHOWN} latest purchases",
    ),
    "anomalies": (
        f"in the {episodes.HISTORY_DAYS} days before",
        f"the score is {episodes.SCORE} or more",
        f"{episodes.TOP} at most",
    ),
    "health": (f"amber above {health.STALE_HOURS}", f"the {health.LOADS} latest deliveries"),
    "explorer": (f"Above {download.MOST_ROWS:,} rows",),
    "index": (
        f"A token** of {SHORTEST_TOKEN} characters",
        f"more than {security.AT_ONCE:.0f} requests at once, or {security.PER_SECOND:.0f} a second",
    ),
}


@pytest.fixture(scope="module")
def metrics(built) -> dict[str, tuple[str, str, str]]:
    """Label, formula and description of every metric."""
    rows = built.sql("SELECT metric, label, formula, description FROM marts.metrics")
    return {name: (label, formula, about) for name, label, formula, about in rows}


def test_every_operation_has_its_place_and_no_other_is_named():
    known = {f"GET {one.path}" for one in OPERATIONS} | {"GET /api/v1/openapi.json"}
    known |= {f"{one.method} {one.path}" for one in WRITES}
    named = re.findall(r"`((?:GET|PUT|DELETE) [^`]+)`", " ".join(ALL.split()))
    assert set(named) == known


@pytest.mark.parametrize(
    ("page", "names"), [("overview", overview.METRICS), ("commitments", commitments.METRICS)]
)
def test_every_tile_stands_on_its_page_with_its_formula(page, names, metrics):
    rows = {name: "| {} | `{}` | `{}` | {} |".format(metrics[name][0], name, *metrics[name][1:])
            for name in names}  # fmt: skip
    assert [name for name, row in rows.items() if row not in TEXTS[page]] == []


@pytest.mark.parametrize("page", TEXTS)
def test_every_formula_of_a_metric_is_the_one_in_use(page, metrics):
    for name, formula, about in METRIC.findall(TEXTS[page]):
        if name != "usage_quantity":  # the explorer's own
            assert (formula, about) == metrics[name][1:]


def test_every_picture_is_shown_and_every_shown_picture_is_there():
    shown = {FOLDER / name for name in PICTURE.findall(ALL)}
    assert shown == set((FOLDER / "pictures").glob("*"))


def test_the_pictures_are_small():
    assert all(path.stat().st_size < 150_000 for path in (FOLDER / "pictures").glob("*"))


@pytest.mark.parametrize("page", NUMBERS)
def test_the_numbers_of_the_rules_are_true(page):
    text = " ".join(TEXTS[page].split())
    assert [sentence for sentence in NUMBERS[page] if sentence not in text] == []


def test_the_keys_are_those_of_the_pages():
    source = (ROOT / "dashboards" / "ui" / "src" / "lib" / "pages.ts").read_text()
    letters = " ".join(re.findall(r"letter: '(\w)'", source))
    assert f"| g, then {letters} |" in TEXTS["index"]


def test_every_setting_and_every_refusal_is_explained():
    names = [one.name for one in fields(DashboardsConfig)]
    assert [name for name in names if f"`{name}`" not in TEXTS["index"]] == []
    listed = re.findall(r"^\| (\d{3}) \|", TEXTS["index"], re.MULTILINE)
    assert list(map(int, listed)) == [status for status in TITLES if status != 500]
