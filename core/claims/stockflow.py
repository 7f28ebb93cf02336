"""Sums and what flows a year: how long a stock lasts, a total over its years, breakeven, and what must not be compared.

A total over its yearly amount gives years. A total against a yearly amount, as more or less, is a category error:
ten years of promises are not “more than” one year's revenue.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from core.claims import rates
from core.claims.compare import judge
from core.claims.passage import Sentence
from core.claims.relations import Finding, result
from core.claims.terms import Span, Term

_DURATION = re.compile(
    r"(?:够|撑|支撑|烧|耗|维持|回本|收回|还清|lasts? (?:for )?|enough (?:for|to)|相当于|takes?|equals?|equal to|worth|recouped in|pays? (?:itself )?back in)[^,;。]{0,12}$"
)
_DURATION_AFTER = re.compile(
    r"\s*(?:之?内)?(?:就|即|才)?(?:可|能)?(?:以)?(?:回本|收回|还清)|\s*of (?:its|their|the)\b|\s*(?:to pay|payback|to recover|to recoup)"
)
_PER_YEAR_CUE = re.compile(
    r"(?:平均|相当于|等于|即|也就是|合|that is|or|i\.e\.|average|works out at|comes? to|每年)[^,;。]{0,12}$"
)
_TOTAL_CUE = re.compile(r"(?:总额|总值|总价|合计|共计|一共|总计|共|total\w*|in all)[^,;。]{0,10}$")
_BREAKEVEN = re.compile(
    r"打平|平衡|两平|回本|回[得不]了本|保本|买单|收回|break(?:s|ing)?[ -]?even|pay(?:s|ing)? (?:for|back|off)|recoup|recover|earns? (?:it|that|this) back|earn back"
)
_NEEDS = re.compile(
    r"(?:需要?|得|必须|needs?|requires?|must (?:make|earn|sell)|has to (?:make|earn|sell))[^,;。\d]{0,16}$"
)
_OUTLAY = re.compile(
    r"造价|投资|投入|砸|花费|资本[支开]|capex|cap(?:ital)? (?:ex|spending|outlay)|\bcosts?\b|outlay|invest|spend|spent"
)
_SALES = re.compile(r"收入|营收|销售|卖出|revenue|sales|turnover")
_MARGIN = re.compile(r"(?:利润率|毛利率|净利率|margins?)[^,;。]{0,8}$")
_MARGIN_AFTER = re.compile(r"\s*的?\s*(?:利润率|毛利率|净利率|(?:\w+ )?margins?)")
_COMPARES = re.compile(
    r"(?P<between>远?远?超过|远超|高于|大于|多于|不到|不足|低于|少于|小于|exceed\w*|dwarf\w*|far (?:above|below|more|less)|falls? (?:far )?short|far short|more than|less than|bigger than|larger than|smaller than|outstrips?|比(?=[^,;。]{0,24}?(?:还多|还要多|还高|还大|来得多)))"
    r"|大(?:很|得)多|多(?:很|得)多|小(?:很|得)多|少(?:很|得)多|差得?太?(?:远|多)|差得太远|还差|不及|比不上|a long way|no match"
)
_POINTS_BACK = re.compile(r"(?:这|此|那|\bthis\b|\bthat\b|\bit\b)")
REACH = 12
"""How many amounts back the parts of a sum may stand."""
_REMOTE = 2  # sentences that a total may stand before what is made of it


def find(sentence: Sentence, earlier: Sequence[Sentence]) -> Iterator[Finding]:
    """How long it lasts, what it comes to a year or in all, what it takes to break even, and category errors."""
    near = [term for one in earlier[-_REMOTE:] for term in one.terms]
    yield from _triples(sentence, near)
    yield from _breakeven(sentence, near)
    yield from _category(sentence, near, [term for one in earlier for term in one.terms])


def _triples(sentence: Sentence, near: Sequence[Term]) -> Iterator[Finding]:
    """total = a year × years; whichever of the three comes last is the one that is claimed."""
    for at, stated in enumerate(sentence.terms):
        lead = sentence.before(stated.start, limit=16)
        before = sentence.terms[max(0, at - REACH) : at]
        if stated.kind == "years":
            if _is_duration(sentence, stated, lead):
                yield from _lasts(sentence, stated, [*near[-REACH:], *before], sentence.terms[at + 1 : at + 2])
        elif stated.is_amount:
            yield from _over_years(stated, lead, before)


def _lasts(sentence: Sentence, stated: Term, before: Sequence[Term], after: Sequence[Term]) -> Iterator[Finding]:
    """How long a total lasts, or takes to come in: total / a year. “five years of its $10bn sales” names the flow last."""
    if stated.size == 0.5 and sentence.holds(stated) and rates.a_year(sentence, stated):
        return
    total = _last(before, lambda term: _is_held(sentence, term))
    named_last = after and re.match(r"\s*of\b[^,;。]{0,30}$", sentence.folded[stated.end : after[0].start])
    flow = _last(before, lambda term: term.is_amount and not _is_held(sentence, term))
    flow = flow or (after[0] if named_last and _is_yearly(after[0]) else None)
    times = _times_a_year(sentence, flow) if flow else None
    if total and flow and times and total.alike(flow) and flow.size:
        value = total.size / (flow.size * times)
        verdict = judge(stated.size, value, text=stated.text, bound=stated.bound)
        wrong = not verdict.startswith("holds")
        taken = wrong and times > 1 and judge(stated.size, total.size / flow.size, text=stated.text).startswith("holds")
        bottom = flow.text.strip() if times == 1 else f"({flow.text.strip()} × {times})"
        yield Finding(
            relation="years", stated=stated, value=value, unit="years", verdict="fails" if taken else verdict,
            formula=f"{total.text.strip()} / {bottom}", note="part_year" if taken else None,
        )  # fmt: skip


def _is_held(sentence: Sentence, term: Term) -> bool:
    """A total or a stock, not what comes or goes in a stretch of time."""
    return (
        term.is_amount
        and term.span not in (Span.YEAR, Span.PART)
        and not (sentence.holds(term) and rates.a_year(sentence, term))
    )


def _times_a_year(sentence: Sentence, flow: Term) -> int | None:
    """1 for a year's amount; what makes a month's, a quarter's or half a year's a year's; `None` where it is unclear."""
    if sentence.holds(flow) and (times := rates.a_year(sentence, flow)):
        return times
    return 1 if flow.span is Span.YEAR else None


def _over_years(stated: Term, lead: str, before: Sequence[Term]) -> Iterator[Finding]:
    """600億 over 10 years is 60億 a year; 30億 a year for 5 years is 150億 in all."""
    a_year, in_all = stated.span is Span.YEAR and _PER_YEAR_CUE.search(lead), _TOTAL_CUE.search(lead)
    years = _last(before, lambda term: term.kind == "years") if a_year or in_all else None
    if years is None or not years.size:
        return
    other = _last(before, (lambda term: term.is_amount and not _is_yearly(term)) if a_year else _is_yearly)
    if other is None or not other.alike(stated):
        return
    if a_year:
        yield result("per_year", stated, other.size / years.size, f"{other.text.strip()} / {years.text.strip()}")
    else:
        yield result("total", stated, other.size * years.size, f"{other.text.strip()} × {years.text.strip()}")


def _is_duration(sentence: Sentence, stated: Term, lead: str) -> bool:
    return bool(_DURATION.search(lead) or _DURATION_AFTER.match(sentence.folded, stated.end)) and not re.search(
        r"(?:未来|过去|近|\b(?:the|these) (?:past|last|next)|\bpast)\s*$", lead
    )


def _last(pool: Sequence[Term], fits: Callable[[Term], bool]) -> Term | None:
    return next((term for term in reversed(pool) if fits(term)), None)


def _breakeven(sentence: Sentence, near: Sequence[Term]) -> Iterator[Finding]:
    """outlay / margin = the revenue that pays it back."""
    said = _BREAKEVEN.search(sentence.words) is not None
    if not said and not _OUTLAY.search(sentence.words):
        return
    margin = next(
        (
            term
            for term in sentence.terms
            if term.kind == "percent" and 0 < term.size <= 1 and _is_margin(sentence, term)
        ),
        None,
    )
    if margin is None:
        return
    money = [term for term in sentence.terms if term.kind == "money" and term.span is not Span.PART]
    before, after = [t for t in money if t.end <= margin.start], [t for t in money if t.start >= margin.end]
    if not before and len(after) > 1:  # “at a margin of 25 %, a plant of $400m needs $1.6bn”
        before, after = after[:1], after[1:]
    outlay = _last([*near, *before], lambda term: term.kind == "money" and term.span is not Span.PART)
    stated = after[0] if after else None
    if outlay and stated and outlay.alike(stated) and (said or _is_needed(sentence, outlay, stated)):
        yield result("breakeven", stated, outlay.size / margin.size, f"{outlay.text.strip()} / {margin.text.strip()}")


def _is_needed(sentence: Sentence, outlay: Term, stated: Term) -> bool:
    """“with capex of $300bn, at a 50 % margin it needs $600bn in revenue”: breaking even is meant, if not said."""
    spent = sentence.folded[max(0, outlay.start - 24) : outlay.end + 12]
    sold = sentence.before(stated.start, limit=16) + "|" + sentence.after(stated.end, limit=20)
    needs = _NEEDS.search(sentence.before(stated.start, limit=30))
    return bool(needs and _OUTLAY.search(spent) and _SALES.search(sold))


def _is_margin(sentence: Sentence, term: Term) -> bool:
    return bool(_MARGIN.search(sentence.before(term.start, limit=16)) or _MARGIN_AFTER.match(sentence.folded, term.end))


def _category(sentence: Sentence, near: Sequence[Term], said: Sequence[Term]) -> Iterator[Finding]:
    """A total over years set against a yearly amount, as more or less: 「b遠超過a」, “a falls far short of b”, 「a離b差得遠」."""
    for match in _COMPARES.finditer(sentence.words):
        at, stop = sentence.start + match.start(), sentence.start + match.end()
        before = [_inherit(term, said) for term in sentence.terms if term.is_amount and term.end <= at]
        after = [_inherit(term, said) for term in sentence.terms if term.is_amount and term.start >= stop]
        if len(before) < 2 and _POINTS_BACK.search(sentence.words[: match.start()]):
            before = [*[_inherit(term, said) for term in near if term.is_amount][-1:], *before]
        pair = [*before[-1:], *after[:1]] if match["between"] else before[-2:]
        if len(pair) != 2 or {term.span for term in pair} != {Span.TOTAL, Span.YEAR} or not pair[0].alike(pair[1]):
            continue
        total, yearly = sorted(pair, key=lambda term: term.span is Span.YEAR)
        if yearly.size:
            yield Finding(
                relation="comparison", stated=max(pair, key=lambda term: term.start), verdict="category_error",
                value=total.size / yearly.size, unit="years", formula=f"{total.text.strip()} / {yearly.text.strip()}",
                note="stock_flow", start=min(max(term.start, sentence.start) for term in pair),
            )  # fmt: skip
            return


def _inherit(term: Term, said: Sequence[Term]) -> Term:
    """An amount said before as a total is one still: 「承諾…1萬億; …離1萬億還差得遠」."""
    if term.span is Span.UNSAID:
        for other in said:
            if other.is_amount and other.span is Span.TOTAL and abs(other.size - term.size) <= 0.001 * term.size:
                return replace(term, span=Span.TOTAL)
    return term


def _is_yearly(term: Term) -> bool:
    return term.is_amount and term.span is Span.YEAR
