"""Short answers that need no figure: help, off-topic, advice, rubbish; and unit conversion, which needs no register."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from bot.answers.base import Answer, Shown, World
from bot.questions import Question
from core.quantity import money
from core.text import to_simplified

EXAMPLE_FILE = Path(__file__).parents[1] / "data" / "questions" / "examples.toml"

# Words for a unit and how many billions it is. 兆 is 1e12 here, as in Taiwan.
UNITS = {
    "万亿": 1000.0, "兆": 1000.0, "trillion": 1000.0, "tn": 1000.0,
    "亿": 0.1, "billion": 1.0, "bn": 1.0, "million": 0.001,
}  # fmt: skip
_HANT, _HANS = str.maketrans("万亿", "萬億"), str.maketrans("萬億", "万亿")


def say(template: str) -> Callable[[Question, World], Answer]:
    """The function that answers anything with one message."""

    def answer(question: Question, world: World) -> Answer:
        return Answer(question=question, template=template, followups=EXAMPLES[question.lang])

    return answer


usage, advice, unknown = say("help"), say("advice"), say("unknown")
EXAMPLES = {
    "zh-Hant": ("利潤率降到30%要多少年回本?", "OpenAI 2024年收入是130億嗎?", "margin debt 多少?"),
    "zh-Hans": ("利润率降到30%要多少年回本?", "OpenAI 2024年收入是130亿吗?", "margin debt 多少?"),
    "en": ("payback if the margin falls to 30%?", "was OpenAI's revenue 13bn in 2024?", "how much is margin debt?"),
}


def ambiguous(question: Question, world: World) -> Answer:
    """The question asked back, with what it may have meant as buttons; without a guess, examples."""
    offered = tuple(example(intent, question.lang) for intent in question.slots.get("options", ()))
    if not offered:
        return say("ambiguous")(question, world)
    return Answer(question=replace(question, slots={}), template="which", data={"examples": offered}, followups=offered)


def example(intent: str, lang: str) -> str:
    """A question of this kind, to be offered.

    >>> example("margin_debt", "zh-Hans")
    '融资余额多少?'
    """
    words = examples()[intent]
    return words["en"] if lang == "en" else to_simplified(words["zh"]) if lang == "zh-Hans" else words["zh"]


@cache
def examples() -> dict[str, dict[str, str]]:
    """By intent: one question of each kind, in traditional Chinese and English."""
    return tomllib.loads(EXAMPLE_FILE.read_text(encoding="utf-8"))


def unit_convert(question: Question, world: World) -> Answer:
    """1.13T 是多少億: the amount in the unit asked for."""
    to = str(question.slots["to"]).translate(_HANS)
    billions = question.slots.get("value_usd_bn", question.slots.get("value"))
    value = billions / UNITS[to]
    value = float(f"{value:.12g}")
    unit = to.translate(_HANT) if question.lang == "zh-Hant" else to
    amount = replace(money(billions), currency=question.slots.get("currency", "USD"))
    kept = {"value": billions, "unit": "USD_bn", "to": unit}
    return Answer(
        question=Question(text=question.text, lang=question.lang, intent=question.intent, slots=kept),
        template="convert",
        data={
            "exact": f"{value:,.15f}".rstrip("0").rstrip("."),
            "unit": unit,
            "amount": amount,
            "zhao": unit == "兆" or "兆" in question.text,
        },
        figures=(Shown(name="value", quantity=amount, status="computed", source="question", converted=(value, unit)),),
    )
