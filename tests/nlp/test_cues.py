"""Words are read within their clause: negations reach what they govern, bad nouns turn their verbs round."""

import pytest

from core.errors import ModelError
from nlp import lexicon as listing
from nlp.cues import SENSES, lean, read
from nlp.lexicon import ROLES, lexicon, polar
from nlp.normalise import comparable


@pytest.mark.parametrize(
    ("text", "leans"),
    [
        ("加倉", [1]),
        ("崩盤了", [-1]),
        ("我不看好", [-1]),
        ("不會崩盤", [1]),
        ("not bearish", [1]),
        ("isn't overvalued", [1]),
        ("margin 創新高", [-1]),
        ("失业率上升", [-1]),
        ("rising inflation", [-1]),
        ("VIX回落", [1]),
        ("庫存下降", [1]),
        ("没见通胀上升", [1]),
        ("没见通胀没上升", [-1]),
        ("营收上升", [1]),
        ("通胀还在,营收上升", [1]),
        ("漲了+7.5%", [1, 1]),
        ("VIX -12%", [1]),
    ],
)
def test_a_text_leans(text: str, leans: list[int]) -> None:
    assert [way for way in read([comparable(text)]).lean.tolist() if way] == leans


def test_a_clause_ends_what_a_negation_reaches() -> None:
    assert lean("不,崩盘了") == -1
    assert lean("不过是今天天气非常好而已崩盘") == lean("今天天气非常好而已崩盘")


def test_a_negation_is_part_of_the_sense() -> None:
    said, denied = read(["上涨", "没有下跌"])[4:5][0][[0, 2]]
    assert denied - said == 1
    assert max(said, denied) < SENSES


def test_a_word_weighs_apart_from_the_same_word_negated() -> None:
    cues = read(["看好", "不看好"])
    words = cues.word[cues.lean != 0]
    assert words[0] != words[1]


def test_latin_words_stand_alone() -> None:
    assert lean("shortage of bullets, moonlight") == 0
    assert lean("全是hype啊") == -1


def test_places_are_those_of_each_text() -> None:
    texts = ["nvda 加仓", "", "大盘要跌"]
    cues = read(texts)
    found = [
        (row, texts[row][start : start + length], ROLES[role])
        for row, start, length, role in zip(cues.row, cues.start, cues.length, cues.role, strict=True)
    ]
    assert (0, "加仓", "buy") in found
    assert {row for row, *_ in found} == {0, 2}


@pytest.mark.parametrize("text", ["", "🚀"[:0], "天气", "\ud800"])
def test_nothing_said_is_no_cue(text: str) -> None:
    assert read([text]).lean.tolist() == []
    assert read([]).lean.tolist() == []


def test_every_word_of_the_list_is_in_comparable_form_and_once() -> None:
    lines = [line.split("\t") for line in listing._lines()]
    assert [word for word, _ in lines if comparable(word) != word] == []
    assert len({word for word, _ in lines}) == len(lines)
    assert {role for _, role in lines} <= set(ROLES)


def test_polar_words_lean_their_way() -> None:
    assert len(polar()) > 1000
    assert len(set(lexicon().texts)) == len(lexicon().texts)


def test_an_unknown_role_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_lines", lambda: ["涨\tupp"])
    lexicon.cache_clear()
    try:
        with pytest.raises(ModelError, match="upp"):
            lexicon()
    finally:
        lexicon.cache_clear()
