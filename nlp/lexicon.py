"""Words that speak for a rise or a fall, and what turns them round.

The list is `nlp/data/lexicon.tsv`. Three readings go beyond counting words:

- negation: 没跌, 不会破 and "not bearish" count in columns of their own, so that a model weighs them itself;
- bad nouns: a record of margin debt is no good news, falling inventories are no bad news. A noun whose rise
  is bad, read together with a rise or a fall, counts as neither of the verb's own columns;
- the last word with a polarity counts once more: the final clause mostly decides.

Texts are comparable ones, see `nlp.normalise`.
"""

import re
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

REACH = 8  # characters between a bad noun and its verb, or a negation and its word
_CLAUSE = re.compile(r"[,.!?;:、。…\n]")


class Column(IntEnum):
    """What a hit counts as; the order is that of `LexiconCounts`' columns."""

    POSITIVE = 0
    NEGATIVE = 1
    POSITIVE_NEGATED = 2
    NEGATIVE_NEGATED = 3
    BAD_NOUN_UP = 4
    BAD_NOUN_DOWN = 5
    LAST_POSITIVE = 6
    LAST_NEGATIVE = 7


class Word(NamedTuple):
    """A row of the list: polarity `+`, `-` or `0`; role `up`, `down`, `bad`, `not` or ""."""

    text: str
    polarity: str
    role: str


class Hit(NamedTuple):
    """Where a text says something that counts: `text[start:end]`."""

    start: int
    end: int
    column: Column


_NEGATED = {
    Column.POSITIVE: Column.POSITIVE_NEGATED,
    Column.NEGATIVE: Column.NEGATIVE_NEGATED,
    Column.BAD_NOUN_UP: Column.BAD_NOUN_DOWN,
    Column.BAD_NOUN_DOWN: Column.BAD_NOUN_UP,
}
_SIDE = {  # what a column speaks for, as the last word of a text
    Column.POSITIVE: Column.LAST_POSITIVE,
    Column.NEGATIVE_NEGATED: Column.LAST_POSITIVE,
    Column.BAD_NOUN_DOWN: Column.LAST_POSITIVE,
    Column.NEGATIVE: Column.LAST_NEGATIVE,
    Column.POSITIVE_NEGATED: Column.LAST_NEGATIVE,
    Column.BAD_NOUN_UP: Column.LAST_NEGATIVE,
}


def hits(text: str) -> list[Hit]:
    """Everything in a comparable text that counts, in reading order, the last polar word once more.

    >>> [(text[h.start : h.end], h.column.name) for text in ["margin创新高,短期不会崩"] for h in hits(text)]
    [('创新高', 'BAD_NOUN_UP'), ('崩', 'NEGATIVE_NEGATED'), ('崩', 'LAST_POSITIVE')]
    """
    found: list[Hit] = []
    words = _words_in(text)
    for at, (start, end, word) in enumerate(words):
        column = _meaning(text, words, at)
        if column is None:
            continue
        before = words[at - 1] if at else None
        if before and before[2].role == "bad" and at > 1 and word.role in {"up", "down"}:
            before = words[at - 2]  # 没见通胀上升: the negation stands before the noun
        if before and before[2].role == "not" and _near(text, before[1], start):
            column = _NEGATED[column]
        found.append(Hit(start, end, column))
    if found:
        found.append(found[-1]._replace(column=_SIDE[found[-1].column]))
    return found


def lean(text: str) -> int:
    """Hits for a rise minus hits for a fall: what the list alone would say.

    >>> lean("看好,加仓"), lean("没跌"), lean("今天吃面")
    (2, 1, -1)
    """
    own = [hit for hit in hits(text) if hit.column < Column.LAST_POSITIVE]
    return sum(1 if _SIDE[hit.column] is Column.LAST_POSITIVE else -1 for hit in own)


def polar() -> list[tuple[str, int]]:
    """The words with a polarity, as comparable texts, with +1 or -1, in the order of the list.

    >>> ("看多", 1) in polar(), ("崩盘", -1) in polar(), any(word == "margin" for word, _ in polar())
    (True, True, False)
    """
    sign = {"+": 1, "-": -1}
    return [(word.text, sign[word.polarity]) for word in _rows() if word.polarity in sign]


def _meaning(text: str, words: list[tuple[int, int, Word]], at: int) -> Column | None:
    """What word number `at` counts as before negation; `None` for a word that says nothing by itself."""
    start, end, word = words[at]
    if word.role in {"up", "down"}:
        ahead = at and words[at - 1][2].role == "bad" and _near(text, words[at - 1][1], start)
        behind = at + 1 < len(words) and words[at + 1][2].role == "bad" and words[at + 1][0] - end <= 1
        if ahead or behind:  # "margin 创新高", "rising inflation"
            return Column.BAD_NOUN_UP if word.role == "up" else Column.BAD_NOUN_DOWN
    return {"+": Column.POSITIVE, "-": Column.NEGATIVE}.get(word.polarity)


def _near(text: str, end: int, start: int) -> bool:
    return start - end <= REACH and not _CLAUSE.search(text, end, start)


def _words_in(text: str) -> list[tuple[int, int, Word]]:
    """Words of the list from left to right, the longest at each place; Latin ones at word boundaries."""
    by_first = _list()
    found = []
    at, length = 0, len(text)
    while at < length:
        for word in by_first.get(text[at], ()):
            if text.startswith(word.text, at) and _whole(text, at, at + len(word.text)):
                found.append((at, at + len(word.text), word))
                at += len(word.text)
                break
        else:
            at += 1
    return found


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a Latin word is not a part of a longer one; always true for Chinese."""
    if not text[start].isascii():
        return True
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalnum())


@cache
def _list() -> dict[str, tuple[Word, ...]]:
    """The list by first character, longest first."""
    words: dict[str, list[Word]] = {}
    for word in _rows():
        words.setdefault(word.text[0], []).append(word)
    return {first: tuple(sorted(some, key=lambda word: -len(word.text))) for first, some in words.items()}


def _rows() -> list[Word]:
    lines = files("nlp").joinpath("data/lexicon.tsv").read_text("utf-8").splitlines()
    cells = [[*line.split("\t"), ""] for line in lines if line and not line.startswith("#")]
    return [Word(text, polarity, role) for text, polarity, role, *_ in cells]
