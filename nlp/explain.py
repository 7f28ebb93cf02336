"""Why a text got its margin: readable terms whose weights sum to it.

The weight of each n-gram and each market word is shared equally among its characters. What the characters
of a word got is the word's weight; neighbours that pull the same way become one term. Nothing is lost:
what stands in no term (the bias, the text's borders, weak words) is the last term, `REST`.
"""

import re
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.sentiment import Evidence
from nlp.features import Floats, Ints
from nlp.lexicon import hits
from nlp.normalise import CLASSES, readable

if TYPE_CHECKING:
    from nlp.model import Model

REST = "(rest)"
_WEAK = 0.05  # of the strongest word: weaker ones join neighbours' terms no more
_UNIT = re.compile(f"[{''.join(CLASSES)}]|[a-z0-9]+(?:['.-][a-z0-9]+)*|.", re.DOTALL)


def explain(model: "Model", text: str, margin: float, limit: int) -> tuple[Evidence, ...]:
    """At most `limit` terms of a comparable text, strongest first, then `REST`; they sum to `margin`."""
    share = _shares(model, text)
    totals: dict[str, float] = {}
    for start, end in _terms(text, share):
        term = readable(text[start:end]).strip()
        totals[term] = totals.get(term, 0.0) + float(share[start:end].sum())
    strongest = sorted(totals.items(), key=lambda item: (-abs(item[1]), item[0]))[:limit]
    rest = margin - sum(weight for _, weight in strongest)
    return tuple(Evidence(term=term, weight=weight) for term, weight in [*strongest, (REST, rest)])


class _Parts(NamedTuple):
    """Pieces of a text: what each adds to the margin, its first character, its length."""

    weight: Floats
    start: Ints
    length: Ints


def _shares(model: "Model", text: str) -> Floats:
    """What each character adds to the log-odds of bullish against bearish."""
    share = np.zeros(len(text) + 2)  # with START and END, which are cut off at the end
    for weight, start, length in (_ngrams(model, text), _words(model, text)):
        for k in range(int(length.max(initial=0))):
            longer = length > k
            np.add.at(share, start[longer] + 1 + k, (weight / length)[longer])
    return share[1:-1]


def _ngrams(model: "Model", text: str) -> _Parts:
    _, bucket, place, length = model.chars.grams([text])
    _, column, value = model.chars.weigh([text])
    known = np.isin(bucket, column)
    at = np.searchsorted(column, bucket[known])
    weight = value[at] * model.pull_of_chars[column[at]] / np.bincount(at)[at]
    return _Parts(weight, place[known], length[known])


def _words(model: "Model", text: str) -> _Parts:
    found = np.array([(hit.start, hit.end - hit.start, hit.column) for hit in hits(text)], np.int64).reshape(-1, 3)
    start, length, column = found.T
    value = model.lexicon.transform([text])[0]
    weight = value[column] * model.pull_of_words[column] / np.bincount(column, minlength=1)[column]
    return _Parts(weight, start, length)


def _terms(text: str, share: Floats) -> list[tuple[int, int]]:
    """Where the terms are: units (market words, Latin words, classes, characters), joined by direction."""
    units = [(start, end, float(share[start:end].sum())) for start, end in _units(text)]
    least = _WEAK * max((abs(weight) for *_, weight in units), default=0.0)

    def direction(unit: tuple[int, int, float]) -> int:
        start, end, weight = unit
        strong = abs(weight) >= least and any(char.isalnum() or char in CLASSES for char in text[start:end])
        return int(np.sign(weight)) if strong else 0

    runs = [(way, list(run)) for way, run in groupby(units, direction)]
    return [(run[0][0], run[-1][1]) for way, run in runs if way]


def _units(text: str) -> list[tuple[int, int]]:
    """A text cut into market words and, between them, Latin words, classes and single characters."""
    units: list[tuple[int, int]] = []
    at = 0
    for start, end in [*sorted({(hit.start, hit.end) for hit in hits(text)}), (len(text), len(text))]:
        units += [match.span() for match in _UNIT.finditer(text, at, start)]
        units.append((start, end))
        at = end
    return [unit for unit in units if unit[0] < unit[1]]
