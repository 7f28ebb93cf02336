"""Why a text got its margin: readable terms whose weights sum to it.

The weight of each n-gram of characters is shared equally among its characters; that of each n-gram of cues among
its words, and so among theirs. What the characters of a word got is the word's weight; neighbours that pull the
same way become one term. Nothing is lost:
what stands in no term (the bias, the text's borders, weak words) is the last term, `REST`.
"""

import re
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import numpy as np

from core.sentiment import Evidence
from nlp.arrays import Floats, Ints
from nlp.cues import Cues, read
from nlp.features import TINY, pieces
from nlp.labels import BEARISH, BULLISH
from nlp.normalise import CLASSES, readable

if TYPE_CHECKING:
    from nlp.model import Model

REST = "(rest)"
_WEAK = 0.05  # of the strongest word's weight: a weaker word ends a term and goes to the rest
_UNIT = re.compile(f"[{''.join(CLASSES)}]|[a-z0-9]+(?:['.-][a-z0-9]+)*|.", re.DOTALL)


def explain(model: "Model", texts: Sequence[str], margins: Sequence[float], limit: int) -> list[tuple[Evidence, ...]]:
    """For each comparable text at most `limit` terms, strongest first, then `REST`; they sum to its margin."""
    cues = read(texts)
    shares = _shares(model, texts, cues)
    spans = _spans(texts, cues)
    return [_shown(*of_text, limit) for of_text in zip(texts, margins, shares, spans, strict=True)]


def _shown(
    text: str, margin: float, share: Floats, spans: Sequence[tuple[int, int]], limit: int
) -> tuple[Evidence, ...]:
    totals: dict[str, float] = {}
    for start, end in _terms(text, share, spans):
        term = readable(text[start:end]).strip()
        totals[term] = totals.get(term, 0.0) + float(share[start:end].sum())
    strongest = sorted(totals.items(), key=lambda item: (-abs(item[1]), item[0]))[:limit]
    rest = margin - sum(weight for _, weight in strongest)
    return tuple(Evidence(term=term, weight=weight) for term, weight in [*strongest, (REST, rest)])


def _shares(model: "Model", texts: Sequence[str], cues: Cues) -> list[Floats]:
    """What each character of each text adds to the log-odds of bullish against bearish."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 2  # with START and END, which are cut off at the end
    opens = np.cumsum(lengths) - lengths
    share = np.zeros(int(lengths.sum()))
    for view, makes in model.terms.items():
        found, terms = pieces(view, texts, cues), makes.terms(texts, cues)
        told = model.tables[view].take(terms.bucket, axis=0).astype(np.float64)
        norm = np.sqrt(np.maximum(np.bincount(terms.row, told[:, 4], minlength=len(texts)), TINY))
        pull = (told[:, BULLISH] - told[:, BEARISH]) / norm[terms.row]
        weight = _spread(pull, terms.first, terms.size, len(found.row))
        share += _spread(weight, opens[found.row] + found.start + 1, found.length, len(share))
    return [share[start + 1 : start + length - 1] for start, length in zip(opens, lengths, strict=True)]


def _spread(weight: Floats, first: Ints, size: Ints, places: int) -> Floats:
    """Each weight shared equally among the `size` places from `first` on, added up by place."""
    share = np.zeros(places)
    for k in range(int(size.max(initial=0))):
        long = size > k
        share += np.bincount(first[long] + k, (weight / size)[long], minlength=places)
    return share


def _terms(text: str, share: Floats, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where the terms are: units (words of the lexicon, Latin words, classes, characters), joined by direction."""
    units = [(start, end, float(share[start:end].sum())) for start, end in _units(text, spans)]
    least = _WEAK * max((abs(weight) for *_, weight in units), default=0.0)

    def direction(unit: tuple[int, int, float]) -> int:
        start, end, weight = unit
        strong = abs(weight) >= least and any(char.isalnum() or char in CLASSES for char in text[start:end])
        return int(np.sign(weight)) if strong else 0

    runs = [(way, list(run)) for way, run in groupby(units, direction)]
    return [(run[0][0], run[-1][1]) for way, run in runs if way]


def _spans(texts: Sequence[str], cues: Cues) -> list[list[tuple[int, int]]]:
    """Where in each text words of the lexicon stand; of one character only those that are features by themselves."""
    spoken = np.flatnonzero((cues.word != 0) | (cues.length > 1))
    pairs = list(zip(cues.start[spoken].tolist(), (cues.start + cues.length)[spoken].tolist(), strict=True))
    cuts = np.searchsorted(cues.row[spoken], np.arange(len(texts) + 1)).tolist()
    return [pairs[start:end] for start, end in pairwise(cuts)]


def _units(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """A text cut into words of the lexicon and, between them, Latin words, classes and single characters."""
    units: list[tuple[int, int]] = []
    at = 0
    for start, end in [*spans, (len(text), len(text))]:
        units += [match.span() for match in _UNIT.finditer(text, at, max(start, at))]
        units.append((max(start, at), end))
        at = end
    return [unit for unit in units if unit[0] < unit[1]]
