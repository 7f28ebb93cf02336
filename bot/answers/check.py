"""Is that figure right? The amount in the question against the register (see `core.compare`), and against the claims."""

from bot.answers.base import Answer, Shown, World, claimed, quantity, shown, sources_of
from bot.answers.lookup import about, claim_answer, figure_lookup
from bot.questions import Question
from core.compare import compare
from core.quantity import Kind, money


def claim_check(question: Question, world: World) -> Answer:
    """The claim named in the question, or the amount compared with the register."""
    slots = question.slots
    value = slots.get("value_usd_bn")
    if value is None or "claim_id" in slots or not (slots.get("entity") or slots.get("metric")):
        claims = about(question, world)
        return claim_answer(question, world, claims) if claims else figure_lookup(question, world)
    figures = world.register.find(slots.get("entity"), slots.get("metric"))
    figures = [figure for figure in figures if figure.unit == "USD_bn"]
    check = compare(value, str(slots.get("value_text", "")), figures, slots.get("period"))
    if check.figure is None:
        claims = about(question, world)
        return claim_answer(question, world, claims) if claims else figure_lookup(question, world)
    asked = Shown(
        name="asked",
        quantity=money(value, kind=Kind(check.figure.stock_or_flow) if check.figure.stock_or_flow else None),
        status="unverified",
        source="question",
    )
    claims = [
        claim
        for claim in about(question, world)
        if claim.value is not None and abs(claim.value - value) <= 0.005 * value and claim.metric == check.figure.metric
    ]
    compared = [check.figure, *([check.other] if check.other else [])]
    kept = {name: slot for name, slot in slots.items() if name not in ("entities", "value_text")} | (
        {"claim_id": claims[0].id} if claims else {}
    )
    return Answer(
        question=Question(text=question.text, lang=question.lang, intent="claim_check", slots=kept),
        template="check",
        data={"check": check, "asked": asked.quantity, "found": quantity(check.figure.value, check.figure.unit, of=check.figure),
              "other": quantity(check.other.value, check.other.unit, of=check.other) if check.other else None, "claims": claims},
        figures=(*(shown(figure) for figure in compared), *(row for claim in claims for row in claimed(claim))),
        sources=sources_of(*compared, *claims),
    )  # fmt: skip
