"""Is that figure right? The amount in the question against the register, and against the claims.

The amount is right within half a unit of its last stated digit, and at most 5%; approximately right within 10%.
An amount ten times or a tenth of the true one is named as the slip between 億 and billion that it mostly is; an
amount that is right for another period is named as the slip of period.
"""

import re
from dataclasses import dataclass

from bot.answers.base import Answer, Shown, World, claimed, quantity, shown, sources_of
from bot.answers.lookup import about, claim_answer, figure_lookup
from bot.questions import Question
from core.figures import Figure
from core.quantity import Kind, money

EXACT, NEAR, TEN = 0.05, 0.10, 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """verdict: one of the contract's eight; figure: what it was compared with; other: a period that it fits."""

    verdict: str
    figure: Figure | None
    other: Figure | None = None
    ratio: float | None = None


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


def compare(value: float, text: str, figures: list[Figure], period: str | None) -> Check:
    """Compare an amount (USD bn) with the figures of one entity and metric, newest first."""
    from core.figures import covers, normal_period

    ranked = sorted(
        (rank, -i)
        for i, f in enumerate(figures)
        if period and (rank := covers(normal_period(period), f.period)) is not None
    )
    asked = [figures[-i] for rank, i in ranked if rank == ranked[0][0]] if ranked else []
    candidates = asked or ([] if period else figures)
    for tolerance, verdict in ((min(EXACT, _half_unit(text)), "holds"), (NEAR, "holds_approximately")):
        for figure in candidates:
            if _within(value, figure, tolerance):
                return Check(verdict=verdict, figure=figure)
    if not candidates:
        fits = next((f for f in figures if _within(value, f, EXACT)), None)
        return Check(verdict="unverified", figure=fits)
    first = candidates[0]
    other = next((f for f in figures if f not in candidates and _within(value, f, EXACT)), None)
    if other is not None:
        return Check(verdict="contradicted", figure=first, other=other, ratio=_ratio(value, first))
    for figure in candidates:
        if any(abs(value / (figure.value * ten) - 1) <= TEN for ten in (10, 0.1) if figure.value):
            return Check(verdict="fails_by_power_of_ten", figure=figure, ratio=_ratio(value, figure))
    return Check(verdict="contradicted", figure=first, ratio=_ratio(value, first))


def _ratio(value: float, figure: Figure) -> float | None:
    return value / figure.value if figure.value else None


def _within(value: float, figure: Figure, tolerance: float) -> bool:
    if (
        figure.value_low is not None
        and figure.value_high is not None
        and figure.value_low <= value <= figure.value_high
    ):
        return True
    return bool(figure.value) and abs(value - figure.value) <= tolerance * abs(figure.value)


def _half_unit(text: str) -> float:
    """Half a unit of the last stated digit, relative to the value: 130億 is right from 125 to 135.

    >>> round(_half_unit("130億"), 4), round(_half_unit("1.13"), 4)
    (0.0385, 0.0044)
    """
    digits = re.sub(r"[^\d.]", "", text)
    if not digits.strip("."):
        return EXACT
    decimals = len(digits.partition(".")[2])
    whole = digits.partition(".")[0]
    unit = 10.0**-decimals if decimals else 10.0 ** (len(whole) - len(whole.rstrip("0")))
    return 0.5 * unit / float(digits) if float(digits) else EXACT
