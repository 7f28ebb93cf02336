"""Finds the words of a list in many texts at once, by array operations.

A window of text hashes to the difference of two prefix sums (Karp and Rabin 1987), so that all places of a
batch are asked for all words of one length in a few passes, at some ten nanoseconds a character. The regular
expressions of the standard library take a hundred times as long for a list of thousands.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.arrays import Ints

Points = NDArray[np.uint32]
_Hashes = NDArray[np.uint64]

_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))
_SPREAD = np.uint64(0xD6E8FEB86659FD93)
_TOP = 0x1FFFF  # characters beyond are none of any word
_LATIN = np.zeros(_TOP + 1, np.bool_)
_LATIN[[*range(ord("0"), ord("9") + 1), *range(ord("a"), ord("z") + 1)]] = True
_SIEVE = 16  # bits


class Found(NamedTuple):
    """Where words stand: first character, number of characters, number of the word in its list."""

    start: Ints
    length: Ints
    word: Ints


class Words:
    """A list of words to look for, each once.

    Latin words begin and end where runs of letters and digits do: "put" is not in "input". Of two words at one
    place the longer counts, and a word inside a longer one does not; words that overlap in part both count.

    >>> words = Words(["跌", "暴跌", "put", "跌破"])
    >>> found = words.find(code_points("暴跌, input put"))
    >>> list(zip(found.start.tolist(), found.word.tolist()))
    [(0, 1), (10, 2)]
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._powers = self._inverses = _powers(_BASE, 0)
        lengths = np.fromiter(map(len, words), np.int64, len(words))
        ends = np.cumsum(lengths)
        self.hashes = self._hashes(self._prefix_sums(code_points("".join(words))), ends - lengths, lengths)
        self._order = np.argsort(self.hashes)
        self._sorted = self.hashes[self._order]
        self._sieve = np.zeros(1 << _SIEVE, np.bool_)
        self._sieve[self._slot(self.hashes)] = True
        latin = [word for word in words if word[0].isascii() and word[0].isalnum()]
        other = [word for word in words if not (word[0].isascii() and word[0].isalnum())]
        self._longest_latin = max(map(len, latin), default=0)
        self._most_runs = max((len(re.findall("[a-z0-9]+", word)) for word in latin), default=0)
        self._lengths = sorted({len(word) for word in other})
        begins: Counter[str] = Counter()  # bit n: a word of n characters begins so
        for word in other:
            begins[word[0]] |= 1 << len(word)
        self._begins = np.zeros(_TOP + 1, np.uint64)
        self._begins[[ord(first) for first in begins]] = list(begins.values())

    def find(self, points: Points) -> Found:
        """Every word in a text given as code points, by place."""
        windows = [*self._elsewhere(points), *self._among_runs(points)]
        if not windows:
            return Found(*(np.zeros(0, np.int64),) * 3)
        start, length = (np.concatenate(column) for column in zip(*windows, strict=True))
        start, length, word = self._known(self._prefix_sums(points), start, length)
        order = np.lexsort((-length, start))
        start, length, word = start[order], length[order], word[order]
        end = start + length
        inside = np.zeros(len(end), np.bool_)
        inside[1:] = np.maximum.accumulate(end)[:-1] >= end[1:]
        return Found(start[~inside], length[~inside], word[~inside])

    def _elsewhere(self, points: Points) -> Iterator[tuple[Ints, Ints]]:
        """First characters and lengths of windows that a word might be in which does not begin in Latin."""
        begins = self._begins[np.minimum(points, _TOP)]
        here = np.flatnonzero(begins)
        begins = begins[here]
        met = int(np.bitwise_or.reduce(begins)) if len(begins) else 0
        for n in self._lengths:
            if met >> n & 1:
                start = here[(begins >> np.uint64(n)) & np.uint64(1) == 1]
                start = start[start + n <= len(points)]
                yield start, np.full(len(start), n)

    def _among_runs(self, points: Points) -> Iterator[tuple[Ints, Ints]]:
        """The same of one or more runs of Latin letters and digits."""
        starts, ends = _edges(points)
        for n in range(min(self._most_runs, len(starts))):
            start, length = starts[: len(starts) - n], ends[n:] - starts[: len(starts) - n]
            short = length <= self._longest_latin
            yield start[short], length[short]

    def _known(self, sums: _Hashes, start: Ints, length: Ints) -> Found:
        """The windows that are words."""
        hashes = self._hashes(sums, start, length)
        likely = np.flatnonzero(self._sieve[self._slot(hashes)])
        start, length, hashes = start[likely], length[likely], hashes[likely]
        at = np.minimum(np.searchsorted(self._sorted, hashes), len(self._sorted) - 1)
        sure = self._sorted[at] == hashes
        return Found(start[sure], length[sure], self._order[at[sure]])

    def _prefix_sums(self, points: Points) -> _Hashes:
        self._grow(len(points))
        sums = np.zeros(len(points) + 1, np.uint64)
        np.cumsum(points * self._powers[: len(points)], out=sums[1:])
        return sums

    def _grow(self, size: int) -> None:
        if len(self._powers) < size + 1:
            self._powers, self._inverses = _powers(_BASE, size), _powers(_INVERSE, size)

    def _hashes(self, sums: _Hashes, start: Ints, length: Ints) -> _Hashes:
        """Hashes of windows, wherever they stand."""
        return np.asarray((sums[start + length] - sums[start]) * self._inverses[start])

    @staticmethod
    def _slot(hashes: _Hashes) -> Ints:
        return ((hashes * _SPREAD) >> np.uint64(64 - _SIEVE)).astype(np.int64)


def code_points(text: str) -> Points:
    """A text's characters as numbers; lone surrogates too.

    >>> code_points("a跌").tolist()
    [97, 36300]
    """
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _edges(points: Points) -> tuple[Ints, Ints]:
    """First characters, and characters after the last, of runs of Latin letters and digits."""
    latin = np.zeros(len(points) + 2, np.int8)
    latin[1:-1] = _LATIN[np.minimum(points, _TOP)]
    turns = latin[1:] - latin[:-1]
    return np.flatnonzero(turns == 1), np.flatnonzero(turns == -1)


def _powers(base: np.uint64, size: int) -> _Hashes:
    """base**0 to base**size, modulo 2**64."""
    factors = np.full(size + 1, base)
    factors[0] = 1
    return np.asarray(np.cumprod(factors))
