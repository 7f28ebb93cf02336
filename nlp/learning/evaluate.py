"""Measures stance models: how often they are right, and how far their probabilities can be believed.

Every figure comes with what costs nothing beside it: calling every post neutral, and counting the words of
the lexicon. Intervals are 95 % bootstrap intervals over groups (threads), since posts of one thread err
together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.sentiment import Sentiment, Stance
from nlp.arrays import Bools, Floats, Ints
from nlp.context import in_context
from nlp.cues import lean
from nlp.labels import BEARISH, BULLISH, LABELS, NEUTRAL
from nlp.learning.contrast import Pair
from nlp.learning.labelled import Row
from nlp.model import Model

DRAWS = 1000
BINS = 10
SHARES = (0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A ratio in [0, 1] with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OfClass:
    """How one label fares: posts that have it, precision, recall and their harmonic mean F1."""

    label: Stance
    posts: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What a simpler way reaches on the same posts."""

    name: str
    accuracy: float
    macro_f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A measurement.

    macro_f1:         mean F1 of the three labels, so that the rare ones count as much
    confusion:        posts by true label (row) and predicted label (column), in the order of `LABELS`
    direction_errors: of bearish and bullish posts, the share that was called the opposite
    missed:           of bearish and bullish posts, the share that was called neutral
    ece:              expected calibration error: mean distance between the probability of the chosen label and
                      how often it is right, in 10 bins of equal width, weighted by posts
    coverage:         how often the label is right among the surest posts: (share of posts, accuracy)
    """

    posts: int
    groups: int
    accuracy: Rate
    macro_f1: Rate
    classes: tuple[OfClass, ...]
    confusion: tuple[tuple[int, ...], ...]
    direction_errors: float
    missed: float
    ece: float
    baselines: tuple[Baseline, ...]
    coverage: tuple[tuple[float, float], ...]


def measure(rows: Sequence[Row], p: Floats, *, seed: int = 0, others: Mapping[str, Ints] | None = None) -> Report:
    """Hold probabilities of shape (rows, 3) against the rows' labels. At least one row.

    others: labels that other ways give the rows, by name, to stand beside the baselines
    """
    gold, chosen = np.array([row.label for row in rows]), p.argmax(axis=1)
    by_group = _confusions(rows, gold, chosen)
    confusion = by_group.sum(axis=0)
    accuracy, f1 = _scores(confusion)
    drawn = np.tensordot(resampled(len(by_group), seed).astype(np.float64), by_group, axes=1)
    low, high = np.quantile(np.stack(_scores(drawn)), [0.025, 0.975], axis=1)
    opposite = confusion[BEARISH, BULLISH] + confusion[BULLISH, BEARISH]
    called_neutral = confusion[BEARISH, NEUTRAL] + confusion[BULLISH, NEUTRAL]
    directed = max(int(confusion[[BEARISH, BULLISH]].sum()), 1)
    return Report(
        posts=len(rows),
        groups=len(by_group),
        accuracy=Rate(value=float(accuracy), low=float(low[0]), high=float(high[0])),
        macro_f1=Rate(value=float(f1), low=float(low[1]), high=float(high[1])),
        classes=_classes(confusion),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
        direction_errors=float(opposite / directed),
        missed=float(called_neutral / directed),
        ece=_ece(gold == chosen, p.max(axis=1)),
        baselines=(
            _baseline("always neutral", gold, np.full(len(rows), NEUTRAL)),
            _baseline("lexicon", gold, NEUTRAL + np.sign([lean(row.text) for row in rows])),
            *(_baseline(name, gold, labels) for name, labels in (others or {}).items()),
        ),
        coverage=_coverage(gold == chosen, p.max(axis=1)),
    )


def resampled(groups: int, seed: int) -> Ints:
    """Bootstrap samples of groups, shape (`DRAWS`, groups): how often each group was drawn."""
    return np.random.default_rng(seed).multinomial(groups, np.full(groups, 1 / groups), DRAWS)


def evaluate(model: Model, rows: Sequence[Row], *, others: Mapping[str, Ints] | None = None) -> Report:
    """Measure a model on rows that it was not trained on, each in the light of its parent where the row has one."""
    return measure(rows, in_thread(model, rows), others=others)


def in_thread(model: Model, rows: Sequence[Row]) -> Floats:
    """Probabilities of shape (rows, 3); replies whose parent's words are known are read as replies (`nlp.context`)."""
    p = model.probabilities([row.text for row in rows])
    replies = [i for i, row in enumerate(rows) if row.parent is not None]
    parents = model.probabilities([rows[i].parent or "" for i in replies])
    for i, parent in zip(replies, parents, strict=True):
        p[i] = in_context(rows[i].text, _as_sentiment(p[i]), _as_sentiment(parent)).p
    return p


def _as_sentiment(p: Floats) -> Sentiment:
    bearish, neutral, bullish = p.tolist()
    label = LABELS[int(p.argmax())]
    return Sentiment(label=label, p=(bearish, neutral, bullish), p_on_topic=1.0, margin=0.0, model="")


def snownlp(rows: Sequence[Row]) -> Ints | None:
    """What SnowNLP says of rows, by thirds of its score; `None` where it is not installed. Some 400 posts a second."""
    try:
        from snownlp import SnowNLP
    except ImportError:
        return None
    return np.array([min(int(3 * SnowNLP(row.text).sentiments), 2) if row.text else NEUTRAL for row in rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPairs:
    """How contrast pairs of one phenomenon fare.

    both, one, neither: pairs by how many of their two posts were labelled rightly; who calls both posts of a
                        pair the same has no pair right
    ordered:            pairs whose more bullish post got the higher p(bullish) - p(bearish); half by chance
    """

    phenomenon: str
    pairs: int
    both: int
    one: int
    neither: int
    ordered: int


def by_phenomenon(pairs: Sequence[Pair], p: Floats) -> tuple[OfPairs, ...]:
    """Hold probabilities of shape (2 x pairs, 3), both posts of each pair in turn, against the pairs."""
    gold = np.array([[pair.a.label, pair.b.label] for pair in pairs]).reshape(-1, 2)
    right = (p.argmax(axis=1).reshape(-1, 2) == gold).sum(axis=1)
    score = (p[:, BULLISH] - p[:, BEARISH]).reshape(-1, 2)
    ordered = (score[:, 1] - score[:, 0]) * (gold[:, 1] - gold[:, 0]) > 0
    names = np.array([pair.phenomenon for pair in pairs])
    found = []
    for name in dict.fromkeys(names.tolist()):
        own = names == name
        neither, one, both = np.bincount(right[own], minlength=3).tolist()
        of_name = OfPairs(
            phenomenon=name, pairs=int(own.sum()), both=both, one=one, neither=neither, ordered=int(ordered[own].sum())
        )
        found.append(of_name)
    return tuple(found)


def evaluate_pairs(model: Model, pairs: Sequence[Pair]) -> tuple[OfPairs, ...]:
    """Measure a model on contrast pairs, by phenomenon."""
    return by_phenomenon(pairs, in_thread(model, [row for pair in pairs for row in (pair.a, pair.b)]))


def _confusions(rows: Sequence[Row], gold: Ints, chosen: Ints) -> Floats:
    """A confusion matrix for each group, shape (groups, 3, 3)."""
    _, group = np.unique([row.group for row in rows], return_inverse=True)
    counts = np.zeros((int(group.max()) + 1, 3, 3))
    np.add.at(counts, (group, gold, chosen), 1)
    return counts


def _scores(confusion: Floats) -> tuple[Floats, Floats]:
    """Accuracy and macro-F1 of confusion matrices of shape (…, 3, 3); a label that nobody uses has F1 0."""
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    used = confusion.sum(axis=-1) + confusion.sum(axis=-2)
    f1 = np.divide(2 * right, used, out=np.zeros_like(right), where=used > 0)
    return right.sum(axis=-1) / confusion.sum(axis=(-2, -1)), f1.mean(axis=-1)


def _classes(confusion: Floats) -> tuple[OfClass, ...]:
    found = []
    for k, label in enumerate(LABELS):
        right, called, true = confusion[k, k], confusion[:, k].sum(), confusion[k].sum()
        found.append(
            OfClass(
                label=label,
                posts=int(true),
                precision=float(right / max(called, 1)),
                recall=float(right / max(true, 1)),
                f1=float(2 * right / max(called + true, 1)),
            )
        )
    return tuple(found)


def _baseline(name: str, gold: Ints, chosen: Ints) -> Baseline:
    confusion = np.zeros((3, 3))
    np.add.at(confusion, (gold, chosen), 1)
    accuracy, f1 = _scores(confusion)
    return Baseline(name=name, accuracy=float(accuracy), macro_f1=float(f1))


def _coverage(right: Bools, confidence: Floats) -> tuple[tuple[float, float], ...]:
    """Accuracy among the surest fifth, two fifths and so on of the posts."""
    surest = right[np.argsort(-confidence, kind="stable")]
    shares = [(share, max(round(share * len(surest)), 1)) for share in SHARES]
    return tuple((share, float(surest[:n].mean())) for share, n in shares)


def _ece(right: Bools, confidence: Floats) -> float:
    box = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.abs(np.bincount(box, right - confidence, minlength=BINS))
    return float(gaps.sum() / len(right))
