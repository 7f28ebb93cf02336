"""A multiple and what it comes to: 「去年40億，今年是去年的三倍，達到120億」, “capex is five times its revenue, 100bn”.

The base stands before the multiple and is not said again; or it is named with the multiple and its amount comes after
(「是淨值的六倍，淨值只有十億」).
"""

import re
from collections.abc import Iterator, Sequence

from core.claims.growth import multiple
from core.claims.moves import Move
from core.claims.passage import Sentence
from core.claims.relations import GROWTH_CUE, Finding, quotient
from core.claims.terms import Span, Term

_REACHES = re.compile(
    r"(?:还?多|以上)?,?\s*(?:达到?|来到|升至|升到|增至|增到|变成|冲到|冲上|突破|攀上|至|到|即|也就是|相当于|or|that is|i\.e\.|to|reaching|at)\s*(?:了|约|近|about|some)?\s*"
)
_OF_BASE = re.compile(
    r"\s(?:(?:as much|as large) as )?(?:its|their|the|that of)\s(?P<base>[a-z ]{3,30}?),\s*(?:or|at|that is|i\.e\.|to|reaching)?\s*(?:about|some)?\s*"
)
_WHOSE = re.compile(r"(?:是|为|约为|相当于|达)\s*(?P<name>[^,;。\d]{1,10})的\s*$")
_NAMED = re.compile(r"\s*[,(]\s*(?P<name>[^,;。\d(]{1,10}?)(?:只有|仅有|仅|只|是|为|有|才|约|则)?\s*$")
_BACK = re.compile(r"(?:原来|原先|当初|最初|之前|去年|上年|前一年|前年|当年)[^,;。\d]{0,4}的?$|的$")


def find(sentence: Sentence) -> Iterator[Finding]:
    """Multiples with the amount that they lead to, or the base that they are of."""
    for stated in sentence.terms:
        if stated.kind == "times":
            before, after = sentence.amounts_before(stated.start), sentence.term_after(stated.end)
            if before and after and after.is_amount and not (stated.start - before[0].end > 60):
                yield from _reaches(sentence, stated, before, after)
                yield from _base_after(sentence, stated, before[0], after)


def _reaches(sentence: Sentence, stated: Term, before: Sequence[Term], after: Term) -> Iterator[Finding]:
    """b, n times that, c: c / b is n, or n + 1 where it grew by n times."""
    joint = sentence.folded[stated.end : after.start]
    if match := _OF_BASE.fullmatch(joint):
        named = [m.id for m in sentence.mentions if m.kind == "metric" and stated.end <= m.start < after.start]
        bases = [term for term in before if term.metric in named or _is_named(sentence, term, match["base"])]
        if len(bases) == 1:
            yield from quotient(stated, after, bases[0], "ratio")
        return
    base = before[0]
    if len(before) > 1 or not _REACHES.fullmatch(joint) or not base.alike(after) or not base.size:
        return
    if (base.span is Span.PART) != (after.span is Span.PART):
        return
    lead = sentence.before(stated.start, limit=16)
    grows = GROWTH_CUE.search(lead) is not None and not _BACK.search(lead)
    if grows or stated.becomes or _BACK.search(lead):
        formula = f"{after.text.strip()} / {base.text.strip()}"
        yield multiple(stated, Move(old=base, new=after), formula, book=grows and not stated.becomes)


def _is_named(sentence: Sentence, term: Term, base: str) -> bool:
    """“Equity is $10bn and …”: the base's name stands before its amount, with nothing but small words between."""
    return (
        re.search(rf"\b{re.escape(base.strip())}\s(?:is|was|of|at|stands at)\s$", sentence.before(term.start))
        is not None
    )


def _base_after(sentence: Sentence, stated: Term, top: Term, base: Term) -> Iterator[Finding]:
    """a is n times x, and x is b: 「負債120億，是淨值的12倍，淨值只有10億」, 「約為老廠的2倍（老廠45萬）」."""
    whose = _WHOSE.search(sentence.before(stated.start, limit=16))
    named = _NAMED.search(sentence.folded[stated.end : base.start])
    if whose and named and named["name"] and (named["name"] in whose["name"] or whose["name"] in named["name"]):
        yield from quotient(stated, top, base, "ratio")
