"""A stated number against the true one: digits, hedges, slips."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.claims.compare import Bound, Check, compare, half_unit, judge, power_of_ten
from core.figures import VERDICTS, load


@pytest.mark.parametrize(
    ("value", "text", "entity", "metric", "period", "verdict"),
    [
        (13, "130億", "OPENAI", "revenue", "2025", "holds"),
        (13, "130億", "OPENAI", "revenue", "2024", "contradicted"),
        (12, "120億", "OPENAI", "revenue", "2025", "holds_approximately"),
        (57.4, "$57.4bn", "ORCL", "revenue", "FY2025", "holds"),
        (1318, "$1,318bn", "AMZN", "capex", "2025", "fails_by_power_of_ten"),
        (90, "90", "AMZN", "capex", "2031", "unverified"),
    ],
)
def test_against_the_register(value: float, text: str, entity: str, metric: str, period: str, verdict: str) -> None:
    assert compare(value, text, load().find(entity, metric), period).verdict == verdict


def test_a_number_right_for_another_period_names_it() -> None:
    check = compare(1.184e3, "1.184tn", load().find("US_STOCKS", "margin_debt"), "2025-09")
    assert (check.verdict, check.other and check.other.period) == ("contradicted", "2025-10")


def test_a_number_right_by_another_definition_names_it() -> None:
    register = load()
    check = compare(
        38.5, "385億", register.find("OPENAI", "operating_loss"), "2025", others=register.find("OPENAI", "net_loss")
    )
    assert isinstance(check, Check)
    assert (check.verdict, check.other and check.other.metric) == ("contradicted", "net_loss")


@pytest.mark.parametrize(
    ("stated", "true", "text", "bound", "verdict"),
    [
        (2, 60 / 55, "兩倍", Bound.MORE, "fails"),
        (2, 2.4, "twice", Bound.MORE, "holds"),
        (3, 2.9, "three times", Bound.NEARLY, "holds"),
        (3, 1.6, "three times", Bound.NEARLY, "fails"),
        (6, 5.56, "6年", Bound.LESS, "holds"),
        (0.30, 0.303, "30%", Bound.NONE, "holds"),
        (0.03, 0.034, "3%", Bound.NONE, "holds_approximately"),
        (0.03, 0.30, "3%", Bound.NONE, "fails_by_power_of_ten"),
        (600, 5400, "600", Bound.NONE, "fails_by_power_of_ten"),
        (0, 0, "0", Bound.NONE, "holds"),
        (0, 5, "0", Bound.NONE, "fails"),
    ],
)
def test_judge(stated: float, true: float, text: str, bound: Bound, verdict: str) -> None:
    assert judge(stated, true, text=text, bound=bound) == verdict


@given(st.floats(1e-6, 1e6), st.floats(-1e6, 1e6), st.sampled_from(Bound), st.text(max_size=6))
def test_every_verdict_is_of_the_list(stated: float, true: float, bound: Bound, text: str) -> None:
    assert judge(stated, true, text=text, bound=bound) in VERDICTS


@given(st.integers(1, 10**9))
def test_a_number_is_itself(value: int) -> None:
    assert judge(value, value, text=f"{value:,}") == "holds"
    assert 0 < half_unit(f"{value:,}") <= 0.5


def test_powers_of_ten_have_a_margin() -> None:
    assert power_of_ten(0.1017)
    assert power_of_ten(1130)
    assert not power_of_ten(1130, powers=(-1, 1))
    assert not power_of_ten(3)
