"""Labels that somebody gave to posts of his own board, as a model learns from them: what they gain, and the model.

The model is always corrected from the one it was before any of them, so that no label counts twice.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import ModelError, UsageError
from core.storage.labels import Labelled
from core.text import counted
from nlp.arrays import Floats
from nlp.labels import LABELS
from nlp.learning.adapt import Adapting, adapt
from nlp.learning.evaluate import Rate, Report, measure, resampled
from nlp.learning.labelled import Row
from nlp.learning.packing import counts_of, pack, rounded
from nlp.learning.train import Settings, folds
from nlp.model import Model
from nlp.normalise import comparable

SOURCE = "own labels"
FOLDS = 5
FEWEST = 30  # labels to measure on; the interval tells how little that is


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What the labels changed, on posts that the corrected model had not seen.

    before, after: the model as it was, and corrected by the other folds
    accuracy:      after less before, with its 95 % bootstrap interval over threads
    """

    before: Report
    after: Report
    accuracy: Rate


def rows_of(labelled: Sequence[Labelled]) -> list[Row]:
    """Labelled posts as rows; posts of a thread and copies of a text are one group."""
    group_of: dict[str, int] = {}
    rows = []
    for one in labelled:
        text = comparable(one.post.text)
        group = group_of.setdefault(text, one.post.thread)
        label = LABELS.index(one.label)
        row = Row(
            text=text, label=label, off=one.off, weight=1.0, group=group, source=SOURCE, digest="", raw=one.post.text
        )
        rows.append(row)
    return rows


def together(own: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """Own rows, and those of others beside them; what says the same of the same text counts once.

    A thread of theirs that has a text of ours is one group with it, so that no copy is measured by a model that
    learned it.
    """
    said = {(row.text, row.label) for row in own}
    group_of = {row.text: row.group for row in own}
    joined = {row.group: group_of[row.text] for row in others if row.text in group_of}
    beyond = max((row.group for row in own), default=0) + 1
    added = [row for row in others if (row.text, row.label) not in said]
    return [*own, *(replace(row, group=joined.get(row.group, beyond + row.group)) for row in added)]


def gain(model: Model, rows: Sequence[Row], how: Adapting | None = None, *, seed: int = 0) -> Gain:
    """Judge every row by the model, and by the model corrected with the rows of other threads.

    Raises `UsageError` where they are too few for that.
    """
    how = how or Adapting()
    if len(rows) < FEWEST:
        raise UsageError(
            f"{counted(len(rows), 'label is', 'labels are')} too few to measure on: "
            f"{counted(FEWEST - len(rows), 'more is', 'more are')} needed",
            hint="paomo label shows posts to label",
        )
    texts = [row.text for row in rows]
    before = model.probabilities(texts)
    after = np.zeros_like(before)
    for learned, kept_out in folds(rows, Settings(folds=FOLDS, seed=seed)):
        corrected = Model(adapt(model, [rows[i] for i in learned], how, least=1), model.card)
        after[kept_out] = corrected.probabilities([texts[i] for i in kept_out])
    gold = np.array([row.label for row in rows])
    change = (after.argmax(axis=1) == gold).astype(float) - (before.argmax(axis=1) == gold)
    return Gain(before=measure(rows, before), after=measure(rows, after), accuracy=_mean(rows, change, seed))


def _mean(rows: Sequence[Row], values: Floats, seed: int) -> Rate:
    _, group = np.unique([row.group for row in rows], return_inverse=True)
    total, count = np.bincount(group, values), np.bincount(group)
    draws = resampled(len(count), seed)
    low, high = np.quantile((draws @ total) / (draws @ count), [0.025, 0.975])
    return Rate(value=float(values.mean()), low=float(low), high=float(high))


def write(model: Model, rows: Sequence[Row], path: Path, how: Adapting | None = None) -> tuple[Model, Gain | None]:
    """Correct a model by labels and write it with its card; returns it as read back, and what it gained.

    The gain is `None` where the labels stand in too few threads to measure it. Raises `UsageError` where they are too
    few to learn from, `ModelError` where the file cannot be written.
    """
    how = how or Adapting()
    weights = adapt(model, rows, how)
    try:
        measured = gain(model, rows, how)
    except UsageError:
        measured = None
    data = pack(weights)
    digest = hashlib.sha256(data).hexdigest()
    card = {
        **model.card,
        "name": f"{model.card['name']}+own",
        "version": digest[:8],
        "date": datetime.now(UTC).date().isoformat(),
        "data": [*model.card.get("data", []), {"name": SOURCE, **counts_of(rows)}],
        "corrects": {"model": model.name, "sha256": model.card.get("sha256"), **asdict(how)},
        "figures": {SOURCE: _figures(measured), model.name: model.card.get("figures")},
        "bytes": len(data),
        "sha256": digest,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path.with_suffix(".json"), (json.dumps(card, ensure_ascii=False, indent=2) + "\n").encode())
        _replace(path, data)
    except OSError as error:
        raise ModelError(f"{path} cannot be written: {error.strerror}", hint="give another place with --out") from error
    return Model.load(path), measured


def _replace(path: Path, data: bytes) -> None:
    """Whole or not at all: a crawl may load the model at this moment."""
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(data)
    beside.replace(path)


def _figures(measured: Gain | None) -> dict[str, Any]:
    if measured is None:
        return {"protocol": "not measured: the labels stand in too few threads"}

    def told(report: Report) -> dict[str, float]:
        return {"accuracy": report.accuracy.value, "macro_f1": report.macro_f1.value}

    figures: dict[str, Any] = rounded(
        {
            "protocol": f"{FOLDS} folds, threads and copies kept together, corrected by the others",
            "posts": measured.before.posts,
            "before": told(measured.before),
            "after": told(measured.after),
            "gain_in_accuracy": asdict(measured.accuracy),
        }
    )
    return figures
