"""What /help offers to ask can be asked, and no answer offers the question that was just asked."""

import re
from pathlib import Path

import pytest

from bot.answers import Engine
from bot.answers.plain import EXAMPLES
from core.text import fold

TEXTS = Path(__file__).parents[2] / "bot" / "render" / "texts"
QUOTED = re.compile(r"“([^”]+)”|「([^」]+)」")


def offered(lang: str) -> list[str]:
    """The questions that /help quotes, without the follow-ups of its last line."""
    *lines, _ = (TEXTS / lang / "help.j2").read_text(encoding="utf-8").strip().splitlines()
    return ["".join(found) for found in QUOTED.findall("\n".join(lines))]


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "zh-Hans"])
def test_what_help_offers_to_ask_is_answered(sample_engine: Engine, lang: str) -> None:
    questions = [*offered(lang), *EXAMPLES[lang]]
    assert len(questions) > 25
    answers = {question: sample_engine.ask(question, lang=lang) for question in questions}
    assert [
        one for one, answer in answers.items() if not answer.found or answer.template in {"unread", "invalid"}
    ] == []


def test_two_margins_joined_by_and_are_compared(engine: Engine) -> None:
    for question in (
        "payback at 30% and 50% margin",
        "payback at a margin of 30% or 50%?",
        "利潤率30%和50%幾年回本?",
        "payback at 30% and 50%, revenue 360bn",
    ):
        answer = engine.ask(question)
        assert [round(one.quantity.value, 2) for one in answer.figures[:2]] == [9.26, 5.56], question
    assert engine.ask("payback at a margin of 30% and a discount rate of 8%?").question.intent == "discounted_payback"


@pytest.mark.parametrize("question", ["which input matters most?", "IRR over 6 years?", "收入照S曲線走呢?"])
def test_an_answer_does_not_offer_its_own_question(engine: Engine, question: str) -> None:
    followups = engine.ask(question).followups
    assert followups
    assert fold(question) not in map(fold, followups)


def test_a_decade_is_not_said_twice(engine: Engine) -> None:
    from bot.render import to_html

    for lang, question in (("en", "compared with 2000?"), ("zh-Hant", "跟2000年比呢?"), ("zh-Hans", "跟2000年比呢？")):
        said = to_html(engine.ask(question, lang=lang))
        assert "1990" in said
        assert "1990s 1990s" not in said
        assert "代） 1990s" not in said
