"""Fits the stance model with scikit-learn; `nlp.learning.packing` writes it as plain arrays.

Two heads see the same features (`nlp.features`): a multinomial logistic regression over bearish, neutral
and bullish, rare labels counting more, and a logistic regression on whether a post is off topic. Calibration is
learned from predictions for posts that the predicting model had not seen: folds keep copies of a text and
the posts of one thread together.

The same files give the same arrays.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import UsageError
from core.text import counted
from nlp.arrays import Floats, softmax
from nlp.features import VIEWS, HashedTerms
from nlp.labels import BEARISH, BULLISH, LABELS
from nlp.learning.labelled import Row
from nlp.lexicon import polar
from nlp.model import Model, Weights, on_topic

Progress = Callable[[str], None]


def _quiet(_: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How one view of a text is seen: see `nlp.features.HashedTerms`."""

    longest: int
    bits: int
    scale: float
    min_df: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What was chosen by measurement (docs/model.md).

    word_weight: how much each polar word of the lexicon counts as a post of its own (0: not at all); posts of a
                 word or two are rare among labelled ones, and mostly neutral
    pair_weight: how much a post of a contrast pair counts
    c:           inverse strength of regularisation
    balance:     how far rare labels count more: 0 not at all, 1 until all labels weigh the same
    folds, seed: of the predictions for unseen posts
    """

    chars: View = View(longest=3, bits=17, scale=1.0)
    words: View = View(longest=1, bits=13, scale=0.35)
    roles: View = View(longest=3, bits=15, scale=0.35)
    senses: View = View(longest=4, bits=14, scale=0.35)
    word_weight: float = 0.02
    pair_weight: float = 1.5
    c: float = 3.0
    balance: float = 0.8
    folds: int = 5
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """What models that had not seen them said of all rows.

    logits: (rows, 4) before calibration
    p:      (rows, 3) calibrated by the other folds' predictions, so no row calibrates itself
    on:     (rows,) probability of being on topic, likewise
    """

    logits: Floats
    p: Floats
    on: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A model fitted on all rows, and what its like said of each row unseen."""

    weights: Weights
    unseen: Unseen
    settings: Settings


def pipeline(settings: Settings, labels: Sequence[int] = ()) -> Any:
    """The unfitted scikit-learn pipeline of one head: comparable texts in, classes out.

    labels: of the posts to come, so that rare ones can count more, as far as `balance` says
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import FeatureUnion, Pipeline

    views = [(name, HashedTerms(view=name, **asdict(getattr(settings, name)))) for name in VIEWS]
    features = FeatureUnion(views)
    counts = Counter(labels)
    weight = {k: (len(labels) / len(counts) / n) ** settings.balance for k, n in counts.items()}
    regression = LogisticRegression(C=settings.c, class_weight=weight or None, max_iter=500, tol=1e-3)
    return Pipeline([("features", features), ("regression", regression)])


def fit(rows: Sequence[Row], settings: Settings) -> Weights:
    """Both heads, uncalibrated (sharpness and slope 1, shift 0)."""
    features = pipeline(settings).named_steps["features"]
    rows = [*rows, *_words(settings)]
    missing = set(range(len(LABELS))) - {row.label for row in rows}
    if missing:
        raise UsageError(f"no post is labelled {', '.join(LABELS[k] for k in sorted(missing))}: nothing to learn")
    matrix = features.fit_transform([row.text for row in rows])
    coef, bias = _regression(settings, matrix, np.array([row.label for row in rows]), rows)
    known = [i for i, row in enumerate(rows) if row.off is not None]
    off = np.array([bool(rows[i].off) for i in known])
    if 0 < off.sum() < len(off):
        off_coef, off_bias = _regression(settings, matrix[known], off, [rows[i] for i in known])
    else:  # nobody said: every post is about as likely off topic as Laplace would have it
        off_coef, off_bias = np.zeros((1, coef.shape[1])), np.log([(off.sum() + 1) / (len(off) - off.sum() + 1)])
    coef, bias = np.vstack([coef, off_coef]), np.append(bias, off_bias)
    return export(features, coef, bias)


def _words(settings: Settings) -> list[Row]:
    """The lexicon's polar words as posts."""
    if not settings.word_weight:
        return []
    label = {1: BULLISH, -1: BEARISH}
    weight = settings.word_weight
    return [
        Row(text=word, label=label[sign], off=False, weight=weight, group=0, source="lexicon.tsv", digest="")
        for word, sign in polar()
    ]


def export(features: Any, coef: Floats, bias: Floats) -> Weights:
    """Fitted features and a head's four rows of coefficients, as plain arrays."""
    made = dict(features.transformer_list)
    ends = np.cumsum([made[view].idf_.size for view in VIEWS])
    parts = dict(zip(VIEWS, np.split(coef, ends[:-1], axis=1), strict=True))
    return Weights(
        views={view: parts[view] for view in VIEWS},
        idf={view: made[view].idf_ for view in VIEWS},
        longest={view: made[view].longest for view in VIEWS},
        scale={view: made[view].scale for view in VIEWS},
        bias=bias,
        sharpness=1.0,
        topic=np.array([1.0, 0]),
    )


def _regression(settings: Settings, matrix: Any, y: NDArray[Any], rows: Sequence[Row]) -> tuple[Floats, Floats]:
    """Coefficients, shape (heads, columns), and biases.

    Fitted on the columns that are met at all: the others' coefficients are 0, and would cost most of the time.
    """
    from threadpoolctl import threadpool_limits

    met = np.flatnonzero(matrix.getnnz(axis=0))
    head = pipeline(settings, y.tolist()).named_steps["regression"]
    with threadpool_limits(1):  # the products are small: more threads would mostly wait for each other
        head.fit(matrix[:, met], y, sample_weight=weights_of(rows, settings))
    coef = np.zeros((len(head.coef_), matrix.shape[1]))
    coef[:, met] = head.coef_
    return coef, head.intercept_


def weights_of(rows: Sequence[Row], settings: Settings) -> Floats:
    """How much each row counts: copies of a text share what one of them weighs."""
    copies = Counter(row.text for row in rows)
    return np.array([row.weight * (settings.pair_weight if row.pair else 1.0) / copies[row.text] for row in rows])


def folds(rows: Sequence[Row], settings: Settings) -> list[tuple[list[int], list[int]]]:
    """Train and test row numbers: labels spread evenly, groups never cut."""
    from sklearn.model_selection import StratifiedGroupKFold

    labels, groups = [row.label for row in rows], [row.group for row in rows]
    if len(set(groups)) < settings.folds or min(Counter(labels).values()) < settings.folds:
        raise UsageError(
            f"{counted(len(rows), 'post')} in {counted(len(set(groups)), 'group')} are too few for {settings.folds} folds",
            hint=f"each label needs {settings.folds} posts or more, in as many threads",
        )
    splitter = StratifiedGroupKFold(settings.folds, shuffle=True, random_state=settings.seed)
    return [(learned.tolist(), kept.tolist()) for learned, kept in splitter.split(labels, labels, groups)]


def unseen(rows: Sequence[Row], settings: Settings, *, progress: Progress = _quiet) -> Unseen:
    """Judge every row by a model that has seen neither it nor its thread."""
    logits, fold = np.zeros((len(rows), 4)), np.zeros(len(rows), np.int64)
    for k, (learned, kept_out) in enumerate(folds(rows, settings)):
        progress(f"fold {k + 1} of {settings.folds}: {counted(len(learned), 'post')}")
        model = Model(fit([rows[i] for i in learned], settings), {"name": "", "version": ""})
        logits[kept_out] = model.logits([rows[i].text for i in kept_out])
        fold[kept_out] = k
    p, on = np.zeros((len(rows), 3)), np.zeros(len(rows))
    for k in range(settings.folds):
        here, there = np.flatnonzero(fold == k), np.flatnonzero(fold != k)
        others = [row for row, kept_out in zip(rows, fold, strict=True) if kept_out != k]
        p[here] = softmax(fit_sharpness(others, logits[there, :3]) * logits[here, :3])
        on[here] = on_topic(logits[here, 3], fit_topic(others, logits[there, 3]))
    return Unseen(logits=logits, p=p, on=on)


def train(rows: Sequence[Row], settings: Settings | None = None, *, progress: Progress = _quiet) -> Trained:
    """Fit on all rows, calibrated by predictions for unseen ones."""
    settings = settings or Settings()
    before = unseen(rows, settings, progress=progress)
    progress(f"all {counted(len(rows), 'post')}")
    plain = fit(rows, settings)
    weights = replace(
        plain,
        sharpness=fit_sharpness(rows, before.logits[:, :3]),
        topic=fit_topic(rows, before.logits[:, 3]),
    )
    return Trained(weights=weights, unseen=before, settings=settings)


def fit_sharpness(rows: Sequence[Row], logits: Floats) -> float:
    """The inverse temperature that makes unseen posts most likely (Guo and others 2017).

    Posts of contrast pairs are left out unless there are no others: they are harder than a forum's.
    Shifting each label too would fit the frequencies of the training data a little better and call a third
    more of the bearish and bullish posts neutral (docs/model.md).
    """
    from scipy.optimize import minimize_scalar

    calm = [i for i, row in enumerate(rows) if not row.pair] or list(range(len(rows)))
    labels, weight = (np.array([getattr(rows[i], name) for i in calm]) for name in ("label", "weight"))
    logits = logits[calm]

    def loss(sharpness: float) -> float:
        p = softmax(sharpness * logits)[np.arange(len(labels)), labels]
        return float(-(weight * np.log(np.maximum(p, 1e-12))).sum() / weight.sum())

    return float(minimize_scalar(loss, bounds=(0.05, 20), method="bounded").x)


def fit_topic(rows: Sequence[Row], logits: Floats) -> Floats:
    """Slope and shift of the off-topic logit (Platt scaling); (1, 0) where nobody said what is off topic."""
    from scipy.optimize import minimize

    known = [i for i, row in enumerate(rows) if row.off is not None]
    on = np.array([not rows[i].off for i in known])
    if not 0 < on.sum() < len(on):
        return np.array([1.0, 0.0])

    def loss(x: Floats) -> float:
        p = on_topic(logits[known], x)
        return float(-np.log(np.maximum(np.where(on, p, 1 - p), 1e-12)).mean())

    return np.asarray(minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B").x)


def figures(rows: Sequence[Row], trained: Trained) -> dict[str, Any]:
    """What the model's like reached on unseen rows, by source: the card's figures."""
    from nlp.learning.evaluate import measure

    found = {}
    for source in dict.fromkeys(row.source for row in rows):
        own = [i for i, row in enumerate(rows) if row.source == source]
        protocol = f"{trained.settings.folds} folds, threads and copies kept together"
        found[source] = {"protocol": protocol, **asdict(measure([rows[i] for i in own], trained.unseen.p[own]))}
    return found
