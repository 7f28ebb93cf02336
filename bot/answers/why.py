"""Why? The answer that was just given, with its arithmetic step by step, what was assumed, and the claims behind it."""

from dataclasses import replace

from bot.answers.base import Answer, World, without
from bot.answers.table import ANSWERS
from bot.questions import Question


def explain(question: Question, world: World) -> Answer:
    """Of a claim, or (“why?”) of the calculation that was just answered."""
    from bot.answers.lookup import explain_claim

    of = question.slots.get("of")
    if of is None:
        return explain_claim(question, world)
    intent, text = of
    slots = without(question.slots, "of")
    last = replace(question, intent=intent, text=text, slots=slots, stated=frozenset(slots))
    return why(question, ANSWERS[intent](last, world))


def why(question: Question, base: Answer) -> Answer:
    """The computed figures of `base`, each with its formula and the numbers put in; the talk stays in its calculation."""
    steps = [shown for shown in base.figures if shown.status == "computed" and shown.source]
    if not steps:
        return base
    data = {
        name: base.data.get(name, empty)
        for name, empty in (("claims", []), ("assumed", []), ("unused", {}), ("given", {}))
    }
    slots = {**base.question.slots, "of": (base.question.intent, base.question.text)}
    return replace(
        base,
        question=replace(base.question, text=question.text, lang=question.lang, intent="explain", slots=slots),
        template="why",
        data={**data, "steps": steps},
    )
