"""A third of the corpus was read twice: docs/corpus.md says how far the two readings agree, and so do the rows."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlp.labels import LABELS
from nlp.learning.labelled import CORPUS

PAGE = Path(__file__).parents[2] / "docs" / "corpus.md"


def _posts() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]


def _read_twice() -> list[dict[str, Any]]:
    return [post for post in _posts() if "second_label" in post]


def _agreement(confusion: "np.typing.NDArray[Any]") -> tuple[float, float]:
    """How often both readings say the same, and Cohen's kappa: how much of what chance leaves that is."""
    shares = confusion / confusion.sum()
    same, by_chance = np.trace(shares), shares.sum(axis=1) @ shares.sum(axis=0)
    return float(same), float((same - by_chance) / (1 - by_chance))


def _confusion(posts: list[dict[str, Any]]) -> "np.typing.NDArray[Any]":
    counts = np.zeros((3, 3))
    for post in posts:
        counts[LABELS.index(post["first_label"]), LABELS.index(post["second_label"])] += 1
    return counts


def test_kappa_by_hand() -> None:
    same, kappa = _agreement(np.array([[20, 5], [10, 15]]))
    assert (same, kappa) == pytest.approx((0.7, 0.4))


def test_the_posts_were_drawn_at_random() -> None:
    posts = [(post["thread"], post["n"]) for post in _posts()]
    seen = {(1, n) for n in range(1, 18)}
    drawn = set(random.Random(20261123).sample(posts, 1283)) - seen
    assert {(post["thread"], post["n"]) for post in _read_twice()} == drawn


def test_the_final_label_follows_from_the_readings() -> None:
    for post in _posts():
        readings = {"first_label", "second_label"} & set(post)
        assert len(readings) in {0, 2}
        if not readings or post["first_label"] == post["second_label"]:
            assert "settled" not in post
            assert not readings or post["label"] == post["first_label"]
        elif post["settled"] == "third":
            assert post["label"] not in {post["first_label"], post["second_label"]}
        else:
            assert post["label"] == post[f"{post['settled']}_label"]


def test_the_page_gives_the_counts() -> None:
    page, posts = PAGE.read_text("utf-8"), _read_twice()
    same, kappa = _agreement(_confusion(posts))
    threads = sorted({post["thread"] for post in posts})
    tables = np.stack([_confusion([post for post in posts if post["thread"] == thread]) for thread in threads])
    draws = np.random.default_rng(0).multinomial(len(threads), np.full(len(threads), 1 / len(threads)), 1000)
    kappas = [_agreement(drawn)[1] for drawn in np.tensordot(draws.astype(float), tables, axes=1)]
    low, high = np.quantile(kappas, [0.025, 0.975])
    assert f"{len(posts):,} posts of {len(threads)} threads" in page
    assert f"{100 * same:.1f}% of the posts, Cohen's kappa {kappa:.2f} ({low:.2f} to {high:.2f})" in page
    ways = Counter(post["settled"] for post in posts if "settled" in post)
    settled = f"{ways['first']} for the first reading, {ways['second']} for the second, {ways['third']} for neither"
    assert settled in page


def test_the_page_gives_the_confusion() -> None:
    page, confusion = PAGE.read_text("utf-8"), _confusion(_read_twice())
    for k, label in enumerate(LABELS):
        both = 2 * confusion[k, k] / (confusion[k].sum() + confusion[:, k].sum())
        cells = [label, *(str(int(n)) for n in confusion[k]), f"{100 * both:.1f}"]
        assert f"| {' | '.join(cells)} |" in page


def test_the_page_counts_the_labels() -> None:
    counts = Counter(post["label"] for post in _posts())
    assert ", ".join(f"{counts[label]:,} {label}" for label in LABELS) in PAGE.read_text("utf-8")
