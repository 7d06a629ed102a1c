"""Charts of mailed reports: where marks are, and whether their colours can be told."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from dashboards.mail_axes import WIDTH
from dashboards.mail_charts import Chart, bridge, lined, stacked
from dashboards.mail_style import DARK, LIGHT, SERIES

CHART = Chart(
    title="Cost by month",
    names=["May", "Jun"],
    partial=[False, True],
    lines=[
        ("Usage", [Decimal("100"), Decimal("50")]),
        ("Tax", [Decimal("10"), Decimal("0")]),
        ("Credit", [Decimal("-20"), Decimal("-50")]),
    ],
    write=lambda value: f"{value:.2f}",
    tick=lambda value: f"{value:.0f}",
)


def drawn(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text[: text.index("</svg>") + 6])


def boxes(chart: ElementTree.Element) -> dict[str, tuple[float, float]]:
    """Return top and bottom of each bar by what it says."""
    found = {}
    for one in chart.iter("rect"):
        if (told := one.findtext("title")) is not None:
            top = float(one.get("y", ""))
            found[told] = (top, top + float(one.get("height", "")))
    return found


def test_credits_hang_below_zero_and_costs_stand_above_it():
    chart = drawn(stacked(CHART))
    found = boxes(chart)
    assert list(found) == [
        "Usage, May: 100.00", "Tax, May: 10.00", "Credit, May: -20.00",
        "Usage, Jun: 50.00", "Credit, Jun: -50.00",
    ]  # fmt: skip
    zero = found["Usage, May: 100.00"][1]
    assert found["Tax, May: 10.00"][1] == pytest.approx(found["Usage, May: 100.00"][0], abs=0.02)
    assert found["Credit, May: -20.00"][0] == pytest.approx(zero, abs=0.02)
    unit = (zero - found["Usage, May: 100.00"][0]) / 100
    for told, (top, bottom) in found.items():
        size = abs(float(told.rsplit(" ", 1)[1]))
        assert bottom - top == pytest.approx(size * unit, abs=0.02), told
    [line] = [one for one in chart.iter("path") if one.get("class") == "zero"]
    assert float(line.get("d", "").split()[1].split("H")[0]) == pytest.approx(zero, abs=0.02)


def test_the_hatching_covers_an_open_bucket_from_its_credits_to_its_costs():
    chart = drawn(stacked(CHART))
    [hatched] = [one for one in chart.iter("rect") if one.get("class") == "hatched"]
    found = boxes(chart)
    top = float(hatched.get("y", ""))
    assert float(hatched.get("x", "")) > WIDTH / 2
    assert top == pytest.approx(found["Usage, Jun: 50.00"][0], abs=0.02)
    bottom = top + float(hatched.get("height", ""))
    assert bottom == pytest.approx(found["Credit, Jun: -50.00"][1], abs=0.02)
    assert "Hatched: not complete." in (chart.findtext("desc") or "")


def test_a_value_that_is_missing_leaves_a_gap_in_its_line():
    chart = Chart(
        title="Rates", names=["Apr", "May", "Jun", "Jul"], partial=[False] * 4,
        lines=[("Coverage", [0.5, None, 0.25, -0.25])], write=str, tick=str,
    )  # fmt: skip
    shape = drawn(lined(chart))
    [line] = [one for one in shape.iter("path") if one.get("class") == "line s0"]
    assert re.sub(r"[\d. ]", "", line.get("d", "")) == "MML"
    assert len(list(shape.iter("circle"))) == 3


def test_a_bridge_leads_step_by_step_from_the_first_amount_to_the_last():
    amounts = [("Before", Decimal(100)), ("New", Decimal(30)), ("Gone", Decimal(-90)),
               ("Now", Decimal(40))]  # fmt: skip
    text = bridge("Why", amounts[0], amounts[1:3], amounts[3], lambda v, sign: f"{v}")
    before, new, gone, now = boxes(drawn(text)).values()
    assert new[1] == pytest.approx(before[0], abs=0.02)
    assert gone[0] == pytest.approx(new[0], abs=0.02)
    assert gone[1] == pytest.approx(now[0], abs=0.02)
    assert before[1] == now[1]
    assert "not at zero" not in text


def test_a_bridge_of_small_steps_says_where_its_bars_begin():
    text = bridge("Why", ("Before", Decimal(1000)), [("New", Decimal(20))], ("Now", Decimal(1020)),
                  lambda v, sign: f"{v}")  # fmt: skip
    assert "<p>Bars begin at 990, not at zero.</p>" in text
    assert len({bottom for _, bottom in boxes(drawn(text)).values()}) == 2


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_and_marks_can_be_told_from_the_page(theme):
    least = dict.fromkeys(("ink", "dim", "bad", "good"), 4.5)
    least |= {f"s{n}": 3.0 for n in range(SERIES)}
    assert SERIES == 10
    weak = {n for n, ratio in least.items() if contrast(theme[n], theme["page"]) < ratio}
    assert weak == set()
