"""Which posts to label next: ones that the model is unsure of, each unlike the ones before it, of all kinds.

A few posts are drawn by lot, and of these the one is taken whose uncertainty (entropy of the stance) times distance
from everything labelled or taken so far (one less the cosine of the n-grams that the model reads) is greatest. The
others go back. Taking the best of all posts instead finds the odd ones first and taught less on a board unlike
what the model had seen (docs/learning.md); the lot keeps what is shown like the board.

No two posts of one author or one thread follow each other within a few, so that a lively thread does not fill an
evening.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.arrays import Floats, Ints
from nlp.model import Model
from nlp.normalise import comparable

HANDFUL = 6
APART = 5  # posts until the same author or thread may come again
_LETTERS = 2  # a text with fewer says nothing by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A post that could be labelled. thread, author: whatever tells them apart; `None` where unknown."""

    text: str
    thread: object = None
    author: object = None


def choose(
    model: Model,
    candidates: Sequence[Candidate],
    *,
    known: Sequence[str] = (),
    handful: int = HANDFUL,
    seed: int = 0,
) -> Iterator[int]:
    """Places of candidates, one to label next at a time, until none is left; each text once.

    known:   texts that are labelled already, as written
    handful: of how many drawn by lot the best is taken
    """
    near = _Near(model, known)
    left = deque(int(place) for place in np.random.default_rng(seed).permutation(len(candidates)))
    before: deque[Candidate] = deque(maxlen=APART)
    while left:
        drawn = _draw(left, candidates, before, near, handful)
        if not drawn:
            return
        best = max(drawn, key=lambda place: near.worth(candidates[place].text))
        left.extend(place for place in drawn if place != best)
        near.take(candidates[best].text)
        before.append(candidates[best])
        yield best


def _draw(
    left: deque[int], candidates: Sequence[Candidate], before: Sequence[Candidate], near: "_Near", count: int
) -> list[int]:
    """The next few that may come now; of all that are left where the others are of the same authors and threads."""
    threads = {one.thread for one in before if one.thread is not None}
    authors = {one.author for one in before if one.author is not None}
    drawn: list[int] = []
    later: list[int] = []
    while left and len(drawn) < count:
        place = left.popleft()
        one = candidates[place]
        if not near.is_new(one.text):
            continue
        (later if one.thread in threads or one.author in authors else drawn).append(place)
    if not drawn:
        drawn, later = later[:count], later[count:]
    left.extendleft(reversed(later))
    return drawn


class _Near:
    """What was labelled or taken, and how far a text is from it."""

    def __init__(self, model: Model, known: Sequence[str]) -> None:
        self._model = model
        self._texts: set[str] = set()
        self._taken: list[tuple[Ints, Floats]] = []
        for text in known:
            self.take(text)

    def is_new(self, text: str) -> bool:
        """Whether a text says something, and was not taken."""
        text = comparable(text)
        return text not in self._texts and sum(char.isalpha() for char in text) >= _LETTERS

    def take(self, text: str) -> None:
        """Count a text as labelled."""
        text = comparable(text)
        self._texts.add(text)
        self._taken.append(self._grams(text))

    def worth(self, text: str) -> float:
        """Uncertainty times distance, in [0, 1]."""
        text = comparable(text)
        p = np.maximum(self._model.probabilities([text])[0], 1e-12)
        entropy = float(-(p * np.log(p)).sum() / np.log(len(p)))
        column, value = self._grams(text)
        dense = dict(zip(column.tolist(), value.tolist(), strict=True))
        like = max((self._like(dense, *one) for one in self._taken), default=0.0)
        return entropy * max(0.0, 1 - like)

    def _grams(self, text: str) -> tuple[Ints, Floats]:
        """The buckets of a comparable text and their weights, of length 1 together."""
        row = self._model.terms["chars"].transform([text])
        return row.indices, row.data / max(float(np.linalg.norm(row.data)), 1e-12)

    def _like(self, dense: dict[int, float], column: Ints, value: Floats) -> float:
        pairs = zip(column.tolist(), value.tolist(), strict=True)
        return float(sum(weight * dense.get(bucket, 0.0) for bucket, weight in pairs))
