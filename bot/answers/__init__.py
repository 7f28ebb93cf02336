"""Questions in, answers out. One module a subject; `ANSWERS` says which function answers which intent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from bot import questions
from bot.answers import (
    bubble,
    cashflow,
    check,
    circular,
    compare,
    exchange,
    forum,
    history,
    lookup,
    own_payback,
    payback,
    plain,
    ratio,
    search,
    term,
    text_check,
    trend,
    uncertainty,
    valuation,
    why,
)
from bot.answers.base import Answer, World
from bot.answers.ranges import at_both_ends
from bot.answers.refuse import before
from bot.questions import Question
from core.config import Settings
from core.errors import NotFound, QuantityError, UsageError
from core.text import clean


def _explain(question: Question, world: World) -> Answer:
    """Of a claim, or (“why?”) of the calculation that was just answered."""
    of = question.slots.get("of")
    if of is None:
        return lookup.explain(question, world)
    intent, text = of
    slots = {name: value for name, value in question.slots.items() if name != "of"}
    last = replace(question, intent=intent, text=text, slots=slots, stated=frozenset(slots))
    return why.why(question, ANSWERS[intent](last, world))


ANSWERS: dict[str, Callable[[Question, World], Answer]] = {
    "breakeven_revenue": cashflow.breakeven_revenue,
    "payback_years": payback.payback_years,
    "payback_ramp": payback.payback_ramp,
    "required_cagr": payback.required_cagr,
    "inverse": payback.inverse,
    "own_payback": own_payback.own_payback,
    "depreciation_breakeven": cashflow.depreciation_breakeven,
    "discounted_payback": cashflow.discounted_payback,
    "npv_irr": cashflow.npv_irr,
    "capital_cycle": cashflow.capital_cycle,
    "valuation_years": valuation.valuation_years,
    "figure_lookup": lookup.figure_lookup,
    "source_lookup": lookup.source_lookup,
    "explain": _explain,
    "explain_term": term.explain_term,
    "compare": compare.compare,
    "since_article": lookup.since_article,
    "claim_check": check.claim_check,
    "forum_sentiment": forum.forum_sentiment,
    "trend": trend.trend,
    "search_posts": search.search_posts,
    "bubble_verdict": bubble.bubble_verdict,
    "circular_financing": circular.circular_financing,
    "dotcom_compare": history.dotcom_compare,
    "margin_history": history.margin_history,
    "monte_carlo": uncertainty.monte_carlo,
    "sensitivity": uncertainty.sensitivity,
    "exchange": exchange.exchange,
    "unit_convert": plain.unit_convert,
    "help": plain.say("help"),
    "advice_refusal": plain.say("advice"),
    "ambiguous": plain.ambiguous,
    "injection": plain.say("unknown"),
    "off_topic": plain.say("unknown"),
    # The contract's names that a look-up or a refusal gives its question, so that it can be asked again.
    **dict.fromkeys(lookup.INTENTS.values(), lookup.figure_lookup),
    "oracle_contract": ratio.oracle_contract,
    "invalid_input": payback.payback_years,
}


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
        lang = lang or self.settings.lang
        if (
            text_check.is_text(text)
            and len(text) <= text_check.LONGEST
            and text_check.finds_claims(text, self._world())
        ):
            return self.check(text, lang=lang)
        return self.answer(questions.read(text, lang=lang, today=self.today, last=last))

    def check(self, text: str, *, lang: str | None = None) -> Answer:
        """Every numeric claim of a text of up to 20,000 characters, or of the stored thread whose address it is.

        Raises `UsageError` for a longer one.
        """
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
            return Answer(
                question=replace(question, intent="invalid_input"), template="invalid", data={"limit": payback.LIMIT}
            )
        except NotFound:
            return Answer(
                question=replace(question, intent="off_topic"),
                template="unknown",
                followups=plain.EXAMPLES[question.lang],
            )


__all__ = ["ANSWERS", "Answer", "Engine"]
