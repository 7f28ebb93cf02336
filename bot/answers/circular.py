"""Money that goes round: the loop asked about, leg by leg, what became of it, and how much can go all the way.

The amounts are those of the flow cards. A question that brings its own (“Nvidia puts in 30bn a year, OpenAI pays
Oracle 60bn, Oracle buys 40bn from Nvidia”) is answered with those instead.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from bot.answers import computed
from bot.answers.base import Answer, Shown, World, without
from bot.questions import Question
from core import aliases, amounts, circular, flow_cards
from core.circular import Cycle, Flow
from core.figures import Source
from core.quantity import Kind, Quantity, Unit, money
from core.text import fold
from core.vendor import self_funded

_CLAUSE = re.compile(r"[,，;；。、\n]|\.(?!\d)|\band then\b|\band\b|然后|然後|再(?=[^度次])")
_RECEIVES = re.compile(
    r"(?<!来)自(?!己)|从|向.{0,20}(?:收|拿|借)|拿(?:了|到)|接受|收到|\bfrom\b|receiv|\bgets?\b|\braises?\b"
)
_SELLS = re.compile(r"卖|\bsells?\b|\bsold\b")
_PUTS_IN = re.compile(
    r"投|入股|注资|invest|\bputs?\b|stake|equity|backs?\b|借|贷|\blends?\b|\bloans?\b|资助|\braises?\b"
)
_BUYS = re.compile(r"买|采购|购|buy|bought|purchas|付|pay|租|rent|lease")
_SALES = re.compile(r"销售|营收|收入|营业额|sales|revenues?")
_YEARLY = re.compile(r"每一?年|年年|\b(?:yearly|annually|(?:a|per|each|every) year)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One step of the loop: what was announced first, and what took its place, if anything did."""

    first: Flow
    later: Flow | None


def circular_financing(question: Question, world: World) -> Answer:
    """The loop among the companies named, or the article's."""
    cards = flow_cards.load()
    own, sales = read_flows(question.text)
    if sales is not None or not all(_is_on_card(flow, cards) for flow in own):
        return _what_if(question, _completed(own, circular.standing(cards)), own, sales)
    named = set(question.slots.get("entities") or ())
    first = tuple(flow for flow in cards if flow.instead_of is None)
    loops = circular.cycles(first).found
    loop = min(loops, key=lambda one: (-len(named & set(one.nodes)), -(one.whole or 0)))
    off = tuple(flow for flow in circular.standing(cards) if not {flow.payer, flow.payee} <= set(loop.nodes))
    legs = tuple(_leg(step[0], cards) for step in loop.legs)
    now = circular.cycles(circular.standing(cards)).found
    same = next((one for one in now if one.nodes == loop.nodes), None)
    unused = question.slots.get("value_text") if not own else None
    shown = (_count(loop), *(row for leg in legs for row in _shown(leg)), *_bounds(loop, same))
    slots = without(question.slots, "entity", "entities", "value_text", "metric")
    missing = tuple(name for name in question.slots.get("entities") or () if name not in circular.parties(cards))
    return Answer(
        question=replace(question, slots={**slots, "companies": loop.nodes}),
        template="circular",
        data={
            "first": loop,
            "legs": legs,
            "now": same,
            "off": off,
            "missing": missing,
            "unused": unused,
            "ring": (*loop.nodes, loop.nodes[0]),
        },
        figures=shown,
        sources=_sources(flow for leg in legs for flow in (leg.first, leg.later) if flow),
        followups=FOLLOWUPS[question.lang],
        chart="circular",
    )


def read_flows(text: str) -> tuple[tuple[Flow, ...], float | None]:
    """The flows that a question states itself, and the vendor's sales if it gives them.

    A clause with two companies and an amount is a flow from the first to the second, the other way round where the
    first gets it from the second. An amount without a time is a sum whose time is not known, unless none of them
    has a time: then all run over the same, and may be read as a year's.

    >>> own, sales = read_flows("Nvidia invests $10bn a year in OpenAI, OpenAI pays Oracle $300bn over 5 years")
    >>> [(flow.payer, flow.payee, flow.yearly) for flow in own], sales
    ([('NVDA', 'OPENAI', 10.0), ('OPENAI', 'ORCL', 60.0)], None)
    """
    found: list[Flow] = []
    sales: float | None = None
    for clause in _CLAUSE.split(text):
        names = list(dict.fromkeys(mention.id for mention in aliases.find(clause, kinds=("company",))))
        readings = [reading.quantity for reading in amounts.find(clause)]
        sums = [quantity for quantity in readings if quantity.unit is Unit.MONEY and quantity.value >= 0]
        folded = fold(clause)
        if len(sums) != 1:
            continue
        if len(names) == 2 and any(cue.search(folded) for cue in (_BUYS, _PUTS_IN, _SELLS)):
            found.append(_stated(f"stated_{len(found) + 1}", names, sums[0], readings, folded))
        elif len(names) <= 1 and _SALES.search(folded):
            sales = sums[0].value
    if len(found) > 1 and all(flow.yearly is None for flow in found):
        found = [replace(flow, amount_usd_bn_per_year=flow.total, total=None) for flow in found]
    return tuple(found), sales


def _is_on_card(stated: Flow, cards: tuple[Flow, ...]) -> bool:
    """“輝達投OpenAI的1000億怎麼轉一圈” quotes a card; it does not suppose another amount."""
    amount = stated.total if stated.yearly is None else stated.yearly
    return any(
        (card.payer, card.payee) == (stated.payer, stated.payee) and amount in (card.total, card.yearly)
        for card in cards
    )


def _stated(id: str, names: list[str], amount: Quantity, readings: list[Quantity], clause: str) -> Flow:
    buys, sells = _BUYS.search(clause) is not None, _SELLS.search(clause) is not None
    payer, payee = names
    if sells or (_RECEIVES.search(clause) and not buys):
        payer, payee = payee, payer
    a_year = amount.kind is Kind.FLOW or _YEARLY.search(clause) is not None
    years = next((quantity.value for quantity in readings if quantity.unit is Unit.YEARS), None)
    return Flow(
        id=id, payer=payer, payee=payee, kind="purchase" if buys or sells else "equity", certainty="report", announced="9999",
        amount_usd_bn_per_year=amount.value if a_year else None, total=None if a_year else amount.value, years=None if a_year else years,
    )  # fmt: skip


def _completed(own: tuple[Flow, ...], cards: tuple[Flow, ...]) -> tuple[Flow, ...]:
    """One stated flow stands in its place among the loop's others; two and more stand by themselves."""
    if len(own) > 1:
        return own
    loop = circular.cycles(cards).found[0]
    pairs = {(flow.payer, flow.payee) for flow in own}
    return (*own, *(flow for step in loop.legs for flow in step if (flow.payer, flow.payee) not in pairs))


def _what_if(question: Question, all_flows: tuple[Flow, ...], own: tuple[Flow, ...], sales: float | None) -> Answer:
    """The same, with what the question states in place of the cards."""
    loop = next(iter(circular.cycles(all_flows).found), None)
    trip = circular.round_trip(all_flows)
    vendor = next((flow.payer for flow in all_flows if flow.kind == "equity"), all_flows[0].payee)
    share = self_funded(all_flows, vendor, sales=sales)
    figures = [computed.count("edges", len(all_flows), "question")]
    if loop is not None and loop.bottleneck is not None:
        figures.append(_least("bottleneck", loop.bottleneck, Kind.FLOW, [step[0].yearly for step in loop.legs]))
    elif loop is not None and loop.whole is not None:
        figures.append(_least("goes_round_at_most", loop.whole, Kind.STOCK, [step[0].total for step in loop.legs]))
    if trip.share is not None:
        figures.append(computed.ratio("round_trip_share", trip.share, f"{trip.circulating:.6g} / {trip.paid:.6g}"))
    bounds = {"lower": share.lower, "proportional": share.proportional, "upper": share.upper}
    figures += [
        computed.ratio(f"self_funded_{name}", bound, f"of sales of {share.sales:g}")
        for name, bound in bounds.items()
        if bound is not None
    ]
    slots: dict[str, Any] = {"companies": circular.parties(all_flows)}
    if own:
        slots["flows"] = tuple(
            f"{flow.payer}>{flow.payee}:{flow.total if flow.yearly is None else flow.yearly:g}" for flow in own
        )
    if sales is not None:
        slots["vendor_sales_usd_bn"] = sales
    return Answer(
        question=replace(question, slots=slots),
        template="circular_what_if",
        data={"flows": all_flows, "own": own, "round": loop, "trip": trip, "share": share, "vendor": vendor, "sales": sales,
              "ring": (*loop.nodes, loop.nodes[0]) if loop else ()},
        figures=tuple(figures),
        sources=_sources(flow for flow in all_flows if flow not in own),
        followups=FOLLOWUPS[question.lang],
    )  # fmt: skip


def _least(name: str, value: float, kind: Kind, legs: list[float | None]) -> Shown:
    formula = f"min({', '.join(f'{leg:g}' for leg in legs if leg is not None)})"
    return computed.figure(name, money(value, kind=kind), formula)


def _leg(first: Flow, cards: tuple[Flow, ...]) -> Leg:
    return Leg(first=first, later=next((flow for flow in cards if flow.instead_of == first.id), None))


def _count(loop: Cycle) -> Shown:
    newest = max(flow.announced for step in loop.legs for flow in step)
    return computed.count("edges", len(loop.legs), " + ".join(step[0].id for step in loop.legs), as_of=newest)


def _shown(leg: Leg) -> list[Shown]:
    """A leg as figures: the sum, the amount a year where it is known, and what took its place."""
    rows = []
    for flow, suffix in ((leg.first, ""), (leg.later, "_later")):
        if flow is None:
            continue
        name = f"{flow.payer}_to_{flow.payee}".lower().replace("orcl", "oracle") + suffix
        source = ", ".join(one.id for one in flow.sources) or None
        if flow.total is not None:
            whole = money(flow.total, kind=Kind.STOCK)
            rows.append(Shown(name=name, quantity=whole, status=flow.status, as_of=flow.announced, source=source))
        if flow.yearly is not None:
            a_year = money(flow.yearly, kind=Kind.FLOW, period="a year")
            formula = f"{flow.total:g} / {flow.years:g}" if flow.total and flow.years else source
            rows.append(computed.figure(f"{name}_year", a_year, formula, as_of=flow.announced))
    return rows


def _bounds(then: Cycle, now: Cycle | None) -> list[Shown]:
    """What can go all the way round, of the sums reported: at first, and as things stand."""
    return [
        _least(name, loop.whole, Kind.STOCK, [step[0].total for step in loop.legs])
        for name, loop in (("goes_round_at_most_then", then), ("goes_round_at_most", now))
        if loop is not None and loop.whole is not None
    ]


def _sources(cards: Iterable[Flow]) -> tuple[Source, ...]:
    found: dict[str, Source] = {}
    for flow in cards:
        found |= {source.id: source for source in flow.sources}
    return tuple(found.values())


FOLLOWUPS = {
    "zh-Hant": ("A21 對嗎?", "甲骨文的合約一年多少?", "OpenAI 承諾了多少錢?"),
    "zh-Hans": ("A21 对吗?", "甲骨文的合约一年多少?", "OpenAI 承诺了多少钱?"),
    "en": ("is A21 right?", "how much a year is Oracle's contract?", "how much has OpenAI committed?"),
}
