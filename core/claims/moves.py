"""What a growth grows from and to: the two amounts, and the years between them where the text gives both a year.

from a to b, 由a增至b, to b from a          said as a move
a in 2019, b in 2024; 2019年a，2024年b      said as two dates of one thing: nothing else stands between them
a, 比b…                                     said as more or less than b
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.claims.passage import Sentence
from core.claims.terms import Term
from core.claims.when import SHIFTS

_FROM = re.compile(r"(?:从|由|自|from|between)[^,;:。\d]{0,14}$")
_TO = re.compile(r",?[^,;:。]{0,10}?(?:到|至|为|成|\bto\b)\s*[^,;:。\d]{0,10}")
_BACK_FROM = re.compile(r"[^,;:。]{0,20}(?:,\s*(?:up|down)\s+)?\bfrom\s+(?:about )?")
_UP_FROM = re.compile(
    r"[^,;:。]{0,16},?\s*(?:up|down|a (?:rise|gain|fall|drop) of|an increase of)\b[^,;:。]{0,24}\bfrom\s+(?:about )?"
)
_THAN = re.compile(r"[^,;。\d]{0,4},\s*(?:比|较)[^,;。\d]{0,8}")
_YEAR = re.compile(r"(?:fy\s?)?(?<!\d)(?P<y>(?:19|20)\d\d)(?!\d)\s?(?:财?年度?)?的?")
_NAMED_YEAR = re.compile(r"(?P<name>前年|去年|上年|今年|明年|last year|this year)(?:'s|的)?")
_AFTER = re.compile(r"(?:人|台|吨|辆|件|家|元|美元)?\s?(?:in|for|during)\s(?:fy\s?)?(?P<y>(?:19|20)\d\d)(?!\d)")
_SMALL = re.compile(
    r"[\s,、;]|美元|[元人台吨辆件家个名位间座架艘笔份支户套]|收入|营收|销售额|[一二两三四五六七八九十\d]+年[之以]?后|已经|已有|达到|变成|成为|只有|只剩|大约|一路"
    r"|[增升降跌缩减涨长]|[则就也已是为有达到至卖却而的了约后剩出共]"
    r"|\b(?:and|to|then|but|had|has|was|were|is|it|they|stood|stands|came|at|reached|rose|grew|fell|climbed|by|in|of|for|the|a|about|only|revenues?|sales)\b"
)
_STRETCH = re.compile(
    r"(?<!\d)(?P<a>(?:19|20)\d\d)年?\s?(?:and|to|until|through|到|至|-|–|—|~)\s?(?P<b>(?:19|20)\d\d)(?!\d)"
)
REACH = 6
"""How many dated amounts a chain may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """From one amount to another, in the order of time; `years` between them, where both carry one."""

    old: Term
    new: Term
    years: int | None = None

    @property
    def multiple(self) -> float:
        """The new amount over the old one, which must not be zero; 2 for what doubled."""
        return self.new.size / self.old.size

    @property
    def first(self) -> Term:
        """The one that the text says first."""
        return min(self.old, self.new, key=lambda term: term.start)

    @property
    def last(self) -> Term:
        """The one that the text says last."""
        return max(self.old, self.new, key=lambda term: term.start)


def find(sentence: Sentence) -> Iterator[Move]:
    """Every move of a sentence between two amounts, or between two percentages."""
    for kind in (sentence.amounts, [term for term in sentence.terms if term.kind == "percent"]):
        for first, second in itertools.pairwise(kind):
            if first.alike(second):
                yield from _said(sentence, first, second)
    yield from _dated(sentence)


def undated(words: str) -> str:
    """The words without their years: 「增至2023年的」 reads 「增至」."""
    return _YEAR.sub("", words)


def _said(sentence: Sentence, first: Term, second: Term) -> Iterator[Move]:
    joint = undated(sentence.folded[first.end : second.start])
    to, back = _TO.fullmatch(joint), _BACK_FROM.fullmatch(joint)
    lead = undated(sentence.before(first.start, limit=30)) if to or back else ""
    if to and _FROM.search(lead):
        years = _between(_when(sentence, first), _when(sentence, second)) or _stretch(sentence)
        yield Move(old=first, new=second, years=years if years and years > 0 else None)
    elif (back and re.search(r"\bto\s*$", lead)) or _UP_FROM.fullmatch(joint) or _THAN.fullmatch(joint):
        yield Move(old=second, new=first)


def _stretch(sentence: Sentence) -> int | None:
    """“between 2019 and 2024”: five years, where the sentence names one stretch."""
    found = list(_STRETCH.finditer(sentence.words))
    return int(found[0]["b"]) - int(found[0]["a"]) if len(found) == 1 else None


def _dated(sentence: Sentence) -> Iterator[Move]:
    """Amounts of one thing that follow each other, each with its year: any two of the chain, by the order of time."""
    chain: list[tuple[Term, tuple[str, int]]] = []
    for term in sentence.amounts:
        when = _when(sentence, term)
        if when is None or (chain and not _follows(sentence, chain[-1], term, when)):
            chain = []
        if when is None:
            continue
        for other, year in chain[-REACH:]:
            years = _between(year, when)
            if years:
                old, new = (other, term) if years > 0 else (term, other)
                yield Move(old=old, new=new, years=abs(years))
        chain.append((term, when))


def _follows(sentence: Sentence, last: tuple[Term, tuple[str, int]], term: Term, when: tuple[str, int]) -> bool:
    """The same thing at another time: only its year and small words stand between the two amounts."""
    before, year = last
    if not before.alike(term) or (term.metric and term.metric != before.metric) or year[0] != when[0]:
        return False
    joint = sentence.folded[before.end : term.start]
    tail, _, head = (_bare(words) for words in joint.partition(","))
    return (
        len(joint) <= 48
        and (not tail or tail in _bare(sentence.after(term.end)))  # 4000名會員，…5000名會員
        and (not head or head in _bare(sentence.before(before.start)))  # 票房10億，…票房20億
    )


def _bare(words: str) -> str:
    """Words without years and without what says nothing of the thing itself."""
    return _SMALL.sub("", _NAMED_YEAR.sub("", undated(words)))


def _when(sentence: Sentence, term: Term) -> tuple[str, int] | None:
    """The year that an amount carries itself: right after it, else between it and the amount before it."""
    folded = sentence.folded
    if match := _AFTER.match(folded, term.end):
        return "year", int(match["y"])
    before = sentence.amount_before(term.start)
    left = max(before.end if before else sentence.start, term.start - 40)
    if match := _AFTER.match(folded, left):
        left = match.end()
    years = list(_YEAR.finditer(folded, left, term.start))
    if years:
        return "year", int(years[-1]["y"])
    named = list(_NAMED_YEAR.finditer(folded, left, term.start))
    return ("named", SHIFTS[named[-1]["name"]]) if named else None


def _between(first: tuple[str, int] | None, second: tuple[str, int] | None) -> int | None:
    if first is None or second is None or first[0] != second[0]:
        return None
    return second[1] - first[1] or None
