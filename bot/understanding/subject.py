"""What a payback is of: AI spending, or something of the asker's own that this program has no figures for.

“太陽能板多少年回本” must not be answered with the capital expenditure of AI. Nothing here lists all things that can be
bought. A subject is foreign if the question names no part of the AI business and

- one of the everyday kinds of things and debts is named, or
- in the place of the subject (before 多少年回本, after “payback of”, between “until” and “pays back”) stands a word that
  is neither a parameter nor one of the small words that questions are made of, or
- nothing at all is left of the question but such a word and the question itself.

The three lists of words stand in `subjects.toml`. Text is folded: simplified, half width, lower case.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.understanding import cues
from core import amounts
from core.cards import read_card

WORDS = Path(__file__).with_name("subjects.toml")
_TIME = r"(?:多少年|几年|多久|多长时间|什么时候|何时)"
_BEFORE = re.compile(
    rf"(?P<np>[\u4e00-\u9fff]{{2,12}}?)(?=(?:才|能|可以|要|会|大概|大约|到底|究竟|需要|得)*{_TIME}[\u4e00-\u9fff]{{0,4}}(?:{cues.PAYBACK}|{cues.BREAKEVEN}))"
)
_AFTER = re.compile(
    r"\b(?:payback|pay back|pay off|recoup|recover|break even)\b(?: (?:period|time))?(?: (?:of|for|on))? (?:a |an |the |my |our |this |your )?(?P<np>[a-z]{3,}(?: [a-z]{3,})?)"
    r"|\b(?:until|before|will|does|do|would|can|is|are) (?:a |an |the |my |our |this |your )?(?P<np2>[a-z]{3,}(?: [a-z]{3,})?) (?:to )?(?:pays?|paid|breaks?|recoups?|recovers?|be paid)\b"
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The lists of `subjects.toml`: two patterns, the small words, and a pattern of Chinese ones in a row."""

    home: re.Pattern[str]
    everyday: re.Pattern[str]
    small: frozenset[str]
    run: re.Pattern[str]


@cache
def _words() -> Words:
    card = read_card(WORDS)
    home, everyday, small = (card.texts(key) for key in ("home", "everyday", "small"))
    card.done()
    return Words(
        home=_any_of(home),
        everyday=_any_of(everyday),
        small=frozenset(small),
        run=re.compile("|".join(sorted(map(re.escape, small), key=len, reverse=True))),
    )


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    """Any of the words; a Latin one ends where Latin letters end."""
    latin = "|".join(word for word in words if word.isascii())
    return cues.cue("|".join([*(word for word in words if not word.isascii()), rf"(?<![a-z])(?:{latin})(?![a-z])"]))


def is_foreign(folded: str, slots: Mapping[str, Any], *, in_talk: bool = False, kinds_only: bool = False) -> bool:
    """Whether the question asks for the payback of something that is none of this program's subject.

    in_talk: it goes on from a calculation, so that small remarks are no subjects; kinds_only: only an everyday kind counts.

    >>> [is_foreign(text, {}) for text in ("太阳能板多少年回本", "房贷几年还清", "how long until my heat pump pays back")]
    [True, True, True]
    >>> [is_foreign(text, {}) for text in ("利润率降到30%要多少年回本", "按文章的算法几年能回本", "payback at a 30% margin")]
    [False, False, False]
    """
    if is_home(folded, slots):
        return False
    if _words().everyday.search(folded):
        return True
    if kinds_only or slots.get("entities"):
        return False
    bare = _without_amounts(folded)
    return any(map(_is_a_thing, _subjects(bare))) or (not in_talk and _is_all_else(bare, slots))


def is_home(folded: str, slots: Mapping[str, Any]) -> bool:
    """Whether the question names a part of the AI business."""
    return slots.get("metric") == "capex" or _words().home.search(folded) is not None


def _without_amounts(folded: str) -> str:
    """The text with its amounts, and names behind an @, blotted out."""
    for reading in reversed(amounts.find(folded)):
        folded = f"{folded[: reading.start]} {folded[reading.end :]}"
    return re.sub(r"@\w+", " ", folded)


def _subjects(folded: str) -> list[str]:
    """What stands where the subject of a payback stands."""
    found = [match["np"] for match in _BEFORE.finditer(folded)]
    return found + [match["np"] or match["np2"] for match in _AFTER.finditer(folded)]


def _is_a_thing(words: str) -> bool:
    """Whether a run of text holds a word that is none of the small ones."""
    if words.isascii():
        return any(word not in _words().small for word in words.split())
    return len(_words().run.sub("", words)) >= 2


def _is_all_else(folded: str, slots: Mapping[str, Any]) -> bool:
    """A question without any parameter, of which more is left than small words: 「裝那台機器划不划算,幾年回本」."""
    if slots.keys() & {"margin", "growth", "annual_revenue_usd_bn", "life_years", "discount_rate"}:
        return False
    return any(map(_is_a_thing, re.findall(r"[\u4e00-\u9fff]{2,}|[a-z]{4,}", folded)))
