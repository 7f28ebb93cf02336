"""Words are found where a plain search finds them, whatever surrounds them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.scan import Words, code_points

LIST = ["跌", "暴跌", "跌破", "跌破位", "put", "put spread", "isn't", "a", "🚀", "+1"]


def _plain(text: str) -> set[tuple[int, str]]:
    """Every word at every place, less those inside a longer one."""
    spans = [
        (match.start(), match.start() + len(word), word)
        for word in LIST
        for match in re.finditer(
            rf"(?={re.escape(word)})"
            if not word[0].isalpha() or not word.isascii()
            else rf"(?<![a-z0-9])(?={re.escape(word)}(?![a-z0-9]))",
            text,
        )
    ]
    return {
        (start, word)
        for start, end, word in spans
        if not any(s <= start and end <= e and (s, e) != (start, end) for s, e, _ in spans)
    }


def _found(text: str) -> set[tuple[int, str]]:
    start, length, word = Words(LIST).find(code_points(text))
    assert [text[s : s + n] for s, n in zip(start, length, strict=True)] == [LIST[k] for k in word]
    return {(int(s), LIST[k]) for s, k in zip(start, word, strict=True)}


@given(st.text("跌暴破位put spread'ins🚀+1,\n\ud800"))
def test_as_a_plain_search(text: str) -> None:
    assert _found(text) == _plain(text)


@pytest.mark.parametrize(
    "text", ["", "跌" * 1000, "跌破" * 3, "暴跌破位", "put put spread spread", "input", "isn't it"]
)
def test_by_hand(text: str) -> None:
    assert _found(text) == _plain(text)


def test_the_text_before_changes_nothing() -> None:
    words = Words(LIST)
    alone, behind = words.find(code_points("跌破位")), words.find(code_points("x" * 5000 + " 跌破位"))
    assert (behind.start - 5001).tolist() == alone.start.tolist()
    assert behind.word.tolist() == alone.word.tolist()
