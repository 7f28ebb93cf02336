"""Tornado, tables and Monte Carlo against exact results."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import distributions
from core import uncertainty as u
from core.errors import QuantityError

ARTICLE = {"capex": 1000.0, "margin": 0.5, "revenue": 360.0}


def test_tornado_of_the_article_at_a_fifth() -> None:
    bars = {bar.name: bar for bar in u.tornado(u.payback, ARTICLE)}
    ends = {name: (round(bar.at_low or 0, 2), round(bar.at_high or 0, 2)) for name, bar in bars.items()}
    assert ends == {"margin": (6.94, 4.63), "revenue": (6.94, 4.63), "capex": (4.44, 6.67)}


def test_declared_ranges_take_the_place_of_the_spread() -> None:
    first = u.tornado(u.payback, ARTICLE, ranges={"margin": (0.25, 0.5)})[0]
    assert first.name == "margin"
    assert first.at_low == pytest.approx(100 / 9)
    assert first.at_high == pytest.approx(50 / 9)


def test_a_range_that_reaches_never_is_widest_and_has_no_number_there() -> None:
    first = u.tornado(u.payback, ARTICLE, ranges={"margin": (0.0, 0.6)})[0]
    assert (first.name, first.at_low) == ("margin", None)


def test_a_margin_above_one_is_cut_and_said() -> None:
    bar = next(bar for bar in u.tornado(u.payback, {**ARTICLE, "margin": 0.9}) if bar.name == "margin")
    assert (bar.high, bar.cut) == (1.0, True)


@pytest.mark.parametrize(
    "call",
    [
        lambda: u.tornado(u.payback, ARTICLE, spread=0),
        lambda: u.tornado(u.payback, ARTICLE, spread=math.nan),
        lambda: u.tornado(u.payback, ARTICLE, ranges={"price": (1, 2)}),
        lambda: u.tornado(u.payback, ARTICLE, ranges={"margin": (0.5, 0.2)}),
        lambda: u.two_way(u.payback, ARTICLE, ("price", (1,)), ("margin", (0.5,))),
        lambda: u.two_way(u.payback, ARTICLE, ("margin", ()), ("revenue", (1,))),
        lambda: distributions.lognormal(0, 0.2),
        lambda: distributions.lognormal(1, math.inf),
        lambda: distributions.normal(1, 0),
        lambda: distributions.uniform(2, 1),
        lambda: distributions.triangular(1, 3, 2),
        lambda: u.monte_carlo(u.breakeven_many, {}, draws=10),
        lambda: u.monte_carlo(u.breakeven_many, {}, seed=-1),
        lambda: u.monte_carlo(
            u.breakeven_many, {"capex": distributions.uniform(1, 2), "margin": distributions.uniform(2, 3)}
        ),
        lambda: u.first_order(u.payback_many, {}),
    ],
)
def test_what_is_outside_the_limits_is_refused(call: object) -> None:
    with pytest.raises(QuantityError):
        call()  # type: ignore[operator]


def test_monte_carlo_gives_the_exact_percentiles() -> None:
    spread = u.monte_carlo(
        u.breakeven_many, {"capex": distributions.lognormal(1000, 0.20), "margin": distributions.lognormal(0.5, 0.15)}
    )
    assert {p: round(value, -1) for p, value in spread.percentiles.items()}.keys() == set(u.PERCENTILES)
    for p, exact in ((5, 1326), (50, 2000), (95, 3017)):
        assert spread.percentiles[p] == pytest.approx(exact, rel=0.01)
    assert spread.never == 0
    assert spread.impossible < 1e-3


def test_the_same_seed_gives_the_same_and_another_seed_another() -> None:
    inputs = {"capex": distributions.lognormal(1000, 0.2), "margin": distributions.triangular(0.3, 0.5, 0.6)}
    one, two, other = (u.monte_carlo(u.breakeven_many, inputs, seed=seed) for seed in (1, 1, 2))
    assert one == two
    assert one.percentiles != other.percentiles


def test_never_has_its_own_share_and_stays_out_of_the_percentiles() -> None:
    spread = u.monte_carlo(
        u.breakeven_many, {"capex": distributions.uniform(999, 1001), "margin": distributions.uniform(-0.5, 0.5)}
    )
    assert spread.never == pytest.approx(0.5, abs=0.01)
    assert all(math.isfinite(value) and value > 1900 for value in spread.percentiles.values())


def test_nothing_but_never_has_no_percentiles() -> None:
    spread = u.monte_carlo(
        u.breakeven_many, {"capex": distributions.uniform(1, 2), "margin": distributions.uniform(-2, -1)}
    )
    assert (spread.never, dict(spread.percentiles)) == (1.0, {})


def test_impossible_margins_are_thrown_away_and_told() -> None:
    spread = u.monte_carlo(
        u.breakeven_many, {"capex": distributions.uniform(99, 101), "margin": distributions.uniform(0.5, 1.5)}
    )
    assert spread.impossible == pytest.approx(0.5, abs=0.01)
    assert min(spread.percentiles.values()) >= 99


def test_a_limit_counts_what_lies_above_it_with_never() -> None:
    inputs = {"capex": distributions.uniform(99, 101), "margin": distributions.uniform(-0.25, 0.75)}
    spread = u.monte_carlo(u.breakeven_many, inputs, limit=1000)
    assert spread.above is not None
    assert spread.above == pytest.approx(0.35, abs=0.01)
    assert spread.above > spread.never


def test_variance_shares_of_a_product_of_lognormals_are_exact() -> None:
    sigmas = {"capex": 0.20, "margin": 0.15, "revenue": 0.30}
    inputs = {
        "capex": distributions.lognormal(1000, 0.20),
        "margin": distributions.lognormal(0.3, 0.15),
        "revenue": distributions.lognormal(360, 0.30),
    }
    shares = u.first_order(u.payback_many, inputs, draws=400_000)
    total = math.expm1(sum(sigma**2 for sigma in sigmas.values()))
    for name, sigma in sigmas.items():
        assert shares[name] == pytest.approx(math.expm1(sigma**2) / total, abs=0.015)
    assert list(shares) == ["revenue", "capex", "margin"]


def test_what_does_not_vary_explains_nothing() -> None:
    assert u.first_order(lambda x: np.full_like(x["capex"], 7.0), {"capex": distributions.uniform(1, 2)}) == {}


amounts = st.floats(min_value=1e-3, max_value=1e6)


@given(capex=amounts, margin=st.floats(min_value=0.01, max_value=1), revenue=amounts)
def test_elasticities_are_plus_one_and_minus_one(capex: float, margin: float, revenue: float) -> None:
    base = {"capex": capex, "margin": margin * 0.99, "revenue": revenue}
    for name, expected in (("capex", 1), ("margin", -1), ("revenue", -1)):
        assert u.elasticity(u.payback, base, name) == pytest.approx(expected, abs=1e-6)


@given(low=st.floats(-1, 0.9), width=st.floats(0.01, 1), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_no_nan_and_no_inf_leave(low: float, width: float, seed: int) -> None:
    inputs = {
        "capex": distributions.uniform(1, 2),
        "margin": distributions.uniform(low, low + width),
        "revenue": distributions.normal(0, 100),
    }
    spread = u.monte_carlo(u.payback_many, inputs, draws=500, seed=seed, limit=5)
    numbers = [*spread.percentiles.values(), spread.never, spread.impossible, spread.above or 0.0]
    assert all(map(math.isfinite, numbers))
    assert list(spread.percentiles.values()) == sorted(spread.percentiles.values())
