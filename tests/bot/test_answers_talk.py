"""Comparing, searching, following a trend, “why?”, pasted texts, other currencies: what goes beyond one figure."""

import json
import math
import re
from datetime import date
from pathlib import Path

import pytest

from bot.answers import Engine
from bot.answers.search import topic
from bot.answers.trend import span
from bot.render import to_html, to_json, to_text
from core.config import Settings
from core.errors import UsageError

PASTED = "OpenAI 2024年收入130億美元。\n甲骨文的合約一年600億，是營收550億的兩倍多。"


def values(document: dict[str, object]) -> list[float]:
    figures = document["figures"]
    assert isinstance(figures, list)
    return [float(figure["value"]) for figure in figures]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("微軟跟Meta 2025年資本支出誰多", [118.0, 72.2]),
        ("OpenAI 2024和2025年收入比較", [3.7, 13.07]),
        ("compare payback at 20% and 40% margin", [1000 / 0.2 / 360, 1000 / 0.4 / 360]),
        ("利潤率30%和50%打平收入差多少", [1000 / 0.3, 2000.0]),
        ("甲骨文合約和OpenAI承諾哪個大", [60.0, 600.0]),
    ],
)
def test_two_of_anything(engine: Engine, text: str, expected: list[float]) -> None:
    answer = engine.ask(text)
    assert answer.question.intent == "compare"
    found = values(to_json(answer))
    for value in expected:
        assert any(one == pytest.approx(value, rel=1e-3) for one in found), found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("payback of $600bn at 30% and 50%", [600 / 0.3 / 360, 600 / 0.5 / 360]),
        ("600bn at margin 30% vs 50%, which pays back sooner", [600 / 0.3 / 360, 600 / 0.5 / 360]),
        ("6000億和8000億哪個回本快,利潤率30%", [600 / 0.3 / 360, 800 / 0.3 / 360]),
        ("compare breakeven for 500bn and 1 trillion at 40% margin", [1250.0, 2500.0]),
        ("payback of 40bn a year at 30% and 50%", [40 / 0.3, 40 / 0.5]),
    ],
)
def test_cases_keep_what_else_was_said(engine: Engine, text: str, expected: list[float]) -> None:
    answer = engine.ask(text)
    assert answer.question.intent == "compare"
    assert values(to_json(answer))[:2] == pytest.approx(expected)


def test_a_growth_beside_two_margins_is_told_as_unused(engine: Engine) -> None:
    answer = engine.ask("payback at 20% vs 40% margin with growth 10%")
    assert len(answer.data["rows"]) == 2
    assert answer.data["unused"] == {"growth": 0.1}


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("payback with revenue 300bn vs 400bn", ["400bn"]),
        ("年收入3000億和4000億差幾年回本", ["4000億"]),
    ],
)
def test_two_revenues_are_no_outlays(engine: Engine, text: str, unread: list[str]) -> None:
    answer = engine.ask(text)
    assert answer.template == "unread"
    assert answer.data["unread"] == unread


def test_a_stock_and_a_flow_are_not_divided(engine: Engine) -> None:
    answer = engine.ask("甲骨文合約和OpenAI承諾哪個大")
    assert not any(shown.name == "times" for shown in answer.figures)
    assert "不能直接相比" in to_text(answer) or "不能直接相除" in to_text(answer)


def test_a_company_without_the_figure_is_named(engine: Engine) -> None:
    text = to_text(engine.ask("亞馬遜和特斯拉2026年資本支出誰多"))
    assert "2,000億美元" in text
    assert "沒有特斯拉" in text


def test_posts_are_counted_and_quoted_with_links(sample_engine: Engine) -> None:
    answer = sample_engine.ask("大家怎麼說margin?")
    document = to_json(answer)
    named = {figure["name"]: figure["value"] for figure in document["figures"]}
    assert named["posts"] == named["bullish"] + named["bearish"] + named["neutral"] > 2
    assert len(answer.data["quotes"]) == 3
    assert len({quote.author for quote in answer.data["quotes"]}) == 3
    assert to_html(answer).count("<a href=") == 3


def test_a_word_that_nobody_wrote_is_said_to_be_missing(sample_engine: Engine) -> None:
    answer = sample_engine.ask("搜一下「薛丁格的貓」的帖子")
    assert answer.template == "no_match"
    assert not answer.found


def test_posts_before_there_are_any(engine: Engine) -> None:
    assert engine.ask("大家怎麼說margin?").template == "no_posts"
    assert engine.ask("最近情緒怎麼變?").template == "no_posts"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("有人提到「左手換右手」嗎", "左手換右手"),
        ("what do people say about rate cuts?", "rate cuts"),
        ("谁在讨论降息", "降息"),
    ],
)
def test_the_topic_is_what_is_left(text: str, words: str) -> None:
    assert topic(text)[0] == words


def test_a_quote_cannot_break_out(sample_engine: Engine) -> None:
    message = to_html(sample_engine.ask("大家怎麼說「<b>」?"))
    assert "<b></b>" not in message
    assert message.count("<b>") == message.count("</b>")


def test_the_trend_has_both_windows(sample_engine: Engine) -> None:
    named = {shown.name: shown.value for shown in sample_engine.ask("最近兩週情緒怎麼變?").figures}
    assert named["bullish"] + named["bearish"] + named["neutral"] > 10
    assert {"bullish_before", "bearish_before"} <= named.keys()


@pytest.mark.parametrize(("text", "days"), [("過去10天", 10), ("last 3 weeks", 21), ("99999999天", 365), ("最近", 14)])
def test_how_far_back(text: str, days: int) -> None:
    assert span(text) == days


@pytest.mark.parametrize("then", ["為什麼?", "why?", "how come?", "怎麼算的?"])
def test_why_shows_the_arithmetic_of_the_last_answer(engine: Engine, then: str) -> None:
    last = engine.ask("利潤率30%、每年營收2000億,幾年回本?").question
    answer = engine.ask(then, last=last)
    assert answer.question.intent == "explain"
    assert values(to_json(answer))[0] == pytest.approx(1000 / 0.3 / 200)
    assert "1000 / 0.3 / 200" in to_text(answer)


def test_a_follow_up_after_why_goes_on(engine: Engine) -> None:
    first = engine.ask("收入照S曲線走,利潤率40%幾年回本?")
    second = engine.ask("為什麼?", last=first.question)
    assert second.figures[0].value == first.figures[0].value


def test_after_why_the_sources_are_those_of_the_whole_calculation(engine: Engine) -> None:
    first = engine.ask("利潤率降到30%要多少年回本?")
    why = engine.ask("為什麼?", last=first.question)
    asked_at_once, asked_after = (engine.ask("來源?", last=answer.question) for answer in (first, why))
    assert asked_after.sources == asked_at_once.sources
    assert engine.ask("and with 6 years?", last=why.question).question.intent == "payback_years"


def test_a_follow_up_after_a_comparison_keeps_what_was_said(engine: Engine) -> None:
    compared = engine.ask("payback of $600bn at 30% and 50%")
    then = engine.ask("and 40%?", last=compared.question)
    assert then.figures[0].quantity.value == pytest.approx(600 / 0.4 / 360)
    assert "600 / 0.3 / 360" in to_text(engine.ask("why?", last=compared.question))


@pytest.mark.parametrize("first", ["payback of $40bn a year", "payback of $40bn a year at 30% and 50%"])
def test_what_is_spent_every_year_stays_so_in_a_follow_up(engine: Engine, first: str) -> None:
    then = engine.ask("and 40%?", last=engine.ask(first).question)
    assert then.template == "yearly_outlay"
    assert then.figures[0].quantity.value == pytest.approx(40 / 0.4)
    assert "40 / 0.4" in to_text(engine.ask("why?", last=then.question))
    once = engine.ask("capex of 500bn in all", last=then.question)
    assert once.figures[0].quantity.value == pytest.approx(500 / 0.4 / 360)


@pytest.mark.parametrize(
    ("first", "then", "share"),
    [
        ("npv at 8%", "and 10%?", {"discount_rate": 0.1}),
        ("折現率8%要幾年回本?", "那10%呢?", {"discount_rate": 0.1}),
        ("payback with revenue growing 20% a year from 60bn", "and 30%?", {"growth": 0.3}),
        ("npv at 8%", "and a margin of 40%?", {"discount_rate": 0.08, "margin": 0.4}),
        ("npv at 8%, margin 40%", "and 30%?", {"discount_rate": 0.08, "margin": 0.3}),
    ],
)
def test_a_bare_share_is_what_the_only_share_before_it_was(
    engine: Engine, first: str, then: str, share: dict[str, float]
) -> None:
    asked = engine.ask(then, last=engine.ask(first).question).question
    assert {name: asked.slots[name] for name in asked.stated & {"margin", "growth", "discount_rate"}} == share


def test_why_without_anything_before_it_asks_back(engine: Engine) -> None:
    checked = engine.ask("check: 木星的訂單有60億，是對手55億的兩倍多。")
    for last in (None, checked.question, engine.ask("is it a bubble?").question):
        for why in ("為什麼?", "why?", "how so?"):
            assert engine.ask(why, last=last).template == "ambiguous"


@pytest.mark.parametrize("told", ["check: ", "check ", "查核："])
def test_a_single_sentence_told_to_be_checked_is_checked(engine: Engine, told: str) -> None:
    answer = engine.ask(f"{told}木星的訂單有60億，是對手55億的兩倍多。")
    assert (answer.template, answer.data["wrong"]) == ("text_check", 1)


@pytest.mark.parametrize("text", [PASTED, f"check: {PASTED}", f"查一下：{PASTED}"])
def test_a_pasted_text_gets_a_verdict_for_each_claim(engine: Engine, text: str) -> None:
    answer = engine.ask(text)
    assert answer.template == "text_check"
    assert answer.question.intent == "claim_check"
    assert answer.data["wrong"] >= 2
    assert "兩倍多" in to_text(answer)
    json.dumps(to_json(answer), allow_nan=False)


def test_a_stored_thread_is_checked_by_its_address(sample_engine: Engine) -> None:
    posts = sample_engine.ask("大家怎麼說margin?").data["quotes"]
    answer = sample_engine.ask(posts[0].url)
    assert answer.template == sample_engine.check(posts[0].url).template
    assert answer.template in ("text_check", "no_claims")
    assert sample_engine.check("https://bbs.wenxuecity.com/cfzh/99999999.html").template == "no_thread"


def test_a_long_text_is_checked_and_a_longer_one_refused(engine: Engine) -> None:
    assert engine.ask(PASTED + "然後又說了一大堆。\n" * 400).template == "text_check"
    with pytest.raises(UsageError, match="too long"):
        engine.check("泡" * 20_001)


def test_a_text_without_numbers_says_so(engine: Engine) -> None:
    assert engine.check("今天天氣很好。\n我們去爬山。").template == "no_claims"


@pytest.mark.parametrize("text", ["4000億美元是多少台幣?", "how much is $400bn in yuan?", "4000亿美元折合多少人民币"])
def test_no_rate_is_made_up(engine: Engine, text: str) -> None:
    answer = engine.ask(text)
    assert answer.template == "no_rate"
    assert not answer.figures


def test_a_dated_rate_of_ones_own_converts(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "questions.md").read_text(encoding="utf-8")
    [card] = re.findall(r"^    \[\[figure\]\]\n(?:(?:    .*)?\n)+", page, re.MULTILINE)
    (tmp_path / "rates.toml").write_text(card, encoding="utf-8")
    engine = Engine(Settings(db=tmp_path / "none.db", lang="en", figures=tmp_path), today=date(2026, 11, 23))
    answer = engine.ask("4000億美元是多少台幣?")
    assert answer.template == "exchange"
    assert answer.figures[0].value == pytest.approx(13_000)
    assert answer.figures[0].unit == "TWD_bn"
    assert "2026-11-20" in to_text(answer)


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "🚀🚀🚀", "???", "去你的", "fuck you", "\u202e\u200b", "<script>alert(1)</script>", "{{ 7*7 }}", "%s%s%n",
        "1" * 32, "capex " + "9" * 32, "9" * 400, "0x" + "f" * 64, "1e400年回本", "NaN利潤率", "-" * 1999, "泡" * 1999, "💰" * 500,
        "'; DROP TABLE posts; --", "../../etc/passwd",
    ],
)  # fmt: skip
def test_rubbish_is_answered_shortly_and_without_a_figure(engine: Engine, text: str) -> None:
    answer = engine.ask(text)
    message = to_text(answer)
    assert 0 < len(message) < 700
    assert not answer.figures
    assert "advice" not in answer.template or "buy" in message


@pytest.mark.parametrize(
    "text", ["該賣嗎?", "should I sell?", "明天會漲嗎", "给个代码", "all in NVDA 可以吗", "目標價多少 NVDA"]
)
def test_no_advice_ever(engine: Engine, text: str) -> None:
    answer = engine.ask(text)
    assert answer.question.intent == "advice_refusal"
    assert not answer.figures


def test_another_calculation_is_of_the_same_outlay(engine: Engine) -> None:
    """“Discounted at 8%?” after a payback of one's own amounts was answered with the article's."""
    steps = [
        ("payback of $2tn at 40% margin and revenue of 500bn?", "payback", 2000 / 0.4 / 500),
        ("discounted at 8%?", "payback", -math.log(1 - 2000 * 0.08 / 200) / math.log(1.08)),
        ("IRR over 10 years?", "irr", 0.0),
        ("revenue to cover depreciation over 5 years?", "revenue_year", 2000 / 5 / 0.4),
    ]
    last = None
    for text, name, value in steps:
        answer = engine.ask(text, last=last)
        last = answer.question
        [found] = [one.value for one in answer.figures if one.name == name]
        assert found == pytest.approx(value, abs=1e-6)


def test_what_another_calculation_does_not_ask_for_stays_out(engine: Engine) -> None:
    first = engine.ask("利潤率30%,年收入5000億,幾年回本?")
    breakeven = engine.ask("要多少收入才打平?", last=first.question)
    assert breakeven.figures[0].value == pytest.approx(1000 / 0.3)
    assert not breakeven.data["unused"]
    turned = engine.ask("6年內回本每年要多少收入?", last=first.question)
    assert turned.figures[0].value == pytest.approx(1000 / 0.3 / 6)
    own = engine.ask("投資4000億,折現率8%要幾年回本?", last=first.question)
    assert own.question.slots["capex_usd_bn"] == 400
