"""Why? The answer that was just given, with its arithmetic step by step, what was assumed, and the claims behind it."""

from dataclasses import replace

from bot.answers.base import Answer
from bot.questions import Question


def why(question: Question, base: Answer) -> Answer:
    """The computed figures of `base`, each with its formula and the numbers put in."""
    steps = [shown for shown in base.figures if shown.status == "computed" and shown.source]
    if not steps:
        return base
    data = {
        name: base.data.get(name, empty)
        for name, empty in (("claims", []), ("assumed", []), ("unused", {}), ("given", {}))
    }
    return replace(
        base,
        question=replace(base.question, text=question.text, lang=question.lang, intent="explain"),
        template="why",
        data={**data, "steps": steps},
    )
