"""What is IRR? The meaning of a term and its formula, from the glossary, with what the register knows of it now."""

from bot.answers.base import Answer, World, shown, sources_of
from bot.questions import Question
from core import glossary


def explain_term(question: Question, world: World) -> Answer:
    """The entry of the glossary, whole; where it has figures, the newest of them."""
    entry = next(entry for entry in glossary.load() if entry.id == question.slots["term"])
    found = world.register.find(entry.entity, entry.metric)[:1] if entry.metric else []
    return Answer(
        question=question,
        template="term",
        data={"term": entry, "name": entry.name(question.lang), "now": found},
        figures=tuple(map(shown, found)),
        sources=sources_of(*found),
        followups=(entry.ask.text(question.lang),) if entry.ask else (),
    )
