"""Money comes back as the decimal that the provider meant, whatever carried it."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.money import from_double, from_text

UNIT = Decimal(1).scaleb(-18)
CONNECTION = duckdb.connect()


def convert(sql_of, kind: str, values: list) -> list[Decimal]:
    """Return what DuckDB makes of the values, all in one query."""
    query = f"SELECT {sql_of('x')} FROM (SELECT unnest(CAST(? AS {kind}[])) AS x)"
    return [row[0] for row in CONNECTION.execute(query, [values]).fetchall()]


def decimals(digits: int) -> st.SearchStrategy[Decimal]:
    """Decimals of so many digits, from 10^19 down to the last of 18 places."""
    number = st.integers(-(10**digits) + 1, 10**digits - 1)
    places = st.integers(0, 18)
    return st.builds(lambda n, p: Decimal(n).scaleb(-p), number, places)


@given(st.lists(decimals(15), min_size=1, max_size=50))
@example([Decimal("3000000000.1"), Decimal("8.9E-9"), Decimal("123456789012345")])
@example([Decimal("0.00199999999999999"), Decimal("1999.999999999999"), Decimal("-0.1")])
@settings(max_examples=200, deadline=None)
def test_a_double_gives_its_decimal_back(amounts):
    """A double holds any 15 digits, so no digit of such an amount may change."""
    assert convert(from_double, "DOUBLE", [float(a) for a in amounts]) == amounts


@given(st.lists(st.floats(-1e18, 1e18, allow_nan=False), min_size=1, max_size=50))
@settings(max_examples=200, deadline=None)
def test_any_double_becomes_its_shortest_decimal(doubles):
    with localcontext(prec=60):
        meant = [Decimal(repr(d)).quantize(UNIT, ROUND_HALF_UP) for d in doubles]
    assert convert(from_double, "DOUBLE", doubles) == meant


def spellings(amount: Decimal) -> st.SearchStrategy[str]:
    """Ways to write one decimal."""
    plain, scientific = f"{amount:f}", f"{amount:E}"
    return st.sampled_from(
        [
            plain,
            scientific,
            scientific.lower(),
            f"{amount:.18f}",
            plain.removeprefix("0") if plain.startswith("0.") else plain,
            plain if amount < 0 else f"+{plain}",
        ]
    )


@given(st.lists(decimals(37).filter(lambda d: abs(d) < 10**19), min_size=1), st.data())
@settings(max_examples=300, deadline=None)
def test_a_text_is_read_to_its_last_digit(amounts, data):
    texts = [data.draw(spellings(amount)) for amount in amounts]
    assert convert(from_text, "VARCHAR", texts) == amounts


@given(st.lists(decimals(12).filter(lambda d: abs(d) < 10**6), min_size=1, max_size=200))
@settings(max_examples=50, deadline=None)
def test_sums_are_exact_and_the_same_from_text_and_double(amounts):
    exact = sum(amounts)
    for sql_of, kind, values in (
        (from_text, "VARCHAR", [f"{a:f}" for a in amounts]),
        (from_double, "DOUBLE", [float(a) for a in amounts]),
    ):
        assert sum(convert(sql_of, kind, values)) == exact


@pytest.mark.parametrize("text", ["NaN", "inf", "-Infinity", "1,5", "$1", "x", " ", "", "1e400"])
def test_what_is_no_amount_is_an_error(text):
    with pytest.raises(duckdb.ConversionException):
        convert(from_text, "VARCHAR", [text])


@pytest.mark.parametrize("double", ["nan", "inf", "-inf", "1e30"])
def test_a_double_that_is_no_amount_is_an_error(double):
    with pytest.raises(duckdb.ConversionException):
        convert(from_double, "DOUBLE", [double])


def test_no_amount_stays_no_amount():
    assert convert(from_text, "VARCHAR", [None]) == [None]
    assert convert(from_double, "DOUBLE", [None]) == [None]
