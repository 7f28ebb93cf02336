"""Whole threads are for learning or for measuring, by a rule that anyone can recompute."""

import hashlib
import json
from collections import Counter, defaultdict
from typing import Any

import pytest

from core.text import script
from nlp.learning.labelled import CORPUS, SPLITS, read

SALT = 6  # the first, counted from nought, that leaves no text on both sides


def _threads() -> dict[int, list[dict[str, Any]]]:
    threads: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for line in CORPUS.read_text("utf-8").splitlines():
        post = json.loads(line)
        threads[post["thread"]].append(post)
    return threads


def _script(posts: list[dict[str, Any]]) -> str:
    counts = Counter(script(post["text"]) for post in posts)
    return max("zh-Hans", "zh-Hant", key=lambda name: counts[name])


def _place(name: str, block: int) -> int:
    """Which of a block's four threads is kept for measuring."""
    return hashlib.sha256(f"{SALT} {name} {block}".encode()).digest()[0] % 4


def test_no_thread_is_on_both_sides() -> None:
    for thread, posts in _threads().items():
        assert len({post["split"] for post in posts}) == 1, thread


@pytest.mark.parametrize("name", ["zh-Hans", "zh-Hant"])
def test_one_thread_in_four_of_each_script_is_for_measuring(name: str) -> None:
    own = [posts for posts in _threads().values() if _script(posts) == name]
    expected = [SPLITS[at % 4 == _place(name, at // 4)] for at in range(len(own))]
    assert [posts[0]["split"] for posts in own] == expected
    assert 0.22 < expected.count("test") / len(expected) < 0.28


def test_no_text_is_on_both_sides() -> None:
    rows = read([CORPUS])
    learned, kept = ({row.text for row in rows if row.split == split} for split in SPLITS)
    assert not learned & kept
