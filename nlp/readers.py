"""Who judges texts: the model that comes with paomo, one's own, an endpoint, or a reader that somebody else wrote.

A reader is small: a name, and texts in, probabilities out. Others are added without touching paomo, by an entry
point of the group `paomo.readers` that names a function without arguments which makes one (docs/readers.md).
What a reader could not judge is a row of NaN: it is reported, never guessed.
"""

from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, runtime_checkable

import numpy as np

from core.errors import PaomoError, ReaderError, UsageError
from nlp.arrays import Floats
from nlp.labels import LABELS
from nlp.model import Model

GROUP = "paomo.readers"
MODEL, ENDPOINT = "model", "endpoint"
_SUM = 0.02  # how far probabilities may be from 1 together; they are rounded by whoever writes them down


@runtime_checkable
class Reader(Protocol):
    """What judges texts.

    name: for tables and the `model` of a judgement
    read: an array of shape (texts, 3), probabilities of bearish, neutral, bullish; NaN where a text could not be judged
    """

    @property
    def name(self) -> str: ...
    def read(self, texts: Sequence[str]) -> Floats: ...


class ByModel:
    """A stance model as a reader.

    >>> ByModel(Model.load()).read(["看多，滿倉"]).argmax(axis=1).tolist()
    [2]
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.name = model.name

    def read(self, texts: Sequence[str]) -> Floats:
        """Never NaN: the model says something of any text."""
        return np.array([judged.p for judged in self.model.predict(texts)]).reshape(-1, len(LABELS))


class Checked:
    """Any reader, held to the protocol: somebody else's code is believed only as far as its answers can be checked."""

    def __init__(self, reader: Reader, where: str) -> None:
        self.reader, self.where = reader, where
        self.name = str(reader.name)

    def read(self, texts: Sequence[str]) -> Floats:
        """Raises `ReaderError` for an answer of another shape, or one that holds no probabilities."""
        if not texts:
            return np.empty((0, len(LABELS)))
        try:
            p = np.asarray(self.reader.read(texts), np.float64)
        except PaomoError:
            raise
        except Exception as error:
            raise ReaderError(f"{self.where} failed: {type(error).__name__}: {error}") from error
        if p.shape != (len(texts), len(LABELS)):
            raise ReaderError(f"{self.where} answered {p.shape}, not {(len(texts), len(LABELS))}")
        told = ~np.isnan(p).all(axis=1)
        if not (np.isfinite(p[told]).all() and (p[told] >= 0).all() and (abs(p[told].sum(axis=1) - 1) <= _SUM).all()):
            raise ReaderError(f"{self.where} answered with what are no probabilities")
        return np.asarray(p / p.sum(axis=1, keepdims=True))


def named(name: str) -> Reader:
    """The installed reader of a name.

    Raises `UsageError` for a name that nobody has, `ReaderError` for a reader that cannot be made.
    """
    found = installed()
    if name not in found:
        known = ", ".join([MODEL, ENDPOINT, *sorted(found)])
        raise UsageError(f"there is no reader {name!r}", hint=f"there are: {known}; see docs/readers.md")
    point = found[name]
    where = f"the reader {name} ({point.value})"
    try:
        reader = point.load()()
    except PaomoError:
        raise
    except Exception as error:
        raise ReaderError(f"{where} cannot be used: {type(error).__name__}: {error}") from error
    if not isinstance(reader, Reader):
        raise ReaderError(f"{where} is no reader: it has no name and read(texts)", hint="see docs/readers.md")
    return Checked(reader, where)


def installed() -> dict[str, EntryPoint]:
    """Readers that other distributions bring, by name; `model` and `endpoint` stay ours."""
    return {point.name: point for point in entry_points(group=GROUP) if point.name not in {MODEL, ENDPOINT}}
