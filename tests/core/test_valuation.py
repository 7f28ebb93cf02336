"""Multiples and the years that growth takes to bring them down."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import valuation
from core.errors import QuantityError


@pytest.mark.parametrize(
    ("ps", "target", "growth", "years"), [(5400, 10, 0.5, 15.5), (530, 10, 0.5, 9.8), (300, 15, 0.8, 5.1)]
)
def test_years_at_a_still_price(ps: float, target: float, growth: float, years: float) -> None:
    assert valuation.years_to_multiple(ps, target, growth) == pytest.approx(years, abs=0.05)


def test_a_rising_price_takes_longer_or_for_ever() -> None:
    assert valuation.years_to_multiple(5400, 10, 0.5, price_return=0.1) == pytest.approx(20.28, abs=0.01)
    assert valuation.years_to_multiple(5400, 10, 0.5, price_return=0.5) is None
    assert valuation.years_to_multiple(5400, 10, 0) is None
    assert valuation.years_to_multiple(10, 10, -0.5) == 0


def test_price_to_sales() -> None:
    assert valuation.price_to_sales(540, 0.1) == pytest.approx(5400)


@given(
    st.floats(min_value=1.01, max_value=1e6),
    st.floats(min_value=0.2, max_value=100),
    st.floats(min_value=-0.5, max_value=1),
)
def test_growth_inverts_years(ps: float, years: float, price_return: float) -> None:
    growth = valuation.growth_to_multiple(ps, 1, years, price_return=price_return)
    if -0.99 < growth <= 10:
        found = valuation.years_to_multiple(ps, 1, growth, price_return=price_return)
        assert found == pytest.approx(years, rel=1e-6)


@given(st.floats(), st.floats(), st.floats(), st.floats())
def test_any_number_gives_a_finite_answer_or_an_error(ps: float, target: float, growth: float, price: float) -> None:
    try:
        years = valuation.years_to_multiple(ps, target, growth, price_return=price)
    except QuantityError:
        return
    assert years is None or math.isfinite(years)


@pytest.mark.parametrize(
    "call",
    [
        lambda: valuation.price_to_sales(540, 0),
        lambda: valuation.price_to_sales(1e7, 1e-7),
        lambda: valuation.years_to_multiple(0, 10, 0.5),
        lambda: valuation.years_to_multiple(math.nan, 10, 0.5),
        lambda: valuation.years_to_multiple(300, 10, 11),
        lambda: valuation.growth_to_multiple(1e9, 1e-9, 0.01),
    ],
)
def test_outside_the_limits_is_an_error(call: Callable[[], object]) -> None:
    with pytest.raises(QuantityError):
        call()
