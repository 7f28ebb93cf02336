"""Questions in, answers out. One module a subject; `ANSWERS` says which function answers which intent."""

from dataclasses import replace
from datetime import date

from bot import questions
from bot.answers.base import Answer, World
from bot.answers.plain import EXAMPLES
from bot.answers.ranges import at_both_ends
from bot.answers.refuse import before
from bot.answers.table import ANSWERS
from bot.questions import Question
from core.capex import MAX_BN
from core.config import Settings
from core.errors import NotFound, QuantityError, UsageError
from core.quantity import money
from core.text import clean, fold

LIMIT = money(MAX_BN)


class Engine:
    """Answers questions. `today` is the day that 今年 and “last year” are counted from.

    >>> from pathlib import Path
    >>> engine = Engine(Settings(db=Path("none.db"), lang="en"), today=date(2026, 11, 23))
    >>> engine.ask("payback at a margin of 30%?").figures[0].quantity.value
    9.25925925925926
    """

    def __init__(self, settings: Settings, *, today: date) -> None:
        self.settings = settings
        self.today = today

    def ask(self, text: str, *, lang: str | None = None, last: Question | None = None) -> Answer:
        """Answer `text`; `lang` is the talk's setting, `last` the question before it in the same talk.

        A pasted text with numeric claims in it is checked, claim by claim. Raises `UsageError` for any other of over
        2,000 characters; every other question gets an answer, be it the honest “I can't answer that”.
        """
        from bot.answers import text_check

        lang = lang or self.settings.lang
        if text_check.is_address(text) and len(text) <= questions.MAX_LENGTH:
            return self.check(text, lang=lang)
        if len(text) <= text_check.LONGEST and text_check.is_to_check(text, self._world()):
            return self.check(text, lang=lang)
        question = questions.read(text, lang=lang, today=self.today, last=last)
        answer = text_check.multiple(question, self._world()) or self.answer(question)
        return replace(answer, followups=tuple(one for one in answer.followups if fold(one) != fold(text)))

    def check(self, text: str, *, lang: str | None = None) -> Answer:
        """Every numeric claim of a text of up to 20,000 characters, or of the stored thread whose address it is.

        Raises `UsageError` for a longer one.
        """
        from bot.answers import text_check

        if len(text) > text_check.LONGEST:
            raise UsageError(
                f"a text of {len(text):,} characters is too long; the limit is {text_check.LONGEST:,}",
                hint="`paomo check` takes a file",
            )
        text = clean(text)
        language = questions.answer_language(text[:500], lang or self.settings.lang)
        return text_check.text_check(Question(text=text, lang=language, intent="claim_check"), self._world())

    def _world(self) -> World:
        return World(settings=self.settings, today=self.today)

    def answer(self, question: Question) -> Answer:
        """Answer a question that is already understood."""
        world = self._world()
        try:
            answer = ANSWERS[question.intent]
            return before(question, world) or at_both_ends(question, world, answer) or answer(question, world)
        except QuantityError:
            return Answer(question=replace(question, intent="invalid_input"), template="invalid", data={"limit": LIMIT})
        except NotFound:
            return Answer(
                question=replace(question, intent="off_topic"),
                template="unknown",
                followups=EXAMPLES[question.lang],
            )


__all__ = ["ANSWERS", "Answer", "Engine"]
