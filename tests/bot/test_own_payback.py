"""A payback of something that is not AI spending: asked for, or computed with the asker's own amounts alone."""

from datetime import date

import pytest

from bot.answers import Engine
from bot.answers.base import Answer
from bot.questions import read
from bot.render import to_json, to_text

TODAY = date(2026, 11, 23)
FOREIGN = [
    "太陽能板多少年回本", "房貸幾年還清", "買車划算嗎幾年回本", "礦機幾年回本", "開奶茶店多久回本", "這台機器幾年回本", "念MBA幾年回本",
    "核電廠要多少年才能回本", "火星基地多久回本", "租房还是买房划算,几年回本", "solar panels payback time?", "when will my car pay for itself",
    "how many years until a heat pump pays back", "break even on my Etsy store?", "how long to pay off a mortgage of $300k", "買房子 IRR 多少",
]  # fmt: skip
OURS = [
    "How long before the spending is recovered?", "at what point does the investment break even", "how many years to recoup a trillion dollars",
    "is a payback of 5 years realistic?", "payback assuming straight-line ramp over 7 years", "what happens to payback if chips only last 4 years",
    "how does payback change if margins fall to a third", "這筆錢幾年可以賺回來", "照這個速度什麼時候能回本", "利潤率砍半之後幾年回本", "到底要賣多少才能打平",
    "巨头们砸的钱几年能收回", "整個行業何時打平", "假設收入先線性成長五年再持平,幾年回本", "這波投資潮多久回本", "砸這麼多錢,幾年才回得了本", "AI的太陽能電廠幾年回本",
    "如果毛利只剩四分之一,要多久才能打平", "按文章的算法幾年能回本?",
]  # fmt: skip


@pytest.mark.parametrize("text", FOREIGN)
def test_what_is_not_ours_is_asked_for_and_never_answered_with_ai(engine: Engine, text: str) -> None:
    answer = engine.ask(text)
    assert (answer.question.intent, answer.template) == ("off_topic", "own_amounts")
    assert not answer.figures
    assert not answer.found
    assert "360" not in to_text(answer)


@pytest.mark.parametrize("text", OURS)
def test_what_is_ours_stays_ours(text: str) -> None:
    assert read(text, lang="en", today=TODAY).intent != "own_payback"


@pytest.mark.parametrize(
    ("text", "years", "said"),
    [
        ("太陽能板花30萬，每年省5萬，幾年回本?", 6.0, "30萬 / 5萬"),
        ("投資100萬開咖啡店,每年賺20萬,幾年回本", 5.0, "100萬 / 20萬"),
        ("电动车比油车贵5万,每年省油费8000,几年回本", 6.25, "5万 / 8000"),
        ("咖啡店投資300萬,每月營收30萬,毛利率60%,幾年回本", 1.3889, "300萬 / (30萬 × 12) / 60%"),
        ("房貸1000萬，每月還5萬，年利率2%，幾年還清?", 20.4752, "年利率 2%"),
        ("solar panels cost $20k and save $2,500 a year, payback?", 8.0, "$20k / $2,500"),
        ("a mortgage of $300k, paying $2,000 a month at interest of 4%, when is it paid off?", 17.6730, "paid off in"),
    ],
)
def test_own_amounts_are_computed_and_nothing_else_is_said(engine: Engine, text: str, years: float, said: str) -> None:
    document = to_json(engine.ask(text))
    assert document["intent"] == "own_payback"
    assert [figure["value"] for figure in document["figures"]] == [pytest.approx(years, rel=1e-4)]
    assert said in document["answer"]
    for ours in ("A04", "資本支出", "capex", "360", "AI "):
        assert ours not in document["answer"]


def test_a_payment_below_the_interest_never_ends(engine: Engine) -> None:
    answer = engine.ask("房貸1000萬，每月還1萬，年利率2%，幾年還清?")
    assert not answer.figures
    assert "永遠還不清" in to_text(answer)


def test_two_currencies_are_not_mixed(engine: Engine) -> None:
    assert engine.ask("my EV charger costs €5000 and saves $900 a year, payback?").template == "own_amounts"


def test_a_follow_up_changes_the_own_amounts_and_ai_is_asked_for_by_name(engine: Engine) -> None:
    def then(text: str, last: Answer) -> Answer:
        return engine.ask(text, last=last.question)

    first = engine.ask("太陽能板花30萬，每年省5萬，幾年回本?")
    second = then("每年省6萬呢?", first)
    assert [shown.value for shown in second.figures] == [pytest.approx(5.0)]
    third = then("那AI呢,幾年回本?", second)
    assert third.figures[0].value == pytest.approx(5.5556, abs=1e-4)
