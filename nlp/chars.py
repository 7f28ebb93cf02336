"""Character n-grams of short texts, as the classifier of kinds sees them: every count by its logarithm, length 1.

`nlp.features` weighs n-grams for the stance model, as a sum that needs no sorting; here batches are small and a
question's repeated words should count little.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np

from nlp.arrays import Floats, Ints
from nlp.features import Estimator, HashedTerms, idf, pieces


class Weighted(NamedTuple):
    """A sparse matrix as three arrays, sorted by row, then column."""

    row: Ints
    column: Ints
    value: Floats


class HashedChars(Estimator):
    """Character n-grams of 1 to `longest`, hashed into 2**bits buckets, TF-IDF weighted.

    A bucket's weight in a text is (1 + ln count) * idf, each text's weights scaled to length 1. Buckets
    met in fewer than `min_df` texts of the training data weigh nothing.

    >>> HashedChars(bits=10, min_df=1).fit(["看多", "看空"]).transform(["看多"]).shape
    (1, 1024)
    """

    idf_: Floats

    def __init__(self, *, longest: int = 3, bits: int = 17, min_df: int = 2) -> None:
        self.longest = longest
        self.bits = bits
        self.min_df = min_df

    def fit(self, texts: Sequence[str], y: object = None) -> Self:
        """Learn `idf_`, one weight per bucket, see `nlp.features.idf`."""
        _row, column, _count = self._counts(texts)
        frequency = np.bincount(column, minlength=1 << self.bits)
        self.idf_ = idf(frequency, len(texts), self.min_df)
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

    def _counts(self, texts: Sequence[str]) -> tuple[Ints, Ints, Ints]:
        """Row, bucket, count of each bucket of each text."""
        makes, found = HashedTerms(longest=self.longest, bits=self.bits), pieces("chars", texts)
        parts = [makes.of_size(n, found) for n in range(1, self.longest + 1)]
        keys = np.concatenate([(part.row << self.bits) | part.bucket for part in parts])
        keys, counts = np.unique(keys, return_counts=True)
        return keys >> self.bits, keys & ((1 << self.bits) - 1), counts
