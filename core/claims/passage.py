"""A text cut into sentences, and in each sentence its amounts, with what is said of them where they stand.

Everything is read from a folded copy of the text that keeps each character in its place, so that offsets are
those of the text as given.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import TypeVar

from core import aliases
from core.aliases import Mention
from core.claims import terms
from core.claims.beside import NET_INCOME, PROFIT, PROFIT_WORDS, describe
from core.claims.terms import Term
from core.claims.when import CLAUSE, Times
from core.text import fold_in_place

LONGEST = 600
"""Characters of a sentence; a longer one is cut, so that no text costs more than its length."""

_Placed = TypeVar("_Placed", Term, Mention)
_start, _end = attrgetter("start"), attrgetter("end")
_ASKS = re.compile(
    r"[?]|吗\s*$|多少|如果|假如|假设|要是|倘若|\bif\b|suppose|what if|^\s*(?:did|does|do|is|was|were|are)\b"
)
_STOP = re.compile(
    r"[。!?\n]+|(?<!\bi\.e)(?<!\be\.g)(?<!\binc)(?<!\bcorp)(?<!\bltd)(?<!\bco)(?<!\bvs)(?<!\bu\.s)(?<!\bapprox)\.(?=\s|$)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence at `text[start:end]`; `text` and `folded` are the whole text, so that offsets are the same everywhere."""

    start: int
    end: int
    text: str
    folded: str
    terms: tuple[Term, ...]
    amounts: tuple[Term, ...]  # the terms that are amounts
    mentions: tuple[Mention, ...]
    paragraph: int
    cuts: tuple[int, ...]  # where its clauses begin, and one past its end

    @property
    def words(self) -> str:
        """The sentence as folded."""
        return self.folded[self.start : self.end]

    @property
    def is_asked(self) -> bool:
        """A question or a supposition claims nothing."""
        return _ASKS.search(self.folded[self.start : self.end + 1]) is not None

    def before(self, place: int, *, limit: int = 40) -> str:
        """The folded text of the sentence up to a place, at most `limit` characters."""
        return self.folded[max(self.start, place - limit) : place]

    def after(self, place: int, *, limit: int = 40) -> str:
        """The folded text of the sentence from a place on, at most `limit` characters."""
        return self.folded[place : min(self.end, place + limit)]

    def holds(self, term: Term) -> bool:
        """Whether a term of the text is one of this sentence."""
        return self.start <= term.start < self.end

    def term_before(self, place: int) -> Term | None:
        """The last term of the sentence that begins before a place."""
        at = bisect_left(self.terms, place, key=_start)
        return self.terms[at - 1] if at else None

    def amounts_before(self, place: int, *, reach: int = 20) -> Sequence[Term]:
        """Those of the last `reach` terms before a place that are amounts, nearest first."""
        at = bisect_left(self.terms, place, key=_start)
        if not at:
            return ()
        first = bisect_left(self.amounts, self.terms[max(0, at - reach)].start, key=_start)
        return self.amounts[first : bisect_left(self.amounts, place, lo=first, key=_start)][::-1]

    def term_after(self, place: int) -> Term | None:
        """The first term of the sentence that begins at a place or after it."""
        at = bisect_left(self.terms, place, key=_start)
        return self.terms[at] if at < len(self.terms) else None

    def amount_before(self, place: int) -> Term | None:
        """The last amount of the sentence that ends by a place."""
        at = bisect_right(self.amounts, place, key=_end)
        return self.amounts[at - 1] if at else None

    def clause(self, place: int) -> tuple[int, int]:
        """Where the clause around a place begins and ends."""
        at = bisect_right(self.cuts, place)
        return self.cuts[at - 1], min(self.cuts[at] - 1, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text as a list of sentences."""

    text: str
    folded: str
    sentences: tuple[Sentence, ...]


def read(text: str, *, offset: int = 0, length: int | None = None, day: date | None = None) -> Passage:
    """Cut `text[offset:offset + length]` into sentences; offsets are into that part; 去年 is told from `day`.

    >>> terms = read("木星去年營收80億美元，是對手的兩倍多。").sentences[0].terms
    >>> [(t.text, t.kind, t.size, t.metric, str(t.bound)) for t in terms]
    [('80億美元', 'money', 8000000000.0, 'revenue', ''), ('兩倍', 'times', 2.0, None, 'more')]
    """
    part = text[offset:] if length is None else text[offset : offset + length]
    folded = fold_in_place(part)
    mentions = _mentions(part, folded)
    numbers = terms.find(part, folded, mentions)
    sentences, paragraph, start = [], 0, 0
    for end, stop in _ends(folded):
        if folded[start:end].strip():
            sentences.append(_sentence(part, folded, start, end, paragraph, numbers, mentions, day))
        paragraph += "\n" in folded[end:stop]
        start = stop
    return Passage(text=part, folded=folded, sentences=tuple(sentences))


def _ends(folded: str) -> Iterator[tuple[int, int]]:
    """Where sentences end, and where the next begins."""
    start = 0
    for end, stop in [*((stop.start(), stop.end()) for stop in _STOP.finditer(folded)), (len(folded), len(folded))]:
        while end - start > LONGEST:
            start += LONGEST
            yield start, start
        yield end, stop
        start = stop


def _sentence(
    text: str, folded: str, start: int, end: int, paragraph: int, numbers: Sequence[Term], mentions: Sequence[Mention],
    day: date | None,
) -> Sentence:  # fmt: skip
    here = [m for m in _between(mentions, start, end) if m.end <= end]
    own = _between(numbers, start, end)
    described = _described(own, Times(folded, start, end, day), here) if own else []
    return Sentence(
        start=start,
        end=end,
        text=text,
        folded=folded,
        terms=tuple(described),
        amounts=tuple(term for term in described if term.is_amount),
        mentions=tuple(here),
        paragraph=paragraph,
        cuts=(start, *(m.end() for m in CLAUSE.finditer(folded, start, end)), end + 1),
    )


def _described(terms: Sequence[Term], times: Times, mentions: Sequence[Mention]) -> list[Term]:
    described: list[Term] = []
    for at, term in enumerate(terms):
        beside = (described[-1] if described else None, terms[at + 1] if at + 1 < len(terms) else None)
        described.append(describe(term, times, beside, mentions))
    return described


def _between(placed: Sequence[_Placed], start: int, end: int) -> Sequence[_Placed]:
    return placed[bisect_left(placed, start, key=_start) : bisect_left(placed, end, key=_start)]


def _mentions(text: str, folded: str) -> list[Mention]:
    """Who and what is spoken of; measures of profit as `PROFIT_WORDS` finds them, which tell 毛利 and taking profits apart."""
    named = aliases.find(text, kinds=("company", "group", "index", "theme", "metric"))
    found = [mention for mention in named if mention.id != NET_INCOME]
    found += [
        Mention(id=PROFIT, kind="metric", start=m.start(), end=m.end(), text=text[m.start() : m.end()])
        for m in PROFIT_WORDS.finditer(folded)
    ]
    return sorted(found, key=lambda mention: mention.start)
