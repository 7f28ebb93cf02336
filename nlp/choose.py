"""Which posts to label next: those that the model is unsure of, each unlike the ones before it.

Greedy: the next post is the one whose uncertainty times its distance from everything labelled or chosen so far is
greatest (k-centre selection, Sener and Savarese 2018, weighted by entropy). Distance is 1 less the cosine of the hashed
n-grams that the model reads. No two posts of one author or one thread follow each other within a few, so that a
lively thread does not fill an evening.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.features import Floats, HashedChars
from nlp.model import Model
from nlp.normalise import comparable

APART = 5  # posts until the same author or thread may come again
POOL = 4_000  # of the most uncertain posts, variety is looked for; bounds the time of a choice at milliseconds
_LETTERS = 2  # a text with fewer says nothing by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A post that could be labelled. thread, author: whatever tells them apart; `None` where unknown."""

    text: str
    thread: object = None
    author: object = None


def choose(
    model: Model, candidates: Sequence[Candidate], *, known: Sequence[str] = (), uncertainty: float = 1.0
) -> Iterator[int]:
    """Places of candidates, the one that teaches most first, until none is left; each text once.

    known:       texts that are labelled already, as written
    uncertainty: the power of the entropy in the choice: 0 looks at variety alone
    """
    texts = [comparable(one.text) for one in candidates]
    done = {comparable(text) for text in known}
    first = {text: at for at, text in reversed(list(enumerate(texts))) if text not in done and _says(text)}
    places = np.array(sorted(first.values()), np.int64)
    if not len(places):
        return
    worth = _entropy(model, [texts[at] for at in places]) ** uncertainty
    most = np.sort(np.argsort(-worth, kind="stable")[:POOL])
    places, worth = places[most], worth[most]
    variety = _Variety(model.chars, [texts[at] for at in places], sorted(done))
    left = np.ones(len(places), bool)
    before: deque[tuple[object, object]] = deque(maxlen=APART)
    while left.any():
        gain = np.where(left, worth * variety.distance + 1e-9, -1.0)
        at = _next(gain, [candidates[place] for place in places], before)
        left[at] = False
        variety.take(at)
        before.append((candidates[places[at]].thread, candidates[places[at]].author))
        yield int(places[at])


def _next(gain: Floats, candidates: Sequence[Candidate], before: "deque[tuple[object, object]]") -> int:
    """The best whose author and thread were not there just now; the best of all where there is none such."""
    threads = {thread for thread, _ in before if thread is not None}
    authors = {author for _, author in before if author is not None}
    order = np.argsort(-gain, kind="stable")
    for at in order.tolist():
        if gain[at] < 0:
            break
        if candidates[at].thread not in threads and candidates[at].author not in authors:
            return int(at)
    return int(order[0])


class _Variety:
    """How far each text is from the nearest of those known or taken, in [0, 1]."""

    def __init__(self, chars: HashedChars, texts: Sequence[str], known: Sequence[str]) -> None:
        self.row, self.column, self.value = chars.weigh(texts)
        self.buckets = len(chars.idf_)
        self.distance = np.ones(len(texts))
        for text in known:
            _, column, value = chars.weigh([text])
            self._near(column, value)

    def take(self, at: int) -> None:
        """Count a text as taken."""
        first, last = np.searchsorted(self.row, [at, at + 1])
        self._near(self.column[first:last], self.value[first:last])

    def _near(self, column: "np.typing.NDArray[np.int64]", value: Floats) -> None:
        dense = np.zeros(self.buckets)
        dense[column] = value
        like = np.bincount(self.row, self.value * dense[self.column], minlength=len(self.distance))
        self.distance = np.minimum(self.distance, np.clip(1 - like, 0, 1))


def _entropy(model: Model, texts: Sequence[str]) -> Floats:
    """Of the stance, in [0, 1]."""
    found = []
    for start in range(0, len(texts), 2_000):
        p = np.maximum(model.probabilities(texts[start : start + 2_000]), 1e-12)
        found.append(-(p * np.log(p)).sum(axis=1) / np.log(3))
    return np.concatenate(found)


def _says(text: str) -> bool:
    return sum(char.isalpha() for char in text) >= _LETTERS
