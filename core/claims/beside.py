"""What is said beside an amount: what it measures, and over which stretch of time."""

import re
from collections.abc import Sequence
from dataclasses import replace

from core.aliases import Mention
from core.claims.terms import Span, Term
from core.claims.when import Times

PROFIT = "profit"
"""Profit of any kind: wider than the alias table's `NET_INCOME`, since a relation holds for whichever is meant."""
NET_INCOME = "net_income"

PROFIT_WORDS = re.compile(
    r"净利润?(?!率)|(?<!毛)利润(?!率)|毛利润?(?!率)|盈利|gross profit|net income|(?<!a )(?<!taking )profits?(?! margin)"
)
_APART = re.compile(r"[,:;、]|\band\b|\bbut\b|和|与|及|而")

_YEARLY_BEFORE = re.compile(
    r"(?:每年|年年|一年|全年|年均|年度|年(?=收入|营收|营业额|利润|预算|产值|销售|现金流)|\bannual(?:ly)?|\byearly|(?:a|per|each|every) year)[^,;。]{0,14}$"
)
_YEARLY_AFTER = re.compile(
    r"\s*(?:美元|元)?的?(?:/年|每年|(?:年度|年)(?=收入|营收|合同|预算|的)|(?:a|per|each|every) year|(?:in |of |in its |of its )?(?:annual|yearly)\b)"
)
_TOTAL_BEFORE = re.compile(
    r"(?:(?:累计|累积|承诺|总值|总额|\bcumulative|\bcommitments?|\bcommitted|\bpledged?)[^,;。]{0,30}|(?:未来[^,;。]{1,4}年|[一二三四五六七八九十\d]+年(?:内|间|期|累计|共)|over the (?:next|coming))[^,;。]{0,16}|(?:through|until) (?:19|20)\d\d,\s?)$"
)
_TOTAL_AFTER = re.compile(
    r"[^,;。]{0,12}?(?:的?累计|的?承诺|总承诺|(?:pledged|committed|promised)|(?:over|in) the (?:next|coming)|over (?:\w+ years|a decade)|(?:through|until) 20\d\d)"
)
_HALF = re.compile(r"(?:上半年|下半年|半年|first half|second half|\bh[12]\b)[^。]{0,24}$")
_QUARTER = re.compile(r"(?:第?[一二三四]季度?|q[1-4]\b|(?:first|second|third|fourth) quarter)[^。]{0,24}$")
_FLOWS = frozenset(
    {
        "revenue",
        "run_rate_revenue",
        PROFIT,
        "operating_loss",
        "net_loss",
        "cash_burn",
        "operating_cash_flow",
        "free_cash_flow",
        "required_annual_revenue",
    }
)
_RATES = frozenset(
    {
        "margin",
        "growth",
        "price_to_sales",
        "price_to_earnings",
        "cape",
        "payback_years",
        "irr",
        "useful_life",
        "interest_rate",
        "inflation",
    }
)
_STOCKS = frozenset({"market_cap", "margin_debt", "money_market_assets"})


def describe(
    term: Term,
    times: Times,
    beside: tuple[Term | None, Term | None],
    mentions: Sequence[Mention],
) -> Term:
    """The term with its metric, span and period.

    times: the periods of its sentence; beside: the terms before (described) and after; mentions: of the sentence
    """
    folded, start, end = times.folded, times.start, times.end
    previous, following = beside
    left = previous.end if previous else start
    right = following.start if following else end
    metric = (
        _metric(term, folded, left, right, mentions)
        or _shared(term, folded, previous)
        or _done(term, folded, left, start, mentions)
    )
    span = term.span
    if span is Span.UNSAID and term.is_amount:
        span = _span(
            folded[previous.start if previous and previous.kind == "years" else left : term.start],
            folded[max(start, term.start - 40) : term.start],
            folded[term.end : right],
            metric,
        )
    said = times.period(term, right)
    untold = None if said else times.untold(term)
    if (metric, span, said, untold) == (term.metric, term.span, term.period, term.untold):
        return term
    return replace(term, metric=metric, span=span, period=said, untold=untold)


def _span(near: str, before: str, after: str, metric: str | None) -> Span:
    if _HALF.search(before) or _QUARTER.search(before):
        return Span.PART
    if _YEARLY_AFTER.match(after):
        return Span.YEAR
    if _TOTAL_BEFORE.search(near) or _TOTAL_AFTER.match(after):
        return Span.TOTAL
    if _YEARLY_BEFORE.search(near) or metric in _FLOWS:
        return Span.YEAR
    return Span.STOCK if metric in _STOCKS else Span.UNSAID


def _metric(term: Term, folded: str, left: int, right: int, mentions: Sequence[Mention]) -> str | None:
    """The measure named last before the amount, else right after it: 營收80億; 80億的營收, $80bn of revenue."""
    measures = [m for m in mentions if m.kind == "metric" and (m.id not in _RATES or not term.is_amount)]
    before = [m for m in measures if left <= m.start and m.end <= term.start]
    after = [m for m in measures if term.end <= m.start and m.end <= right]
    if after and re.fullmatch(
        r"\s?(?:美元|美金|元)?\s?的?(?:年度?|总|annual|yearly|in|of|worth of|a year of|运营)?\s?(?:运营|annual |its )?",
        folded[term.end : after[0].start],
    ):
        return after[0].id
    if before and not re.search(r"[;:。]", folded[before[-1].end : term.start]):
        return before[-1].id
    if after and after[0].start - term.end <= 12 and not _APART.search(folded[term.end : after[0].start]):
        return after[0].id
    return None


_AND = re.compile(
    r"(?:\s(?:in|for) (?:19|20)\d\d)?[\s,、;]*(?:and|to|和|与|及)?\s*(?:(?:19|20)\d\d年?(?:则|为|是)?)?\s*(?:\$|us)?"
)


_CORRECTS = re.compile(
    r"[^。\d]{0,16}?[,;]?\s*(?:而是|其实是?|实际(?:上|是|为)?是?|正确的?(?:数字)?[是为]|应该?[是为]|\bbut\b|it (?:was|is|made|took|had)|in fact|actually|the true (?:figure|number) is|rather)\s*(?:只有|仅有|才|约|about|only)?\s*"
)


def _shared(term: Term, folded: str, previous: Term | None) -> str | None:
    """“revenue was $50m in 2023 and $75m in 2024”, 「130億，其實是37億」: the second is of the same measure."""
    if previous is None or not previous.alike(term):
        return None
    joint = folded[previous.end : term.start]
    return previous.metric if _AND.fullmatch(joint) or (len(joint) <= 32 and _CORRECTS.fullmatch(joint)) else None


_MOVES = re.compile(
    r"(?:涨|跌|升|降|回升|gain\w*|r[io]se|fell|up|down|climbed|jumped|return\w*)(?:了|by|of)?\s*(?:约|another |about )?\s*$"
)


_VERBS = (
    (re.compile(r"亏(?:了|掉)?[^,;。]{0,4}$|\blost\b[^,;。]{0,12}$"), "net_loss"),
    (re.compile(r"(?:took|takes|taking|raked) in[^,;。]{0,12}$"), "revenue"),
)


def _done(term: Term, folded: str, left: int, start: int, mentions: Sequence[Mention]) -> str | None:
    """A measure that stands in the verb: 亏了20億; an index that 涨了 n %: its return."""
    if term.kind == "money":
        return next((metric for cue, metric in _VERBS if cue.search(folded[left : term.start])), None)
    if term.kind == "percent" and _MOVES.search(folded[max(start, term.start - 16) : term.start]):
        return "index_return" if any(m.kind == "index" and m.end <= term.start for m in mentions) else None
    return None
