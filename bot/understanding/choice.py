"""Which intent a question has, where hand-written rules and the trained model may differ.

The rules of `bot.understanding.cues` are sure where they ask for much: a term, an amount with “right?” beside it, a claim's id. There
they win, and so they do in a follow-up, which is short and means nothing by itself. Elsewhere the model is believed
where it is sure and the question has what the intent needs; then the rules; and where neither knows, the question is
asked back with the likeliest readings, never guessed at.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.understanding import intents
from bot.understanding.cues import BREAKEVEN, CALCULATIONS, HOW_ABOUT, MULTIPLE, OF_SOMETHING, PAYBACK, TIME, cue
from core.quantity import Unit

# Rules that ask for so much that no model knows better.
SURE_RULES = frozenset(
    {
        "help", "injection", "explain_term", "unit_convert", "claim_check", "ambiguous", "compare", "monte_carlo",
        "sensitivity", "search_posts", "npv_irr", "discounted_payback", "dotcom_compare", "oracle_contract", "circular_financing", "margin_history", "valuation_years",
    }
)  # fmt: skip
# Small follow-ups that only the rules can read, since they live on what was said before.
ASKS_BACK = frozenset({"source_lookup", "explain", "since_article", "claim_check", "figure_lookup"})
SHORT = 30  # characters of a follow-up
# What a company's or a market's well-known question is about where it does not name the measure itself:
# entity, the measure to take, and those that it may name.
WELL_KNOWN: dict[str, tuple[str | None, str | None, frozenset[str]]] = {
    "capex_lookup": ("FIVE_HYPERSCALERS", "capex", frozenset({"capex"})),
    "openai_financials": ("OPENAI", None, frozenset({"revenue", "operating_loss", "net_loss", "cash_burn"})),
    "openai_commitments": ("OPENAI", "commitments", frozenset({"commitments"})),
    "oracle_contract": ("ORCL", "contract_annual_value", frozenset({"contract_annual_value", "contract_value", "orders"})),
    "oracle_cashflow": ("ORCL", "operating_cash_flow", frozenset({"operating_cash_flow", "free_cash_flow", "capex"})),
    "margin_debt": (None, "margin_debt", frozenset({"margin_debt", "margin_debt_to_gdp", "margin_debt_real"})),
    "sideline_cash": (None, "money_market_assets", frozenset({"money_market_assets", "cash_inflow"})),
    "quantum_ps": ("QUANTUM_STOCKS", "price_to_sales", frozenset({"price_to_sales", "market_cap"})),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The intent, and how it was come by.

    options: what else it may be, where the question is asked back; sure: the model says so, nearly surely
    own:     the model takes it for the payback of something of the asker's own
    """

    intent: str
    options: tuple[str, ...] = ()
    sure: bool = False
    own: bool = False


def choose(text: str, folded: str, ruled: str, slots: Mapping[str, Any], *, in_talk: bool, last: str | None) -> Choice:
    """The intent of a question.

    ruled: what the rules say; slots: what was read of it; last: the intent of the question before it, if any
    in_talk: that question was a calculation
    """
    if ruled in SURE_RULES and not _asks_for_posts(folded):
        return Choice(intent=ruled)
    if ruled == "off_topic" and _DEFINES.search(folded):  # a term that the glossary does not have
        return Choice(intent=ruled)
    if (
        ruled in ("source_lookup", "since_article", "explain")
        and {name for name, value in slots.items() if value is not None} & _SAID
    ):
        return Choice(intent=ruled)
    if in_talk and ruled == last and len(folded) <= 2 * SHORT:
        return Choice(intent=ruled)
    if last is not None and len(folded) <= SHORT and _goes_on(folded, ruled, last, in_talk=in_talk):
        return Choice(intent=ruled)
    if _is_plain(ruled, folded, slots):
        return Choice(intent=ruled)
    guesses = intents.guesses(text)
    own = guesses[0].kind == "own_payback" and guesses[0].p >= intents.SURE
    if own and ruled in OF_SOMETHING and _is_small(slots):
        return Choice(intent=ruled, own=True)
    best = next((one for one in guesses if _possible(one.kind, folded, slots)), None)
    needed = (
        intents.SURE
        + (_OVER_A_CALCULATION if ruled in CALCULATIONS and _ASKS.search(folded) else 0)
        - (_OVER_NOTHING if ruled in _WEAK else 0)
    )
    if best is not None and best.p >= needed:
        return Choice(intent=best.kind, sure=best.p >= 0.8)
    if ruled not in ("off_topic", "ambiguous"):
        return Choice(intent=ruled)
    nothing_of_ours = any(one.kind == "off_topic" and one.p >= _STRAY for one in guesses)
    if nothing_of_ours or best is None:
        return Choice(intent=ruled)
    options = tuple(one.kind for one in guesses if one.p >= intents.NEARLY and one.kind not in NO_OFFER)
    return Choice(intent="ambiguous" if options else ruled, options=options)


# Rules that fit nearly anything; and how much surer the model must be where the rules read a calculation.
_WEAK = frozenset({"off_topic", "figure_lookup"})
_OVER_NOTHING, _OVER_A_CALCULATION = 0.05, 0.2
_ASKS = cue(rf"{PAYBACK}|{BREAKEVEN}|irr\b|npv|折旧|depreciat")
_DEFINES = re.compile(r"是什么意思|^(?:请问)?(?:什么是|什么叫)|what does .{0,30} mean|^define ")
# Without one of these words a guess is none: the model goes by letters and can be taken in.
_BORROWED = cue(r"融资|保证金|杠杆|借|margin|leverage|borrow")
_SPEAKS_OF = {
    "depreciation_breakeven": cue(
        r"折|摊|报废|淘汰|年金|depreci|wr(?:ite|itten|iting)[ -](?:it )?(?:off|down)|annuity|amorti|kupperman|life"
    ),
    "npv_irr": cue(r"irr\b|npv|现值|报酬|收益率|回报|return|present value"),
    "discounted_payback": cue(
        r"折现|贴现|利息|(?<![毛净润])利率|(?:资金|资本|借[钱款]|融资|贷款)(?:的)?成本|时间价值|动态|financing|discount|interest|wacc|hurdle|time value"
        r"|cost of (?:capital|money|funds)|(?:capital|money|borrowing) costs"
    ),
    "quantum_ps": cue(r"量子|quantum"),
    "openai_financials": cue(r"open ?ai|奥特曼|altman"),
    "openai_commitments": cue(r"open ?ai|奥特曼|altman"),
    "oracle_contract": cue(r"合|约|单|付|协议|contract|deal|\bpay|order"),
    "oracle_cashflow": cue(r"现金|cash|\b[of]cf\b"),
    "capex_lookup": cue(r"资本|投|花|砸|capex|spen[dt]|invest|capital"),
    "capital_cycle": cue(
        r"每年|年年|一年|稳|周期|循环|墙|annual|a year|per year|yearly|each year|every year|steady|cycle|wall|keep"
    ),
    "monte_carlo": cue(
        r"蒙|模拟|随机|抽样|分布|区间|范围|百分位|概率|不确定|误差|monte|simulat|draw|distribution|percentile|uncertain|range|odds|interval|spread|sure|\bp\d"
    ),
    "margin_debt": _BORROWED,
    "margin_history": _BORROWED,
    "sideline_cash": cue(r"现金|资金|钱|货币|cash|money|powder|fund"),
    "valuation_years": cue(rf"{MULTIPLE}|multiple|估值|倍"),
    "payback_years": cue(
        rf"{PAYBACK}|{BREAKEVEN}|{TIME}|收|赚|回|back|recover|recoup|earn|\d|[一二三四五六七八九十半]"
    ),
}
_PERSONAL = 0.01  # billions
_STRAY = 0.15
_SAID = frozenset({"claim_id", "value_usd_bn", "value_ratio"})
NO_OFFER = frozenset({"off_topic", "injection", "advice_refusal", "help", "own_payback"})


def _is_plain(ruled: str, folded: str, slots: Mapping[str, Any]) -> bool:
    """A short payback with its margin: no second opinion is worth the time to load the model."""
    said = slots.get("margin") is not None and not slots.get("unread")
    return ruled == "payback_years" and said and len(folded) <= SHORT and _ASKS.search(folded) is not None


def _is_small(slots: Mapping[str, Any]) -> bool:
    """Whether the amounts are those of a person and not of an industry: below ten million."""
    value = slots.get("value_usd_bn")
    return bool(slots.get("unread")) if value is None else value < _PERSONAL


def _asks_for_posts(folded: str) -> bool:
    return re.search(r"帖|贴文|\bposts?\b|\bthreads?\b", folded) is not None


def _goes_on(folded: str, ruled: str, last: str, *, in_talk: bool) -> bool:
    if in_talk and ruled in CALCULATIONS:
        return True
    same = ruled in (last, "off_topic", "ambiguous")
    return ruled in ASKS_BACK or (same and HOW_ABOUT.search(folded) is not None)


def _possible(kind: str, folded: str, slots: Mapping[str, Any]) -> bool:
    """Whether the question holds what the intent cannot do without."""
    have = {name for name, value in slots.items() if value is not None}
    if kind in _SPEAKS_OF and not _SPEAKS_OF[kind].search(folded):
        return False
    match kind:
        case "unit_convert":
            return {"value_usd_bn", "to"} <= have
        case "required_cagr":
            return {"start_usd_bn", "end_usd_bn", "years"} <= have
        case "claim_check":
            return bool(have & {"claim_id", "value_usd_bn", "value_ratio"})
        case "compare":
            return can_compare(folded, slots)
        case "own_payback":
            return False  # `bot.understanding.subject` decides that
        case "oracle_contract" | "oracle_cashflow":
            return "ORCL" in (slots.get("entities") or ())
        case "inverse":
            return "years" in have or "life_years" in have
        case _:
            return True


def can_compare(folded: str, slots: Mapping[str, Any]) -> bool:
    """Two companies, two measures, two years, or two amounts of one kind."""
    entities, metrics = slots.get("entities") or (), slots.get("metrics") or ()
    pairs = (len(entities), len(metrics), years_named(folded), slots.get("alike") or 0)
    return max(pairs) > 1


def years_named(folded: str) -> int:
    """How many different years a question names.

    >>> years_named("1999 and 2025, again 1999")
    2
    """
    return len(set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", folded)))


def alike(units: list[Unit]) -> int:
    """How many amounts of one kind a question gives: two margins can be compared.

    >>> alike([Unit.RATIO, Unit.MONEY, Unit.RATIO])
    2
    """
    counted = [units.count(unit) for unit in (Unit.RATIO, Unit.MONEY)]
    return max(counted, default=0)


def well_known(intent: str, slots: Mapping[str, Any]) -> dict[str, Any]:
    """Company and measure of a well-known question, where it leaves them unsaid or its words name another.

    >>> well_known("sideline_cash", {"metric": None})
    {'entity': None, 'metric': 'money_market_assets'}
    """
    if intent not in WELL_KNOWN:
        return {}
    entity, metric, allowed = WELL_KNOWN[intent]
    named = slots.get("metric")
    whose = slots.get("entity") if intent == "capex_lookup" or named in allowed else None
    return {"entity": whose or entity, "metric": named if named in allowed else metric}
