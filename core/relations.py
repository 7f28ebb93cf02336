"""Relations between the amounts of a text, recomputed: ratio, share, sum, difference, conversion.

A rule looks for an amount or a multiple that is stated as the result of others, takes the others by how the
sentence is built, and does the arithmetic. Nothing is said where the sentence does not say what belongs to what:
a missed slip costs less than a false alarm. Growth is in `core.growth`, stock and flow in `core.stockflow`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.compare import Bound, judge
from core.passage import PROFIT, Sentence, Span, Term

GROWTH_CUE = re.compile(
    r"(?:增长|成长|增加|增幅|上升|上涨|升|涨|提高|提升|扩大|攀升|多出|翻|同比|环比|yoy|increas\w*|r[io]s(?:e[sn]?|ing)|gr[eo]w\w*|\bup|gain\w*|jump\w*|climb\w*|surg\w*"
    r"|减少|下降|下跌|下滑|缩水|萎缩|跌|降|fell|fall\w*|drop\w*|\bdown|declin\w*|decreas\w*|shr[aiu]nk\w*)(?:了|至|到|幅度?|率)?[^\d,;:一-鿿]{0,3}(?:了|约|近|超过|逾|不到|达|为|by|of|about|nearly|almost|over|more than|less than)?\s*(?:大约|about )?$"
)
_LINK = re.compile(r"(?:是|为|相当|等于|达|只|仅|抵|比|,|\bis\b|\bare\b|\bwas\b|\bwere\b|equals?|stands? at|\()")
_OF = re.compile(
    r"\s*(?:多|以上|左右)?(?:于|\s?(?:that of|of|the|as (?:much|many|large|big|high) as|its|their|what|multiple of)\b|\s?[a-z][\w' -]*?'s\b)[^,;:。]{0,40}"
)
_REFERRED = re.compile(r"(?:它|其|他们|前者|后者|对方|同行|对手|去年|上年|前一年|原来)的$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A relation found and recomputed.

    relation: what is claimed: `ratio`, `share`, `sum`, `growth`, …
    stated:   the term that states the result; value and unit: what the arithmetic gives, in the contract's units
    formula:  the arithmetic with the text's own amounts; note: key of a further remark (`core.claim_words`)
    """

    relation: str
    stated: Term
    verdict: str
    value: float
    unit: str
    formula: str
    note: str | None = None


def ratio_text(top: Term, bottom: Term) -> str:
    """48億 / 36億, as the text writes them."""
    return f"{top.text.strip()} / {bottom.text.strip()}"


def find(sentence: Sentence, earlier: Sequence[Sentence]) -> Iterator[Finding]:
    """Every relation of a sentence; `earlier`: the sentences before it, nearest last."""
    for stated in sentence.terms:
        if stated.kind in ("times", "percent"):
            yield from _ratio(sentence, stated, earlier)
            yield from _share(sentence, stated)
            yield from _named(sentence, stated)
        if stated.is_amount:
            yield from _sum(sentence, stated, earlier)
            yield from _difference(sentence, stated)
            yield from _conversion(sentence, stated)


def amounts_before(sentence: Sentence, term: Term) -> list[Term]:
    """Amounts of the sentence before a term, nearest first."""
    return [one for one in reversed(sentence.terms) if one.end <= term.start and one.is_amount]


def _next(sentence: Sentence, term: Term) -> Term | None:
    return next((one for one in sentence.terms if one.start >= term.end), None)


def _ratio(sentence: Sentence, stated: Term, earlier: Sequence[Sentence]) -> Iterator[Finding]:
    """a is n times b: 「a 是 b 的 n 倍」 or “a, n times the b of …”."""
    folded = sentence.folded
    lead = sentence.before(stated.start, limit=24)
    if (
        stated.becomes
        or GROWTH_CUE.search(lead)
        or re.search(r"(?:would|will|could|may|can|to)\s+(?:more than |nearly |almost )?$", lead)
    ):
        return
    before = amounts_before(sentence, stated)
    after = _next(sentence, stated)
    if after and before and after.is_amount and _OF.fullmatch(folded[stated.end : after.start]):
        if stated.kind == "times" or stated.size == 0.5:
            yield from _quotient(stated, before[0], after, "ratio")
        return
    if not before:
        return
    joint = folded[before[0].end : stated.start]
    if stated.kind == "percent" and ("占" in sentence.words or stated.size != 0.5):
        return
    if re.fullmatch(r"[^,;:。]{0,14}(?:的|其)\s*(?:约|近|超过|不到|大约|将近|接近)?", joint) and len(before) > 1:
        if _LINK.search(folded[before[1].end : before[0].start]):
            yield from _quotient(stated, before[1], before[0], "ratio")
    elif stated.kind == "times" and _REFERRED.search(lead):
        pool = [*before, *(term for one in reversed(earlier[-1:]) for term in reversed(one.terms) if term.is_amount)]
        if len(pool) > 1:
            ways = [*_quotient(stated, pool[0], pool[1], "ratio"), *_quotient(stated, pool[1], pool[0], "ratio")]
            yield from sorted(ways, key=lambda way: (way.verdict == "fails", -way.value))[:1]


def _quotient(stated: Term, top: Term, bottom: Term, relation: str) -> Iterator[Finding]:
    if not top.alike(bottom) or not bottom.size:
        return
    value = top.size / bottom.size
    verdict = judge(stated.size, value, text=stated.text, bound=stated.bound)
    yield Finding(
        relation=relation, stated=stated, verdict=verdict, value=value, unit="ratio", formula=ratio_text(top, bottom),
        note="doubles" if verdict == "fails" and relation == "ratio" and _fits_doubling(stated, value) else None,
    )  # fmt: skip


def _fits_doubling(stated: Term, value: float) -> bool:
    """(a + b) / b fits where a / b does not: adding a to b doubles it, but a is not twice b."""
    return stated.kind == "times" and judge(stated.size, value + 1, text=stated.text, bound=stated.bound).startswith(
        "holds"
    )


_PART_OF = re.compile(r"\bof\b|占|(?:里|中|之中|当中|以内|内)(?:,|有|的)|out of")
_SHARE_CUE = re.compile(
    r"(?:占[^,;:。]{0,16}|accounts? for|makes? up|represents?|a share of|比重|比例|份额|,\s?(?:or|that is|which (?:is|means|makes)|i\.e\.|about|roughly|almost|超过|近|约|即|也就是|不到|相当于)|[,的]|(?:即|也就是|相当于))"
    r"\s*(?:约|近|超过|不到|about|roughly|nearly|almost|more than|less than|over)?\s*$"
)


def _share(sentence: Sentence, stated: Term) -> Iterator[Finding]:
    """p of t is n %: “$36m of its $120m, or 30%”, 「占總營收120億的四成」, 「300億裡有120億, 超過一半」."""
    folded, lead = sentence.folded, sentence.before(stated.start, limit=30)
    if stated.kind != "percent" or GROWTH_CUE.search(lead):
        return
    before, after = amounts_before(sentence, stated), _next(sentence, stated)
    if (
        after
        and before
        and after.is_amount
        and re.fullmatch(r"\s+of\b[^,;:。]{0,40}", folded[stated.end : after.start])
        and stated.size != 0.5
    ):
        yield from _quotient(stated, before[0], after, "share")
        return
    if len(before) < 2 or not _SHARE_CUE.search(lead):
        return
    near, far = before[:2]
    around = folded[max(sentence.start, far.start - 12) : near.end + 3]
    if not _PART_OF.search(around) or len(folded[near.end : stated.start]) > 30:
        return
    part, whole = sorted((near, far), key=lambda term: term.size)
    yield from _quotient(stated, part, whole, "share")


_NAMED = {
    "margin": (PROFIT, "revenue", re.compile(r"(?:净利率|利润率|毛利率|净利润率|margins?)(?: of| is| was|为|是|达|约)?\s*$")),
    "price_to_sales": ("market_cap", "revenue", re.compile(r"(?:市销率|p/?s(?: ratio)?|price.to.sales)[^\d,;。]{0,8}$")),
    "price_to_earnings": ("market_cap", PROFIT, re.compile(r"(?:市盈率|本益比|\bpe|p/e)[^\d,;。]{0,8}$")),
}  # fmt: skip
_TIMES_SALES = re.compile(r"\s*(?:sales|revenues?|营收|销售额)")


def _named(sentence: Sentence, stated: Term) -> Iterator[Finding]:
    """Ratios with a name: margin = profit / revenue, price to sales = market value / revenue."""
    lead = sentence.before(stated.start, limit=24)
    before = amounts_before(sentence, stated)
    for metric, (top, bottom, cue) in _NAMED.items():
        named = cue.search(lead) or (metric == "price_to_sales" and _TIMES_SALES.match(sentence.folded, stated.end))
        tops, bottoms = ([term for term in before if term.metric == one] for one in (top, bottom))
        if named and tops and bottoms and (metric == "margin") == (stated.kind == "percent"):
            yield from _quotient(stated, tops[0], bottoms[0], metric)


_SUM_CUE = re.compile(
    r"(?:合计|共计|总计|总共|一共|加起来|加总|相加|合起来|共(?=\D{0,3}$)|totall?ing|(?:a|in) total(?: of)?|\btotals?|together|combined|altogether|sum(?: of)?)[^\d,;。]{0,24}$"
)
_SUM_AFTER = re.compile(r"\s*(?:in all|in total|all told|altogether|combined)\b")
_JOINT = re.compile(r"[^;]{0,30}")


def _sum(sentence: Sentence, stated: Term, earlier: Sequence[Sentence]) -> Iterator[Finding]:
    """x, y and z, together s."""
    folded = sentence.folded
    if not (_SUM_CUE.search(sentence.before(stated.start)) or _SUM_AFTER.match(folded, stated.end)):
        return
    parts = _run(folded, stated, amounts_before(sentence, stated))
    if len(parts) < 2 and earlier:
        last = [term for term in reversed(earlier[-1].terms) if term.is_amount]
        parts = _run(folded, stated, last) if not parts else []
    if len(parts) < 2:
        return
    formula = " + ".join(term.text.strip() for term in reversed(parts))
    spans = {term.span for term in parts}
    if (
        Span.YEAR in spans
        and len(spans) > 1
        and spans & {Span.STOCK, Span.TOTAL, Span.UNSAID}
        and _holds_cash(folded, parts)
    ):
        yield Finding(
            relation="sum",
            stated=stated,
            verdict="category_error",
            value=sum(t.size for t in parts) * _unit(stated)[0],
            unit=_unit(stated)[1],
            formula=formula,
            note="stock_flow_sum",
        )
        return
    sums = [sum(term.size for term in parts[:count]) for count in range(len(parts), 1, -1)]
    verdicts = [judge(stated.size, total, text=stated.text, bound=stated.bound) for total in sums]
    at = next((i for i, verdict in enumerate(verdicts) if verdict.startswith("holds")), 0)
    formula = " + ".join(term.text.strip() for term in reversed(parts[: len(parts) - at]))
    scale, unit = _unit(stated)
    yield Finding(
        relation="sum", stated=stated, verdict=verdicts[at], value=sums[at] * scale, unit=unit, formula=formula
    )


def _run(folded: str, stated: Term, before: Sequence[Term]) -> list[Term]:
    """The amounts directly before that may be summands: alike, near each other, of one measure."""
    run: list[Term] = []
    for term in before:
        if not term.alike(stated) or (run and not _JOINT.fullmatch(folded[term.end : run[-1].start])):
            break
        run.append(term)
    return run


def _holds_cash(folded: str, parts: Sequence[Term]) -> bool:
    """One of the parts is something held (cash, market value, debt), not earned."""
    around = [folded[max(0, term.start - 10) : term.end + 8] for term in parts if term.span is not Span.YEAR]
    return any(
        re.search(r"现金|存款|市值|余额|储备|负债|手上|手头|cash|reserves?|market (?:cap|value)|debt|累计|承诺", words)
        for words in around
    )


_MORE = re.compile(r"(?:多出?了?|高出|增加了?|超出)\s*(?:约|近|大约)?$")
_FEWER = re.compile(r"(?:少了?|低了?|减少了?|短少)\s*(?:约|近|大约)?$")
_MORE_AFTER = re.compile(r"\s+(?P<way>more|less|fewer|higher|lower|above|below)\b(?: than)?")


def _difference(sentence: Sentence, stated: Term) -> Iterator[Finding]:
    """a is d more than b: 「a, 比 b 多出 d」 or “a, d more than the b”."""
    folded, lead = sentence.folded, sentence.before(stated.start, limit=10)
    before = amounts_before(sentence, stated)
    if len(before) > 1 and (_MORE.search(lead) or _FEWER.search(lead)):
        a, b = before[1], before[0]
        if not re.search(r"(?:比|较)[^,;。]{0,14}$", folded[a.end : b.start]) or len(folded[b.end : stated.start]) > 12:
            return
        fewer = bool(_FEWER.search(lead))
    elif before and (match := _MORE_AFTER.match(folded, stated.end)) and (after := _next(sentence, stated)):
        a, b, fewer = before[0], after, match["way"] in ("less", "fewer", "lower", "below")
        if len(folded[match.end() : b.start]) > 24 or "," in folded[match.end() : b.start]:
            return
    else:
        return
    if not (a.alike(b) and a.alike(stated)):
        return
    top, bottom = (b, a) if fewer else (a, b)
    scale, unit = _unit(stated)
    yield Finding(
        relation="difference", stated=stated, value=(top.size - bottom.size) * scale, unit=unit,
        verdict=judge(stated.size, top.size - bottom.size, text=stated.text, bound=stated.bound),
        formula=f"{top.text.strip()} - {bottom.text.strip()}",
    )  # fmt: skip


_SAME = re.compile(
    r"(?:美元|日元|元)?\s*(?:[(,]\s*)?(?:即|也就是|等于|合|折合|约合|或者说|or|i\.e\.|that is|=)?\s*(?:约|大约|about )?\s*"
)
_ENGLISH_UNIT = re.compile(r"[a-z]")
_CHINESE_UNIT = re.compile(r"[万亿兆]")


def _conversion(sentence: Sentence, stated: Term) -> Iterator[Finding]:
    """The same amount in 億 and in billions: 1200億美元（120 billion）."""
    before = amounts_before(sentence, stated)
    if not before or not before[0].alike(stated):
        return
    first = before[0]
    joint = sentence.folded[first.end : stated.start]
    scripts = [
        (
            bool(_ENGLISH_UNIT.search(t.text.lower())),
            bool(_CHINESE_UNIT.search(t.text.replace("億", "亿").replace("萬", "万"))),
        )
        for t in (first, stated)
    ]
    if not joint or not _SAME.fullmatch(joint) or sorted(scripts) != [(False, True), (True, False)]:
        return
    if joint.strip() in ("", ","):
        return
    scale, unit = _unit(stated)
    yield Finding(
        relation="conversion", stated=stated, value=first.size * scale, unit=unit, formula=first.text.strip(),
        verdict=judge(stated.size, first.size, text=stated.text, bound=Bound.ABOUT),
    )  # fmt: skip


def _unit(term: Term) -> tuple[float, str]:
    """How to write a size in the contract's units, and the unit's name."""
    return (1e-9, f"{term.currency or 'USD'}_bn") if term.kind == "money" else (1.0, "count")


unit_of = _unit
