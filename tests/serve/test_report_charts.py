"""Charts of reports: told in words, and marked where a month is not complete."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.finops import Finops
from tests.fixtures.open_month import open_month
from tests.serve.mailed import (
    Mailed,
)

__all__ = ["open_month"]


@pytest.mark.parametrize("asked", [["overview"], ["explore", "-g", "ServiceName"], ["commitments"]])
def test_a_month_that_still_grows_is_hatched_in_a_file_and_starred_in_print(
    open_month: Finops, tmp_path: Path, asked: list[str]
) -> None:
    finops, file = Finops(open_month.home), tmp_path / "report.html"
    text = finops("report", *asked).out
    assert "* not complete yet" in text
    assert finops("report", *asked, "--html", str(file)).code == 0
    for title, chart in Mailed(file.read_text()).charts.items():
        hatched = [one for one in chart.iter("rect") if one.get("class") == "hatched"]
        is_bridge = title.startswith(("What changed", "From list price"))
        assert len(hatched) == (0 if is_bridge else 1), title
        for one in hatched:
            assert float(one.get("x", "")) > 900 * 2 / 3
    if asked[0] == "explore":
        assert re.search(r"^ +\* +total$", text, re.MULTILINE)
    else:
        assert re.search(r"^2026-03 \* ", text, re.MULTILINE)
        assert not re.search(r"^2026-02 \* ", text, re.MULTILINE)


@pytest.mark.parametrize("asked", [["overview"], ["explore", "-g", "ServiceName"], ["commitments"]])
def test_each_chart_of_a_file_has_a_title_and_a_text(mailed: Any, asked: list[str]) -> None:
    file = mailed(*asked)
    assert len(file.charts) == file.text.count("<svg") > 0
    for title, chart in file.charts.items():
        assert title
        assert chart.get("role") == "img"
        assert len(chart.findtext("desc") or "") > 40
        ids = {one.get("id") for one in chart.iter("pattern")}
        used = {one.get("style", "")[10:-1] for one in chart.iter("rect") if one.get("style")}
        assert used <= ids
    every = re.findall(' id="([^"]+)"', file.text)
    assert len(every) == len(set(every))
