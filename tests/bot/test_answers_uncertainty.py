"""Sensitivity, Monte Carlo, the thermometer, and what came before: in three languages."""

import json
from datetime import date
from pathlib import Path

import pytest

from bot.answers import Engine
from bot.render import to_json, to_text
from core.config import Settings


def figures(engine: Engine, text: str) -> dict[str, float]:
    document = to_json(engine.ask(text))
    json.dumps(document, allow_nan=False)
    return {figure["name"]: figure["value"] for figure in document["figures"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("哪個因素對回本影響最大", "影響最大的是利潤率與年收入（不相上下）"),
        ("对回本年数做敏感性分析", "影响最大的是利润率和年收入（不相上下）"),
        ("tornado chart for the payback time", "What matters most: margin and revenue a year (a tie)"),
    ],
)
def test_what_matters_most(engine: Engine, text: str, said: str) -> None:
    found = figures(engine, text)
    assert found["payback"] == pytest.approx(5.5556, abs=1e-4)
    for name, low, high in (("margin", 6.94, 4.63), ("revenue", 6.94, 4.63), ("capex", 4.44, 6.67)):
        assert found[f"{name}_low"] == pytest.approx(low, abs=5e-3)
        assert found[f"{name}_high"] == pytest.approx(high, abs=5e-3)
    answer = engine.ask(text)
    assert said in to_text(answer)
    assert answer.question.slots["annual_revenue_usd_bn"] == 360


def test_own_amounts_spread_and_range_are_used(engine: Engine) -> None:
    answer = engine.ask("capex 6000億, 利潤率30到50%, 其他±10%, 哪個參數影響最大?")
    found = {figure.name: figure.value for figure in answer.figures}
    assert found["margin_low"] == pytest.approx(600 / 0.3 / 360)
    assert found["capex_high"] == pytest.approx(660 / 0.4 / 360)
    assert answer.data["first"] == ["margin"]
    assert answer.data["spread"] == "10%"


def test_a_table_is_shown_where_one_is_asked_for(engine: Engine) -> None:
    assert "9.26" in to_text(engine.ask("給我利潤率的敏感度表"))
    assert engine.ask("敏感度").data["table"] is None


def test_breakeven_has_two_inputs_and_says_what_it_left_out(engine: Engine) -> None:
    answer = engine.ask("损益平衡的敏感度, 折现率8%")
    assert [row["name"] for row in answer.data["rows"]] == ["margin", "capex"]
    assert "这里没有用到：折现率" in to_text(answer)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("用蒙地卡羅模擬回本", "對數常態，中位數 1萬億美元，σ 0.2"),
        ("用蒙特卡洛模拟回本", "抽样 100,000 次，种子 2026"),
        ("simulate the payback", "lognormal, median $1,000bn, sigma 0.2"),
    ],
)
def test_monte_carlo_shows_percentiles_draws_seed_and_distributions(engine: Engine, text: str, said: str) -> None:
    found = figures(engine, text)
    assert found["p50_breakeven"] == pytest.approx(2000, rel=0.01)
    assert found["p5_breakeven"] == pytest.approx(1326, rel=0.01)
    assert found["p95_breakeven"] == pytest.approx(3017, rel=0.01)
    assert found["p5_payback"] < found["p50_payback"] < found["p95_payback"]
    assert found["never"] == 0
    assert said in to_text(engine.ask(text))
    assert engine.ask(text).question.slots["draws"] == 100_000


def test_draws_seed_range_and_life_come_from_the_question(engine: Engine) -> None:
    answer = engine.ask("monte carlo with 5,000 draws, seed 7, margin 20% to 40%, chips last 5 years")
    assert (answer.question.slots["draws"], answer.question.slots["seed"]) == (5000, 7)
    text = to_text(answer)
    assert "uniform, 20% to 40%" in text
    assert "take longer than the 5 years" in text
    again = engine.ask("monte carlo with 5,000 draws, seed 8, margin 20% to 40%, chips last 5 years")
    assert answer.figures[0].value != again.figures[0].value


@pytest.mark.parametrize("text", ["蒙地卡羅, 利潤率0%", "sensitivity at a margin of 0%"])
def test_no_margin_never_pays_back(engine: Engine, text: str) -> None:
    assert engine.ask(text).template == "never"


@pytest.mark.parametrize("text", ["monte carlo at a margin of 130%", "敏感度分析, 利潤率120%"])
def test_an_impossible_margin_is_refused(engine: Engine, text: str) -> None:
    assert engine.ask(text).template == "invalid"


@pytest.mark.parametrize(
    ("text", "said", "words"),
    [
        ("AI是不是在吹泡沫?", "6 個量表中紅燈 4 個", ("🔴紅", "🟡黃", "🟢綠", "不是機率")),
        ("这算泡沫吗", "6 个量表中红灯 4 个", ("🔴红", "🟡黄", "🟢绿", "不是概率")),
        (
            "are we in a bubble",
            "4 of 6 gauges are red",
            ("🔴 red", "🟡 amber", "🟢 green", "nor is this a probability"),
        ),
    ],
)
def test_bubble_shows_gauges_and_no_verdict(engine: Engine, text: str, said: str, words: tuple[str, ...]) -> None:
    message = to_text(engine.ask(text))
    assert said in message
    for word in (*words, "40.9", "2026-10-02", "5.56"):
        assert word in message
    found = figures(engine, text)
    assert found["cape"] == 40.9
    assert found["red"] == 4
    assert found["payback"] == pytest.approx(5.5556, abs=1e-4)


def test_bubble_says_what_dropped_out(tmp_path: Path) -> None:
    later = Engine(Settings(db=tmp_path / "none.db", lang="en"), today=date(2027, 2, 15))
    message = to_text(later.ask("bubble?"))
    assert "too old to count: CAPE of US stocks" in message
    assert "Only 57.14% of the gauges can be read" in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("融資餘額每次破紀錄後股市都會崩嗎", "手上沒有 SPY 日資料，未重算"),
        ("融资余额新高以后一定回调吗", "手上没有 SPY 日线，没有重算"),
        ("does the S&P drop every time margin debt hits a record?", "its daily prices are not at hand"),
    ],
)
def test_margin_history_quotes_and_says_so(engine: Engine, text: str, said: str) -> None:
    found = figures(engine, text)
    assert (found["hit_rate_12m"], found["base_rate_12m"]) == (0.037, 0.177)
    message = to_text(engine.ask(text))
    assert said in message
    assert "78" in message
    assert "355" in message


def test_another_fall_than_the_one_counted_is_said(engine: Engine) -> None:
    answer = engine.ask("融资创新高之后会不会跌35%")
    assert answer.question.slots["threshold"] == 0.35
    assert "你问的是 35%" in to_text(answer)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("現在像不像2000年?", "那斯達克最後一年（1999-03/2000-03）漲 115%（A27；重算 116%）"),
        ("和互联网泡沫对比一下", "席勒市盈率"),
        ("how does this compare to dotcom", "the Nasdaq's last year (1999-03/2000-03): up 115%"),
    ],
)
def test_then_and_now(engine: Engine, text: str, said: str) -> None:
    found = figures(engine, text)
    assert (found["A27_claimed"], found["cape_2000"], found["cape_now"]) == (1.15, 44, 40.9)
    assert said in to_text(engine.ask(text))


def test_only_what_was_asked_is_compared(engine: Engine) -> None:
    answer = engine.ask("席勒本益比跟2000年比")
    assert {figure.name for figure in answer.figures} == {"cape_2000", "cape_now"}
