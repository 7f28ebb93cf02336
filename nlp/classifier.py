"""Which of many kinds a short text is: a linear model over hashed character n-grams, by numpy alone.

A model is one NAME.npz of plain arrays without pickle, so that it cannot run code. Weights are whole numbers from -127
to 127 with one factor a kind, which takes a tenth of the room and moves no decision that was not a draw already.
`nlp.learning.classifier_train` makes them.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelError
from nlp.arrays import Floats, softmax
from nlp.chars import HashedChars

_ARRAYS = ("kinds", "weights", "scale", "bias", "idf", "longest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A kind and its probability."""

    kind: str
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Classifier:
    """A trained model. K kinds, B buckets (a power of two).

    kinds: K names; weights: (K, B) of int8; scale, bias: (K,); idf: (B,); longest: of the n-grams
    """

    kinds: tuple[str, ...]
    weights: NDArray[np.int8]
    scale: Floats
    bias: Floats
    idf: Floats
    longest: int

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises `ModelError` where the file is missing or is no such model."""
        try:
            held = io.BytesIO(path.read_bytes())  # numpy leaves a file open where it cannot read it
            with np.load(held, allow_pickle=False) as file:
                found: dict[str, Any] = {name: file[name] for name in _ARRAYS}
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise ModelError(f"{path}: is no model of kinds of texts", hint="make it anew with `make model`") from error
        kinds = tuple(str(kind) for kind in found["kinds"])
        buckets = found["idf"].size
        if found["weights"].shape != (len(kinds), buckets) or buckets & (buckets - 1) or not buckets:
            raise ModelError(f"{path}: its arrays do not fit each other", hint="make it anew with `make model`")
        return cls(
            kinds=kinds, weights=found["weights"], scale=found["scale"].astype(float), bias=found["bias"].astype(float),
            idf=found["idf"].astype(float), longest=int(found["longest"]),
        )  # fmt: skip

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """An array of shape (texts, kinds); each row sums to 1."""
        chars = HashedChars(longest=self.longest, bits=self.idf.size.bit_length() - 1)
        chars.idf_ = self.idf
        row, column, value = chars.weigh(texts)
        logits = np.tile(self.bias, (len(texts), 1))
        np.add.at(logits, row, self.weights[:, column].T * value[:, None] * self.scale)
        return softmax(logits)

    def guesses(self, text: str, *, most: int = 3) -> tuple[Guess, ...]:
        """The likeliest kinds, best first."""
        p = self.probabilities([text])[0]
        return tuple(Guess(kind=self.kinds[i], p=float(p[i])) for i in np.argsort(-p)[:most])
