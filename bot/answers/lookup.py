"""Figures of the register by company, metric and period; claims with their rechecks; who says so.

One question, several truths: a “loss” is an operating loss, a net loss or cash burnt, so a metric of a family is
answered with the whole family, each by its name.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answers.base import Answer, World, claimed, shown, sources_of, without
from bot.questions import Question
from core.figures import Claim, Figure
from core.text import fold

# Metrics that people mean by one word; all are shown, told apart.
FAMILIES: tuple[tuple[str, ...], ...] = (("cash_burn", "operating_loss", "net_loss"),)
# The contract's names for questions that are asked often; anything else is `figure_lookup`.
INTENTS = {
    ("OPENAI", "revenue"): "openai_financials",
    ("OPENAI", "operating_loss"): "openai_financials",
    ("OPENAI", "net_loss"): "openai_financials",
    ("OPENAI", "cash_burn"): "openai_financials",
    ("OPENAI", "commitments"): "openai_commitments",
    ("ORCL", "operating_cash_flow"): "oracle_cashflow",
    ("ORCL", "free_cash_flow"): "oracle_cashflow",
    ("ORCL", "contract_annual_value"): "oracle_contract",
    ("FIVE_HYPERSCALERS", "capex"): "capex_lookup",
    (None, "margin_debt"): "margin_debt",
    (None, "money_market_assets"): "sideline_cash",
    ("QUANTUM_STOCKS", "price_to_sales"): "quantum_ps",
}
_HALVES = (("H1", re.compile(r"上半年|first half|\bh1\b")), ("H2", re.compile(r"下半年|second half|\bh2\b")))
LOOKUPS = frozenset({"figure_lookup", "compare", *INTENTS.values()})
# What every company has: without a company the question is whose.
COMPANY_METRICS = frozenset(
    {
        "revenue",
        "capex",
        "operating_loss",
        "net_loss",
        "cash_burn",
        "market_cap",
        "margin",
        "operating_cash_flow",
        "free_cash_flow",
        "price_to_sales",
    }
)
_READ = ("entities", "metrics", "value_text")  # slots that the answer says otherwise
MOST_FIGURES, MOST_CLAIMS, MOST_CHANGED = 6, 3, 8


def half_year(question: Question, world: World) -> str | None:
    """The newest half year known of what is asked about, where the question says 上半年 or “first half” and no year."""
    half = next((name for name, cue in _HALVES if cue.search(fold(question.text))), None)
    if half is None or "period" in question.slots:
        return None
    known = world.register.find(question.slots.get("entity"), question.slots.get("metric"))
    return next((figure.period for figure in known if (figure.period or "").endswith(half)), None)


def figure_lookup(question: Question, world: World) -> Answer:
    """Figures and claims that fit, newest first; where the period is unknown to the register, it says so."""
    slots = question.slots
    entity, metric, period = slots.get("entity"), slots.get("metric"), slots.get("period") or half_year(question, world)
    entities = slots.get("entities", ())[:3] if metric else ()
    entities = entities or (entity,)
    figures, claims = _fitting(world, entities, metric, period)
    missed = (
        period if period and metric and figures and not any(figure.metric == metric for figure in figures) else None
    )
    if period and not figures and not claims:
        missed = period
        figures, claims = _fitting(world, entities, metric, None)
    if not figures and not claims:
        return Answer(
            question=question,
            template="no_figure",
            data={"entity": entity, "metric": metric, "known": _known(world, entity)},
        )
    owners = list(dict.fromkeys(figure.entity for figure in figures))
    if entity is None and len(owners) > 1 and metric in COMPANY_METRICS:
        return Answer(question=question, template="whose", data={"metric": metric, "owners": owners})
    if metric is None:
        figures = list({figure.metric: figure for figure in reversed(figures)}.values())[:MOST_FIGURES]
    intent = question.intent
    if intent in LOOKUPS:
        intent = INTENTS.get((entity, metric or "")) or INTENTS.get((None, metric or "")) or "figure_lookup"
    named = Question(text=question.text, lang=question.lang, intent=intent, slots=without(question.slots, *_READ))
    return Answer(
        question=named,
        template="figures",
        data={"rows": figures, "claims": claims, "missed": missed, "entity": entity, "metric": metric},
        figures=(*(shown(figure) for figure in figures), *(row for claim in claims for row in claimed(claim))),
        sources=sources_of(*figures, *claims),
        followups=_followups(question.lang, claims),
        chart="margin_debt" if intent == "margin_debt" else None,
    )


def claim_answer(question: Question, world: World, claims: list[Claim], template: str = "claims") -> Answer:
    """Claims as said, each with its recheck and what became of it."""
    slots = {**without(question.slots, *_READ), "claim_id": claims[0].id}
    return Answer(
        question=Question(text=question.text, lang=question.lang, intent=question.intent, slots=slots),
        template=template,
        data={"claims": claims},
        figures=tuple(row for claim in claims for row in claimed(claim)),
        sources=sources_of(*claims),
        followups=_followups(question.lang, []),
    )


def about(question: Question, world: World) -> list[Claim]:
    """The claims that a question points at: by id, by what they are about, or by the very amount they state."""
    slots = question.slots
    if "claim_id" in slots:
        return [world.register.claim(slots["claim_id"])]
    if "claims" in slots:
        return [world.register.claim(id) for id in slots["claims"]]
    value = slots.get("value_usd_bn", slots.get("value_ratio"))
    entity, metric = slots.get("entity"), slots.get("metric")
    if "value_ratio" in slots and "value_usd_bn" not in slots:
        # “twice”: a relation between two things, whichever of them is named
        about_them = [claim for id in slots.get("entities", ()) for claim in world.register.claims_about(id)]
        if related := [claim for claim in about_them if states(claim, slots["value_ratio"], "ratio")]:
            return related[:MOST_CLAIMS]
    if "years" in slots and not entity and value is None:  # “6年是怎麼得出來的?”
        return [claim for claim in world.register.claims.values() if states(claim, slots["years"], "years")]
    if entity or metric:
        claims = world.register.claims_about(entity, metric) or [
            c for e in slots.get("entities", ()) for c in world.register.claims_about(e)
        ]
    else:
        claims = list(world.register.claims.values())
        if value is None:
            return []
    if value is not None:
        stated = [claim for claim in claims if states(claim, value, "USD_bn", "ratio")]
        claims = stated or (claims if entity or metric else [])
    return claims[:MOST_CLAIMS]


def states(claim: Claim, value: float, *units: str) -> bool:
    """Whether a claim says this very number, give or take half a percent, in one of these units."""
    return claim.unit in units and claim.value is not None and abs(claim.value - value) <= 0.005 * abs(value)


def source_lookup(question: Question, world: World) -> Answer:
    """Who says so: the claims or figures asked about, with every source and both its dates."""
    if claims := about(question, world):
        return claim_answer(question, world, claims, "sources")
    return figure_lookup(question, world)


def explain_claim(question: Question, world: World) -> Answer:
    """The arithmetic behind a claim."""
    claims = about(question, world)
    if len(claims) > 1 and re.search(r"一样|同一|相同|一回事|差别|区别|\bsame\b|difference", fold(question.text)):
        return claim_answer(question, world, [claim for claim in claims if claim.stock_or_flow], "same")
    if not claims and not question.slots.keys() & {"entity", "metric", "period", "value_usd_bn", "value_ratio"}:
        return Answer(question=replace(question, intent="ambiguous"), template="ambiguous")
    derived = [claim for claim in claims if claim.formula]
    return claim_answer(question, world, (derived or claims)[:1]) if claims else figure_lookup(question, world)


def since_article(question: Question, world: World) -> Answer:
    """What became of a claim."""
    if (changed := about(question, world) or _become_of(question, world)) and len(changed) > MOST_CLAIMS:
        return claim_answer(question, world, changed, "since")
    claims = about(question, world)
    with_later = [claim for claim in claims if claim.later]
    return claim_answer(question, world, with_later or claims) if claims else figure_lookup(question, world)


def _become_of(question: Question, world: World) -> list[Claim]:
    """Where nothing is named: the claims of the article that the years since have changed."""
    if question.slots.keys() & {"entity", "metric", "period"}:
        return []
    return [claim for claim in world.register.claims.values() if claim.later and claim.id.startswith("A")][
        :MOST_CHANGED
    ]


def _fitting(
    world: World, entities: Sequence[str | None], metric: str | None, period: str | None
) -> tuple[list[Figure], list[Claim]]:
    alike: tuple[str | None, ...] = next((family for family in FAMILIES if metric in family), (metric,))
    family = tuple(sorted(alike, key=lambda name: name != metric))  # what was asked for stands first
    figures: list[Figure] = []
    claims: list[Claim] = []
    each = max(2, MOST_FIGURES // len(entities))
    for entity in entities:
        found = [figure for name in family for figure in world.register.find(entity, name, period)]
        if len(family) > 1 and period is None:
            found = _latest_common(found)
        figures += found[:each]
        claims += [
            claim
            for name in family
            for claim in world.register.claims_about(entity, name)
            if period is None or claim.period == period
        ]
    return figures, [claim for claim in claims if claim.kind != "context"][:MOST_CLAIMS]


def _latest_common(figures: list[Figure]) -> list[Figure]:
    """Of a family, the newest full year that the most of it is known for, so that like stands by like."""
    by_period: dict[str, set[str]] = {}
    for figure in figures:
        if figure.period and figure.period.isdigit():
            by_period.setdefault(figure.period, set()).add(figure.metric)
    if not by_period:
        return figures
    best = max(by_period, key=lambda period: (len(by_period[period]), period))
    return [figure for figure in figures if figure.period == best]


def _known(world: World, entity: str | None) -> list[tuple[str, str]]:
    """What the register does hold: (entity, metric) pairs, of the entity asked for if it is there."""
    pairs = list(dict.fromkeys((figure.entity, figure.metric) for figure in world.register.figures.values()))
    return [pair for pair in pairs if pair[0] == entity] or pairs[:8]


def _followups(lang: str, claims: list[Claim]) -> tuple[str, ...]:
    first = claims[0].id if claims else None
    if lang == "en":
        return (*((f"is {first} right?",) if first else ()), "payback at a margin of 30%?", "bullish or bearish?")
    texts = (*((f"{first} 對嗎?",) if first else ()), "利潤率30%要多少年回本?", "大家看多還是看空?")
    if lang == "zh-Hans":
        from core.text import to_simplified

        return tuple(map(to_simplified, texts))
    return texts
