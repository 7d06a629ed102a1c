"""Amounts on the pages are added exactly, as Python's decimals add them."""

from __future__ import annotations

import json
import shutil
import subprocess
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import UI
from tests.browser.visit import Visit
from tests.fixtures.served import Served

RUN = """
const { readFileSync } = require('node:fs')
const typescript = require('typescript')
const [path, calls] = JSON.parse(readFileSync(0, 'utf8'))
const options = { module: 'ESNext', target: 'ES2022' }
const { outputText } = typescript.transpileModule(readFileSync(path, 'utf8'), {
  compilerOptions: options,
})
import('data:text/javascript;base64,' + Buffer.from(outputText).toString('base64')).then((found) =>
  console.log(JSON.stringify(calls.map(([name, ...given]) => found[name](...given)))),
)
"""
CENT = Decimal("0.01")


@pytest.fixture(scope="session")
def called(modules: Path) -> Any:
    """Call functions of a file of the pages' source: their names and arguments, their answers."""

    def answers(path: str, *calls: list[Any]) -> Any:
        done = subprocess.run(
            [shutil.which("node") or "node", "-e", RUN],
            cwd=UI,
            input=json.dumps([str(UI / "src" / path), calls]),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return answers


def test_sums_have_every_digit_and_no_float_s_error(called: Any) -> None:
    assert called(
        "lib/decimal.ts",
        ["sum", ["0.1", "0.2"]],
        ["sum", []],
        ["sum", ["90071992547409.93", "0.000000000000000001", None, "-0.03"]],
        ["running", ["0.10", None, "-0.30", "0.2"]],
        ["minus", "1", "0.999999999999999999"],
        ["minus", "-2.5", "-2.5"],
    ) == [
        "0.3",
        "0",
        "90071992547409.900000000000000001",
        ["0.10", "0.10", "-0.20", "0.00"],
        "0.000000000000000001",
        "0.0",
    ]


def test_cents_are_rounded_from_all_digits_of_an_amount(called: Any) -> None:
    given = ["90071992547409.935", "1.005", "-1.005", "-0.004", "0.0049999999999999999999", None]
    found = called("lib/format.ts", *[["cents", one, "USD"] for one in given])
    assert found == ["$90,071,992,547,409.94", "$1.01", "\u2212$1.01", "$0.00", "$0.00", "\u2013"]


def test_a_cumulative_chart_tells_the_exact_sums_of_the_answer(
    visit: Visit, served: Served
) -> None:
    asked = {"currency": "USD", "start": "2026-04-01", "end": "2026-06-01", "grain": "day"}
    daily = served.get("explore", asked)["totals"]["values"]
    sums = [f"${one.quantize(CENT):,}" for one in accumulate(map(Decimal, daily))]

    page = visit.go("explore?start=2026-04-01&end=2026-06-01&grain=day&cumulative=1")
    rows = page.locator("figure").first.locator("tbody tr")
    assert [row.rsplit("\t", 1)[-1] for row in rows.all_inner_texts()] == sums


def test_new_and_gone_are_costs_of_nothing_not_changes_without_a_ratio(called: Any) -> None:
    given = [
        ("0.000", "5", None),
        ("-3.00", "8", None),
        ("20.50", "-20.5000", "-1"),
        ("20.50", "-20.5000000000000001", "-1.000000000000000005"),
        ("-20.50", "20.5", None),
        ("0", "0.00", None),
        ("10", "0", "0"),
        (None, None, None),
    ]
    names = ("before", "change", "change_ratio")
    calls = [["kindOf", dict(zip(names, one, strict=True))] for one in given]
    assert called("lib/change.ts", *calls) == [
        "new",
        "none",
        "gone",
        "ratio",
        "gone",
        "none",
        "ratio",
        "none",
    ]


def test_a_unit_s_price_has_its_digits_and_no_exponent(called: Any) -> None:
    given = ["0.0000002", "0.00000016666666667", "0.09", "1234.5678", "-0.5", None]
    assert called("lib/format.ts", *[["unitPrice", one, "USD"] for one in given]) == [
        "USD 0.0000002",
        "USD 0.00000016667",
        "USD 0.09",
        "USD 1,234.57",
        "USD \u22120.50",
        "\u2013",
    ]


def test_what_is_written_as_zero_has_no_sign(called: Any) -> None:
    given = ["0.0004", "-0.0004", "0.0005", "-0.02"]
    assert called("lib/format.ts", *[["points", one] for one in given]) == [
        "0.0 pt",
        "0.0 pt",
        "+0.1 pt",
        "\u22122.0 pt",
    ]


def test_an_amount_a_day_is_rounded_from_all_its_digits(called: Any) -> None:
    given = [("10", 3), ("-20.00", 3), ("0.0000005", 1), ("1.000000000000000001", 1), ("7", 7)]
    assert called("lib/decimal.ts", *[["quotient", *one] for one in given]) == [
        "3.333333",
        "-6.666667",
        "0.000001",
        "1.000000",
        "1.000000",
    ]


def test_a_ratio_on_hover_has_four_decimals(called: Any) -> None:
    given = ["0.8912345678", "1", "-0.00005", None]
    assert called("lib/format.ts", *[["exactPercent", one] for one in given]) == [
        "89.1235%",
        "100.0000%",
        "\u22120.0050%",
        "none",
    ]
