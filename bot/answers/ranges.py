"""A range in a question (利潤率30到50%) is answered at both of its ends, never at its middle alone."""

from collections.abc import Callable
from dataclasses import replace

from bot.answers.base import Answer, Shown, World
from bot.cues import CALCULATIONS
from bot.questions import Question
from core.quantity import Quantity, Unit, money

_UNITS = {"margin": Unit.RATIO, "growth": Unit.RATIO, "discount_rate": Unit.RATIO}


def at_both_ends(question: Question, world: World, answer: Callable[[Question, World], Answer]) -> Answer | None:
    """The answers at the two ends of the question's first range, or `None` where it has none or an end has no answer."""
    name = next((name.removesuffix("_range") for name in question.slots if name.endswith("_range")), None)
    if name is None or question.intent not in CALCULATIONS:
        return None
    slots = {key: value for key, value in question.slots.items() if key != f"{name}_range"}
    ends = question.slots[f"{name}_range"]
    answers = [answer(replace(question, slots={**slots, name: end}), world) for end in ends]
    if not all(one.figures for one in answers):
        return None
    rows = [
        (_written(name, end), one.figures[0].quantity, one.data.get("formula", ""))
        for end, one in zip(ends, answers, strict=True)
    ]
    figures: list[Shown] = [
        replace(one.figures[0], name=f"{one.figures[0].name}_{side}")
        for side, one in zip(("low", "high"), answers, strict=True)
    ]
    return replace(
        answers[0],
        question=replace(question, slots=question.slots),
        template="range",
        data={**answers[0].data, "parameter": name, "rows": rows},
        figures=(*figures, *answers[0].figures[1:]),
    )


def _written(name: str, value: float) -> Quantity:
    if name.endswith("_usd_bn"):
        return money(value)
    return Quantity(value=value, unit=_UNITS.get(name, Unit.YEARS))
