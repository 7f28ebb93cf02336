"""Judges texts with a trained stance model, by numpy alone.

A model is two files: NAME.npz, plain arrays without pickle, so that a model cannot run code; and NAME.json,
its card: what it was trained on, how it was measured, and the SHA-256 of the arrays. `nlp.learning.train` writes
both. How it judges: docs/model.md.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelError
from core.sentiment import Sentiment, Stance
from nlp.arrays import Floats, softmax
from nlp.cues import Cues, read
from nlp.features import LONGEST, TINY, VIEWS, HashedTerms
from nlp.labels import BEARISH, BULLISH, LABELS
from nlp.normalise import comparables

FOLDER = Path(__file__).with_name("data") / "model"
VARIANTS = ("own", "full")  # learned from the repository alone; from public posts too (nlp.learning.public)
SHIPPED = FOLDER / "full.npz"  # the better one on posts of the nearest kind, see docs/model.md
SILENT = (0.3, 0.4, 0.3)  # of a text without a word: neutral, and nearly anything
SILENT_ON_TOPIC = 0.1
_FIRST = np.zeros(1, np.int64)
_WORD = re.compile(r"[^\W\d_]|[\ue001-\ue007]")  # a letter, `$name(CODE)$`, a percentage
_KANA = re.compile(r"[\u3041-\u30ff]")
_FEW, _MANY = 3, 1_000  # so few characters are left of so many: one was held down
_BATCH = 100_000  # characters judged at once; bounds memory at some 30 MB
_UNPACKED = 256 * 1024**2  # bytes of all arrays; the shipped model's take a fraction of it
_REBUILD = "make it anew with `paomo train`, or use the model that comes with paomo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A trained model as arrays: for each view of a text (`nlp.features.VIEWS`) and for all of them.

    views:       for each view (4, buckets) weights of its n-grams: bearish, neutral, bullish, off topic
    idf:         for each view (buckets,); buckets are a power of two
    longest:     for each view the longest n-gram, and scale, of `HashedTerms`
    bias:        (4,)
    sharpness:   calibrated probabilities are softmax(sharpness * logits), 1 / temperature
    topic:       (2,) slope and shift of the off-topic logit
    """

    views: Mapping[str, Floats]
    idf: Mapping[str, Floats]
    longest: Mapping[str, int]
    scale: Mapping[str, float]
    bias: Floats
    sharpness: float
    topic: Floats

    def features(self) -> dict[str, HashedTerms]:
        """The feature makers that these weights belong to."""
        made = {}
        for view in VIEWS:
            bits = int(self.idf[view].size).bit_length() - 1
            made[view] = HashedTerms(view=view, longest=self.longest[view], bits=bits, scale=self.scale[view])
            made[view].idf_ = self.idf[view]
        return made


def on_topic(logits: Floats, topic: Floats) -> Floats:
    """Probability of being on topic from off-topic logits."""
    return np.asarray(1 / (1 + np.exp(np.clip(topic[0] * logits + topic[1], -30, 30))))


class Model:
    """A stance model that judges texts. Loading takes milliseconds; keep it and reuse it."""

    def __init__(self, weights: Weights, card: Mapping[str, Any]) -> None:
        self.weights = weights
        self.card = card
        self.name = f"{card['name']} {card['version']}"
        self.terms = weights.features()
        self.tables = {view: _table(weights, view) for view in VIEWS}

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """The model at `path` (the .npz, its card beside it), the variant of that name, or the one that paomo uses.

        `ModelError` if a file is missing, does not match its card's SHA-256, or is no stance model.
        """
        path = path or SHIPPED
        if str(path) in VARIANTS and not path.exists():
            path = FOLDER / f"{path}.npz"
        if not path.name:
            raise ModelError(f"{str(path)!r} is no model file", hint="name a file that ends in .npz")
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
        cues = read(comparables)
        found = np.tile(self.weights.bias, (len(comparables), 1))
        for view, makes in self.terms.items():
            sums = _sums(self.tables[view], makes, comparables, cues)
            found += sums[:, :4] / np.sqrt(np.maximum(sums[:, 4:], TINY))
        return np.asarray(found)

    def probabilities(self, comparables: Sequence[str]) -> Floats:
        """Calibrated probabilities of comparable texts, shape (texts, 3), `SILENT` included."""
        p = softmax(self.weights.sharpness * self.logits(comparables)[:, :3])
        p[[not _speaks(text) for text in comparables]] = SILENT
        return p

    def _judge(self, texts: Sequence[str], evidence: int) -> Iterator[Sentiment]:
        from nlp.explain import explain

        forms = comparables(texts)
        logits = self.logits(forms)
        p = softmax(self.weights.sharpness * logits[:, :3])
        topic = on_topic(logits[:, 3], self.weights.topic).tolist()
        chosen, margins = p.argmax(axis=1).tolist(), (logits[:, BULLISH] - logits[:, BEARISH]).tolist()
        explained = explain(self, forms, margins, evidence) if evidence > 0 else [()] * len(forms)
        for i, (text, of_labels) in enumerate(zip(forms, p.tolist(), strict=True)):
            if not _speaks(text) or (len(text) <= _FEW and len(texts[i]) > _MANY):
                yield Sentiment(label=Stance.NEUTRAL, p=SILENT, p_on_topic=SILENT_ON_TOPIC, margin=0.0, model=self.name)
                continue
            yield Sentiment(
                label=LABELS[chosen[i]],
                p=tuple(of_labels),
                p_on_topic=topic[i],
                margin=margins[i],
                evidence=explained[i],
                model=self.name,
            )


def _table(weights: Weights, view: str) -> "NDArray[np.float32]":
    """What each bucket of a view adds, shape (buckets, 5): scale * idf * weights, and idf squared."""
    idf = weights.idf[view]
    table = np.empty((idf.size, 5), np.float32)
    table[:, :4] = (weights.scale[view] * idf * weights.views[view]).T
    table[:, 4] = idf * idf
    return table


def _sums(table: "NDArray[np.float32]", makes: HashedTerms, texts: Sequence[str], cues: Cues) -> Floats:
    """The rows of the table that a view's n-grams point to, summed by text: shape (texts, 5)."""
    sums = np.zeros((len(texts), 5))
    parts = [part for part in makes.by_size(texts, cues) if len(part.row)]  # each in the order of the texts
    if len(texts) == 1 and parts:
        lengths = [len(part.row) for part in parts]
        found = table.take(np.concatenate([part.bucket for part in parts]), axis=0)
        opens = np.cumsum([0, *lengths[:-1]])
        return np.asarray(np.add.reduceat(found, opens, axis=0, dtype=np.float64).sum(axis=0, keepdims=True))
    for part in parts:
        opens = np.concatenate([_FIRST, np.flatnonzero(part.row[1:] != part.row[:-1]) + 1])
        sums[part.row[opens]] += np.add.reduceat(table.take(part.bucket, axis=0), opens, axis=0, dtype=np.float64)
    return sums


def _speaks(text: str) -> bool:
    """Whether a comparable text has words, or a percentage, and is not Japanese; digits and emoji say too little."""
    if _WORD.search(text) is None:
        return False
    return _KANA.search(text) is None or 3 * len(_KANA.findall(text)) < len(text)


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
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > _UNPACKED:
                raise ModelError(f"{path} is no stance model: unpacked it is larger than {_UNPACKED // 1024**2} MB")
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            read = {name: np.asarray(arrays[name], np.float64) for name in _shapes()}
    except (OSError, ValueError, KeyError, TypeError, EOFError, MemoryError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path} is no stance model: {error}", hint=_REBUILD) from error
    for view in VIEWS:
        buckets, longest = read[f"{view}.idf"].size, read[f"{view}.longest"]
        if not (0 < buckets.bit_length() - 1 <= 24 and buckets.bit_count() == 1) or longest not in range(
            1, LONGEST + 1
        ):
            raise ModelError(f"{path} is no stance model: {buckets} buckets, n-grams of {longest}", hint=_REBUILD)
    for name, pattern in _shapes().items():
        shape = tuple(read[f"{name.partition('.')[0]}.idf"].size if size is None else size for size in pattern)
        if read[name].shape != shape:
            raise ModelError(f"{path} is no stance model: {name} is {read[name].shape}, not {shape}", hint=_REBUILD)
        if not np.isfinite(read[name]).all():
            raise ModelError(f"{path} is damaged: {name} holds values that are not finite", hint=_REBUILD)
    return Weights(
        views={view: read[f"{view}.weights"] for view in VIEWS},
        idf={view: read[f"{view}.idf"] for view in VIEWS},
        longest={view: int(read[f"{view}.longest"]) for view in VIEWS},
        scale={view: float(read[f"{view}.scale"]) for view in VIEWS},
        bias=read["bias"],
        sharpness=float(read["sharpness"]),
        topic=read["topic"],
    )


def _shapes() -> dict[str, tuple[int | None, ...]]:
    """Names and shapes of a model file's arrays; `None` stands for the buckets of a view."""
    of_view: dict[str, tuple[int | None, ...]] = {"weights": (4, None), "idf": (None,), "longest": (), "scale": ()}
    return {
        **{f"{view}.{name}": shape for view in VIEWS for name, shape in of_view.items()},
        "bias": (4,),
        "sharpness": (),
        "topic": (2,),
    }
