"""Is that figure right? The amount in the question against the register (see `core.claims.compare`), and against the claims."""

from dataclasses import replace

from bot.answers.base import Answer, World, claimed, quantity, shown, sources_of, without
from bot.answers.lookup import about, claim_answer, figure_lookup, half_year, states
from bot.questions import Question
from core.claims.compare import Check, compare, vouched
from core.figures import Claim
from core.quantity import Quantity


def claim_check(question: Question, world: World) -> Answer:
    """The claim named in the question, or the amount compared with the register.

    Where a claim states this very amount, its verdict leads. Without a period the newest figure counts: what was
    true of an earlier month is said to be so, and is not true now.
    """
    slots = question.slots
    unit = "USD_bn" if "value_usd_bn" in slots else "ratio"
    value = slots.get("value_usd_bn", slots.get("value_ratio"))
    claims = about(question, world)
    if value is None or "currency" in slots or "claim_id" in slots or not (slots.get("entity") or slots.get("metric")):
        if "currency" in slots:
            return Answer(question=question, template="currency", data={"currency": slots["currency"]})
        return claim_answer(question, world, claims) if claims else figure_lookup(question, world)
    metric = slots.get("metric")
    figures = [figure for figure in world.register.find(slots.get("entity"), metric) if figure.unit == unit]
    period = (
        slots.get("period")
        or half_year(question, world)
        or next((figure.period for figure in figures if figure.period), None)
    )
    stating = [
        claim
        for claim in claims
        if states(claim, value, unit)
        and (claim.metric == figures[0].metric if figures else _is_about(claim, metric, unit))
        and slots.get("period") in (None, claim.period)
    ]
    check = vouched(compare(value, str(slots.get("value_text", "")), figures, period))
    if stating:
        check = replace(check, verdict=stating[0].recheck.verdict)
    if check.figure is None:
        fitting = [claim for claim in claims if _is_about(claim, metric, unit)]
        return claim_answer(question, world, fitting) if fitting else figure_lookup(question, world)
    return _answer(question, check, quantity(value, unit, of=check.figure), stating)


def _answer(question: Question, check: Check, asked: Quantity, claims: list[Claim]) -> Answer:
    assert check.figure is not None
    compared = [check.figure, *([check.other] if check.other else [])]
    kept = without(question.slots, "entities", "value_text")
    return Answer(
        question=replace(question, intent="claim_check", slots=kept | ({"claim_id": claims[0].id} if claims else {})),
        template="check",
        data={
            "check": check,
            "asked": asked,
            "found": quantity(check.figure.value, check.figure.unit, of=check.figure),
            "other": quantity(check.other.value, check.other.unit, of=check.other) if check.other else None,
            "claims": claims,
        },
        figures=(*(shown(figure) for figure in compared), *(row for claim in claims for row in claimed(claim))),
        sources=sources_of(*compared, *claims),
    )


def _is_about(claim: Claim, metric: str | None, unit: str) -> bool:
    """Whether a claim can answer for a measure that the register has not; a ratio is of two, by either's name."""
    return metric in (None, claim.metric) or claim.unit == unit == "ratio"
