"""Measures what 50, 100 and 150 own labels gain; not part of the tests.

    python tests/bench/bench_learning.py [PUBLIC.jsonl] [--splits 6]

A board is posts that the model has not learned. The first: the corpus's threads for measuring, for a model of the others
(and of PUBLIC). The second, with PUBLIC: its posts, for a model of the corpus alone. Half of a board's threads may be
labelled, the other half measures. Labels are chosen by `nlp.learning.choose`, or by lot. Printed are the points of accuracy and
macro-F1 gained, means over the splits with standard errors; some twenty minutes.
"""

import argparse
import sys
from collections import defaultdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from nlp.learning.adapt import adapt
from nlp.learning.choose import Candidate, choose
from nlp.learning.evaluate import measure
from nlp.learning.labelled import CORPUS, Row, read
from nlp.learning.packing import pack
from nlp.learning.train import train
from nlp.model import Model

COUNTS = (50, 100, 150)


def base(rows: list[Row]) -> Model:
    """A model of these rows."""
    weights = train(rows, progress=lambda line: print(line, file=sys.stderr)).weights
    return Model.from_bytes(pack(weights), {"name": "base", "version": ""})


def halves(rows: list[Row], seed: int) -> tuple[list[Row], list[Row]]:
    """Whole threads, half to label and half to measure on."""
    groups = np.unique([row.group for row in rows])
    np.random.default_rng(seed).shuffle(groups)
    first = set(groups[: len(groups) // 2].tolist())
    return [row for row in rows if row.group in first], [row for row in rows if row.group not in first]


def figures(model: Model, rows: list[Row]) -> "np.typing.NDArray[np.float64]":
    """Accuracy and macro-F1 in %."""
    report = measure(rows, model.probabilities([row.text for row in rows]))
    return np.array([100 * report.accuracy.value, 100 * report.macro_f1.value])


def gains(model: Model, board: list[Row], splits: int) -> None:
    """Print a line for each way and count."""
    gained: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for seed in range(splits):
        pool, kept_apart = halves(board, seed)
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
    print("before", figures(model, board).round(1))
    for (way, count), found in gained.items():
        error = np.std(found, axis=0) / len(found) ** 0.5
        print(way, count, np.mean(found, axis=0).round(1), "+-", error.round(1), flush=True)


def main() -> None:
    """Both boards, or the first alone."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("public", type=Path, nargs="?")
    options.add_argument("--splits", type=int, default=6)
    asked = options.parse_args()
    rows = read([CORPUS, *([asked.public] if asked.public else [])])
    print("the corpus's threads for measuring")
    gains(
        base([row for row in rows if row.split != "test"]), [row for row in rows if row.split == "test"], asked.splits
    )
    if asked.public:
        corpus = [row for row in rows if row.source == CORPUS.name]
        print(asked.public.name)
        gains(base(corpus), [row for row in rows if row.source != CORPUS.name], asked.splits)


if __name__ == "__main__":
    main()
