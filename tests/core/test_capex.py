"""Every computed number of the article's case, and what must always hold."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import capex
from core.errors import QuantityError

MONEY = st.floats(min_value=1, max_value=1e5)
MARGIN = st.floats(min_value=0.01, max_value=1)


def years(payback: capex.Payback) -> float:
    assert payback.years is not None
    return payback.years


def test_the_article() -> None:
    assert capex.breakeven_revenue(1000, 0.5) == 2000
    assert years(capex.payback_years(1000, 0.5, 360)) == pytest.approx(5.5556, abs=1e-4)
    assert capex.required_revenue(1000, 0.5, 6) == pytest.approx(333.33, abs=0.01)


@pytest.mark.parametrize(("ramp", "expected"), [(3, 7.06), (5, 8.06), (10, 10.56)])
def test_linear_ramp(ramp: float, expected: float) -> None:
    assert years(capex.payback_linear(2000, 360, ramp)) == pytest.approx(expected, abs=0.005)


def test_exponential_and_s_curve() -> None:
    assert years(capex.payback_exponential(2000, 60, 0.5)) == pytest.approx(6.60, abs=0.005)
    for cap, expected in ((720, 7.69), (360, 9.12), (180, 12.92)):
        assert years(capex.payback_logistic(2000, 60, 0.5, cap)) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(("n", "expected"), [(6, 0.52), (10, 0.21)])
def test_growth_to_a_sum(n: int, expected: float) -> None:
    growth = capex.growth_to_sum(60, 2000, n)
    assert growth == pytest.approx(expected, abs=0.005)
    assert sum(60 * (1 + growth) ** t for t in range(1, n + 1)) == pytest.approx(2000)


def test_growth_between() -> None:
    assert capex.growth_between(13, 100, 5) == pytest.approx(0.503874, abs=1e-6)
    assert capex.growth_between(3.7, 100, 6) == pytest.approx(0.732, abs=1e-3)


def test_never_is_an_answer() -> None:
    assert capex.breakeven_revenue(1000, 0) is None
    assert capex.required_revenue(1000, -0.5, 6) is None
    assert capex.payback_years(1000, 0.5, 0) == capex.Payback(years=None, reason="never")
    assert capex.payback_exponential(2000, 60, -0.5).reason == "never"
    assert capex.payback_years(1000, 0.5, 360, life=5).reason == "not within its life"
    assert capex.payback_years(1000, 0.5, 360, life=6).reason is None


@pytest.mark.parametrize(
    "call",
    [
        lambda: capex.breakeven_revenue(0, 0.5),
        lambda: capex.breakeven_revenue(-1, 0.5),
        lambda: capex.breakeven_revenue(1e8, 0.5),
        lambda: capex.breakeven_revenue(math.nan, 0.5),
        lambda: capex.breakeven_revenue(math.inf, 0.5),
        lambda: capex.breakeven_revenue(1000, 1.01),
        lambda: capex.breakeven_revenue(1000, math.nan),
        lambda: capex.payback_years(1000, 0.5, -1),
        lambda: capex.payback_years(1000, 0.5, 360, life=0),
        lambda: capex.required_revenue(1000, 0.5, 0),
        lambda: capex.payback_exponential(2000, 60, -0.99),
        lambda: capex.payback_logistic(2000, 60, 0.5, 60),
        lambda: capex.payback_logistic(2000, 60, 0, 360),
        lambda: capex.breakeven_revenue(1e7, 5e-324),
        lambda: capex.payback_years(1e7, 1e-300, 1e-9),
        lambda: capex.growth_between(1e-9, 1e7, 1e-3),
        lambda: capex.growth_between(0, 100, 5),
        lambda: capex.growth_to_sum(60, 2000, 0),
        lambda: capex.growth_to_sum(1, 1e7, 1),
    ],
)
def test_outside_the_limits_is_an_error(call: "object") -> None:
    assert callable(call)
    with pytest.raises(QuantityError):
        call()


@given(MONEY, MARGIN, MONEY, st.floats(min_value=0.1, max_value=10))
def test_payback_is_linear_in_the_outlay(outlay: float, margin: float, revenue: float, factor: float) -> None:
    once, scaled = capex.payback_years(outlay, margin, revenue), capex.payback_years(outlay * factor, margin, revenue)
    assert years(scaled) == pytest.approx(factor * years(once))


@given(MONEY, MARGIN, st.floats(min_value=0.1, max_value=100))
def test_required_revenue_inverts_payback(outlay: float, margin: float, time: float) -> None:
    revenue = capex.required_revenue(outlay, margin, time)
    assert revenue is not None
    if revenue <= capex.MAX_BN:
        assert years(capex.payback_years(outlay, margin, revenue)) == pytest.approx(time)


@given(MONEY, MONEY)
def test_ramps_agree_in_the_limit(total: float, revenue: float) -> None:
    level = total / revenue
    assert years(capex.payback_linear(total, revenue, 0)) == pytest.approx(level)
    assert years(capex.payback_exponential(total, revenue, 0)) == pytest.approx(level)


@given(
    MONEY,
    st.floats(min_value=1, max_value=1e3),
    st.floats(min_value=0.01, max_value=5),
    st.floats(min_value=1.01, max_value=1e4),
)
def test_an_s_curve_is_never_faster_than_its_exponential(
    total: float, start: float, growth: float, times: float
) -> None:
    curve = capex.payback_logistic(total, start, growth, start * times)
    assert math.isfinite(years(curve))
    assert years(curve) >= years(capex.payback_exponential(total, start, growth)) * (1 - 1e-9)


def test_a_steep_s_curve_with_a_far_total_stays_finite() -> None:
    assert years(capex.payback_logistic(1e7, 1e-6, 10, 1)) == pytest.approx(1e7, rel=1e-3)


def test_growth_next_to_nothing_is_level_revenue() -> None:
    for growth in (1e-15, 1e-17, -1e-17):
        assert years(capex.payback_exponential(2000, 60, growth)) == pytest.approx(2000 / 60)
