"""A text cut into sentences, and in each sentence its amounts, with what is said of them where they stand.

Everything is read from a folded copy of the text that keeps each character in its place, so that offsets are
those of the text as given.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from core import aliases, amounts, period
from core.aliases import Mention
from core.amounts import Reading
from core.compare import Bound
from core.hedges import Word, bound, words
from core.quantity import Kind, Unit
from core.text import to_simplified

PROFIT = "profit"
"""A measure that the alias table does not carry, since the register has no figure of it."""

_STOP = re.compile(r"[。!?\n]+|\.(?=\s|$)")
_CLAUSE = re.compile(r"[:;、]|(?<!\d),|,(?!\d{3}(?!\d))")
_PROFIT = re.compile(
    r"净利润?(?!率)|(?<!毛)利润(?!率)|毛利润?(?!率)|盈利|gross profit|net income|(?<!a )(?<!taking )profits?(?! margin)"
)
_CLOCK = re.compile(r"[:/\-.#@]")
_MEASURE = re.compile(
    r"\s?(?:多|余)?(家|台|人|名|位|个|件|辆|架|艘|套|间|座|户|店|单|吨|公里|千米|公斤|米|克|毫升|分钟|小时|度|岁|股(?!价)|天|次|章|页|层|号|bytes\b)"
)
_YEARLY_BEFORE = re.compile(
    r"(?:每年|年年|一年|全年|年均|年度|年(?=收入|营收|营业额|利润|预算|产值|销售|现金流)|\bannual(?:ly)?|\byearly|(?:a|per|each|every) year)[^,;。]{0,14}$"
)
_YEARLY_AFTER = re.compile(
    r"\s*(?:美元|元)?的?(?:/年|每年|(?:年度|年)(?=收入|营收|合同|预算|的)|(?:a|per|each|every) year|annual|yearly)|[a-z' ]{0,14}\b(?:annual|yearly)\b"
)
_TOTAL_BEFORE = re.compile(
    r"(?:累计|累积|承诺|未来[^,;。]{1,4}年|总值|总额|[一二三四五六七八九十\d]+年(?:内|间|期|累计)|\bcumulative|\bcommitments?|\bcommitted|\bpledged?|over the (?:next|coming))[^,;。]{0,16}$"
)
_TOTAL_AFTER = re.compile(
    r"[^,;。]{0,12}?(?:的?累计|的?承诺|总承诺|(?:pledged|committed|promised)|(?:(?:over|through|until|in) (?:the )?(?:next |coming )?(?:\w+ years|decade|20\d\d)))"
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


class Span(StrEnum):
    """What stretch of time an amount covers, as far as the words beside it say."""

    UNSAID = ""
    YEAR = "year"
    PART = "part"  # half a year, a quarter
    TOTAL = "total"  # piled up over years: commitments, cumulative spending
    STOCK = "stock"  # stands at a moment: market value, debt


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A number of the text, at `source[start:end] == text`.

    kind:   `money`, `number`, `percent` (as a ratio), `times`, `years` or `points`
    size:   in plain units: dollars not billions, pieces; low and high: the ends of a range, in the order written
    metric: what it measures, by the words beside it; period: the one said nearest to it
    becomes, loose: see `core.hedges.Word`
    """

    start: int
    end: int
    text: str
    kind: str
    size: float
    bound: Bound = Bound.NONE
    currency: str | None = None
    measure: str | None = None
    span: Span = Span.UNSAID
    metric: str | None = None
    period: str | None = None
    becomes: bool = False
    loose: bool = False

    @property
    def is_amount(self) -> bool:
        return self.kind in ("money", "number")

    def alike(self, other: "Term") -> bool:
        """Whether the two may be added, compared and divided: no two currencies, no dollars with pieces."""
        if not (self.is_amount and other.is_amount):
            return self.kind == other.kind == "percent"
        if self.currency and other.currency and self.currency != other.currency:
            return False
        if bool(self.currency) != bool(other.currency) and "number" in (self.kind, other.kind):
            return False
        return not (self.measure and other.measure and self.measure != other.measure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence at `source[start:end]`; `folded` is the whole folded text, so that offsets are the same everywhere."""

    start: int
    end: int
    folded: str
    terms: tuple[Term, ...]
    mentions: tuple[Mention, ...]
    paragraph: int

    @property
    def words(self) -> str:
        return self.folded[self.start : self.end]

    def before(self, place: int, *, limit: int = 40) -> str:
        """The folded text of the sentence up to a place, at most `limit` characters."""
        return self.folded[max(self.start, place - limit) : place]

    def after(self, place: int, *, limit: int = 40) -> str:
        return self.folded[place : min(self.end, place + limit)]

    def clause(self, place: int) -> tuple[int, int]:
        """Where the clause around a place begins and ends."""
        cuts = [self.start, *(m.end() for m in _CLAUSE.finditer(self.folded, self.start, self.end)), self.end + 1]
        at = bisect_right(cuts, place)
        return cuts[at - 1], min(cuts[at] - 1, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text as a list of sentences."""

    text: str
    folded: str
    sentences: tuple[Sentence, ...]
    mentions: tuple[Mention, ...] = field(default=())


def read(text: str, *, offset: int = 0, length: int | None = None) -> Passage:
    """Cut `text[offset:offset + length]` into sentences; offsets are into `text`.

    >>> terms = read("木星去年營收80億美元，是對手的兩倍多。").sentences[0].terms
    >>> [(t.text, t.kind, t.size, t.metric, str(t.bound)) for t in terms]
    [('80億美元', 'money', 8000000000.0, 'revenue', ''), ('兩倍', 'times', 2.0, None, 'more')]
    """
    part = text[offset:] if length is None else text[offset : offset + length]
    folded = _fold(part)
    mentions = _mentions(part, folded)
    terms = _terms(part, folded, mentions)
    sentences, paragraph, start = [], 0, 0
    for end, stop in _ends(folded):
        if folded[start:end].strip():
            sentences.append(
                Sentence(
                    start=start,
                    end=end,
                    folded=folded,
                    terms=tuple(
                        _said_of(term, folded, start, end, mentions, terms)
                        for term in terms
                        if start <= term.start < end
                    ),
                    mentions=tuple(m for m in mentions if start <= m.start < end),
                    paragraph=paragraph,
                )
            )
        paragraph += "\n" in folded[end:stop]
        start = stop
    return Passage(text=part, folded=folded, sentences=tuple(sentences), mentions=tuple(mentions))


def _ends(folded: str) -> Iterator[tuple[int, int]]:
    for stop in _STOP.finditer(folded):
        yield stop.start(), stop.end()
    yield len(folded), len(folded)


def _fold(text: str) -> str:
    """Half width, simplified, lower case, with every character in its place."""
    flat = []
    for char in text:
        one = unicodedata.normalize("NFKC", char).lower()
        flat.append(one if len(one) == 1 else char)
    shown = "".join(flat)
    simple = to_simplified(shown)
    if len(simple) != len(shown):  # no known text does this; one by one is always in step
        simple = "".join(one if len(one := to_simplified(char)) == 1 else char for char in shown)
    return simple


def _mentions(text: str, folded: str) -> list[Mention]:
    """Who and what is spoken of; measures of profit are added to those of the alias table."""
    found = aliases.find(text, kinds=("company", "group", "index", "theme", "metric"))
    found += [
        Mention(id=PROFIT, kind="metric", start=m.start(), end=m.end(), text=text[m.start() : m.end()])
        for m in _PROFIT.finditer(folded)
    ]
    return sorted(found, key=lambda mention: mention.start)


def _terms(text: str, folded: str, mentions: Sequence[Mention]) -> list[Term]:
    named = [(m.start, m.end) for m in mentions if m.kind in ("company", "group", "index") and re.search(r"\d", m.text)]
    found: list[Term] = [_of_word(word, text, folded) for word in words(folded)]
    taken = [(term.start, term.end) for term in found] + named
    for reading in amounts.find(text):
        if any(reading.start < end and start < reading.end for start, end in taken):
            continue
        found += _of_reading(reading, text, folded)
    return sorted(found, key=lambda term: term.start)


def _of_word(word: Word, text: str, folded: str) -> Term:
    return Term(
        start=word.start, end=word.end, text=text[word.start : word.end], kind=word.kind, size=word.size,
        bound=bound(folded, word.start, word.end), becomes=word.becomes, loose=word.loose,
    )  # fmt: skip


def _of_reading(reading: Reading, text: str, folded: str) -> Iterator[Term]:
    """One term, or the two of “10億到40億”, in the order written."""
    if reading.is_range:
        yield from _of_range(reading, text, folded)
        return
    term = _of_value(reading, reading.quantity.value, reading.start, reading.end, text, folded)
    if term is not None:
        yield term


def _of_range(reading: Reading, text: str, folded: str) -> Iterator[Term]:
    cut = re.search(r"\s*(?:到|至|to\b)\s*", folded[reading.start : reading.end])
    if not cut:  # 130-145億: one amount, known to a range
        middle = _of_value(reading, reading.quantity.value, reading.start, reading.end, text, folded)
        yield from [middle] if middle else []
        return
    first = amounts.find(text[reading.start : reading.start + cut.start()])
    second = amounts.find(text[reading.start + cut.end() : reading.end])
    falls = bool(first and second) and first[0].quantity.value > second[0].quantity.value
    values = (reading.high, reading.low) if falls else (reading.low, reading.high)
    places = ((reading.start, reading.start + cut.start()), (reading.start + cut.end(), reading.end))
    for value, (start, end) in zip(values, places, strict=True):
        term = _of_value(reading, value, start, end, text, folded)
        if term is not None:
            yield term


def _of_value(reading: Reading, value: float, start: int, end: int, text: str, folded: str) -> Term | None:
    unit, written = reading.quantity.unit, folded[start:end]
    measure = _MEASURE.match(folded, end)
    kind, size = "number", value
    match unit:
        case Unit.MONEY:
            size = float(f"{value * 1e9:.15g}")
            kind = "number" if measure and not reading.quantity.currency else "money"
        case Unit.RATIO:
            kind = "times" if re.search(r"倍|x$|times", folded[reading.start : reading.end]) else "percent"
        case Unit.POINTS:
            kind = "points"
        case Unit.YEARS if size == 1:  # “a year” says how often, mostly
            return None
        case Unit.YEARS:
            kind = "years"
        case Unit.YEAR if not measure or written.endswith("年"):
            return None
        case Unit.COUNT if _is_label(folded, start, end):
            return None
    hedge = bound(folded, start, end)
    return Term(
        start=start, end=end, text=text[start:end], kind=kind, size=size,
        bound=Bound.ABOUT if hedge is Bound.NONE and reading.approx else hedge,
        currency=reading.quantity.currency, measure=measure[1] if measure else None,
        span=Span.YEAR if reading.quantity.kind is Kind.FLOW else Span.UNSAID,
    )  # fmt: skip


def _is_label(folded: str, start: int, end: int) -> bool:
    """16:00:33, 10/21, 555-0142, #12: digits of a clock, a date, a number that counts nothing."""
    return bool(
        (start and _CLOCK.match(folded[start - 1]) and re.search(r"\d\W$", folded[max(0, start - 2) : start]))
        or re.match(r"[:/\-]\d", folded[end : end + 2])
        or re.search(r"第\s*$", folded[max(0, start - 2) : start])
    )


def _said_of(term: Term, folded: str, start: int, end: int, mentions: Sequence[Mention], terms: Sequence[Term]) -> Term:
    """The term with its metric, span and period, from the words between it and its neighbours."""
    left = max([start, *(t.end for t in terms if t.end <= term.start)])
    right = min([end, *(t.start for t in terms if t.start >= term.end)])
    metric = _metric(term, folded, left, right, mentions)
    before, after = folded[max(start, term.start - 40) : term.start], folded[term.end : right]
    near = folded[left : term.start]
    span = term.span
    if span is Span.UNSAID and term.is_amount:
        span = _span(near, before, after, metric)
    return replace(term, metric=metric, span=span, period=_period(folded, start, term, right))


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
    if after and not _CLAUSE.search(folded[term.end : after[0].start]) and after[0].start - term.end <= 12:
        return after[0].id
    return None


_NO_DAY = date(1, 1, 1)  # 去年 and “this year” are not resolved: a text is checked without its day
_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d{2}(?!\d)|(?<![a-z])fy ?\d{2}(?!\d)")


def _period(folded: str, start: int, term: Term, right: int) -> str | None:
    """The period said last before the amount in its sentence, else between it and the next amount."""
    years = list(_YEAR.finditer(folded, start, term.start))
    if years:
        earlier = years[-2].end() if len(years) > 1 else start
        said = _explicit(folded[max(earlier, years[-1].start() - 16) : term.start])
        if said:
            return said
    return _explicit(folded[term.end : right])


def _explicit(words: str) -> str | None:
    found = period.find(words, _NO_DAY)
    return found if found and re.match(r"(?:FY)?\d{4}", found) else None
