"""Shares: p of t is n %; a part that is more than its whole; shares of one whole that come to more than it.

Which of two amounts is the part is taken from the words: 「120億裡有36億」, “$36m of its $120m”, a whole that is named
again (24兆的GDP … 佔GDP的), a part that is named again (研發人員2400人 … 研發占比).
"""

import re
from collections.abc import Iterator

from core.claims.passage import Sentence
from core.claims.relations import GROWTH_CUE, Finding, quotient
from core.claims.terms import Term

_WITHIN = re.compile(
    r"占|其中|of which|(?:里面?|中|之中|当中|以内|内)(?=,|有|的|占)|\bof (?:its|the|their|all|this)\b[^,;]{0,25}$|\bof\b[^,;]{0,25}$"
)
_OUT_OF = re.compile(r"(?:^|[,;] ?)(?:out )?of (?:the |its |all |some )?$")
_INSIDE = re.compile(r"[^,;。]{0,8}?(?:里|中|之中|当中|内)")
_OF_THEM = re.compile(r"\sof (?:them|these|those|it|that)\b")
_CUE = re.compile(
    r"(?:占[^,;:。]{0,16}|accounts? for|makes? up|represents?|a share of|比重|比例|份额|,\s?(?:or|that is|which (?:is|means|makes)|i\.e\.|about|roughly|almost|some|just|超过|近|约|即|也就是|不到|相当于|等于)|[,的]|(?:即|也就是|相当于|等于))"
    r"\s*(?:约|近|超过|不到|about|roughly|nearly|almost|more than|less than|over)?\s*$"
)
_WHOLE = re.compile(r"占(?:了|到|整个)?\s*(?P<whole>[^,;:。\d\s]{2,12}?)的?\s*(?:约|近|超过|不到)?\s*$")
_PART = re.compile(
    r"(?:^|[,;。])\s*(?P<part>[^,;。\d\s]{2,12})\s*(?:占比|占|的?比重|的?份额)[^,;。\d\s]{0,6}\s*(?:约|近|超过|不到)?\s*$"
)
_ALL = re.compile(
    r"占(?:了|到)?(?:全部|全体|全国|全球|所有|整体|整个)(?P<zh>[^,;:。\d]{0,10})(?:的|达到?)?\s*$"
    r"|(?:accounts? for|accounted for|makes? up|made up|constitutes?)\s+(?:about |nearly |some )?$"
)
_MAY_EXCEED = re.compile(
    r"gdp|生产总值|收入|营收|资产|净|增|利润|现金流|income|revenue|sales|assets|equity|earnings|profit|net\b|growth|increase|gains?|rise|change|cash|output|value|float",
)
_OF_WHAT = re.compile(r"\s?of\b[^,;.。]{2,60}")
_REST = re.compile(r"其余|剩下|剩余|余下|the (?:rest|remainder|balance)\b|就是(?:全部|整体)|加起来就是")
_ONE_SHARE = re.compile(
    r"(?P<name>[^,;。\d\s]{1,10})占(?![率比有领])(?:了|到)?(?P<whole>[^,;。\d]{0,8}?)的?(?:约|近|超过|不到|大约)?$"
)


def find(sentence: Sentence) -> Iterator[Finding]:
    """Every share that a sentence states."""
    for stated in sentence.terms:
        if stated.kind == "percent":
            yield from _share(sentence, stated)
            yield from _more_than_all(sentence, stated)
    yield from _together(sentence)


def _share(sentence: Sentence, stated: Term) -> Iterator[Finding]:
    """p of t is n %: “$36m of its $120m, or 30%”, 「占總營收120億的四成」, 「300億裡有120億, 超過一半」."""
    folded, lead = sentence.folded, sentence.before(stated.start, limit=30)
    if GROWTH_CUE.search(lead):
        return
    before, after = sentence.amounts_before(stated.start), sentence.term_after(stated.end)
    if (
        after
        and before
        and after.is_amount
        and re.fullmatch(r"\s+of\b[^,;:。]{0,40}", folded[stated.end : after.start])
        and stated.size != 0.5
    ):
        yield from quotient(stated, before[0], after, "share")
        return
    if len(before) < 2 or len(folded[before[0].end : stated.start]) > 48:
        return
    near, far = before[:2]
    if any(far.end <= term.start < near.start for term in sentence.terms if term.kind == "percent"):
        return  # the first has its share said already
    named = _named_again(sentence, lead, far, near)
    if named is not None and named[0].size <= named[1].size:
        yield from quotient(stated, *named, "share")
    elif _CUE.search(lead) and _is_part(sentence, far, near):
        part, whole = sorted((near, far), key=lambda term: term.size)
        yield from quotient(stated, part, whole, "share")


def _is_part(sentence: Sentence, far: Term, near: Term) -> bool:
    """Whether the words make one of two amounts a part of the other: 「120億裡有36億」, “$36m of its $120m”."""
    folded, clause = sentence.folded, sentence.clause(near.start)[0]
    between = folded[far.end : near.start]
    lead = sentence.before(far.start, limit=12).lstrip()
    return bool(
        (_WITHIN.search(between) and not re.search(r"\band\b|和|与", between))
        or _OUT_OF.search(lead)
        or "占" in folded[max(clause, near.start - 10) : near.start]
        or _INSIDE.match(folded, near.end)
        or _OF_THEM.match(folded, near.end)
    )


def _named_again(sentence: Sentence, lead: str, far: Term, near: Term) -> tuple[Term, Term] | None:
    """Part and whole, where the words beside the share name one of the two again."""
    clauses = [sentence.folded[slice(*sentence.clause(term.start))] for term in (far, near)]
    for cue, group in ((_WHOLE, "whole"), (_PART, "part")):
        match = cue.search(lead)
        if match is None or not far.alike(near):
            continue
        name = match[group]
        here = [name in clause for clause in clauses]
        if not any(here) and not name.isascii():  # 住校的有480名，住校生占…
            here = [name[:2] in clause for clause in clauses]
        if here[0] != here[1]:
            named, other = (far, near) if here[0] else (near, far)
            return (other, named) if group == "whole" else (named, other)
    return None


def _more_than_all(sentence: Sentence, stated: Term) -> Iterator[Finding]:
    """115 % of all orders: a part cannot be more. What may exceed what it is set against (debt and GDP) is let be."""
    match = _ALL.search(sentence.before(stated.start, limit=30))
    if stated.size <= 1 or match is None:
        return
    of = _OF_WHAT.match(sentence.folded, stated.end, sentence.end)
    whole = match["zh"] if match["zh"] is not None else of[0] if of else None
    if whole is not None and not _MAY_EXCEED.search(whole):
        yield Finding(
            relation="share", stated=stated, verdict="fails", value=1.0, unit="ratio",
            formula=f"{stated.text.strip()} ≤ 100%", note="over_whole",
        )  # fmt: skip


def _together(sentence: Sentence) -> Iterator[Finding]:
    """北區佔45%, 南區佔40%, 東區佔35%: shares of one whole, told by names of one kind or by 其餘, with no room left."""
    shares = [
        (match["name"], match["whole"], term)
        for term in sentence.terms
        if term.kind == "percent" and (match := _ONE_SHARE.search(sentence.before(term.start, limit=20)))
    ]
    total = sum(term.size for *_, term in shares)
    alike = len({name.removesuffix("则").removesuffix("也")[-1:] for name, *_ in shares}) == 1
    wholes = {whole for _, whole, _ in shares if whole}
    if len(shares) < 3 or len(wholes) > 1 or total <= 1.02 or not (alike or _REST.search(sentence.words)):
        return
    yield Finding(
        relation="share", stated=shares[-1][2], verdict="fails", value=total, unit="ratio",
        formula=" + ".join(term.text.strip() for *_, term in shares), note="over_whole",
    )  # fmt: skip
