"""Fits a few labels of one's own into a trained model, without the posts that it was trained on.

The model stays what it is and a correction is learned beside it: the weights that make the new labels most likely
while straying least from the old ones (a Gaussian prior whose mean is the trained weights, Chelba and Acero 2004).
A text that shares nothing with the new posts moves by the bias alone, by how much more often each stance is taken on
that board than the model thought. It takes a second, where training anew would want texts that do not come with the
model; on 150 labels it was no worse than that (docs/learning.md).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.errors import UsageError
from core.text import counted
from nlp.arrays import Floats, Ints, softmax
from nlp.labels import LABELS
from nlp.learning.labelled import Row
from nlp.model import Model, Weights

LEAST = 100  # labels; 50 did harm on a board of a kind that the model knew (docs/learning.md)
OFF = len(LABELS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapting:
    """What was chosen by measurement (docs/learning.md).

    weight:   how much a label counts against the trained weights
    balanced: how far a rare label counts as much as a frequent one: 0 not at all, 1 fully
    """

    weight: float = 2.0
    balanced: float = 1.0


def adapt(model: Model, rows: Sequence[Row], how: Adapting | None = None, *, least: int = LEAST) -> Weights:
    """The model's weights, corrected by labelled posts (a row's own weight multiplies).

    Raises `UsageError` where they are too few: `least` in all, one of each label at least.
    """
    how = how or Adapting()
    if missing := too_few(rows, least):
        raise UsageError(missing, hint="paomo label shows posts to label")
    texts = [row.text for row in rows]
    design, met = _design(model, texts)
    sharpness, (slope, shift) = float(model.weights.sharpness), model.weights.topic
    logits = model.logits(texts)
    labels = np.array([row.label for row in rows])
    weight = how.weight * np.array([row.weight for row in rows]) * _balance(labels, how.balanced)
    stance = _correction(design, sharpness * logits[:, :OFF], np.eye(OFF)[labels], weight)
    parts = [*(stance / sharpness)]
    known = np.array([row.off is not None for row in rows])
    off = np.array([bool(row.off) for row in rows])
    if 0 < (off & known).sum() < known.sum():
        two = np.stack([np.zeros(len(rows)), slope * logits[:, OFF] + shift], axis=1)
        pair = _correction(
            design[known], two[known], np.eye(2)[off[known].astype(int)], how.weight * np.ones(known.sum())
        )
        parts.append((pair[1] - pair[0]) / slope)
    else:
        parts.append(np.zeros(design.shape[1]))
    return _corrected(model.weights, np.array(parts), met)


def too_few(rows: Sequence[Row], least: int = LEAST) -> str | None:
    """What is missing to learn from these labels, as a line for people; `None` where nothing is."""
    if len(rows) < least:
        few, more = counted(len(rows), "label is", "labels are"), counted(least - len(rows), "more is", "more are")
        return f"{few} too few to learn from: {more} needed"
    counts = Counter(row.label for row in rows)
    if none := [LABELS[k] for k in range(OFF) if not counts[k]]:
        return f"no post is labelled {', '.join(none)}: at least one of each is needed"
    return None


def _balance(labels: Ints, power: float) -> Floats:
    counts = np.bincount(labels, minlength=OFF)
    each = (len(labels) / (OFF * np.maximum(counts, 1))) ** power
    return np.asarray(each[labels] * len(labels) / each[labels].sum())


def _design(model: Model, texts: Sequence[str]) -> tuple[Any, Ints]:
    """The features that the texts have, as a sparse matrix with a last column of ones; and which of all they are."""
    from scipy.sparse import csc_matrix, csr_matrix, hstack

    whole = csc_matrix(hstack([makes.transform(texts) for makes in model.terms.values()]))
    met = np.flatnonzero(np.diff(whole.indptr))
    return csr_matrix(hstack([whole[:, met], np.ones((len(texts), 1))])), met


def _correction(design: Any, logits: Floats, gold: Floats, weight: Floats) -> Floats:
    """What to add to the weights, shape (classes, features): multinomial logistic regression around `logits`."""
    from scipy.optimize import minimize

    shape = gold.shape[1], design.shape[1]

    def loss(flat: Floats) -> tuple[float, Floats]:
        delta = flat.reshape(shape)
        p = softmax(logits + (design @ delta.T))
        lost = -(weight * np.log(np.maximum((p * gold).sum(axis=1), 1e-12))).sum() + 0.5 * (flat * flat).sum()
        slope = (design.T @ ((p - gold) * weight[:, None])).T + delta
        return float(lost), np.asarray(slope).ravel()

    found = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return np.asarray(found.x).reshape(shape)


def _corrected(weights: Weights, delta: Floats, met: Ints) -> Weights:
    """The weights with what was learned of the features that were met, and of the bias."""
    whole = np.concatenate(list(weights.views.values()), axis=1)
    whole[:, met] += delta[:, :-1]
    ends = np.cumsum([part.shape[1] for part in weights.views.values()])
    views = dict(zip(weights.views, np.split(whole, ends[:-1], axis=1), strict=True))
    return replace(weights, views=views, bias=weights.bias + delta[:, -1])
