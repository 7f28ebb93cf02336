"""Two of anything, side by side: companies by one measure, years of one company, or a calculation with two inputs.

Like is set beside like. Where the two are of other years, other units, or a stock and a flow, the answer says so and
gives no “times”.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.answers import computed, payback
from bot.answers.base import Answer, Shown, World, shown, sources_of, without
from bot.answers.lookup import FAMILIES, figure_lookup
from bot.answers.plain import example
from bot.answers.ranges import in_rows
from bot.answers.ratio import oracle_contract, ratio
from bot.questions import Question
from core import amounts
from core.figures import Figure
from core.quantity import Kind, Quantity, Unit
from core.text import fold

MOST = 4
_YEARS = re.compile(r"(?<!\d)((?:FY)?(?:19|20)\d\d)(?!\d)", re.IGNORECASE)
_BREAKEVEN = re.compile(r"打平|损益|盈亏|保本|break[ -]?even")
_VERBS = (
    (re.compile(r"烧|burn"), "cash_burn"),
    (re.compile(r"花|砸|投|spen[dt]|invest"), "capex"),
    (re.compile(r"亏|赔|los[est]"), "operating_loss"),
    (re.compile(r"大|贵|值钱|worth|valu|bigger"), "market_cap"),
)
# What a calculation is asked with, by the kind of amount that comes twice, and what else such an amount may be.
_INPUT = {
    Unit.RATIO: ("margin", ("growth", "discount_rate")),
    Unit.MONEY: ("capex_usd_bn", ("annual_revenue_usd_bn", "start_usd_bn", "cap_usd_bn")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The two figures to set side by side. times: the greater over the smaller; why_not: the word for why there is none."""

    rows: tuple[Figure, ...]
    times: float | None
    why_not: str | None


def compare(question: Question, world: World) -> Answer:
    """By what comes twice in the question: a measure, a company, a year, or an amount."""
    slots = question.slots
    entities, metrics = slots.get("entities") or (), slots.get("metrics") or ()
    years = tuple(dict.fromkeys(year.upper() for year in _YEARS.findall(question.text)))
    if slots.get("entity") == "QUANTUM_STOCKS" and "revenue" in metrics and "market_cap" in metrics:
        return figure_lookup(replace(question, slots={**slots, "metric": "price_to_sales", "period": None}), world)
    if set(metrics) == {"contract_annual_value", "revenue"}:
        return oracle_contract(question, world)
    if len(entities) < 2 and len(metrics) > 1 and slots.get("entity"):
        return ratio(question, world)
    if len(entities) == len(metrics) == 2:  # “A's contract or B's commitments”
        found = [_newest(world, *pair, slots.get("period")) for pair in zip(entities, metrics, strict=True)]
        if all(found):
            return _figures(question, found)
    if len(entities) > 1:
        found = [_newest(world, entity, _metric(question), slots.get("period")) for entity in entities[:MOST]]
        return _figures(question, found) if any(found) else figure_lookup(question, world)
    if entities and len(years) > 1:
        found = [_newest(world, entities[0], _metric(question), year) for year in years[:MOST]]
        return _figures(question, found) if all(found) else figure_lookup(question, world)
    if (cases := _cases(question)) is not None:
        return _calculations(question, world, *cases)
    if not entities and (unread := slots.get("unread")):
        return Answer(question=question, template="unread", data={"unread": list(unread)})
    return figure_lookup(question, world) if entities or metrics else Answer(question=question, template="compare_what")


def _metric(question: Question) -> str:
    """The measure by its noun, else by the verb: who spends, burns, loses, earns more."""
    named = question.slots.get("metric")
    folded = fold(question.text)
    return str(named or next((metric for cue, metric in _VERBS if cue.search(folded)), "revenue"))


def _newest(world: World, entity: str, metric: str, period: str | None) -> Figure | None:
    """The best figure of a company: of the period asked for, or its newest; corroborated before the rest."""
    names: Sequence[str] = next((family for family in FAMILIES if metric in family), (metric,))
    for name in sorted(names, key=lambda name: name != metric):
        found = world.register.find(entity, name, period)
        if found:
            return found[0]
    if metric == "revenue" and (found := world.register.find(entity, "run_rate_revenue")):
        return found[0]
    return None


def _figures(question: Question, found: Sequence[Figure | None]) -> Answer:
    rows = tuple(figure for figure in found if figure is not None)
    entities = question.slots.get("entities") or ()
    missing = (
        [entity for entity, figure in zip(entities, found, strict=False) if figure is None] if len(entities) > 1 else []
    )
    pair = _pair(sorted(rows, key=lambda figure: -figure.value))
    times = () if pair.times is None else (_times(pair),)
    return Answer(
        question=replace(question, intent="compare", slots=_kept(question)),
        template="compare",
        data={"pair": pair, "missing": missing, "metric": rows[0].metric if rows else None,
              "times": None if pair.times is None else Quantity(value=pair.times, unit=Unit.RATIO)},
        figures=(*map(shown, rows), *times),
        sources=sources_of(*rows),
        followups=tuple(example(intent, question.lang) for intent in ("capex_lookup", "dotcom_compare", "circular_financing")),
    )  # fmt: skip


def _pair(rows: Sequence[Figure]) -> Pair:
    """Whether “times” may be said of the greatest and the smallest."""
    if len(rows) < 2:
        return Pair(rows=tuple(rows), times=None, why_not=None)
    first, last = rows[0], rows[-1]
    why_not = None
    if first.unit != last.unit or first.stock_or_flow != last.stock_or_flow:
        why_not = "kind"
    elif first.metric != last.metric:
        why_not = "metric"
    elif last.value <= 0:
        why_not = "sign"
    times = first.value / last.value if why_not is None else None
    return Pair(rows=tuple(rows), times=times, why_not=why_not)


def _times(pair: Pair) -> Shown:
    first, last = pair.rows[0], pair.rows[-1]
    formula = f"{first.value:g} / {last.value:g} = {pair.times:.4g}"
    return computed.ratio("times", pair.times or 0.0, formula, as_of=max(first.as_of, last.as_of))


def _cases(question: Question) -> tuple[str, list[float], set[str]] | None:
    """The input that comes with two values, the values, and how they were written.

    Not what the question gives to another input, and no amount a year: an outlay is a sum.
    """
    readings = amounts.find(question.text)
    for unit, (name, others) in _INPUT.items():
        alike = [one for one in readings if one.quantity.unit is unit and one.quantity.kind is not Kind.FLOW]
        single = [one for one in alike if not one.is_range]
        for other in others:
            value = question.slots.get(other)
            if taken := next((one for one in single if one.quantity.value == value), None):
                single.remove(taken)
        values = [one.quantity.value for one in single] or [
            end for one in alike if one.is_range for end in (one.low, one.high)
        ]
        if len(values) > 1:
            return name, values[:MOST], {one.text for one in single or alike}
    return None


def _calculations(question: Question, world: World, name: str, values: Sequence[float], said: set[str]) -> Answer:
    """The payback, or the breakeven, once for each value; said: how these were written."""
    slots = question.slots
    unread = [part for part in slots.get("unread", ()) if part not in said]
    kept = without(
        slots, name, f"{name}_range", "unread", "alike", "value_usd_bn", "value_text", "value_ratio", "years"
    )
    money = [one for one in amounts.find(question.text) if one.text in unread and one.quantity.unit is Unit.MONEY]
    sums = [one.quantity.value for one in money if one.quantity.kind is not Kind.FLOW]
    if name == "margin" and "capex_usd_bn" not in slots and len(unread) == len(sums) == 1:
        kept["capex_usd_bn"], unread = sums[0], []  # the one sum beside two margins is what is paid back
    if name == "capex_usd_bn" and "capex_a_year" in slots:
        unread.append(slots["capex_a_year"])
    if unread:
        return Answer(question=question, template="unread", data={"unread": list(dict.fromkeys(unread))})
    breakeven = _BREAKEVEN.search(fold(question.text)) is not None
    intent = "breakeven_revenue" if breakeven else "payback_years"
    work = payback.breakeven_revenue if breakeven else payback.payback_years
    asked = [replace(question, intent=intent, slots={**kept, name: value}) for value in values]
    answers = [work(one, world) for one in asked]
    if not all(answer.figures for answer in answers):
        return replace(answers[-1], question=replace(answers[-1].question, intent="invalid_input"))
    cases = {str(number): case for number, case in enumerate(zip(values, answers, strict=True), 1)}
    told = {**_kept(question), **kept, name: values[0], "of": (intent, question.text)}  # a follow-up goes on from it
    return in_rows(replace(question, intent="compare", slots=told, stated=question.stated | kept.keys()), name, cases)


def _kept(question: Question) -> dict[str, Any]:
    return without(question.slots, "unread", "alike", "value_text", "value_ratio", "value_usd_bn")
