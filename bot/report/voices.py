"""The evidence of a report: the clearest posts of each side, in the threads that moved the mood."""

from collections.abc import Iterable
from dataclasses import replace

from bot.report.parts import LeftOut, Moved, Window
from core.storage.tallies import Voice
from core.storage.voices import voices as clearest
from nlp.explain import REST

MOST_VOICES = 4  # of each side


def voices(window: Window, moved: Iterable[Moved], left_out: LeftOut) -> dict[str, list[Voice]]:
    """The clearest posts of each side in the threads that moved the mood, one an author."""
    _, start, end = window.texts
    pks = [one.thread for one in moved]
    return {
        label: _distinct(
            one
            for one in clearest(window.sql, window.scope, start, end, threads=pks, label=label, limit=MOST_VOICES * 10)
            if one.author_key is None or not left_out(one.site, one.author_key)
        )
        for label in ("bullish", "bearish")
    }


def _distinct(found: Iterable[Voice]) -> list[Voice]:
    """The first of each author."""
    first: dict[object, Voice] = {}
    for one in found:
        first.setdefault((one.site, one.author_key) if one.author_key else one.pk, one)
    named = list(first.values())[:MOST_VOICES]
    return [replace(one, terms=tuple(term for term in one.terms if term != REST)) for one in named]
