"""Fits `nlp.classifier` models with scikit-learn, and guesses unseen groups for an honest measurement."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlp.chars import HashedChars
from nlp.classifier import Classifier

BITS, LONGEST, C, SEED = 13, 3, 30.0, 7


def fit(texts: Sequence[str], kinds: Sequence[str]) -> Classifier:
    """A model of the kinds, each counting as much as any other. The same rows give the same model."""
    from sklearn.linear_model import LogisticRegression

    chars = HashedChars(longest=LONGEST, bits=BITS, min_df=2)
    learned = LogisticRegression(C=C, class_weight="balanced", max_iter=300, tol=1e-3)
    learned.fit(chars.fit_transform(texts), list(kinds))
    scale = np.abs(learned.coef_).max(axis=1) / 127
    return Classifier(
        kinds=tuple(str(kind) for kind in learned.classes_),
        weights=np.rint(learned.coef_ / scale[:, None]).astype(np.int8),
        scale=scale,
        bias=learned.intercept_,
        idf=chars.idf_,
        longest=LONGEST,
    )


def unseen(texts: Sequence[str], kinds: Sequence[str], groups: Sequence[str], *, folds: int = 5) -> list[str]:
    """What models that never saw a text's group call it."""
    from sklearn.model_selection import StratifiedGroupKFold

    guessed = [""] * len(texts)
    folded = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=SEED)
    for learn, ask in folded.split(texts, kinds, groups):
        model = fit([texts[i] for i in learn], [kinds[i] for i in learn])
        best = model.probabilities([texts[i] for i in ask]).argmax(axis=1)
        for i, kind in zip(ask, best, strict=True):
            guessed[i] = model.kinds[kind]
    return guessed


def save(model: Classifier, path: Path) -> None:
    """Write a model. Raises `OSError` where that cannot be."""
    np.savez_compressed(
        path, kinds=np.array(model.kinds), weights=model.weights, scale=model.scale.astype(np.float32),
        bias=model.bias.astype(np.float32), idf=model.idf.astype(np.float16), longest=np.array(model.longest),
    )  # fmt: skip
