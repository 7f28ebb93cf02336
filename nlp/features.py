"""What the stance model sees of a text: hashed n-grams of its characters and of its cues.

`HashedTerms` keeps scikit-learn's contract (constructors store, `fit` learns, learned names end in an
underscore, `clone` and `Pipeline` work) without importing it: prediction needs numpy alone. scipy is
imported only by `transform`, whose matrix only training wants.

Texts are comparable ones, see `nlp.normalise`; cues are explained in `nlp.cues`.
"""

import inspect
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from nlp.arrays import Bools, Floats, Ints
from nlp.cues import COMMA, MARK, Cues, read
from nlp.scan import code_points

START, END = "\x02", "\x03"  # so that an n-gram knows that it opens or closes a text
VIEWS = ("chars", "words", "roles", "senses")
LONGEST = 4
LONG = 200
TINY = 1e-30  # keeps a text without a known n-gram from being divided by nought
_NONE: Bools = np.zeros(0, np.bool_)
_ODD = np.array(  # random odd multipliers of 64 bits, one row per n-gram length
    [
        [0x9E3779B97F4A7C15, 0, 0, 0],
        [0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0, 0],
        [0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0],
        [0x8EBC6AF09C88C6E3, 0x589965CC75374CC3, 0x1D8E4E27C47D124F, 0xEB44ACCAB455D165],
    ],
    dtype=np.uint64,
)


class Estimator:
    """The part of scikit-learn's contract that `clone` and `Pipeline` ask for."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's arguments by name."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **params: Any) -> Self:
        """Set constructor arguments by name; an unknown name is a `ValueError`."""
        for name, value in params.items():
            if name not in self.get_params():
                raise ValueError(f"{type(self).__name__} has no parameter {name!r}")
            setattr(self, name, value)
        return self


class Pieces(NamedTuple):
    """What n-grams are made of: number of the text, symbol, first character, number of characters."""

    row: Ints
    symbol: "NDArray[np.uint64]"
    start: Ints
    length: Ints


class Terms(NamedTuple):
    """N-grams as found, by text: its number, the bucket, the first piece, how many pieces."""

    row: Ints
    bucket: Ints
    first: Ints
    size: Ints


class HashedTerms(Estimator):
    """N-grams of one view of a text, hashed into 2**bits buckets, TF-IDF weighted.

    view: chars, words (each polar word, with whether it is turned), roles or senses; see `nlp.cues`

    A bucket's weight in a text is count * idf, divided by the root of the sum of the squared idf of all the
    text's n-grams, and times `scale`: so that the weight is a sum over n-grams, and a batch needs no sorting. In
    texts of more than `LONG` pieces an n-gram counts once, or a word said a thousand times would outweigh all.
    Buckets met in fewer than `min_df` texts of the training data weigh nothing.

    The hash of symbols c1..cn is the upper bits of the sum of ci times a random odd number (multilinear
    hashing, Dietzfelbinger 1996), so it is one array operation for a whole batch.

    >>> HashedTerms(bits=10, min_df=1).fit(["看多", "看空"]).transform(["看多"]).shape
    (1, 1024)
    """

    idf_: Floats

    def __init__(
        self, *, view: str = "chars", longest: int = 3, bits: int = 17, min_df: int = 2, scale: float = 1.0
    ) -> None:
        self.view = view
        self.longest = longest
        self.bits = bits
        self.min_df = min_df
        self.scale = scale

    def fit(self, texts: Sequence[str], y: object = None) -> Self:
        """Learn `idf_`, one weight per bucket, see `idf`."""
        row, bucket, *_ = self.terms(texts)
        met = np.unique((row << self.bits) | bucket) & ((1 << self.bits) - 1)
        frequency = np.bincount(met, minlength=1 << self.bits)
        self.idf_ = idf(frequency, len(texts), self.min_df)
        return self

    def transform(self, texts: Sequence[str]) -> Any:
        """A scipy CSR matrix of shape (texts, 2**bits)."""
        from scipy.sparse import csr_matrix

        terms = self.terms(texts)
        weight = self.idf_[terms.bucket]
        length = np.sqrt(np.bincount(terms.row, weight * weight, minlength=len(texts)))
        kept = weight > 0
        row, bucket = terms.row[kept], terms.bucket[kept]
        value = self.scale * weight[kept] / length[row]
        return csr_matrix((value, (row, bucket)), shape=(len(texts), 1 << self.bits))

    def fit_transform(self, texts: Sequence[str], y: object = None) -> Any:
        """`fit`, then `transform`."""
        return self.fit(texts, y).transform(texts)

    def terms(self, texts: Sequence[str], cues: Cues | None = None) -> Terms:
        """Every n-gram of every text, its pieces those of `pieces`; `cues` are read if not given."""
        return Terms(*(np.concatenate(column) for column in zip(*self.by_size(texts, cues), strict=True)))

    def by_size(self, texts: Sequence[str], cues: Cues | None = None) -> Iterator[Terms]:
        """`terms` from the shortest to the longest, each size in the order of the texts."""
        found = pieces(self.view, texts, cues)
        long = np.bincount(found.row, minlength=len(texts)) > LONG if len(found.row) > LONG else _NONE
        some = bool(long.any())
        for n in range(1, max(min(self.longest, len(found.row)), 1) + 1):
            terms = self.of_size(n, found)
            yield self._once(terms, long) if some else terms

    def _once(self, terms: Terms, long: Bools) -> Terms:
        """Only the first of equal n-grams in texts that are long."""
        repeats = long[terms.row]
        keys = (terms.row[repeats] << self.bits) | terms.bucket[repeats]
        kept = ~repeats
        kept[np.flatnonzero(repeats)[np.unique(keys, return_index=True)[1]]] = True
        return Terms(*(column[kept] for column in terms))

    def of_size(self, n: int, found: Pieces) -> Terms:
        """The n-grams of n pieces, by text, repeats included."""
        last = max(len(found.symbol) - n + 1, 0)
        mixed = found.symbol[:last] * _ODD[n - 1, 0]
        for i in range(1, n):
            mixed += found.symbol[i : i + last] * _ODD[n - 1, i]
        bucket = (mixed >> np.uint64(64 - self.bits)).view(np.int64)
        if n == 1 or not last or found.row[0] == found.row[-1]:
            return Terms(found.row[:last], bucket, np.arange(last), np.full(last, n))
        first = np.flatnonzero(found.row[:last] == found.row[n - 1 :])
        return Terms(found.row[first], bucket[first], first, np.full(len(first), n))


def idf(frequency: Ints, texts: int, min_df: int) -> Floats:
    """The weight of each bucket, shape (buckets,): ln((1 + texts) / (1 + texts with it)) + 1; 0 for rare ones.

    frequency: in how many texts each was met; min_df: fewer are rare
    """
    return np.where(frequency >= min_df, np.log((1 + texts) / (1 + frequency)) + 1, 0.0)


def pieces(view: str, texts: Sequence[str], cues: Cues | None = None) -> Pieces:
    """What the n-grams of a view are made of, by text and in reading order."""
    if view == "chars":
        return _characters(texts)
    cues = read(texts) if cues is None else cues
    if view == "words":
        kept, symbol = np.flatnonzero(cues.word), cues.word
    elif view == "roles":
        kept, symbol = np.arange(len(cues.row)), cues.role.astype(np.uint64)
    else:
        kept, symbol = _told(cues), cues.sense.astype(np.uint64)
    return Pieces(cues.row[kept], symbol[kept], cues.start[kept], cues.length[kept])


def _characters(texts: Sequence[str]) -> Pieces:
    """Characters, framed by START (at -1) and END."""
    points = code_points("".join([f"{START}{text}{END}" for text in texts])).astype(np.uint64)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 2
    row = np.repeat(np.arange(len(texts)), lengths)
    start = np.arange(len(points)) - np.repeat(np.cumsum(lengths) - lengths + 1, lengths)
    return Pieces(row, points, start, np.ones(len(points), np.int64))


def _told(cues: Cues) -> Ints:
    """The cues that stand in the sequence of senses; a comma only after something that was said."""
    kept = np.flatnonzero(cues.sense >= 0)
    sense, row = cues.sense[kept], cues.row[kept]
    said = np.zeros(len(kept), np.bool_)
    said[1:] = (row[1:] == row[:-1]) & (sense[:-1] < MARK)
    return np.asarray(kept[(sense != COMMA) | said])
