"""Sums and what flows a year: how long a stock lasts, a total over its years, breakeven, and what must not be compared.

A total over its yearly amount gives years. A total against a yearly amount, as more or less, is a category error:
ten years of promises are not “more than” one year's revenue.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from core.compare import judge
from core.passage import Sentence, Span, Term
from core.relations import Finding, unit_of

_DURATION = re.compile(
    r"(?:够|撑|支撑|烧|用|维持|为期|连续|历时|分|期限|回本|收回|over|for|lasts?|enough|within|takes?|in|equals?|span)[^,;。]{0,12}$"
)
_DURATION_AFTER = re.compile(
    r"\s*(?:之?内)?(?:就|即|才)?(?:可|能)?(?:以)?(?:回本|收回|还清|的?(?:合约|合同|期)|of (?:its|their|the))|\s*(?:to pay|payback|to recover)"
)
_PER_YEAR_CUE = re.compile(
    r"(?:平均|相当于|等于|即|也就是|合|that is|or|i\.e\.|average|works out at|comes? to|每年)[^,;。]{0,12}$"
)
_TOTAL_CUE = re.compile(r"(?:总额|总值|总价|合计|共计|一共|总计|共|total\w*|in all)[^,;。]{0,10}$")
_BREAKEVEN = re.compile(
    r"打平|平衡|两平|回本|保本|买单|收回|break(?:s|ing)?[ -]?even|pay(?:s|ing)? (?:for|back|off)|recoup|recover"
)
_MARGIN = re.compile(r"(?:利润率|毛利率|净利率|margins?)[^,;。]{0,8}$")
_MARGIN_AFTER = re.compile(r"\s*的?\s*(?:利润率|毛利率|净利率|(?:\w+ )?margins?)")
_COMPARES = re.compile(
    r"远?远?超过|高于|大于|多于|不到|不足|低于|少于|小于|大(?:很|得)多|多(?:很|得)多|差得?太?(?:远|多)|差得太远|还差|不及|比不上"
    r"|exceed\w*|dwarf\w*|far (?:short|above|below|more|less)|falls? short|more than|less than|bigger than|larger than|smaller than|outstrips?|a long way|no match"
)
_REMOTE = 2  # sentences that a total may stand before what is made of it


def find(sentence: Sentence, earlier: Sequence[Sentence]) -> Iterator[Finding]:
    """How long it lasts, what it comes to a year or in all, what it takes to break even, and category errors."""
    near = [term for one in earlier[-_REMOTE:] for term in one.terms]
    yield from _triples(sentence, near)
    yield from _breakeven(sentence, near)
    yield from _category(sentence, near, [term for one in earlier for term in one.terms])


def _triples(sentence: Sentence, near: Sequence[Term]) -> Iterator[Finding]:
    """total = a year × years; whichever of the three comes last is the one that is claimed."""
    for stated in sentence.terms:
        pool = [*near, *(term for term in sentence.terms if term.start < stated.start)]
        later = next(
            (t for t in sentence.terms if t.start >= stated.end and t.span is Span.YEAR and t.kind == "money"), None
        )
        yearly = _last(pool, _is_yearly) or later
        lead = sentence.before(stated.start, limit=16)
        if stated.kind == "years" and _is_duration(sentence, stated, lead):
            total = _last(
                pool, lambda term: term.is_amount and term.span is not Span.YEAR and term.span is not Span.PART
            )
            if total and yearly and total.alike(yearly) and yearly.size and total is not yearly:
                yield _lasts(stated, total, yearly)
            continue
        years = _last([t for t in pool if t.start >= sentence.start], lambda term: term.kind == "years")
        if years is None or not years.size or not stated.is_amount:
            continue
        total = _last(
            [t for t in pool if t.start >= sentence.start], lambda term: term.is_amount and term.span is not Span.YEAR
        )
        if stated.span is Span.YEAR and _PER_YEAR_CUE.search(lead) and total and total.alike(stated):
            yield _product(stated, total.size / years.size, f"{total.text.strip()} / {years.text.strip()}", "per_year")
        elif _TOTAL_CUE.search(lead) and yearly and yearly.start >= sentence.start and yearly.alike(stated):
            yield _product(stated, yearly.size * years.size, f"{yearly.text.strip()} × {years.text.strip()}", "total")


def _is_duration(sentence: Sentence, stated: Term, lead: str) -> bool:
    return bool(_DURATION.search(lead) or _DURATION_AFTER.match(sentence.folded, stated.end)) and not re.search(
        r"(?:未来|过去|近|past|last|next)\s*$", lead
    )


def _last(pool: Sequence[Term], fits: Callable[[Term], bool]) -> Term | None:
    return next((term for term in reversed(pool) if fits(term)), None)


def _lasts(stated: Term, total: Term, yearly: Term) -> Finding:
    value = total.size / yearly.size
    return Finding(
        relation="years", stated=stated, value=value, unit="years", formula=f"{total.text.strip()} / {yearly.text.strip()}",
        verdict=judge(stated.size, value, text=stated.text, bound=stated.bound),
    )  # fmt: skip


def _product(stated: Term, size: float, formula: str, relation: str) -> Finding:
    scale, unit = unit_of(stated)
    return Finding(
        relation=relation, stated=stated, value=size * scale, unit=unit, formula=formula,
        verdict=judge(stated.size, size, text=stated.text, bound=stated.bound),
    )  # fmt: skip


def _breakeven(sentence: Sentence, near: Sequence[Term]) -> Iterator[Finding]:
    """outlay / margin = the revenue that pays it back."""
    if not _BREAKEVEN.search(sentence.words):
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
    outlay = _last(
        [*near, *(t for t in sentence.terms if t.end <= margin.start)],
        lambda term: term.kind == "money" and term.span is not Span.PART,
    )
    stated = next((term for term in sentence.terms if term.start >= margin.end and term.kind == "money"), None)
    if outlay and stated and outlay.alike(stated):
        yield _product(stated, outlay.size / margin.size, f"{outlay.text.strip()} / {margin.text.strip()}", "breakeven")


def _is_margin(sentence: Sentence, term: Term) -> bool:
    return bool(_MARGIN.search(sentence.before(term.start, limit=16)) or _MARGIN_AFTER.match(sentence.folded, term.end))


def _category(sentence: Sentence, near: Sequence[Term], said: Sequence[Term]) -> Iterator[Finding]:
    """A total over years set against a yearly amount, as more or less."""
    match = _COMPARES.search(sentence.words)
    if not match:
        return
    at = sentence.start + match.start()
    amounts = [_inherit(term, said) for term in sentence.terms if term.is_amount]
    beside = sorted(amounts, key=lambda term: min(abs(term.start - at), abs(term.end - at)))[:2]
    if len(beside) == 1 and re.search(r"(?:这|此|那|this|that|it)", sentence.words[: match.start()]):
        beside += [_inherit(term, said) for term in reversed(near) if term.is_amount][:1]
    if len(beside) != 2 or {term.span for term in beside} != {Span.TOTAL, Span.YEAR} or not beside[0].alike(beside[1]):
        return
    total, yearly = sorted(beside, key=lambda term: term.span is Span.YEAR)
    if not yearly.size:
        return
    last = max((term for term in beside if term.start >= sentence.start), key=lambda term: term.start)
    yield Finding(
        relation="comparison", stated=last, verdict="category_error", value=total.size / yearly.size, unit="years",
        formula=f"{total.text.strip()} / {yearly.text.strip()}", note="stock_flow",
    )  # fmt: skip


def _inherit(term: Term, said: Sequence[Term]) -> Term:
    """An amount said before as a total is one still: 「承諾…1萬億; …離1萬億還差得遠」."""
    if term.span is Span.UNSAID:
        for other in said:
            if other.is_amount and other.span is Span.TOTAL and abs(other.size - term.size) <= 0.001 * term.size:
                return replace(term, span=Span.TOTAL)
    return term


def _is_yearly(term: Term) -> bool:
    return term.is_amount and term.span is Span.YEAR
