"""The thermometer: values from the register, colours, age, means."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from core import figures, gauges
from core.cards import DATA
from core.circular import Flow
from core.errors import CardError
from core.figures import Figure, Register
from core.gauge_cards import Level, declared

DAY = date(2026, 11, 23)


def of(day: date, register: Register | None = None) -> dict[str, gauges.Reading]:
    return {reading.gauge.id: reading for reading in gauges.read(register or figures.load(), day).readings}


@pytest.mark.parametrize(
    ("id", "value", "level"),
    [
        ("capex_to_gdp", 768 / 31856, "red"),
        ("capex_to_ai_revenue", 768 / 135, "red"),
        ("revenue_doubling", 0.5493, "green"),
        ("cape", 40.9, "red"),
        ("outside_finance", 0.4255, "amber"),
        ("margin_debt_to_gdp", 1417.225 / 31856, "red"),
    ],
)
def test_readings_of_a_day(id: str, value: float, level: str) -> None:
    reading = of(DAY)[id]
    assert reading.value == pytest.approx(value, rel=1e-3)
    assert reading.level == level
    assert reading.live
    assert reading.figures[0].sources


def test_count_of_red_and_means() -> None:
    thermometer = gauges.read(figures.load(), DAY)
    scores = [reading.score or 0.0 for reading in thermometer.live]
    assert (thermometer.red, len(scores)) == (4, 6)
    assert thermometer.confidence == pytest.approx(6 / 7)
    assert thermometer.mean == pytest.approx(sum(scores) / 6)
    assert thermometer.geometric is not None
    assert thermometer.geometric < (thermometer.mean or 0)
    assert min(scores) < (thermometer.low or 0) < (thermometer.middle or 0) < (thermometer.high or 0) < max(scores)
    assert thermometer == gauges.read(figures.load(), DAY)
    assert gauges.read(figures.load(), DAY, seed=1).low != thermometer.low


def test_a_day_in_the_past_knows_only_what_was_known() -> None:
    readings = of(date(2025, 10, 21))
    assert readings["cape"].value == 39.86
    assert readings["margin_debt_to_gdp"].formula == "0.036"  # no GDP of that time at hand: the ready figure
    assert readings["outside_finance"].value is None
    assert readings["outside_finance"].level is None


def test_old_readings_drop_out_and_lower_the_confidence() -> None:
    later = gauges.read(figures.load(), date(2027, 2, 15))
    assert {reading.gauge.id for reading in later.stale} == {"cape", "margin_debt_to_gdp"}
    assert later.confidence == pytest.approx(4 / 7)
    assert later.red == 2


def test_an_old_denominator_is_stale_too() -> None:
    register = figures.load()
    newer = replace(register.figure("margin_debt_2026_07"), id="x", as_of="2027-07", period="2027-07")
    readings = of(date(2027, 8, 1), Register(figures={**register.figures, "x": newer}))
    assert readings["margin_debt_to_gdp"].age == 31
    assert readings["margin_debt_to_gdp"].stale


def test_with_fewer_than_three_there_is_no_mean() -> None:
    long_after = gauges.read(figures.load(), date(2036, 1, 1))
    assert (long_after.mean, long_after.low, long_after.confidence, long_after.red) == (None, None, 0.0, 0)
    assert gauges.read(Register(), DAY).missing == gauges.read(Register(), DAY).readings


def test_a_newer_figure_moves_the_reading() -> None:
    register = figures.load()
    newer = replace(register.figure("margin_debt_2026_07"), id="x", as_of="2026-10", period="2026-10", value=600.0)
    reading = of(DAY, Register(figures={**register.figures, "x": newer}))["margin_debt_to_gdp"]
    assert (reading.level, reading.as_of) == (Level.GREEN, "2026-10")


@pytest.mark.parametrize(("now", "level"), [(7.4, "green"), (5.0, "amber"), (3.8, "red"), (3.0, "red")])
def test_slower_growth_is_redder_and_none_is_reddest(now: float, level: str) -> None:
    register = figures.load()
    changed = dict(register.figures)
    changed["openai_revenue_2025"] = replace(register.figure("openai_revenue_2025"), value=now)
    reading = of(DAY, Register(figures=changed))["revenue_doubling"]
    assert reading.level == level
    assert (reading.value or 0) <= gauges.NEVER


def test_what_only_goes_round_has_no_figure_while_amounts_are_unknown() -> None:
    reading = of(DAY)["circular_share"]
    assert (reading.value, reading.level, reading.live, reading.missing) == (None, None, False, "amounts_unknown")
    assert "nobody has stated" in reading.gauge.origin.en
    assert gauges.read(figures.load(), DAY, flows=()).readings[-1].missing == "no_figure"


def test_what_only_goes_round_is_read_from_flows_with_amounts() -> None:
    def pay(payer: str, payee: str, amount: float, announced: str) -> Flow:
        return Flow(id=payer, payer=payer, payee=payee, kind="purchase", certainty="report", announced=announced,
                    amount_usd_bn_per_year=amount)  # fmt: skip

    flows = [pay("A", "B", 6, "2026-09"), pay("B", "C", 60, "2026-01"), pay("C", "A", 8, "2026-02")]
    day = gauges.read(figures.load(), DAY, flows=flows)
    reading = day.readings[-1]
    assert reading.value == pytest.approx(18 / 74)
    assert (reading.level, reading.as_of, reading.status, reading.formula) == (
        Level.AMBER,
        "2026-09",
        "unverified",
        "18 / 74",
    )
    assert day.confidence == 1
    assert gauges.read(figures.load(), date(2028, 1, 1), flows=flows).readings[-1].stale


def test_score_is_a_line_through_the_cut_offs() -> None:
    cape = next(gauge for gauge in declared() if gauge.id == "cape")
    assert [round(cape.score(v), 1) for v in (0, 30, 35, 40, 90)] == [0.0, 33.3, 50.0, 66.7, 100.0]
    assert [cape.level(v) for v in (29.9, 30, 39.9, 40)] == [Level.GREEN, Level.AMBER, Level.AMBER, Level.RED]


def test_references_are_figures_and_the_cut_offs_say_whose_they_are() -> None:
    register = figures.load()
    for gauge in declared():
        assert all(isinstance(register.figure(id), Figure) for id in gauge.references)
        assert "our judgement" in gauge.origin.en
        assert "判斷" in gauge.origin.zh


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("amber = 30", "amber = 40", "cape: amber: must be below red"),
        ("amber = 30", "", "cape: missing key “amber”"),
        ("stale_after = 120", "stale_after = 1.5", "cape: stale_after: must be a whole number of days"),
        ("amber = 30", "amber = 30\ncolour = 1", "cape: unknown key “colour”"),
        ('id = "cape"', 'id = "capex_to_gdp"', "two gauges with the same id"),
        ('how = "figure"', 'how = "guess"', "cape: how: unknown word “guess”"),
    ],
)
def test_a_declaration_that_is_wrong_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = (DATA / "gauges.toml").read_text(encoding="utf-8")
    path = tmp_path / "gauges.toml"
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CardError, match=re.escape(message)):
        declared(path)
