"""The contrast pairs are what they claim to be: alike in wording, unlike in label, and nobody else's posts."""

import hashlib
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from core.errors import UsageError
from nlp.labels import LABELS
from nlp.learning.contrast import PAIRS, read_pairs
from nlp.learning.labelled import CORPUS, SPLITS
from nlp.normalise import comparable

PHENOMENA = {
    "bad_noun",
    "negation",
    "reported",
    "comparison",
    "irony",
    "question",
    "understatement",
    "product",
    "reply",
}


def _posts(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _said(post: dict[str, Any]) -> str:
    """A post with what it replies to: a bare +1 says nothing without it."""
    return str(post.get("parent", "")) + "\n" + str(post["text"])


def _distance(a: str, b: str) -> int:
    """Levenshtein's: characters to insert, delete or replace."""
    row = list(range(len(b) + 1))
    for i, char in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (char != other))
    return row[-1]


def test_distance_by_hand() -> None:
    assert [_distance(*two) for two in [("不會破", "會破"), ("上升", "下降"), ("", "ab"), ("跌", "跌")]] == [1, 2, 2, 0]


def test_sixty_pairs_of_each_phenomenon() -> None:
    counts = Counter(pair.phenomenon for pair in read_pairs())
    assert set(counts) == PHENOMENA
    assert min(counts.values()) >= 60


def test_the_posts_of_a_pair_differ_in_little_but_their_label() -> None:
    by_pair = defaultdict(list)
    for post in _posts(PAIRS):
        by_pair[post["pair"]].append(post)
    for name, (a, b) in by_pair.items():
        assert a["label"] != b["label"], name
        longer = max(len(_said(a)), len(_said(b)))
        assert 0 < _distance(_said(a), _said(b)) <= max(12, 0.4 * longer), name
        assert a["phenomenon"] == b["phenomenon"], name
        assert a["split"] == b["split"], name


def test_both_posts_of_a_pair_stay_on_one_side_of_a_measurement() -> None:
    assert all(pair.a.group == pair.b.group for pair in read_pairs() if pair.phenomenon != "reply")


def test_every_post_says_all_that_it_should() -> None:
    for post in _posts(PAIRS):
        assert set(post) - {"parent"} == {
            "pair",
            "side",
            "phenomenon",
            "text",
            "label",
            "relevance",
            "target",
            "tags",
            "sure",
            "thread",
            "split",
        }
        assert ("parent" in post) == (post["phenomenon"] == "reply")
        assert post["label"] in LABELS
        assert post["relevance"] in {"market", "company", "none"}
        assert post["relevance"] == "market" or post["label"] == "neutral", post
        assert post["sure"] in {1, 2}
        assert post["target"]
        assert post["thread"] == post["pair"]


def test_no_text_stands_twice_or_in_the_corpus() -> None:
    """Replies may be the same words under different posts: that is their subject."""
    said = Counter(comparable(_said(post)) for post in _posts(PAIRS))
    assert [text for text, times in said.items() if times > 1] == []
    posts = [post for post in _posts(PAIRS) if post["phenomenon"] != "reply"]
    texts = {comparable(post["text"]) for post in posts}
    assert len(texts) == len(posts)
    parents = {comparable(post["parent"]) for post in _posts(PAIRS) if "parent" in post}
    assert not (texts | parents) & {comparable(post["text"]) for post in _posts(CORPUS)}


def test_half_of_the_pairs_is_for_measuring() -> None:
    """Of each two successive pairs of a phenomenon one, by a hash of their number."""
    own: dict[str, list[str]] = defaultdict(list)
    for post in _posts(PAIRS)[::2]:
        own[post["phenomenon"]].append(post["split"])
    for name, splits in own.items():
        kept = [hashlib.sha256(f"{name} {at // 2}".encode()).digest()[0] % 2 == at % 2 for at in range(len(splits))]
        assert splits == [SPLITS[k] for k in kept]


def test_posts_that_are_in_no_pair_are_refused() -> None:
    with pytest.raises(UsageError, match="a post of no pair"):
        read_pairs(CORPUS)


@pytest.mark.parametrize(
    ("sides", "reason"),
    [
        ([("a", "bullish", "x")], "has the sides a"),
        ([("a", "bullish", "x"), ("c", "bearish", "x")], "has the sides a, c"),
        ([("a", "bullish", "x"), ("a", "bearish", "x")], "side a twice"),
        ([("a", "bullish", "x"), ("b", "bullish", "x")], "are bullish"),
        ([("a", "bullish", "x"), ("b", "bearish", "y")], "one phenomenon"),
        ([("a", "bullish", None), ("b", "bearish", None)], "one phenomenon"),
    ],
)
def test_what_is_no_pair_is_refused(tmp_path: Path, sides: list[tuple[str, str, str | None]], reason: str) -> None:
    path = tmp_path / "pairs.jsonl"
    posts = [{"pair": 1, "side": s, "label": label, "phenomenon": p, "text": s} for s, label, p in sides]
    path.write_text("\n".join(json.dumps(post) for post in posts), "utf-8")
    with pytest.raises(UsageError, match=reason):
        read_pairs(path)
