"""The numbers of a text: amounts, shares, multiples, durations, each with how it is hedged.

What `core.amounts` and `core.claims.hedges` read is brought into plain units, so that 1.2萬台 and 4000台 can be divided; clock
times, dates and house numbers are dropped.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core import amounts
from core.aliases import Mention
from core.amounts import Reading
from core.claims.compare import Bound
from core.claims.hedges import Word, bound, says_how_often, words
from core.quantity import Kind, Unit

_CLOCK = re.compile(r"[:/\-.#@]")
_GOES_ON = re.compile(r"\d\W$")
_ORDINAL = re.compile(r"第\s*$")
_LABELLED = re.compile(r"[:/\-]\d|\s?(?:月|日|号|季|点半|点钟|时(?!代)|:)")
_MEASURE = re.compile(
    r"\s?(?:多|余)?(家|台|人|支|只(?!有|是|能|要)|笔|份|手(?!上|头|里)|名|位|个|件|辆|架|艘|套|间|座|户|店|单|吨|公里|千米|公斤|米|克|毫升|分钟|小时|度|岁|股(?!价)|天|次|章|页|层|号|bytes\b)"
)


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
    untold: the 去年 or “last year” beside it, as long as no day turns it into a year
    becomes, loose: see `core.claims.hedges.Word`
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
    untold: str | None = None
    becomes: bool = False
    loose: bool = False

    @property
    def is_amount(self) -> bool:
        """Whether it is money or a count, which can be added; not a share, a multiple, a time."""
        return self.kind in ("money", "number")

    def alike(self, other: "Term") -> bool:
        """Whether the two may be added, compared and divided: no two currencies, no dollars with pieces."""
        if not (self.is_amount and other.is_amount):
            return self.kind == other.kind == "percent"
        if self.currency and other.currency and self.currency != other.currency:
            return False
        if bool(self.currency) != bool(other.currency) and "number" in (self.kind, other.kind):
            return False
        if self.kind != other.kind and (self.measure or other.measure):
            return False
        return not (self.measure and other.measure and self.measure != other.measure)


def find(text: str, folded: str, mentions: Sequence[Mention]) -> list[Term]:
    """Every number of a text in order, none overlapping; digits that are part of a name are left out.

    folded: the text in half width, simplified, lower case, each character in its place
    """
    found: list[Term] = [_of_word(word, text, folded) for word in words(folded)]
    named = [(m.start, m.end) for m in mentions if m.kind in ("company", "group", "index")]
    taken = bytearray(len(folded))
    for start, end in [*((term.start, term.end) for term in found), *named]:
        taken[start:end] = b"\1" * (end - start)
    for reading in amounts.find(folded):
        if not any(taken[reading.start : reading.end]):
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
    first = amounts.find(folded[reading.start : reading.start + cut.start()])
    second = amounts.find(folded[reading.start + cut.end() : reading.end])
    if first and second and first[0].quantity.unit is not second[0].quantity.unit:  # “grew 60% to $28m” is no range
        for one, at in ((first[0], reading.start), (second[0], reading.start + cut.end())):
            term = _of_value(one, one.quantity.value, one.start + at, one.end + at, text, folded)
            yield from [term] if term else []
        return
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
        case Unit.RATIO if written == "a quarter" and says_how_often(folded, start):
            return None
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
        case Unit.COUNT if _is_label(folded, start, end) or (not measure and _is_name(folded, start, end)):
            return None
    hedge = bound(folded, start, end)
    return Term(
        start=start, end=end, text=text[start:end], kind=kind, size=size,
        bound=Bound.ABOUT if hedge is Bound.NONE and reading.approx else hedge,
        currency=reading.quantity.currency, measure=measure[1] if measure else None,
        span=Span.YEAR if reading.quantity.kind is Kind.FLOW else Span.UNSAID,
    )  # fmt: skip


def _is_name(folded: str, start: int, end: int) -> bool:
    """科创50, 国窖1573, （300033）: bare digits that belong to a name."""
    before = folded[start - 1 : start]
    return (before == "(" and folded[end : end + 1] == ")") or (
        "\u3400" <= before <= "\u9fff" and before not in "从由自至到为是达约近有共计仅只过增升降减跌涨剩超"
    )


def _is_label(folded: str, start: int, end: int) -> bool:
    """16:00:33, 10/21, 555-0142, #12: digits of a clock, a date, a number that counts nothing."""
    return bool(
        (start and _CLOCK.match(folded[start - 1]) and _GOES_ON.search(folded[max(0, start - 2) : start]))
        or _ORDINAL.search(folded[max(0, start - 2) : start])
        or _LABELLED.match(folded[end : end + 3])
    )
