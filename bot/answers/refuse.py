"""What stops a calculation: something said that was not understood, another currency, a company without an outlay.

A parameter that was said and not read must never be replaced by a default: the answer would look right and be wrong.
"""

from bot.answers.base import Answer, World
from bot.questions import Question
from bot.understanding.cues import CALCULATIONS

# Subjects whose outlay the defaults are about, so that naming them changes nothing.
THE_ARTICLES_OWN = frozenset({"AI_INDUSTRY", "AI_LABS", "US_SOFTWARE", "US_ECONOMY", "TECHNOLOGY"})


def before(question: Question, world: World) -> Answer | None:
    """The refusal, or `None` where the calculation may go on."""
    slots = question.slots
    if question.intent not in CALCULATIONS:
        return None
    if "currency" in slots:
        return Answer(question=question, template="currency", data={"currency": slots["currency"]})
    needs_outlay = question.intent in (
        "payback_years",
        "payback_ramp",
        "breakeven_revenue",
        "discounted_payback",
        "npv_irr",
        "inverse",
    )
    unread = [part for part in slots.get("unread", ()) if not _is_the_outlay(part, question)]
    yearly = slots.get("capex_a_year")
    answers_yearly = question.intent in ("payback_years", "breakeven_revenue")  # see `payback.yearly_outlay`
    if needs_outlay and yearly is not None and yearly not in unread and not answers_yearly:
        unread.append(yearly)
    if unread:
        return Answer(question=question, template="unread", data={"unread": unread})
    others = [id for id in slots.get("entities", ()) if id not in THE_ARTICLES_OWN]
    if others and needs_outlay and "capex_usd_bn" not in slots and slots.get("method") is None:
        figures = world.register.find(others[0], "capex")
        return Answer(
            question=question,
            template="whose_outlay",
            data={"entity": others[0], "figures_at_hand": figures[:3]},
        )
    return None


def _is_the_outlay(part: str, question: Question) -> bool:
    """“600bn written off over 6 years”: the one amount that is nothing else (see `inputs.Inputs.maybe`)."""
    takes_any = question.intent in (
        "depreciation_breakeven",
        "discounted_payback",
        "npv_irr",
        "capital_cycle",
        "valuation_years",
    )
    return takes_any and "capex_usd_bn" not in question.slots and part == question.slots.get("value_text")
