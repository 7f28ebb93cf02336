"""How many times: one measure of a company over another, and, beside it, the sum over the other.

“Twice as much” and “doubles” are told apart by showing both a/b and (a + b)/b. A stock over a flow is a time, and comes
out in years.
"""

import re
from dataclasses import replace
from typing import Any

from bot.answers import computed
from bot.answers.base import Answer, World, claimed, quantity, sources_of
from bot.answers.lookup import INTENTS, figure_lookup
from bot.questions import Question
from core.figures import Figure
from core.quantity import Unit
from core.text import fold

MOST = 3
_COMPARES = re.compile(r"倍|比例|占|相当|\bratio\b|multiple|relative|compared|versus|\bvs\b|\bthan\b|revenue|营收")


def ratio(question: Question, world: World) -> Answer:
    """The newest figure of the first measure over those of the second, newest periods first."""
    slots = question.slots
    first, second = slots["metrics"][:2]
    if re.search(r"how many times (?!is\b|are\b|as\b)", question.text.lower()):
        first, second = second, first  # “how many times its cash flow is the capex”: English names the base first
    entity = slots["entity"]
    tops = world.register.find(entity, first, slots.get("period")) or world.register.find(entity, first)
    bottoms = world.register.find(entity, second, slots.get("period")) or world.register.find(entity, second)
    if not tops or not bottoms:
        return figure_lookup(question, world)
    same = [(top, bottom) for bottom in bottoms for top in tops if top.period == bottom.period]
    pairs = (same or [(tops[0], bottom) for bottom in bottoms if bottom.period and bottom.status != "unverified"])[
        : MOST + 1
    ]
    rows = [_row(top, bottom) for top, bottom in pairs]
    relations = [
        claim
        for claim in world.register.claims_about(entity)
        if claim.kind == "relation" and set(_metrics(claim.recheck.figures)) >= {first, second}
    ]
    return Answer(
        question=replace(question, intent=INTENTS.get((entity, first), "compare")),
        template="ratio",
        data={"entity": entity, "first": first, "second": second, "rows": rows, "claims": relations},
        figures=(
            *(shown for row in rows for shown in row["figures"]),
            *(row for claim in relations for row in claimed(claim)),
        ),
        sources=sources_of(*(figure for pair in pairs for figure in pair), *relations),
    )


def oracle_contract(question: Question, world: World) -> Answer:
    """The contract's yearly value; beside Oracle's revenue where the question asks how it compares."""
    if _COMPARES.search(fold(question.text)):
        return ratio(
            replace(
                question, slots={**question.slots, "entity": "ORCL", "metrics": ("contract_annual_value", "revenue")}
            ),
            world,
        )
    return figure_lookup(question, world)


def _row(top: Figure, bottom: Figure) -> dict[str, Any]:
    a, b = quantity(top.value, top.unit, of=top), quantity(bottom.value, bottom.unit, of=bottom)
    times = a / b
    period = (bottom.period or bottom.as_of).lower()
    formula = f"{top.value:g} / {bottom.value:g} = {times.value:.4g}"
    figures = [computed.figure(f"ratio_{period}", times, formula, as_of=bottom.as_of)]
    doubled = None
    if times.unit is Unit.RATIO:
        source = f"({top.value:g} + {bottom.value:g}) / {bottom.value:g} = {1 + times.value:.4g}"
        figures.append(computed.ratio(f"total_over_{period}", 1 + times.value, source, as_of=bottom.as_of))
        doubled = figures[-1].quantity
    return {"top": top, "bottom": bottom, "times": times, "doubled": doubled, "formula": formula, "figures": figures}


def _metrics(figures: tuple[Figure, ...]) -> list[str]:
    return [figure.metric for figure in figures]
