"""The named models: every example runs, every published result comes out, every source has a date."""

import math
from collections.abc import Callable, Sequence

import pytest

from core.cards import is_moment
from core.errors import NotFound, PaomoError, QuantityError, UsageError
from core.models import methods, on_prices
from core.models.named import BASES, MODELS, PUBLICATIONS, Model, find
from core.series import Series, load


@pytest.mark.parametrize(
    ("name", "result", "published"),
    [
        ("gpu_chain", "revenue", 600),  # Sequoia's title
        ("gpu_chain", "hole", 500),
        ("depreciation_breakeven", "revenue", 160),  # X13
        ("capital_intensity", "revenue", 2000),  # X12
        ("per_user_equivalent", "price_a_month", 34.72),
        ("revenue_from_users", "revenue", 650),
        ("funding_gap", "gap", 1500),
        ("funding_gap", "unplaced", 0),
        ("unit_cost", "cost_per_gigawatt", 41.6),
        ("capital_charge", "revenue", 600),
        ("capital_recovery", "revenue", 527.6),
        ("forward_roic", "roic", 0.539),
        ("capex_to_revenue", "ratio", 5.7),
        ("task_based_gain", "gain", 0.0066),
        ("minsky_class", "class", "speculative"),
        ("explosive", "gsadf", 2.3009),  # equal to exuber's, see test_explosive
        ("explosive", "verdict", "explosive at 95%"),
        ("lppls", "r2", 0.98375),
    ],
)
def test_the_example_gives_the_published_figure(name: str, result: str, published: float | str) -> None:
    found = MODELS[name].run()[result]
    if isinstance(found, str):
        assert found == published
    else:
        assert found == pytest.approx(published, rel=0.005)


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_every_model_says_what_it_rests_on(model: Model) -> None:
    assert {given.basis for given in model.inputs} <= set(BASES)
    assert all(given.where for given in model.inputs if given.basis != "made_up")
    assert model.what.zh
    assert model.what.en
    assert all(source.title and is_moment(source.published.split("/")[0]) for source in model.published())
    assert all(math.isfinite(value) for value in model.run().values() if isinstance(value, int | float))


def test_every_publication_is_used() -> None:
    assert set(PUBLICATIONS) <= {id for model in MODELS.values() for id in model.sources}


def test_made_up_examples_say_so() -> None:
    assert {name for name, model in MODELS.items() if any(given.basis == "made_up" for given in model.inputs)} == {
        "composite",
        "minsky_class",
    }


@pytest.mark.parametrize(("asked", "name"), [("紅杉", "gpu_chain"), ("bain", "capital_intensity"), ("Morgan Stanley", "funding_gap"), ("J.P. Morgan", "per_user_equivalent"), ("unit-cost", "unit_cost"), ("Sornette", "lppls"), ("GSADF", "explosive")])  # fmt: skip
def test_a_model_is_found_by_its_author(asked: str, name: str) -> None:
    assert find(asked).name == name


def test_an_unknown_model_or_input_is_named() -> None:
    with pytest.raises(NotFound, match="no model “nobody”"):
        find("nobody")
    with pytest.raises(NotFound):
        find(" ")
    with pytest.raises(UsageError, match="gpu_chain has no input “life”"):
        MODELS["gpu_chain"].run(life=5)
    with pytest.raises(UsageError, match="scores must be a list"):
        MODELS["composite"].run(scores=5)


def test_funding_by_source() -> None:
    found = methods.funding_gap(total=100, own=60, loans=30, bonds=20)
    assert (found["loans_share"], found["bonds_share"], found["unplaced"]) == (0.75, 0.5, -10)
    assert methods.funding_gap(total=100, own=120) == {"gap": -20, "outside_share": 0.0}


def test_a_price_a_month_and_back() -> None:
    price = methods.per_user_equivalent(revenue=123, users=0.7)["price_a_month"]
    assert methods.revenue_from_users(price_a_month=price, users=0.7)["revenue"] == pytest.approx(123)


def test_coverage_is_the_inverse_of_capex_to_revenue() -> None:
    share = methods.coverage(ai_revenue=60, capex=385)["coverage"]
    assert share * methods.capex_to_revenue(ai_revenue=60, capex=385)["ratio"] == pytest.approx(1)


@pytest.mark.parametrize(("cash", "name"), [(8, "hedge"), (7, "hedge"), (6.9, "speculative"), (4, "speculative"), (3.9, "ponzi"), (-1, "ponzi")])  # fmt: skip
def test_minsky(cash: float, name: str) -> None:
    assert methods.minsky_class(cash_flow=cash, interest=4, principal=3)["class"] == name


def test_a_floor_keeps_one_zero_from_wiping_out_all() -> None:
    low = methods.composite(scores=[0, 100], first_block=1, floor=1)
    assert [low["mean"], low["geometric"]] == pytest.approx([50, 10])
    weighted = methods.composite(scores=[0, 100], weights=[1, 3])
    assert weighted["mean"] == 75


def monthly(values: Sequence[float]) -> Series:
    from dataclasses import replace

    months = tuple(f"20{i // 12:02}-{i % 12 + 1:02}" for i in range(len(values)))
    return replace(load("nasdaq_month_end"), months=months, values=tuple(values))


def test_event_study_by_hand() -> None:
    record = monthly([5, 6, 6, 7, 3, 8, 9])  # records: months 1, 3, 5, 6
    price = monthly([100, 100, 70, 80, 80, 100, 90])
    found = methods.event_study(fall=0.2, months=2, record=record, price=price)
    # months 0 to 4 have two months after them; 0 and 1 see the fall to 70, of the records 1 does and 3 does not
    assert found == {"records": 2, "hits": 1, "rate": 0.5, "months": 5, "base_rate": 0.4}


def test_margin_debt_has_the_records_that_the_register_counts() -> None:
    flat = load("finra_margin_debt")
    found = methods.event_study(fall=0.5, months=1, record=flat, price=flat)
    assert found["records"] == 77  # 78 less those of the last month, which has no month after it


def test_too_short_a_series_has_no_rate() -> None:
    found = methods.event_study(fall=0.2, months=12, record=monthly([1, 2]), price=monthly([1, 2]))
    assert (found["rate"], found["base_rate"]) == (None, None)


@pytest.mark.parametrize(
    "call",
    [
        lambda: methods.gpu_chain(gpu_run_rate=0, margin=0.5),
        lambda: methods.gpu_chain(gpu_run_rate=150, margin=0),
        lambda: methods.gpu_chain(gpu_run_rate=150, margin=0.5, whole=0.5),
        lambda: methods.capital_intensity(capex_a_year=500, ratio=0),
        lambda: methods.per_user_equivalent(revenue=650, users=math.inf),
        lambda: methods.forward_roic(contracts=300, share=2, years=5, margin=0.5, capex_a_quarter=10, ai_share=1),
        lambda: methods.forward_roic(contracts=300, share=1, years=5, margin=0.5, capex_a_quarter=10, ai_share=0),
        lambda: methods.composite(scores=[50], first_block=1),
        lambda: methods.composite(scores=[50, 101]),
        lambda: methods.composite(scores=[50, 60], weights=[0, 0]),
        lambda: methods.composite(scores=[50, math.nan]),
        lambda: methods.task_based_gain(exposed=1.1, feasible=0.2, saving=0.1),
        lambda: methods.event_study(fall=1, months=12),
        lambda: methods.event_study(fall=0.2, months=1.5),
        lambda: on_prices.explosive_root(paths=99),
        lambda: on_prices.explosive_root(from_year=1998),
        lambda: on_prices.log_periodic(from_year=1993.5),
        lambda: methods.minsky_class(cash_flow=math.nan, interest=1, principal=1),
    ],
)
def test_outside_the_limits_is_an_error(call: Callable[[], object]) -> None:
    with pytest.raises(QuantityError):
        call()


def test_errors_are_ours() -> None:
    for model in MODELS.values():
        for given in model.inputs:
            if isinstance(given.value, float):
                for bad in (math.nan, math.inf, -1e400):
                    with pytest.raises(PaomoError):
                        model.run(**{given.name: bad})
