"""A text cut into sentences, and in each sentence its amounts, with what is said of them where they stand.

Everything is read from a folded copy of the text that keeps each character in its place, so that offsets are
those of the text as given.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from core import aliases
from core.aliases import Mention
from core.claims import terms
from core.claims.beside import CLAUSE, PROFIT, PROFIT_WORDS, describe
from core.claims.terms import Term
from core.text import to_simplified

LONGEST = 600
"""Characters of a sentence; a longer one is cut, so that no text costs more than its length."""

_Placed = TypeVar("_Placed", Term, Mention)
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
    mentions: tuple[Mention, ...]
    paragraph: int
    cuts: tuple[int, ...]  # where its clauses begin, and one past its end

    @property
    def words(self) -> str:
        return self.folded[self.start : self.end]

    @property
    def is_asked(self) -> bool:
        """A question or a supposition claims nothing."""
        return _ASKS.search(self.folded[self.start : self.end + 1]) is not None

    def before(self, place: int, *, limit: int = 40) -> str:
        """The folded text of the sentence up to a place, at most `limit` characters."""
        return self.folded[max(self.start, place - limit) : place]

    def after(self, place: int, *, limit: int = 40) -> str:
        return self.folded[place : min(self.end, place + limit)]

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
    folded = _fold(part)
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
    described: list[Term] = []
    for at, term in enumerate(own):
        beside = (described[-1] if described else None, own[at + 1] if at + 1 < len(own) else None)
        described.append(describe(term, folded, (start, end), beside, here, day))
    return Sentence(
        start=start,
        end=end,
        text=text,
        folded=folded,
        terms=tuple(described),
        mentions=tuple(here),
        paragraph=paragraph,
        cuts=(start, *(m.end() for m in CLAUSE.finditer(folded, start, end)), end + 1),
    )


def _between(placed: Sequence[_Placed], start: int, end: int) -> Sequence[_Placed]:
    first = bisect_left(placed, start, key=lambda one: one.start)
    return placed[first : bisect_left(placed, end, key=lambda one: one.start)]


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
        for m in PROFIT_WORDS.finditer(folded)
    ]
    return sorted(found, key=lambda mention: mention.start)
