"""A calculation answered several times, a row for each value of one parameter.

A range in a question (利潤率30到50%) is answered at both of its ends, never at its middle alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.answers.base import Answer, World, without
from bot.questions import Question
from bot.understanding.cues import CALCULATIONS
from core.quantity import Quantity, Unit, money

_UNITS = {"margin": Unit.RATIO, "growth": Unit.RATIO, "discount_rate": Unit.RATIO}


def at_both_ends(question: Question, world: World, answer: Callable[[Question, World], Answer]) -> Answer | None:
    """The answers at the two ends of the question's first range, or `None` where it has none or an end has no answer."""
    name = next((name.removesuffix("_range") for name in question.slots if name.endswith("_range")), None)
    if name is None or question.intent not in CALCULATIONS:
        return None
    slots, ends = without(question.slots, f"{name}_range"), question.slots[f"{name}_range"]
    answers = [answer(replace(question, slots={**slots, name: end}), world) for end in ends]
    if not all(one.figures for one in answers):
        return None
    return in_rows(question, name, dict(zip(("low", "high"), zip(ends, answers, strict=True), strict=True)))


def in_rows(question: Question, name: str, cases: Mapping[str, tuple[float, Answer]]) -> Answer:
    """One answer of several to the same question; cases: by the end of a figure's name, the parameter's value and its answer."""
    rows = [
        (_written(name, value), answer.figures[0].quantity, answer.data.get("formula", ""))
        for value, answer in cases.values()
    ]
    firsts = [replace(answer.figures[0], name=f"{answer.figures[0].name}_{end}") for end, (_, answer) in cases.items()]
    first = next(iter(cases.values()))[1]
    return replace(
        first,
        question=question,
        template="range",
        data={**first.data, "parameter": name, "rows": rows},
        figures=(*firsts, *first.figures[1:]),
    )


def _written(name: str, value: float) -> Quantity:
    if name.endswith("_usd_bn"):
        return money(value)
    return Quantity(value=value, unit=_UNITS.get(name, Unit.YEARS))
