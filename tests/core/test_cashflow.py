"""Depreciation, charges, present value and rates of return, against the worked figures and numpy-financial."""

import math
from collections.abc import Callable

import numpy_financial as npf
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core import cashflow
from core.capex import MAX_BN, Payback, payback_years
from core.cashflow import Part
from core.errors import QuantityError

MONEY = st.floats(min_value=1, max_value=1e5)
MARGIN = st.floats(min_value=0.05, max_value=1)
LIFE = st.floats(min_value=0.2, max_value=100)
RATE = st.floats(min_value=0.001, max_value=2)
FIRST = st.sampled_from(["full", "half"])


def case(life: float) -> tuple[float, ...]:
    """The article's outlay and cash over a life."""
    return cashflow.level_flows(1000, 180, life)


def test_the_three_yearly_revenues() -> None:
    assert cashflow.revenue_for_depreciation(1000, 0.5, 5) == pytest.approx(400)
    assert cashflow.revenue_for_charge(1000, 0.5, 5, 0.1) == pytest.approx(600)
    assert cashflow.revenue_for_annuity(1000, 0.5, 5, 0.1) == pytest.approx(527.6, abs=0.05)


def test_without_a_wanted_return_they_agree() -> None:
    plain = cashflow.revenue_for_depreciation(700, 0.4, 6)
    assert cashflow.revenue_for_charge(700, 0.4, 6, 0) == pytest.approx(plain)
    assert cashflow.revenue_for_annuity(700, 0.4, 6, 0) == pytest.approx(plain)


@pytest.mark.parametrize(("life", "expected"), [(5, -0.034), (6, 0.022442), (8, 0.089), (10, 0.124)])
def test_rate_of_return_by_life(life: float, expected: float) -> None:
    (rate,) = cashflow.rates_of_return(case(life))
    assert rate == pytest.approx(expected, abs=0.0005)
    assert rate == pytest.approx(npf.irr(case(life)), abs=1e-9)


def test_two_rates_where_the_flows_turn_twice() -> None:
    assert cashflow.rates_of_return([-100, 230, -132]) == pytest.approx((0.1, 0.2))


@pytest.mark.parametrize(
    ("flows", "rates"),
    [
        ([-1000, 6000, -11000, 6000], (0, 1, 2)),
        ([-100, 220, -121], (0.1,)),  # touches zero without passing it
        ([-100, 240.02, -144.0240], (0.2, 0.2002)),  # two rates within one step of the scan
        ([-100, 50, 20], (-0.2377,)),
        ([-100, 230, -140], ()),
        ([-100, 1100], (10,)),
        ([-1, 100], ()),  # 9,900%, beyond the range
    ],
)
def test_all_rates_are_found(flows: list[float], rates: tuple[float, ...]) -> None:
    found = cashflow.rates_of_return(flows)
    assert found == pytest.approx(rates, abs=2e-4)


@pytest.mark.parametrize("flows", [[100], [-100], [-100, -5], [0, 0, 0], [5, 6]])
def test_flows_of_one_sign_have_no_rate(flows: list[float]) -> None:
    assert cashflow.rates_of_return(flows) == ()


@pytest.mark.parametrize(("rate", "expected"), [(0.08, 7.64), (0.1, 8.508327)])
def test_discounted_payback(rate: float, expected: float) -> None:
    found = cashflow.discounted_payback(1000, 0.5, 360, rate)
    assert found.years == pytest.approx(expected, abs=0.005)
    assert found.reason is None


def test_never_and_too_late_are_answers() -> None:
    never = Payback(years=None, reason="never")
    assert cashflow.discounted_payback(1000, 0.5, 360, 0.2) == never
    assert cashflow.discounted_payback(1000, 0.5, 360, 0.18) == never  # the cost of capital takes exactly all
    assert cashflow.discounted_payback(1000, 0, 360, 0.1) == never
    assert cashflow.discounted_payback(1000, 0.5, 0, 0.1) == never
    assert cashflow.discounted_payback(1000, 0.5, 1e-9, 0.1) == never
    assert cashflow.discounted_payback(1000, 0.5, 360, 0.1, life=6).reason == "not within its life"
    assert cashflow.discounted_payback(1000, 0.5, 360, 0.1, life=9).reason is None
    assert cashflow.revenue_for_depreciation(1000, -0.5, 5) is None


def test_components_are_written_off_each_over_its_own_life() -> None:
    parts = [Part(share=0.6, life=5), Part(share=0.25, life=10), Part(share=0.15, life=25)]
    schedule = cashflow.parts_schedule(1000, parts)
    assert schedule[0] == pytest.approx(120 + 25 + 6) == pytest.approx(1000 / cashflow.blended_life(parts))
    assert [schedule[5], schedule[10], len(schedule)] == pytest.approx([31, 6, 25])
    assert math.fsum(schedule) == pytest.approx(1000)


def test_maintenance_of_a_base() -> None:
    assert cashflow.maintenance_capex(1000, 1 / 5) == pytest.approx(cashflow.depreciation(1000, 5))


@pytest.mark.parametrize(
    "call",
    [
        lambda: cashflow.depreciation(0, 5),
        lambda: cashflow.depreciation(1000, 0),
        lambda: cashflow.depreciation(1000, 101),
        lambda: cashflow.depreciation(1000, math.nan),
        lambda: cashflow.crf(-0.99, 5),
        lambda: cashflow.crf(math.inf, 5),
        lambda: cashflow.npv(-1, [1]),
        lambda: cashflow.npv(0.1, []),
        lambda: cashflow.npv(0.1, [1.0] * 102),
        lambda: cashflow.npv(0.1, [math.inf]),
        lambda: cashflow.rates_of_return([-1, math.nan]),
        lambda: cashflow.level_flows(1000, math.nan, 5),
        lambda: cashflow.discounted_payback(1000, 1.5, 360, 0.1),
        lambda: cashflow.discounted_payback(1000, 0.5, 360, 0.1, life=0),
        lambda: cashflow.revenue_for_charge(1000, 0.5, 5, -0.1),
        lambda: cashflow.revenue_for_charge(1000, 1e-320, 5, 0.1),
        lambda: cashflow.maintenance_capex(1000, 1.1),
        lambda: cashflow.blended_life([]),
        lambda: cashflow.blended_life([Part(share=0.5, life=5)]),
        lambda: cashflow.parts_schedule(1000, [Part(share=1.5, life=5), Part(share=-0.5, life=5)]),
    ],
)
def test_outside_the_limits_is_an_error(call: Callable[[], object]) -> None:
    with pytest.raises(QuantityError):
        call()


@given(MONEY, LIFE, FIRST)
def test_depreciation_sums_to_the_outlay(outlay: float, life: float, first_year: cashflow.FirstYear) -> None:
    schedule = cashflow.depreciation_schedule(outlay, life, first_year=first_year)
    assert math.fsum(schedule) == pytest.approx(outlay)
    assert min(schedule) >= 0
    assert max(schedule) <= cashflow.depreciation(outlay, life) * (1 + 1e-9)


@given(RATE, LIFE)
def test_recovery_factor_equals_numpy_financial(rate: float, life: float) -> None:
    assert cashflow.crf(rate, life) == pytest.approx(-npf.pmt(rate, life, 1), rel=1e-9)


@given(
    st.floats(min_value=-0.5, max_value=3), st.lists(st.floats(min_value=-1e4, max_value=1e4), min_size=1, max_size=30)
)
def test_present_value_equals_numpy_financial(rate: float, flows: list[float]) -> None:
    assert cashflow.npv(rate, flows) == pytest.approx(npf.npv(rate, flows), rel=1e-9, abs=1e-6)


@given(MONEY, st.floats(min_value=0.01, max_value=1), st.integers(min_value=1, max_value=60))
def test_the_value_at_a_rate_of_return_is_zero(outlay: float, share: float, life: int) -> None:
    flows = cashflow.level_flows(outlay, outlay * share, life)
    for rate in cashflow.rates_of_return(flows):
        if rate > -0.5:
            assert cashflow.npv(rate, flows) == pytest.approx(0, abs=1e-6 * outlay)


@given(st.lists(st.floats(min_value=-1e5, max_value=1e5), min_size=1, max_size=101))
def test_rates_are_always_finite_and_in_order(flows: list[float]) -> None:
    rates = cashflow.rates_of_return(flows)
    assert all(-0.99 <= rate <= 10 + 1e-9 for rate in rates)
    assert list(rates) == sorted(rates)


@given(MONEY, MARGIN, LIFE, RATE)
def test_an_annuity_pays_back_in_exactly_its_life(outlay: float, margin: float, life: float, rate: float) -> None:
    revenue = cashflow.revenue_for_annuity(outlay, margin, life, rate)
    assert revenue is not None
    assume(
        revenue <= MAX_BN and life * math.log1p(rate) < 15
    )  # beyond, the whole cash is cost of capital to the last digit
    years = cashflow.discounted_payback(outlay, margin, revenue, rate).years
    assert years == pytest.approx(life, rel=1e-5)


@given(MONEY, MARGIN, MONEY, st.floats(min_value=-0.9, max_value=5))
def test_discounting_only_delays(outlay: float, margin: float, revenue: float, rate: float) -> None:
    plain = payback_years(outlay, margin, revenue).years
    found = cashflow.discounted_payback(outlay, margin, revenue, rate).years
    assert plain is not None
    assert found is None or math.isfinite(found)
    if rate > 0:
        assert found is None or found >= plain * (1 - 1e-9)
