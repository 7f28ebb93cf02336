"""What becomes equal before a text is judged, and what must never break it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import fold, fold_all
from nlp.normalise import CLASSES, LIMIT, comparable, comparables, readable

BAD = [
    "",
    "   \n\t",
    "🚀🚀🚀😂",
    "涨" * 1_000_000,
    "\ud800\udfff",
    "a\x00b\x00",
    "\u202e涨\u202c",
    "only latin letters",
    "0123456789",
    "日経平均は暴落するだろう",
    "٣٤٥%",
    "\ufdfa" * 20_000,
    "$" * 30_000,
    "@" * 30_000,
    "回复@" * 9_000,
    "\ue000\uf8ff",
]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_any_text_has_a_bounded_form(text: str) -> None:
    assert len(comparable(text)) <= LIMIT
    comparable(text).encode("utf-8")


@given(st.text(st.characters(exclude_categories=())))
def test_no_text_raises(text: str) -> None:
    assert comparable(readable(comparable(text))) is not None


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("回覆@老王：說得對", "说得对"),
        ("同意//@老王:回复@小李: 要跌", "同意"),
        ("@老王 怎么看", "怎么看"),
        ("$英伟达(NVDA)$$苹果(AAPL)$", "[ticker][ticker]"),
        ("+3.2% -12% 30%", "[+%] [-%%] [%%]"),
        ("2025年10倍,854元,4,000亿", "[year]年10倍,[number]元,[large number]亿"),
        ("A100 和 gpt4", "a100 和 gpt4"),
        ("10-20", "10-20"),
        ("哈哈哈哈哈哈！！！！！", "哈哈哈!!!"),
        ("看 https://x.com/a?b=1，好", "看 [link],好"),
        ("冲🚀🚀", "冲🚀🚀"),
    ],
)
def test_what_varies_becomes_a_class(text: str, seen: str) -> None:
    assert readable(comparable(text)) == seen


def test_scripts_and_widths_are_equal() -> None:
    assert comparable("ＮＶＤＡ漲了") == comparable("nvda涨了")


def test_a_class_cannot_be_forged() -> None:
    assert comparable("".join(CLASSES)) == ""


@given(st.lists(st.text(st.characters(exclude_categories=())), max_size=5))
def test_texts_read_together_are_read_alike(texts: list[str]) -> None:
    assert comparables(texts) == [comparable(text) for text in texts]
    assert fold_all(texts) == [fold(text) for text in texts]


def test_bad_texts_leave_their_neighbours_alone() -> None:
    assert comparables([*BAD, "漲"]) == [*map(comparable, BAD), "涨"]
