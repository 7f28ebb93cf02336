"""What is said beside an amount: what it measures, over which stretch of time, for which period."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from core import period
from core.aliases import Mention
from core.claims.terms import Span, Term

PROFIT = "profit"
"""A measure that the alias table does not carry, since the register has no figure of it."""

PROFIT_WORDS = re.compile(
    r"净利润?(?!率)|(?<!毛)利润(?!率)|毛利润?(?!率)|盈利|gross profit|net income|(?<!a )(?<!taking )profits?(?! margin)"
)
_APART = re.compile(r"[,:;、]|\band\b|\bbut\b|和|与|及|而")
CLAUSE = re.compile(r"[:;、]|(?<!\d),|,(?!\d{3}(?!\d))")
"""Where a clause ends: not at the comma of 1,200."""

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
    folded: str,
    sentence: tuple[int, int],
    beside: tuple[Term | None, Term | None],
    mentions: Sequence[Mention],
    day: date | None = None,
) -> Term:
    """The term with its metric, span and period.

    sentence: its ends in `folded`; beside: the terms before (described) and after; mentions: of the sentence
    day: from which 去年 and “this year” are told; without one they stay untold
    """
    (start, end), (previous, following) = sentence, beside
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
    said = _period(folded, start, end, term, right, day)
    return replace(term, metric=metric, span=span, period=said, untold=None if said else _relative(folded, start, term))


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


_NO_DAY = date(1, 1, 1)  # what is asked of `core.period` names its year; 去年 is put into a year before
_SHIFTS = {"前年": -2, "去年": -1, "上年": -1, "last year": -1, "今年": 0, "this year": 0, "明年": 1, "next year": 1}
_RELATIVE = re.compile(
    r"(?:前年|去年|上年|今年|明年|\b(?:last|this|next) year\b)(?!同期|同季|同月)|(?<!比)(?P<month>上个?月|本月|这个月|\b(?:last|this) month\b)"
)
_RELATIVE_AFTER = re.compile(r"\s?(?:(?:last|this|next) year|(?:last|this) month)\b")
_IN_YEAR = re.compile(
    r"(?:[a-z ]{0,16}?\b(?:in|for|during|of|by)\s(?:the )?(?:[a-z]+ ){0,3}|(?:美元)?\s?[是为]\s?)(?:19|20)\d{2}(?!\d)"
)
_YEAR = re.compile(
    r"(?<![\d./])(?:19|20)\d{2}(?=年|财|h[12]|q[1-4])|(?<![a-z\d./])(?:19|20)\d{2}(?!\d\d)(?![./]\d)|(?<=fy)(?:19|20)?\d{2}(?!\d)|(?<=fy )(?:19|20)?\d{2}(?!\d)"
)
_MOMENT = r"(?:[a-z]{3,9}\.? )?(?:19|20)\d{2}(?:年?(?:1[0-2]|0?[1-9])月|年|-(?:1[0-2]|0[1-9]))?"
_STRETCH = re.compile(
    rf"(?P<a>{_MOMENT})\s*(?:到|至|-|–|~|to|and|through|until)\s*(?:the \w+ (?:in|of) )?(?P<b>{_MOMENT})"
)


def _period(folded: str, start: int, end: int, term: Term, right: int, day: date | None) -> str | None:
    """The period right after the amount (“$50m in 2024”), else the one said last before it, else one after it."""
    if match := _IN_YEAR.match(folded, term.end, right):
        return _explicit(folded[term.end : right][: match.end() - term.end + 8])
    if day and (match := _RELATIVE_AFTER.match(folded, term.end, right)):
        return _told(match[0].strip(), "", day)
    years = list(_YEAR.finditer(folded, start, term.start))
    told = list(_RELATIVE.finditer(folded, start, term.start)) if day else []
    if day and told and (not years or told[-1].start() > years[-1].start()):
        return _told(told[-1][0], folded[told[-1].end() : term.start], day)
    if years:
        stretch = [m for m in _STRETCH.finditer(folded, start, term.start) if m.end() > years[-1].start()]
        ends = [_explicit(stretch[-1][part]) for part in "ab"] if stretch else []
        if stretch and all(ends):
            return "/".join(one for one in ends if one)
        earlier = years[-2].end() if len(years) > 1 else start
        said = _explicit(folded[max(earlier, years[-1].start() - 16) : term.start])
        if said:
            return said
    clause = CLAUSE.search(folded, term.end, end)
    return _explicit(folded[term.end : clause.start() if clause else end])


def _told(word: str, after: str, day: date) -> str | None:
    """去年 as the year before that of the day, 去年上半年 as its first half, 上個月 as the month before."""
    if word in _SHIFTS:
        return _explicit(f"{day.year + _SHIFTS[word]}年{after}")
    months = day.year * 12 + day.month - 1 - (word.startswith(("上", "last")))
    return f"{months // 12}-{months % 12 + 1:02}"


def _relative(folded: str, start: int, term: Term) -> str | None:
    """The 去年 beside an amount that stays untold, since there is no day to tell it from."""
    before = list(_RELATIVE.finditer(folded, start, term.start))
    match = before[-1] if before else _RELATIVE_AFTER.match(folded, term.end)
    return match[0].strip() if match else None


def _explicit(words: str) -> str | None:
    if not _YEAR.search(words):
        return None
    found = period.find(words, _NO_DAY)
    return found if found and re.match(r"(?:FY)?\d{4}", found) else None
