"""Amounts that a text adds, subtracts or says twice: x and y, together s; a is d more than b; 1200億（120 billion）."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.claims.compare import Bound, judge
from core.claims.passage import Sentence
from core.claims.relations import Finding, result
from core.claims.terms import Span, Term


def find(sentence: Sentence, earlier: Sequence[Sentence]) -> Iterator[Finding]:
    """Every sum, difference and conversion of a sentence; `earlier`: the sentences before it, nearest last."""
    for stated in sentence.amounts:
        yield from _sum(sentence, stated, earlier)
        yield from _difference(sentence, stated)
        yield from _conversion(sentence, stated)


_SUM_CUE = re.compile(
    r"(?<!等)(?:合计|共计|总计|总共|一共|加起来|加总|相加|合起来|(?<=,)共(?=\D{0,3}$)|totall?ing|(?:a|in) total(?: of)?|\btotals?|together|combined|altogether|sum(?: of)?)[^\d,;。]{0,24}$"
)
_SUM_AFTER = re.compile(r"\s*(?:in all|in total|all told|altogether|combined)\b")
_ALL_OF_THEM = re.compile(
    r"(?:together|combined|altogether|两者|三者|(?P<n>[两三四五六])(?:家|项|个|大|地|国|间|条)?[^,;。\d]{0,8}?(?:合计|共计|总计|总共|一共|加起来|共|相加))"
)
_COUNT = dict(zip("两三四五六", range(2, 7), strict=True))
_WITHIN = re.compile(r"(?:其中|包括|当中|of which|including)[^,;。]{0,12}$")
_JOINT = re.compile(r"[^;]{0,30}")


def _sum(sentence: Sentence, stated: Term, earlier: Sequence[Sentence]) -> Iterator[Finding]:
    """x, y and z, together s."""
    folded = sentence.folded
    if not (_SUM_CUE.search(sentence.before(stated.start)) or _SUM_AFTER.match(folded, stated.end)):
        return
    if _MAYBE.search(sentence.before(stated.start, limit=24).rpartition(",")[2]):
        return
    parts = _run(folded, stated, sentence.amounts_before(stated.start))
    parts = [_each(sentence, term) for term in parts] if _SAYS_EACH.search(sentence.words) else parts
    named = _ALL_OF_THEM.search(sentence.before(stated.start))
    if not parts and earlier and named:
        parts = _run(folded, stated, [term for term in reversed(earlier[-1].terms) if term.is_amount])
    if named and named["n"] and len(parts) != _COUNT[named["n"]]:
        return  # 「四家加起來」 after two of the four
    if len(parts) < 2 and not (parts and " × " in parts[0].text):
        return
    spans = {term.span for term in parts}
    if (
        Span.YEAR in spans
        and len(spans) > 1
        and spans & {Span.STOCK, Span.TOTAL, Span.UNSAID}
        and _holds_cash(folded, parts)
    ):
        yield replace(_added(stated, parts), verdict="category_error", note="stock_flow_sum")
        return
    summands = next((some for some in _nearest(parts) if _adds_up(stated, some)), parts)
    yield _added(stated, summands)


def _added(stated: Term, parts: Sequence[Term]) -> Finding:
    formula = " + ".join(term.text.strip() for term in reversed(parts))
    return result("sum", stated, sum(term.size for term in parts), formula)


def _nearest(parts: Sequence[Term]) -> Iterator[Sequence[Term]]:
    """All parts, then all but the farthest, down to two, or to the one that counts several."""
    return (parts[:count] for count in range(len(parts), min(1, len(parts) - 1), -1))


def _adds_up(stated: Term, parts: Sequence[Term]) -> bool:
    total = sum(term.size for term in parts)
    return judge(stated.size, total, text=stated.text, bound=stated.bound, adds_up=True).startswith("holds")


_EACH = re.compile(
    r"(?P<n>[两二三四五六七八九十]|\d{1,4})(?:家|个|位|名|人|座|间|项|支|艘|国|地|条|批|所|只)[^,;。\d]{0,10}?(?:各自?|每[家个人位座间]|均|都)[^,;。\d]{0,6}$"
    r"|\b(?P<en>two|three|four|five|six|seven|eight|nine|ten|twelve|\d{1,4})\s[a-z][a-z ]{2,30}\seach\s[a-z ]{0,20}$"
)
_SAYS_EACH = re.compile(r"[各每均都]|each")
_HAN = dict(zip("两二三四五六七八九十", (2, 2, 3, 4, 5, 6, 7, 8, 9, 10), strict=True))
_ENGLISH = dict(
    zip(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve"),
        (*range(2, 11), 12),
        strict=True,
    )
)
_MAYBE = re.compile(r"可能|上看|有望|预计|预期|目标|传言|may\b|might|could|expected|target")


def _each(sentence: Sentence, term: Term) -> Term:
    """Five firms that put in 1000億 each put in five times that."""
    match = _EACH.search(sentence.before(term.start, limit=44))
    if match is None:
        return term
    word = match["n"] or match["en"]
    count = _HAN.get(word) or _ENGLISH.get(word) or int(word)
    return replace(term, size=term.size * count, text=f"{count} × {term.text.strip()}")


def _run(folded: str, stated: Term, before: Sequence[Term]) -> list[Term]:
    """The amounts directly before that may be summands: alike, near each other, of one measure."""
    run: list[Term] = []
    metric = stated.metric
    for term in before:
        if not term.alike(stated) or (run and not _JOINT.fullmatch(folded[term.end : run[-1].start])):
            break
        if term.measure != stated.measure and (stated.measure or run):
            break
        if term.metric and metric and term.metric != metric:
            break
        if not _WITHIN.search(folded[max(0, term.start - 16) : term.start]):
            run.append(term)
            metric = metric or term.metric
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
    before = sentence.amounts_before(stated.start)
    if len(before) > 1 and (_MORE.search(lead) or _FEWER.search(lead)):
        a, b = before[1], before[0]
        if not re.search(r"(?:比|较)[^,;。]{0,14}$", folded[a.end : b.start]) or len(folded[b.end : stated.start]) > 12:
            return
        fewer = bool(_FEWER.search(lead))
    elif before and (match := _MORE_AFTER.match(folded, stated.end)) and (after := sentence.term_after(stated.end)):
        a, b, fewer = before[0], after, match["way"] in ("less", "fewer", "lower", "below")
        if len(folded[match.end() : b.start]) > 24 or "," in folded[match.end() : b.start]:
            return
    else:
        return
    if not (a.alike(b) and a.alike(stated)):
        return
    top, bottom = (b, a) if fewer else (a, b)
    yield result("difference", stated, top.size - bottom.size, f"{top.text.strip()} - {bottom.text.strip()}")


_SAME = re.compile(
    r"(?:美元|日元|元)?\s*(?:\(|[^,;:。]{0,8}[(,]?\s*(?:即|也就是|等于|折合|约合|或者说|\bor\b|i\.e\.|that is|=))\s*(?:约|大约|about )?\s*"
)
_ENGLISH_UNIT = re.compile(r"\d\s?[tbmk]")
_CHINESE_UNIT = re.compile(r"[万亿兆]")


def _conversion(sentence: Sentence, stated: Term) -> Iterator[Finding]:
    """The same amount in 億 and in billions: 1200億美元（120 billion）."""
    first = sentence.amount_before(stated.start)
    if first is None or not first.alike(stated) or not _SAME.fullmatch(sentence.folded[first.end : stated.start]):
        return
    scripts = [
        (
            bool(_ENGLISH_UNIT.search(t.text.lower())),
            bool(_CHINESE_UNIT.search(t.text.replace("億", "亿").replace("萬", "万"))),
        )
        for t in (first, stated)
    ]
    if first.end < stated.start and sorted(scripts) == [(False, True), (True, False)]:
        yield result("conversion", stated, first.size, first.text.strip(), bound=Bound.ABOUT)
