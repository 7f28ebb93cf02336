"""Words are read with their negation, and bad nouns turn their verbs round."""

import pytest

from nlp.lexicon import Column, hits, lean
from nlp.normalise import comparable


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("加倉", Column.POSITIVE),
        ("要崩盤", Column.NEGATIVE),
        ("我不看好", Column.POSITIVE_NEGATED),
        ("不會崩", Column.NEGATIVE_NEGATED),
        ("not bearish", Column.NEGATIVE_NEGATED),
        ("margin 創新高", Column.BAD_NOUN_UP),
        ("失业率上升", Column.BAD_NOUN_UP),
        ("rising inflation", Column.BAD_NOUN_UP),
        ("VIX回落", Column.BAD_NOUN_DOWN),
        ("庫存下降", Column.BAD_NOUN_DOWN),
        ("没见通胀上升", Column.BAD_NOUN_DOWN),
    ],
)
def test_a_text_counts_as(text: str, column: Column) -> None:
    *_, own, last = hits(comparable(text))
    assert own.column is column
    assert last.column in {Column.LAST_POSITIVE, Column.LAST_NEGATIVE}


def test_a_clause_ends_what_a_negation_reaches() -> None:
    assert lean("不,崩盘了") == -1


def test_latin_words_stand_alone() -> None:
    assert lean("shortage of bullets, moonlight") == 0
    assert lean("全是hype啊") == -1


@pytest.mark.parametrize("text", ["", "🚀", "天气不错", "margin"])
def test_nothing_said_counts_nothing(text: str) -> None:
    assert hits(text) == []
