"""“Please”, “thanks” and the bot's name change nothing of the answer."""

import pytest

from bot.answers import Engine
from bot.understanding.manners import without_manners

QUESTIONS = ("利潤率降到30%要多少年回本?", "OpenAI 2024年收入是130億嗎?", "what does IRR mean?", "define capex", "compare payback at 30% and 60% margin", "你會什麼?", "我手上的台積電要先跑嗎", "search quantum")  # fmt: skip


@pytest.mark.parametrize("text", QUESTIONS)
@pytest.mark.parametrize(
    "form", ["請問{}", "{} 謝謝", "@paomo_bot {}", "please, {}", "{} thanks!", "你好,麻煩問一下,{}", "Hi, {} please"]
)
def test_courtesy_changes_nothing(engine: Engine, text: str, form: str) -> None:
    plain, polite = engine.ask(text), engine.ask(form.format(text))
    assert polite.question.intent == plain.question.intent
    assert [shown.value for shown in polite.figures] == [shown.value for shown in plain.figures]


@pytest.mark.parametrize("text", ["謝謝", "please", "", "hello", "@paomo_bot", "thx!!"])
def test_courtesy_alone_stays(text: str) -> None:
    assert without_manners(text) == text
