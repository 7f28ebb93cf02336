"""Judges texts with a trained stance model, by numpy alone.

A model is two files: NAME.npz, plain arrays without pickle, so that a model cannot run code; and NAME.json,
its card: what it was trained on, how it was measured, and the SHA-256 of the arrays. `nlp.train` writes
both. How it judges: docs/model.md.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np

from core.errors import ModelError
from core.sentiment import Sentiment
from nlp.features import Floats, HashedChars, LexiconCounts
from nlp.labelled import LABELS
from nlp.lexicon import Column
from nlp.normalise import CLASSES, comparable

SHIPPED = Path(__file__).with_name("data") / "model" / "stance.npz"
BEARISH, NEUTRAL, BULLISH = range(3)
SILENT = (0.3, 0.4, 0.3)  # of a text without a word: neutral, and nearly anything
SILENT_ON_TOPIC = 0.1
_BATCH = 200_000  # characters judged at once; bounds memory at about 50 MB
_UNPACKED = 256 * 1024**2  # bytes of all arrays; the shipped model's take a fraction of it
_REBUILD = "make it anew with `paomo train`, or use the model that comes with paomo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A trained model as arrays; `buckets` is a power of two.

    chars:         (4, buckets) weights of n-grams: bearish, neutral, bullish, off topic
    lexicon:       (4, columns of LexiconCounts)
    bias:          (4,)
    idf:           (buckets,)
    lexicon_scale: () of LexiconCounts
    longest:       () of HashedChars
    sharpness:     () calibrated probabilities are softmax(sharpness * logits), 1 / temperature
    topic:         (2,) slope and shift of the off-topic logit
    """

    chars: Floats
    lexicon: Floats
    bias: Floats
    idf: Floats
    lexicon_scale: Floats
    longest: Floats
    sharpness: Floats
    topic: Floats

    def features(self) -> tuple[HashedChars, LexiconCounts]:
        """The feature makers that these weights belong to."""
        chars = HashedChars(longest=int(self.longest), bits=int(self.idf.size).bit_length() - 1)
        chars.idf_ = self.idf
        return chars, LexiconCounts(scale=float(self.lexicon_scale))


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def on_topic(logits: Floats, topic: Floats) -> Floats:
    """Probability of being on topic from off-topic logits."""
    return np.asarray(1 / (1 + np.exp(np.clip(topic[0] * logits + topic[1], -30, 30))))


class Model:
    """A stance model that judges texts. Loading takes milliseconds; keep it and reuse it."""

    def __init__(self, weights: Weights, card: Mapping[str, Any]) -> None:
        self.weights = weights
        self.card = card
        self.name = f"{card['name']} {card['version']}"
        self.chars, self.lexicon = weights.features()
        self.pull_of_chars = weights.chars[BULLISH] - weights.chars[BEARISH]
        self.pull_of_words = weights.lexicon[BULLISH] - weights.lexicon[BEARISH]

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """The model at `path` (the .npz, its card beside it), or the one that comes with paomo.

        `ModelError` if a file is missing, does not match its card's SHA-256, or is no stance model.
        """
        path = path or SHIPPED
        card = _card(path.with_suffix(".json"))
        data = _bytes(path)
        if hashlib.sha256(data).hexdigest() != card["sha256"]:
            raise ModelError(f"{path} is damaged: its SHA-256 is not the one on its card", hint=_REBUILD)
        return cls(_weights(data, path), card)

    @classmethod
    def from_bytes(cls, data: bytes, card: Mapping[str, Any]) -> Self:
        """A model from .npz bytes that stand in no file yet."""
        return cls(_weights(data, Path("the model")), card)

    def predict(self, texts: Sequence[str], *, evidence: int = 0) -> list[Sentiment]:
        """Judge texts as written, any `str`; one `Sentiment` a text, in order.

        evidence: how many terms to give at most. They and a last one, "(rest)", sum to `margin`. Terms are
        pieces of the comparable form, so simplified and in lower case; a word met twice is one term.
        """
        return [judged for batch in _batches(texts) for judged in self._judge(batch, evidence)]

    def logits(self, comparables: Sequence[str]) -> Floats:
        """Uncalibrated logits of comparable texts, shape (texts, 4): LABELS, then off topic."""
        row, column, value = self.chars.weigh(comparables)
        n = len(comparables)
        ngrams = [np.bincount(row, value * weights[column], minlength=n) for weights in self.weights.chars]
        words = self.lexicon.transform(comparables) @ self.weights.lexicon.T
        return np.asarray(np.stack(ngrams, axis=1) + words + self.weights.bias)

    def probabilities(self, comparables: Sequence[str]) -> Floats:
        """Calibrated probabilities of comparable texts, shape (texts, 3), `SILENT` included."""
        p = softmax(self.weights.sharpness * self.logits(comparables)[:, :3])
        p[[not _speaks(text) for text in comparables]] = SILENT
        return p

    def _judge(self, texts: Sequence[str], evidence: int) -> Iterator[Sentiment]:
        from nlp.explain import explain

        read = [comparable(text) for text in texts]
        logits = self.logits(read)
        p = softmax(self.weights.sharpness * logits[:, :3])
        topic = on_topic(logits[:, 3], self.weights.topic)
        for i, text in enumerate(read):
            if not _speaks(text):
                yield Sentiment(
                    label=LABELS[NEUTRAL], p=SILENT, p_on_topic=SILENT_ON_TOPIC, margin=0.0, model=self.name
                )
                continue
            margin = float(logits[i, BULLISH] - logits[i, BEARISH])
            yield Sentiment(
                label=LABELS[int(p[i].argmax())],
                p=(float(p[i, 0]), float(p[i, 1]), float(p[i, 2])),
                p_on_topic=float(topic[i]),
                margin=margin,
                evidence=explain(self, text, margin, evidence) if evidence > 0 else (),
                model=self.name,
            )


def _speaks(text: str) -> bool:
    """Whether a comparable text has a letter, a digit or a class; emoji and punctuation say too little."""
    return any(char.isalnum() or char in CLASSES for char in text)


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start, size = 0, 0
    for at, text in enumerate(texts):
        size += min(len(text), 20_000) + 2
        if size > _BATCH:
            yield texts[start : at + 1]
            start, size = at + 1, 0
    if start < len(texts):
        yield texts[start:]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}", hint=_REBUILD) from error


def _card(path: Path) -> Mapping[str, Any]:
    try:
        card = json.loads(_bytes(path))
    except ValueError as error:
        raise ModelError(f"{path} is no model card: {error}", hint=_REBUILD) from error
    for key in ("name", "version", "sha256", "labels"):
        if not isinstance(card, dict) or key not in card:
            raise ModelError(f"{path} is no model card: it has no {key}", hint=_REBUILD)
    if card["labels"] != list(LABELS):
        raise ModelError(f"{path} is the card of another kind of model: its labels are {card['labels']}")
    return dict(card)


def _weights(data: bytes, path: Path) -> Weights:
    names = [field.name for field in fields(Weights)]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > _UNPACKED:
                raise ModelError(f"{path} is no stance model: unpacked it is larger than {_UNPACKED // 1024**2} MB")
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            read = {name: np.asarray(arrays[name], np.float64) for name in names}
    except (OSError, ValueError, KeyError, TypeError, EOFError, MemoryError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path} is no stance model: {error}", hint=_REBUILD) from error
    buckets, columns = read["idf"].size, len(Column)
    shapes: dict[str, tuple[int, ...]] = {
        "chars": (4, buckets),
        "lexicon": (4, columns),
        "bias": (4,),
        "idf": (buckets,),
        "lexicon_scale": (),
        "longest": (),
        "sharpness": (),
        "topic": (2,),
    }
    for name, shape in shapes.items():
        if read[name].shape != shape:
            raise ModelError(f"{path} is no stance model: {name} is {read[name].shape}, not {shape}", hint=_REBUILD)
        if not np.isfinite(read[name]).all():
            raise ModelError(f"{path} is damaged: {name} holds values that are not finite", hint=_REBUILD)
    if not (0 < buckets.bit_length() - 1 <= 24 and buckets.bit_count() == 1) or read["longest"] not in (1, 2, 3):
        raise ModelError(f"{path} is no stance model: {buckets} buckets, n-grams of {read['longest']:g}", hint=_REBUILD)
    return Weights(**read)
