"""Relations between the amounts of a text, recomputed: a is n times b, and ratios with a name.

A rule looks for an amount or a multiple that is stated as the result of others, takes the others by how the
sentence is built, and does the arithmetic. Nothing is said where the sentence does not say what belongs to what:
a missed slip costs less than a false alarm. Shares are in `core.claims.shares`, sums in `core.claims.sums` and `core.claims.parts`, growth
in `core.claims.growth`, stock and flow in `core.claims.stockflow`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.claims.beside import PROFIT
from core.claims.compare import Bound, judge
from core.claims.passage import Sentence
from core.claims.terms import Span, Term

GROWTH_CUE = re.compile(
    r"(?:增长|成长|增加|增幅|年增|涨幅|跌幅|降幅|上升|上涨|升|涨|提高|提升|扩大|攀升|多出|翻|同比|环比|yoy|increas\w*|r[io]s(?:e[sn]?|ing)|gr[eo]w\w*|\bup|gain\w*|jump\w*|climb\w*|surg\w*"
    r"|减少|下降|下跌|下滑|缩水|萎缩|跌|降|fell|fall\w*|drop\w*|\bdown|declin\w*|decreas\w*|shr[aiu]nk\w*)(?:了|去|掉|至|到|幅度?|率)?[^\d,;:一-鿿]{0,3}(?:了|约|近|超过|逾|不到|达|为|by|of|about|nearly|almost|over|more than|less than)?\s*(?:大约|about )?$"
)
_LINK = re.compile(r"(?:是|为|相当|等于|达|只|仅|抵|比|,|\bis\b|\bare\b|\bwas\b|\bwere\b|equals?|stands? at|\()")
_OF = re.compile(
    r"\s*(?:多|以上|左右)?(?:于|\s?(?:that of|of|the|as (?:much|many|large|big|high) as|its|their|what|multiple of|annual|yearly|sales|revenues?|profits?|earnings)\b|\s?[a-z][\w' -]*?'s\b)[^,;:。]{0,40}"
)
_IS = re.compile(r"\b(?:is|are|was|were|be|equals?)\s(?:[a-z]+\s){0,3}$")
_AT_ONCE = re.compile(r"\s(?:about |roughly |around |nearly |almost )?")  # “60 is more than twice 55”
_REFERRED = re.compile(r"(?:它|其|他们|前者|后者|对方|同行|对手|去年|上年|前一年|原来)的$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A relation found and recomputed.

    relation: what is claimed: `ratio`, `share`, `sum`, `growth`, …
    stated:   the term that states the result; value and unit: what the arithmetic gives, in the contract's units
    formula:  the arithmetic with the text's own amounts; note: key of a further remark (`core.claims.wording`)
    """

    relation: str
    stated: Term
    verdict: str
    value: float
    unit: str
    formula: str
    note: str | None = None
    start: int | None = None  # where the quote begins, if before the clause of `stated`


def in_units(size: float, like: Term) -> tuple[float, str]:
    """A size in the contract's units, and the unit: billions for money, pieces for the rest.

    Fifteen digits are kept, so that 4.3 is not 4.300000000000001.
    """
    if like.kind != "money":
        return size, "count"
    return float(f"{size * 1e-9:.15g}"), f"{like.currency or 'USD'}_bn"


def result(relation: str, stated: Term, size: float, formula: str, *, bound: Bound | None = None) -> Finding:
    """The finding that an amount, stated as the result of `formula`, should be `size` (in plain units)."""
    value, unit = in_units(size, stated)
    adds_up = relation in ("sum", "difference")
    hedge = stated.bound if bound is None else bound
    verdict = judge(stated.size, size, text=stated.text, bound=hedge, adds_up=adds_up)
    return Finding(relation=relation, stated=stated, verdict=verdict, value=value, unit=unit, formula=formula)


def find(sentence: Sentence, earlier: Sequence[Sentence]) -> Iterator[Finding]:
    """Every relation of a sentence; `earlier`: the sentences before it, nearest last."""
    for stated in sentence.terms:
        if stated.kind in ("times", "percent"):
            yield from _ratio(sentence, stated, earlier)
            yield from _named(sentence, stated)


def _ratio(sentence: Sentence, stated: Term, earlier: Sequence[Sentence]) -> Iterator[Finding]:
    """a is n times b: 「a 是 b 的 n 倍」 or “a, n times the b of …”."""
    folded = sentence.folded
    lead = sentence.before(stated.start, limit=24)
    if stated.becomes:
        yield from _fold(sentence, stated)
        return
    if GROWTH_CUE.search(lead) or re.search(
        r"(?:would|will|could|may|can|to)\s+(?:more than |nearly |almost )?$", lead
    ):
        return
    before = sentence.amounts_before(stated.start)
    after = sentence.term_after(stated.end)
    between = folded[stated.end : after.start] if after else ""
    at_once = _AT_ONCE.fullmatch(between) is not None and _IS.search(lead) is not None
    if after and before and after.is_amount and (at_once or _OF.fullmatch(between)):
        if stated.kind == "times" or stated.size == 0.5:
            yield from quotient(stated, before[0], after, "ratio")
        return
    if not before:
        return
    joint = folded[before[0].end : stated.start]
    if stated.kind == "percent" and ("占" in sentence.words or stated.size != 0.5):
        return
    if re.fullmatch(r"[^,;:。]{0,14}(?:的|其)\s*(?:约|近|超过|不到|大约|将近|接近)?", joint) and len(before) > 1:
        if _LINK.search(folded[before[1].end : before[0].start]):
            yield from quotient(stated, before[1], before[0], "ratio")
    elif stated.kind == "times" and (_REFERRED.search(lead) or _is_apart(sentence, stated, lead, before)):
        pool = [*before, *(term for one in reversed(earlier[-1:]) for term in reversed(one.terms) if term.is_amount)]
        if len(pool) > 1:
            ways = [*quotient(stated, pool[0], pool[1], "ratio"), *quotient(stated, pool[1], pool[0], "ratio")]
            yield from sorted(ways, key=lambda way: (way.verdict == "fails", -way.value))[:1]


_FOLD_OF = re.compile(r"\s(?:increase|rise|jump|gain|multiple)\s(?:on|over|of|from)\b[^,;:。]{0,40}")


def _fold(sentence: Sentence, stated: Term) -> Iterator[Finding]:
    """“900 is a threefold increase on the 300 of …”, “a five-fold multiple of Porto's €25m”."""
    before, after = sentence.amounts_before(stated.start), sentence.term_after(stated.end)
    if before and after and after.is_amount and _FOLD_OF.fullmatch(sentence.folded[stated.end : after.start]):
        yield from quotient(stated, before[0], after, "ratio")


_ASIDE = re.compile(r"(?:美元|元)?,\s?(?:两者|二者|大?约|差不多|相差|差了|大概|是|有|\s)+")


def _is_apart(sentence: Sentence, stated: Term, lead: str, before: Sequence[Term]) -> bool:
    """「甲450萬, 乙150萬, 甲是乙的3倍」: a clause of names alone, after a clause for either amount."""
    start, _ = sentence.clause(stated.start)
    whose = re.search(r"(?:是|为|相当于)(?P<name>[^,;。\d]{1,12})的$", lead)
    if len(before) == 2 and re.search(r"(?:差不多|相差|差了|约|大约|大概)\s*(?:是|有)?\s*$", lead):
        return _ASIDE.fullmatch(sentence.folded[before[0].end : stated.start]) is not None
    return (
        whose is not None
        and len(before) == 2
        and before[0].end <= start
        and whose["name"][:2] in sentence.folded[sentence.start : before[0].start]
    )


def quotient(stated: Term, top: Term, bottom: Term, relation: str) -> Iterator[Finding]:
    """The finding that `stated` is top / bottom; none where the two cannot be divided."""
    if not top.alike(bottom) or not bottom.size or (top.span is Span.PART) != (bottom.span is Span.PART):
        return
    value = top.size / bottom.size
    verdict = judge(stated.size, value, text=stated.text, bound=stated.bound)
    yield Finding(
        relation=relation, stated=stated, verdict=verdict, value=value, unit="ratio", formula=f"{top.text.strip()} / {bottom.text.strip()}",
        note="doubles" if verdict == "fails" and relation == "ratio" and _fits_doubling(stated, value) else None,
    )  # fmt: skip


def _fits_doubling(stated: Term, value: float) -> bool:
    """(a + b) / b fits where a / b does not: adding a to b doubles it, but a is not twice b."""
    return (
        stated.kind == "times"
        and stated.size == 2
        and judge(stated.size, value + 1, text=stated.text, bound=stated.bound).startswith("holds")
    )


_NAMED = {
    "margin": (PROFIT, "revenue", re.compile(r"(?:净利率|利润率|毛利率|净利润率|margins?)(?: of| is| was|只有|仅有?|高达|不到|超过|为|是|达|约)*\s*$")),
    "price_to_sales": ("market_cap", "revenue", re.compile(r"(?:市销率|p/?s(?: ratio)?|price.to.sales)[^\d,;。]{0,8}$")),
    "price_to_earnings": ("market_cap", PROFIT, re.compile(r"(?:市盈率|本益比|\bpe|p/e)[^\d,;。]{0,8}$")),
}  # fmt: skip
_TIMES_SALES = re.compile(r"\s*(?:sales|revenues?|营收|销售额)")


def _named(sentence: Sentence, stated: Term) -> Iterator[Finding]:
    """Ratios with a name: margin = profit / revenue, price to sales = market value / revenue."""
    lead = sentence.before(stated.start, limit=24)
    before = sentence.amounts_before(stated.start)
    for metric, (top, bottom, cue) in _NAMED.items():
        named = cue.search(lead) or (metric == "price_to_sales" and _TIMES_SALES.match(sentence.folded, stated.end))
        tops, bottoms = ([term for term in before if term.metric == one] for one in (top, bottom))
        if not tops and bottoms and _TIMES_SALES.match(sentence.folded, stated.end) and len(before) == 2:
            tops = [term for term in before if term.metric is None]  # what trades at n times sales is worth that much
        if named and tops and bottoms and (metric == "margin") == (stated.kind == "percent"):
            yield from quotient(stated, tops[0], bottoms[0], metric)
