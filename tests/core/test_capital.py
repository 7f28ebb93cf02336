"""The capital cycle: what must hold for any spending, and what delay does."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.capital import Market, bases, depreciation_share, overshoot, simulate, steady_state
from core.cashflow import FirstYear
from core.errors import QuantityError

SPEND = st.floats(min_value=1, max_value=1e4)
LIFE = st.integers(min_value=1, max_value=30)
FIRST = st.sampled_from(["full", "half"])


@given(SPEND, LIFE, FIRST)
def test_level_spending_reaches_the_steady_state(spend: float, life: int, first_year: FirstYear) -> None:
    steady = steady_state(spend, life, first_year=first_year)
    after = bases([spend] * (life + 1), life, first_year=first_year)[life]
    assert steady.depreciation == spend
    assert steady.gross == pytest.approx(spend * life)
    assert steady.net == pytest.approx(spend * (life if first_year == "half" else life - 1) / 2)
    assert after.gross == pytest.approx(steady.gross)
    assert after.depreciation == pytest.approx(steady.depreciation)
    assert after.net == pytest.approx(steady.net, abs=1e-6 * steady.gross)


@given(st.lists(st.just(0.0) | st.floats(min_value=1e-6, max_value=1e4), min_size=1, max_size=40), LIFE, FIRST)
def test_all_spending_is_written_off_in_the_end(spends: list[float], life: int, first_year: FirstYear) -> None:
    found = bases(spends, life, first_year=first_year)
    total = math.fsum(spends)
    assert math.fsum(base.depreciation for base in found) == pytest.approx(total, abs=1e-6)
    assert found[-1].net == pytest.approx(0, abs=1e-6)
    assert found[-1].gross == 0


def test_the_wall() -> None:
    assert depreciation_share(0.5, 5) == pytest.approx(0.52, abs=0.005)
    path = [100 * 1.5**year for year in range(12)]
    assert bases(path, 5)[11].depreciation / path[11] == pytest.approx(depreciation_share(0.5, 5))
    assert depreciation_share(-0.2, 5) > 1


@given(LIFE, FIRST, st.floats(min_value=0, max_value=3), st.floats(min_value=0.01, max_value=3))
def test_faster_growth_hides_more(life: int, first_year: FirstYear, growth: float, more: float) -> None:
    slow = depreciation_share(growth, life, first_year=first_year)
    fast = depreciation_share(growth + more, life, first_year=first_year)
    assert 0 < fast <= slow <= 1 + 1e-12


def test_one_year_by_hand() -> None:
    market = Market(spend=100, life=5, demand=60, yield_=1, price=1, target_use=0.8, elasticity=1, margin=0.5, tax=0.2)
    (year,) = simulate(market, 1)
    assert (year.base.gross, year.base.depreciation, year.base.net) == (100, 20, 80)
    assert [year.capacity, year.use, year.price] == pytest.approx([100, 0.6, 0.75])
    assert year.revenue == pytest.approx(45)
    assert year.profit == pytest.approx((22.5 - 20) * 0.8)
    assert year.roic == pytest.approx(2 / 40)


@given(SPEND, st.integers(min_value=2, max_value=15), st.floats(min_value=1, max_value=1e5))
def test_without_reaction_there_is_no_overshoot(spend: float, life: int, demand: float) -> None:
    years = simulate(Market(spend=spend, life=life, demand=demand, gamma=0, lag=3), 3 * life)
    assert overshoot(years) == pytest.approx(0, abs=1e-12)
    assert years[-1].base.depreciation == pytest.approx(spend)


def test_a_later_signal_overshoots_more() -> None:
    falls = [overshoot(simulate(Market(spend=100, life=5, demand=400, gamma=0.5, lag=lag), 60)) for lag in (0, 1, 3, 5)]
    assert falls == sorted(falls)
    assert falls[0] > 0.3


def test_a_stronger_reaction_overshoots_more() -> None:
    falls = [overshoot(simulate(Market(spend=100, life=5, demand=400, gamma=g, lag=2), 60)) for g in (0, 0.2, 0.5, 1)]
    assert falls == sorted(falls)
    assert falls[0] == 0 < falls[1]


@given(
    st.floats(min_value=0, max_value=3),
    st.integers(min_value=0, max_value=6),
    st.floats(min_value=-0.5, max_value=1),
    st.integers(min_value=1, max_value=10),
)
def test_spending_is_never_negative_and_nothing_is_infinite(gamma: float, lag: int, growth: float, life: int) -> None:
    market = Market(spend=100, life=life, demand=400, demand_growth=growth, gamma=gamma, lag=lag)
    try:
        years = simulate(market, 30)
    except QuantityError:  # it ran away, and was stopped at the limit
        return
    for year in years:
        assert year.spend >= 0
        assert all(math.isfinite(value) for value in (year.revenue, year.profit, year.base.net, year.roic or 0.0))
        assert 0 <= year.use <= 1


@pytest.mark.parametrize(
    "call",
    [
        lambda: steady_state(0, 5),
        lambda: steady_state(200, 5.5),
        lambda: steady_state(200, math.inf),
        lambda: depreciation_share(-0.99, 5),
        lambda: bases([], 5),
        lambda: bases([1, -1], 5),
        lambda: simulate(Market(spend=1, life=5, demand=1), 0),
        lambda: Market(spend=1, life=5, demand=1, tax=1.1),
        lambda: Market(spend=1, life=5, demand=1, gamma=math.nan),
        lambda: Market(spend=1, life=5, demand=1, margin=1.5),
        lambda: simulate(Market(spend=1, life=5, demand=1e6, demand_growth=5), 100),
    ],
)
def test_outside_the_limits_is_an_error(call: Callable[[], object]) -> None:
    with pytest.raises(QuantityError):
        call()
