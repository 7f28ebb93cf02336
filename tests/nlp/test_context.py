"""A reply that says nothing by itself says what its parent says, or the opposite."""

import math

import pytest

from core.sentiment import Evidence, Sentiment, Stance
from nlp.context import in_context, own_words


def _judged(label: Stance, p: tuple[float, float, float], margin: float = 0.0) -> Sentiment:
    return Sentiment(
        label=label, p=p, p_on_topic=0.4, margin=margin, evidence=(Evidence(term="x", weight=margin),), model="m"
    )


FALL = _judged(Stance.BEARISH, (0.8, 0.1, 0.1), -2.0)
RISE = _judged(Stance.BULLISH, (0.1, 0.1, 0.8), 2.0)
NOTHING = _judged(Stance.NEUTRAL, (0.2, 0.6, 0.2), 0.1)


@pytest.mark.parametrize(
    "text",
    [
        "+1",
        "是的",
        "同意!",
        "頂",
        "對對對",
        "說得對",
        "附議",
        "有道理👍",
        "我也這麼想",
        "agree",
        "Exactly.",
        "hell yes",
        "樓主說得對",
        "完全同意",
    ],
)
def test_who_agrees_says_the_same(text: str) -> None:
    for parent in (FALL, RISE):
        seen = in_context(text, NOTHING, parent)
        assert seen.label is parent.label
        assert max(seen.p) < max(parent.p)
        assert math.isclose(sum(seen.p), 1)
        assert sum(item.weight for item in seen.evidence) == seen.margin == parent.margin


@pytest.mark.parametrize(
    "text", ["不同意", "胡扯", "反對", "做夢", "-1", "nope", "disagree", "你想多了", "不對吧", "沒道理"]
)
def test_who_disagrees_says_the_opposite(text: str) -> None:
    assert in_context(text, NOTHING, FALL).label is Stance.BULLISH
    assert in_context(text, NOTHING, RISE).label is Stance.BEARISH
    assert in_context(text, NOTHING, RISE).margin == -2.0


@pytest.mark.parametrize(
    "text", ["對嗎?", "今天吃面", "這公司不對勁", "推薦一本書", "好吃", "是的話就買", "agreeable", "", "🚀", "no idea"]
)
def test_what_is_no_answer_stays(text: str) -> None:
    assert in_context(text, NOTHING, RISE) == NOTHING


def test_without_a_parent_nothing_changes() -> None:
    assert in_context("+1", NOTHING) == NOTHING


def test_who_disagrees_with_nothing_has_said_nothing() -> None:
    assert in_context("胡扯", RISE, NOTHING) == RISE


def test_an_answer_with_more_behind_it_leans_half_way() -> None:
    seen = in_context("同意,明天再看", NOTHING, FALL)
    assert NOTHING.p[0] < seen.p[0] < in_context("同意", NOTHING, FALL).p[0]
    assert math.isclose(sum(item.weight for item in seen.evidence), seen.margin)
    assert in_context("不同意,滿倉", RISE, RISE) == RISE


@pytest.mark.parametrize("text", ["漲得真好呵呵", "best trade ever /s", "遙遙領先🙄", "太棒了科科"])
def test_irony_takes_confidence_and_leaves_the_label(text: str) -> None:
    seen = in_context(text, RISE)
    assert seen.label is RISE.label
    assert 1 / 3 < seen.p[2] < RISE.p[2]
    assert seen.margin == RISE.margin


@pytest.mark.parametrize(
    ("text", "parent", "own"),
    [
        ("> 要崩了\n> 快跑\n不會", None, "不會"),
        ("※ 引述《abc》之銘言:\n: 看好\n看壞", None, "看壞"),
        ("引用:要跌\n哪有", None, "哪有"),
        ("英偉達明年要跌一半\n不會", "英偉達明年要跌一半", "不會"),
        ("要跌", "要跌", "要跌"),
        ("英偉達明年要跌一半", "英偉達明年要跌一半", "英偉達明年要跌一半"),
        ("漲了>5%", None, "漲了>5%"),
    ],
)
def test_quoted_words_are_not_the_authors(text: str, parent: str | None, own: str) -> None:
    assert own_words(text, parent) == own
