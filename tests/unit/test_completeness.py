"""Until when figures are complete, where exports are not equally far."""

from __future__ import annotations

from datetime import date

import pytest

from dashboards.completeness import LastMonth, complete_until, reaches_of

MAY, JUNE, JULY = (date(2026, month, 1) for month in (5, 6, 7))


def export(name: str, month: date, data_as_of: date | None, *, is_open: bool = True) -> LastMonth:
    return LastMonth(
        currency="USD",
        vendor="focus",
        export=name,
        month=month,
        is_open=is_open,
        data_as_of=data_as_of,
    )


FAST = export("fast", JULY, date(2026, 7, 20))


@pytest.mark.parametrize(
    ("other", "until"),
    [
        pytest.param(export("slow", JULY, date(2026, 7, 9)), date(2026, 7, 9), id="behind"),
        pytest.param(
            export("slow", JUNE, date(2026, 6, 20)), date(2026, 6, 20), id="a month behind"
        ),
        pytest.param(
            export("closed", JUNE, date(2026, 7, 1), is_open=False), date(2026, 7, 20), id="ended"
        ),
        pytest.param(export("gone", MAY, date(2026, 5, 9)), date(2026, 7, 20), id="long gone"),
        pytest.param(export("fees", JULY, None), date(2026, 7, 20), id="fees alone"),
    ],
)
def test_the_slowest_export_that_still_delivers_decides(other: LastMonth, until: date) -> None:
    assert complete_until(reaches_of([FAST, other])) == until


def test_a_closed_export_is_waited_for_in_the_first_days_of_the_next_month() -> None:
    closed = export("closed", JUNE, JULY, is_open=False)
    found = [
        complete_until(reaches_of([export("fast", JULY, date(2026, 7, day)), closed]))
        for day in (2, 6, 7)
    ]
    assert found == [JULY, JULY, date(2026, 7, 7)]
