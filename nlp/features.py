"""What the stance model sees of a text: hashed character n-grams and counts of market words.

Both classes keep scikit-learn's contract (constructors store, `fit` learns, learned names end in an
underscore, `clone` and `Pipeline` work) without importing it: prediction needs numpy alone. scipy is
imported only by `transform` of `HashedChars`, whose matrix only training wants.

Texts are comparable ones, see `nlp.normalise`.
"""

import inspect
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from nlp.lexicon import Column, hits

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

START, END = "\x02", "\x03"  # so that an n-gram knows that it opens or closes a text
_ODD = np.array(  # random odd multipliers of 64 bits, one row per n-gram length
    [
        [0x9E3779B97F4A7C15, 0, 0],
        [0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0],
        [0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB],
    ],
    dtype=np.uint64,
)


class Estimator:
    """The part of scikit-learn's contract that `clone` and `Pipeline` ask for."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002 - the contract's name
        """The constructor's arguments by name."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **params: Any) -> Self:
        """Set constructor arguments by name; an unknown name is a `ValueError`."""
        for name, value in params.items():
            if name not in self.get_params():
                raise ValueError(f"{type(self).__name__} has no parameter {name!r}")
            setattr(self, name, value)
        return self


class Grams(NamedTuple):
    """N-grams as found: text number, bucket, place of the first character (-1 is START), length."""

    row: Ints
    bucket: Ints
    place: Ints
    length: Ints


class Weighted(NamedTuple):
    """A sparse matrix as three arrays, sorted by row, then column."""

    row: Ints
    column: Ints
    value: Floats


class HashedChars(Estimator):
    """Character n-grams of 1 to `longest` (at most 3), hashed into 2**bits buckets, TF-IDF weighted.

    A bucket's weight in a text is (1 + ln count) * idf, each text's weights scaled to length 1. Buckets
    met in fewer than `min_df` texts of the training data weigh nothing.

    The hash of code points c1..cn is the upper bits of the sum of ci times a random odd number (multilinear
    hashing, Dietzfelbinger 1996), so it is one array operation for a whole batch.

    >>> HashedChars(bits=10, min_df=1).fit(["看多", "看空"]).transform(["看多"]).shape
    (1, 1024)
    """

    idf_: Floats

    def __init__(self, *, longest: int = 3, bits: int = 17, min_df: int = 2) -> None:
        self.longest = longest
        self.bits = bits
        self.min_df = min_df

    def fit(self, texts: Sequence[str], y: object = None) -> Self:  # noqa: ARG002 - the contract's name
        """Learn `idf_`, one weight per bucket: ln((1 + texts) / (1 + texts with it)) + 1."""
        _row, column, _count = self._counts(texts)
        frequency = np.bincount(column, minlength=1 << self.bits)
        idf = np.log((1 + len(texts)) / (1 + frequency)) + 1
        self.idf_ = np.where(frequency >= self.min_df, idf, 0.0)
        return self

    def transform(self, texts: Sequence[str]) -> Any:
        """A scipy CSR matrix of shape (texts, 2**bits)."""
        from scipy.sparse import csr_matrix

        row, column, value = self.weigh(texts)
        return csr_matrix((value, (row, column)), shape=(len(texts), 1 << self.bits))

    def fit_transform(self, texts: Sequence[str], y: object = None) -> Any:
        """`fit`, then `transform`."""
        return self.fit(texts, y).transform(texts)

    def weigh(self, texts: Sequence[str]) -> Weighted:
        """What `transform` says, as plain arrays."""
        row, column, count = self._counts(texts)
        value = (1 + np.log(count)) * self.idf_[column]
        kept = value > 0
        row, column, value = row[kept], column[kept], value[kept]
        length = np.sqrt(np.bincount(row, value * value, minlength=len(texts)))
        return Weighted(row, column, value / length[row])

    def grams(self, texts: Sequence[str]) -> Grams:
        """Every n-gram of every text, with its place."""
        framed = [f"{START}{text}{END}" for text in texts]
        points = np.frombuffer("".join(framed).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
        lengths = np.fromiter(map(len, framed), np.int64, len(framed))
        rows = np.repeat(np.arange(len(framed)), lengths)
        places = np.arange(len(points)) - np.repeat(np.cumsum(lengths) - lengths, lengths) - 1
        parts = [self._of_length(n, points, rows, places) for n in range(1, self.longest + 1)]
        return Grams(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _of_length(self, n: int, points: NDArray[np.uint64], rows: Ints, places: Ints) -> Grams:
        last = max(len(points) - n + 1, 0)
        mixed = np.zeros(last, np.uint64)
        for i in range(n):
            mixed += points[i : i + last] * _ODD[n - 1, i]
        inside = rows[:last] == rows[n - 1 :]
        bucket = (mixed >> np.uint64(64 - self.bits)).astype(np.int64)
        return Grams(rows[:last][inside], bucket[inside], places[:last][inside], np.full(int(inside.sum()), n))

    def _counts(self, texts: Sequence[str]) -> tuple[Ints, Ints, Ints]:
        """Row, bucket, count of each bucket of each text."""
        found = self.grams(texts)
        keys, counts = np.unique((found.row << self.bits) | found.bucket, return_counts=True)
        return keys >> self.bits, keys & ((1 << self.bits) - 1), counts


class LexiconCounts(Estimator):
    """Counts of market words by what they say, one column per `nlp.lexicon.Column`: scale * ln(1 + count).

    `scale` says how far the counts are to be believed beside n-grams: a regularised model finds a large
    column cheap to use.

    >>> LexiconCounts(scale=1).transform(["看好,不会崩"]).round(2).tolist()
    [[0.69, 0.0, 0.0, 0.69, 0.0, 0.0, 0.69, 0.0]]
    """

    def __init__(self, *, scale: float = 0.5) -> None:
        self.scale = scale

    def fit(self, texts: Sequence[str], y: object = None) -> Self:  # noqa: ARG002 - the contract's name
        """Nothing to learn."""
        return self

    def transform(self, texts: Sequence[str]) -> Floats:
        """An array of shape (texts, columns)."""
        counts = np.zeros((len(texts), len(Column)))
        for row, text in enumerate(texts):
            for hit in hits(text):
                counts[row, hit.column] += 1
        return self.scale * np.log1p(counts)

    def fit_transform(self, texts: Sequence[str], y: object = None) -> Floats:
        """`transform`; there is nothing to learn."""
        return self.fit(texts, y).transform(texts)
