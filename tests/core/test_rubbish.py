"""Rubbish in, a named error out: no public function of the mathematics raises anything but `PaomoError`.

One test a module. Every argument is drawn from rubbish of all sorts and from values that are right, so that a call
gets past its first check and the second is tried too; whatever comes back holds neither nan nor inf.
"""

import contextlib
import dataclasses
import math
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import (
    capex,
    capital,
    cashflow,
    circular,
    distributions,
    figures,
    gauges,
    quantity,
    uncertainty,
    valuation,
    vendor,
)
from core.errors import PaomoError, QuantityError
from core.gauge_cards import declared
from core.models import explosive, lppls, methods, prices

RUBBISH: list[Any] = [
    None, True, False, "", "2.5", "garbage", b"1", [], [1.0], {}, (1, 2), object(), 1j, math.nan, math.inf, -math.inf,
    10**400, -(10**400), 10**5000, 0, -0.0, -1, -5, 2.5, 5e-324, 1e-300, 1e308, -1e308, np.float64("nan"), np.float64(5),
    np.float32(0.5), np.float64(1e308), np.int64(3), np.int8(-1), np.bool_(True), np.array([1.0, 2.0]), Fraction(1, 3),
]  # fmt: skip
ANY = st.sampled_from(RUBBISH)
RIGHT = st.sampled_from([0.05, 0.5, 1, 2, 3.0, 5, 60, 360, 1000])


def one(*right: Any) -> st.SearchStrategy[Any]:
    """Rubbish, or one of the values that are right, or a usual number."""
    return ANY | st.sampled_from(right) if right else ANY | RIGHT


def untyped(value: Any) -> Any:
    """A value of which the type checker knows nothing."""
    return value


def holds_no_rubbish(found: Any) -> None:
    """No nan and no inf, however deep."""
    if dataclasses.is_dataclass(found) and not isinstance(found, type):
        holds_no_rubbish([getattr(found, field.name) for field in dataclasses.fields(found)])
    elif isinstance(found, Mapping):
        holds_no_rubbish(list(found.values()))
    elif isinstance(found, list | tuple):
        for part in found:
            holds_no_rubbish(part)
    elif isinstance(found, float):
        assert math.isfinite(found)


def call(function: Callable[..., Any], *args: Any, **named: Any) -> None:
    """The call answers, or raises one of our errors with a message of one line."""
    try:
        found = function(*args, **named)
    except PaomoError as error:
        found = str(error)
    holds_no_rubbish(found)
    assert not isinstance(found, str) or (found.strip() and "\n" not in found)


@given(st.data())
def test_capex(data: st.DataObject) -> None:
    number, life = data.draw, one(None, 5)
    call(capex.breakeven_revenue, number(one()), number(one()))
    call(capex.payback_years, number(one()), number(one()), number(one()), life=number(life))
    call(capex.required_revenue, number(one()), number(one()), number(one()))
    call(capex.payback_linear, number(one()), number(one()), number(one()), life=number(life))
    call(capex.payback_exponential, number(one()), number(one()), number(one()), life=number(life))
    call(capex.payback_logistic, number(one()), number(one()), number(one()), number(one()), life=number(life))
    call(capex.growth_between, number(one()), number(one()), number(one()))
    call(capex.growth_to_sum, number(one()), number(one()), number(one()))
    for check in (capex.check_margin, capex.check_life):
        call(check, number(one()))
    for named in (capex.check_money, capex.check_years, capex.check_rate):
        call(named, number(one()), "it")


@given(st.data())
def test_cashflow(data: st.DataObject) -> None:
    number, year = data.draw, one("full", "half")
    flows = one([-100.0, 60, 60], [-100, 230, -132], [1] * 102, ["a"], [math.nan], [1e308, -1e308])
    parts = one([cashflow.Part(share=0.5, life=3), cashflow.Part(share=0.5, life=9)], ["a"])
    call(cashflow.depreciation, number(one()), number(one()))
    call(cashflow.depreciation_schedule, number(one()), number(one()), first_year=number(year))
    call(cashflow.blended_life, number(parts))
    call(cashflow.blended_life, [cashflow.Part(share=number(one()), life=number(one()))])
    call(cashflow.parts_schedule, number(one()), number(parts), first_year=number(year))
    call(cashflow.maintenance_capex, number(one()), number(one()))
    call(cashflow.revenue_for_depreciation, number(one()), number(one()), number(one()))
    call(cashflow.revenue_for_charge, number(one()), number(one()), number(one()), number(one()))
    call(cashflow.revenue_for_annuity, number(one()), number(one()), number(one()), number(one()))
    call(cashflow.crf, number(one()), number(one()))
    call(cashflow.level_flows, number(one()), number(one()), number(one()))
    call(cashflow.npv, number(one()), number(flows))
    call(cashflow.rates_of_return, number(flows))
    call(
        cashflow.discounted_payback, number(one()), number(one()), number(one()), number(one()), life=number(one(None))
    )


@given(st.data())
def test_capital(data: st.DataObject) -> None:
    number, year = data.draw, one("full", "half")
    call(capital.steady_state, number(one()), number(one()), first_year=number(year))
    call(capital.depreciation_share, number(one()), number(one()), first_year=number(year))
    call(capital.bases, number(one([100, 150.0], [np.float64(5)], ["a"])), number(one()), first_year=number(year))
    names = [field.name for field in dataclasses.fields(capital.Market)]
    asked = dict.fromkeys(("spend", "demand"), 100.0) | {"life": 5.0}
    changed = {name: number(one()) for name in data.draw(st.lists(st.sampled_from(names), max_size=3))}
    call(lambda: capital.simulate(capital.Market(**(asked | changed)), data.draw(one(40, 1000))))


@given(st.data())
def test_valuation(data: st.DataObject) -> None:
    number = data.draw
    call(valuation.price_to_sales, number(one()), number(one()))
    call(valuation.years_to_multiple, number(one()), number(one()), number(one()), price_return=number(one()))
    call(valuation.growth_to_multiple, number(one()), number(one()), number(one()), price_return=number(one()))


def kind_of(party: Any) -> str:
    return party if isinstance(party, str) else type(party).__name__


def flow(payer: Any = "a", payee: Any = "b", amount: Any = 1.0, **more: Any) -> circular.Flow:
    told: dict[str, Any] = {"kind": "purchase", "certainty": "paid", "announced": "2025"}
    return circular.Flow(
        id=kind_of(payer) + kind_of(payee), payer=payer, payee=payee, amount_usd_bn_per_year=amount, **(told | more)
    )


FLOWS = (flow("a", "b", 5, kind="equity"), flow("b", "c", 4), flow("c", "a", 3))


@given(st.data())
def test_circular(data: st.DataObject) -> None:
    number = data.draw
    more = data.draw(
        st.dictionaries(
            st.sampled_from(("kind", "certainty", "announced", "start", "end", "dropped", "total", "years")), ANY
        )
    )
    call(lambda: flow(number(one("a")), number(one("b")), number(one(None)), **more).yearly)
    call(circular.standing, FLOWS, number(one("2025-10", date(2025, 10, 1))))
    call(circular.spread, FLOWS, number(one()))
    call(circular.cycles, FLOWS, max_length=number(one()), max_count=number(one()))
    call(circular.round_trip, (flow("a", "b", 1e7), flow("b", "a", 1e-9)))
    call(circular.external_cash, FLOWS, number(st.sampled_from(["a", ("a", "b"), ()])), number(one()))
    call(circular.consolidated_revenue, FLOWS, ("a",))


@given(st.data())
def test_vendor(data: st.DataObject) -> None:
    number = data.draw
    call(
        vendor.self_funded, FLOWS, number(one("a", "b")), sales=number(one(None, 3)), own=number(st.none() | st.fixed_dictionaries({"b": one()}))
    )  # fmt: skip


@settings(max_examples=60)
@given(st.data())
def test_uncertainty(data: st.DataObject) -> None:
    number = data.draw
    inputs = {"capex": number(one()), "margin": number(one()), "revenue": number(one())}
    del inputs[number(st.sampled_from(list(inputs)))]
    for base in (inputs, inputs | {"capex": 1000, "margin": 0.5, "revenue": 360}):
        ranges = number(st.none() | st.fixed_dictionaries({"margin": one((0.3, 0.6), (0.6, 0.3), ("a", "b"))}))
        call(uncertainty.tornado, uncertainty.payback, base, spread=number(one()), ranges=ranges)
        call(uncertainty.elasticity, uncertainty.breakeven, base, number(st.sampled_from(["capex", "growth"])))
        call(uncertainty.two_way, uncertainty.payback, base, ("margin", number(one((0.3, 0.5)))), ("revenue", (1, 2)))
    laws = {}
    for name in ("capex", "margin", "revenue"):
        make = number(st.sampled_from([distributions.lognormal, distributions.normal, distributions.uniform]))
        call(make, number(one()), number(one()))
        call(distributions.triangular, number(one()), number(one()), number(one()))
        laws[name] = number(st.sampled_from([distributions.lognormal(1e-12, 5), distributions.lognormal(1e12, 5), distributions.uniform(-1, 1), distributions.normal(0.5, 0.1)]))  # fmt: skip
    call(uncertainty.monte_carlo, uncertainty.payback_many, laws, draws=number(one(100)), seed=number(one()), limit=number(one(None)))  # fmt: skip
    call(uncertainty.first_order, uncertainty.payback_many, laws, draws=number(one(100)), seed=number(one()))


REGISTER = figures.load()


@settings(max_examples=60)
@given(st.data())
def test_gauges(data: st.DataObject) -> None:
    number, day = data.draw, date(2026, 11, 23)
    call(gauges.read, REGISTER, number(one(day)), seed=number(one(7)))
    call(gauges.read, REGISTER, day, number(st.sampled_from([(), declared()[:1]])))
    call(gauges.first_day, number(one("2025-10", "2025-13")))
    for gauge in declared():
        call(gauge.level, number(one()))
        call(gauge.score, number(one()))


@settings(max_examples=40)
@given(st.data())
def test_explosive_and_lppls(data: st.DataObject) -> None:
    number = data.draw
    series = one(
        [1.0] * 20, [0.01 * i * i for i in range(20)], [1e308] * 20, ["a"] * 20, [1e-320 * i for i in range(20)]
    )
    for test in (explosive.backward_sadf, explosive.sadf, explosive.gsadf):
        call(lambda test=test: list(np.atleast_1d(test(number(series), number(one(None, 5)))) > 0))
    call(explosive.adf, number(series))
    call(explosive.smallest_window, number(one()))
    closes = number(one([5.0 + i % 3 for i in range(30)], [1e308, 1e-308] * 15, [5.0] * 30, [0.0] * 30))
    days = tuple(date.fromordinal(738_000 + i) for i in range(30))

    def both() -> Any:
        found = prices.Prices(name="made up", days=days, closes=closes)
        return explosive.examine(found, paths=number(one(100)), seed=number(one(1))), lppls.fit(found)

    call(both)


@given(st.data())
def test_quantity(data: st.DataObject) -> None:
    number, unit = data.draw, one(*quantity.Unit)
    made: list[quantity.Quantity] = [quantity.money(5), quantity.Quantity(value=0.5, unit=quantity.Unit.RATIO)]
    with contextlib.suppress(QuantityError):
        made.append(quantity.Quantity(value=number(one()), unit=number(unit), currency=number(st.sampled_from([None, "USD", "usd", "CNY"]))))  # fmt: skip
    for found in made:
        for other in (*made, number(one())):
            call(lambda found=found, other=other: (found + other).value)
            call(lambda found=found, other=other: (found - other).value)
            call(lambda found=found, other=other: (found * other).value)
            call(lambda found=found, other=other: (found / other).value)
            call(lambda found=found, other=other: found <= other)
        call(quantity.exact, found)
        for lang in ("zh-Hant", "zh-Hans", "en"):
            call(quantity.write, found, lang)


@pytest.mark.parametrize(
    "function",
    [
        methods.gpu_chain, methods.depreciation_breakeven, methods.capital_intensity, methods.per_user_equivalent,
        methods.revenue_from_users, methods.unit_cost, methods.capital_charge, methods.capital_recovery, methods.forward_roic,
        methods.coverage, methods.capex_to_revenue, methods.composite, methods.task_based_gain, methods.minsky_class,
    ],
)  # fmt: skip
@settings(max_examples=50)
@given(data=st.data())
def test_methods(function: Callable[..., Any], data: st.DataObject) -> None:
    names = function.__code__.co_varnames[: function.__code__.co_kwonlyargcount]
    call(function, **{name: data.draw(one([80, 60.0], 0.5, 5, 1)) for name in names})


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (
            lambda: capex.growth_to_sum(60, 2000, untyped(2.5)),
            "number of years must be a whole number, 1 to 100, and 2.5 is not",
        ),
        (
            lambda: capital.Market(spend=100, life=5, demand=400, lag=untyped(1.5)),
            "lag in years must be a whole number",
        ),
        (lambda: circular.cycles(FLOWS, max_count=-5), "number of cycles must be a whole number, 0 to 100,000, and -5"),
        (
            lambda: cashflow.depreciation_schedule(1000, 5, first_year=untyped("quarter")),
            "first year cannot be “quarter”",
        ),
        (lambda: circular.standing(FLOWS, "garbage"), "the day is not a date: “garbage”"),
        (lambda: capex.payback_years(1000, 0.5, 360, life=101), "life must be above 0 and at most 100 years"),
        (lambda: valuation.growth_to_multiple(1, 1e9, 1), "no growth that can be stated"),
        (lambda: valuation.growth_to_multiple(300, 1e-300, 5), "no growth that can be stated"),
        (lambda: capex.growth_between(1e-9, 1e7, 0.4), "too large to state"),
        (lambda: capex.breakeven_revenue(1000, True), "the margin is not a number: bool"),
        (lambda: capex.breakeven_revenue(untyped("1000"), 0.5), "the capital outlay is not a number: “1000”"),
        (lambda: capex.breakeven_revenue(10**400, 0.5), "the capital outlay is beyond all numbers"),
        (lambda: quantity.money(5) <= untyped(5), "say its unit"),
    ],
)
def test_the_message_says_what_where_and_what_it_must_be(function: Callable[[], object], said: str) -> None:
    with pytest.raises(QuantityError, match=said):
        function()


def test_scalars_of_numpy_are_the_numbers_they_are() -> None:
    assert capex.breakeven_revenue(untyped(np.int64(1000)), untyped(np.float32(0.5))) == 2000
    assert type(capex.breakeven_revenue(np.float64(1000), np.float64(0.5))) is float
    assert valuation.growth_to_multiple(300, 15, 5) == pytest.approx(0.8206, abs=1e-4)
