"""What 50, 100 and 150 own labels gain: `python tests/bench/bench_learning.py [PUBLIC.jsonl]`.

The board is posts that the model has not learned: the corpus's threads for measuring or, with PUBLIC, the posts of that
file, for a model that learned the whole corpus. Half of the board's threads may be labelled, the other half measures.
Labels are chosen by `nlp.choose` or by lot. Means over SPLITS splits, with standard errors; about ten minutes.
"""

import sys
from collections import defaultdict
from itertools import islice
from pathlib import Path

import numpy as np

from nlp.adapt import adapt
from nlp.choose import Candidate, choose
from nlp.evaluate import measure
from nlp.labelled import Row, read
from nlp.model import Model
from nlp.train import CORPUS, pack, train

SPLITS = 6
COUNTS = (50, 100, 150)


def board(public: Path | None) -> tuple[Model, list[Row]]:
    """A model, and posts that it has not learned."""
    corpus = read([CORPUS])
    learned = [row for row in corpus if public or row.split != "test"]
    unseen = read([public]) if public else [row for row in corpus if row.split == "test"]
    weights = train(learned, progress=lambda line: print(line, file=sys.stderr)).weights
    return Model.from_bytes(pack(weights), {"name": "base", "version": ""}), unseen


def halves(rows: list[Row], seed: int) -> tuple[list[Row], list[Row]]:
    """Whole threads, half to label and half to measure on."""
    groups = np.random.default_rng(seed).permutation(sorted({row.group for row in rows}))
    first = set(groups[: len(groups) // 2].tolist())
    return [row for row in rows if row.group in first], [row for row in rows if row.group not in first]


def figures(model: Model, rows: list[Row]) -> np.ndarray:
    """Accuracy and macro-F1 in %."""
    report = measure(rows, model.probabilities([row.text for row in rows]))
    return np.array([100 * report.accuracy.value, 100 * report.macro_f1.value])


def main(public: Path | None) -> None:
    """Print a row for each way and count."""
    model, rows = board(public)
    gained = defaultdict(list)
    for seed in range(SPLITS):
        pool, kept_apart = halves(rows, seed)
        before = figures(model, kept_apart)
        candidates = [Candidate(text=row.raw, thread=row.group) for row in pool]
        orders = {
            "chosen": list(islice(choose(model, candidates, seed=seed), max(COUNTS))),
            "by lot": np.random.default_rng(seed + 100).permutation(len(pool))[: max(COUNTS)].tolist(),
        }
        for way, order in orders.items():
            for count in COUNTS:
                learned = [pool[at] for at in order[:count]]
                corrected = Model(adapt(model, learned, least=1), model.card)
                gained[way, count].append(figures(corrected, kept_apart) - before)
    print("before", figures(model, rows).round(1))
    for (way, count), found in gained.items():
        error = np.std(found, axis=0) / len(found) ** 0.5
        print(way, count, np.mean(found, axis=0).round(1), "±", error.round(1))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
