"""Which posts are shown first."""

from itertools import islice

import pytest

from nlp.learning.choose import APART, Candidate, choose
from nlp.model import Model
from nlp.normalise import comparable

UNSURE = [f"降息之后{chr(0x4E00 + 61 * n)}怎么样{chr(0x5E00 + 37 * n)}" for n in range(8)]
SURE = [f"看多满仓牛市来了加仓{chr(0x6E00 + 41 * n)}" for n in range(8)]


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load()


def order(model: Model, texts: list[str], **more: object) -> list[str]:
    return [texts[at] for at in choose(model, [Candidate(text=text) for text in texts], **more)]  # type: ignore[arg-type]


def test_each_text_comes_once_and_what_says_nothing_never(model: Model) -> None:
    texts = ["看多", "看多", "看 多", "🚀🚀", "", "12345", "跌了"]
    assert sorted(map(comparable, order(model, texts))) == sorted(["看多", "跌了", comparable("看 多")])


def test_what_is_known_does_not_come(model: Model) -> None:
    assert order(model, [*UNSURE, *SURE], known=UNSURE) != []
    assert set(order(model, [*UNSURE, *SURE], known=[*UNSURE, "看多滿倉牛市來了加倉" + SURE[0][-1]])) == set(SURE[1:])


def test_the_unsure_come_first(model: Model) -> None:
    assert model.probabilities([comparable(text) for text in SURE]).max(axis=1).min() > 0.8
    first = order(model, [*SURE, *UNSURE], handful=16)[:4]
    assert set(first) <= set(UNSURE)


def test_what_is_like_the_last_waits(model: Model) -> None:
    """Copies with one character changed do not come one after the other."""
    same = [f"今天大盘会怎么走呢{char}" for char in "啊呀哦"]
    texts = [*same, "降息之后债券怎么样", "苹果下个月发布什么", "财报要看指引再说"]
    assert sum(text in same for text in order(model, texts, handful=6)[:4]) == 1


def test_neither_author_nor_thread_follows_itself(model: Model) -> None:
    candidates = [
        Candidate(text=f"{text}{n}", thread=n % 7, author=n % 8) for n, text in enumerate((UNSURE + SURE) * 7)
    ]
    first = list(islice(choose(model, candidates), 20))
    for at, place in enumerate(first):
        recent = [candidates[one] for one in first[max(0, at - APART) : at]]
        assert candidates[place].thread not in {one.thread for one in recent}
        assert candidates[place].author not in {one.author for one in recent}


def test_one_author_alone_is_shown_all_the_same(model: Model) -> None:
    candidates = [Candidate(text=text, thread=1, author="a") for text in UNSURE]
    assert len(list(choose(model, candidates))) == len(UNSURE)


def test_the_same_every_time_and_nothing_for_nothing(model: Model) -> None:
    assert order(model, [*UNSURE, *SURE]) == order(model, [*UNSURE, *SURE])
    assert order(model, []) == []
