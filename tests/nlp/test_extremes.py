"""The words of those who give up and of those who put in all they have."""

import pytest

from nlp.extremes import extremes


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("今天全倉梭哈", ["euphoria"]),
        ("ALL IN 了", ["euphoria"]),
        ("歐印", ["euphoria"]),
        ("畢業了,割肉走人", ["capitulation"]),
        ("斷頭", ["capitulation"]),
        ("margin called", ["capitulation"]),
        ("昨天梭哈, 今天畢業", ["euphoria", "capitulation"]),
        ("all information", []),
        ("", []),
    ],
)
def test_extremes(text: str, kinds: list[str]) -> None:
    assert extremes(text) == kinds
