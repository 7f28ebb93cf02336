"""The words of a report: which mark its window's posts, of the newest posts where there are very many."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.report.parts import Window
from core.storage.voices import said
from nlp.mood.words import Word, marking

MOST_READ = 5_000  # posts; jieba cuts about that many a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """posts: how many were read, the newest of the window; words: those that mark them, heaviest first."""

    posts: int
    words: Sequence[Word]


def words_of(window: Window, n: int) -> Words:
    """The n words that mark the window's posts."""
    _, start, end = window.texts
    posts = said(window.sql, window.scope, start, end, limit=MOST_READ)
    return Words(posts=len(posts), words=marking(posts, n))
