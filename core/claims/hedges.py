"""Numbers that texts write as words, and how they hedge them: 一半, 翻倍, twice, a third; 超過…, …多, nearly.

`core.amounts` reads digits and Chinese numerals; this reads the rest of what a relation between two amounts is
stated in. All patterns are for text that is folded: half width, simplified, lower case.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.claims.compare import Bound

_EN_NUMBERS = dict(
    zip(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen",
         "twenty", "thirty", "forty", "fifty", "a hundred"),
        (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 30, 40, 50, 100),
        strict=True,
    )
)  # fmt: skip
_ZH_DIGITS = dict(zip("一两二三四五六七八九十", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10), strict=True))
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "tenth": 10}
_MULTIPLES = {"twice": 2, "thrice": 3, "double": 2, "doubl": 2, "triple": 3, "tripl": 3, "treble": 3, "trebl": 3,
              "quadruple": 4, "quadrupl": 4, "halve": 0.5, "halv": 0.5}  # fmt: skip

_NUMBER = "|".join(sorted(_EN_NUMBERS, key=len, reverse=True))
_WORD = re.compile(
    rf"""
    (?<![a-z])(?:
        (?P<n>{_NUMBER})(?:[ -](?P<unit>times|years?|percentage\ points?|per\ ?cent)|[ -]?(?P<fold>fold))
      | (?<![\d.,])(?P<digits>\d{{1,6}}(?:\.\d{{1,4}})?)[ -]?fold
      | by\ a\ factor\ of\ (?:about\ |roughly\ |nearly\ |almost\ )?(?P<factor>\d{{1,6}}(?:\.\d{{1,4}})?|{_NUMBER})
      | (?P<parts>an?|one|two|three|four)[ -](?P<of>thirds?|quarters?|fourths?|fifths?|sixths?|tenths?)
      | (?P<multiple>twice|thrice|doubl(?:e[sd]?|ing)|tripl(?:e[sd]?|ing)|trebl(?:e[sd]?|ing)
          |quadrupl(?:e[sd]?|ing)|halv(?:e[sd]?|ing))
      | (?P<en_half>half)(?![ -](?:of\ (?:19|20)\d\d|year|an?\ hour|hour|time|day|way))
    )(?![a-z])
    | (?P<fan>翻了?(?P<fan_n>[一两二三四五六])?(?P<fan_unit>番|倍)|倍增|加倍)
    | (?P<zh_halve>减半|腰斩|砍半)
    | (?P<zh_half>一半|半数|过半)
    """,
    re.VERBOSE,
)
_MONEY_BEFORE = re.compile(r"(?:\d|[bmt]n?|illion|dollars?)\s$")
_BEFORE = (
    (Bound.MORE, re.compile(r"(?:远?超过?|逾|多于|高于|大于|不止|至少|起码|more than|over|above|at least|upwards? of|exceed(?:s|ed|ing)?)\s*(?:the |an? )?$")),
    (Bound.LESS, re.compile(r"(?:不到|不足|少于|低于|小于|不超过|至多|最多|less than|fewer than|under|below|at most|up to|short of|within)\s*(?:the |an? )?$")),
    (Bound.NEARLY, re.compile(r"(?:将近|接近|近|almost|nearly|close to|just under)\s*(?:an? )?$")),
    (Bound.ABOUT, re.compile(r"(?:大约|大概|差不多|约莫|约|大致|左右|about|around|roughly|some|approximately|~|≈)\s*(?:an? )?$")),
)  # fmt: skip
_AFTER = (
    (Bound.MORE, re.compile(r"\s*(?:还?多(?!数|少)|以上|之上|有余|余(?!额)|or more|plus\b|\+)")),
    (Bound.LESS, re.compile(r"\s*(?:以下|以内|内(?!部)|不到)")),
    (Bound.ABOUT, re.compile(r"\s*(?:左右|上下|许|or so)")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A number in words at `text[start:end]`.

    kind:    `times`, `percent` (as a ratio), `years` or `points`
    becomes: the multiple is that of the new to the old (翻倍, doubled, fivefold, by a factor of five)
    loose:   翻三倍 is ×3 to some, ×4 by the book
    """

    start: int
    end: int
    kind: str
    size: float
    becomes: bool = False
    loose: bool = False


def words(folded: str) -> Iterator[Word]:
    """Every number in words of a folded text, in order.

    >>> [(word.kind, word.size, word.becomes) for word in words("twice as much, 翻倍, a third, 一半, five years")]
    [('times', 2.0, False), ('times', 2.0, True), ('percent', 0.3333333333333333, False), ('percent', 0.5, False), ('years', 5.0, False)]
    """
    for match in _WORD.finditer(folded):
        if match["en_half"] and re.search(r"(?:first|second|other|better)\s$", folded[: match.start()]):
            continue
        if match["of"] == "quarter" and says_how_often(folded, match.start()):
            continue
        kind, size, becomes, loose = _read(match)
        yield Word(start=match.start(), end=match.end(), kind=kind, size=float(size), becomes=becomes, loose=loose)


def says_how_often(folded: str, start: int) -> bool:
    """Whether “a quarter” follows an amount, as in “$6bn a quarter”, and is no share."""
    return _MONEY_BEFORE.search(folded[max(0, start - 12) : start]) is not None


def _read(match: re.Match[str]) -> tuple[str, float, bool, bool]:
    """kind, size, becomes, loose."""
    if match["factor"]:
        return "times", _EN_NUMBERS.get(match["factor"]) or float(match["factor"]), True, False
    if match["n"] and match["fold"]:
        return "times", _EN_NUMBERS[match["n"]], True, False
    if match["n"]:
        size = float(_EN_NUMBERS[match["n"]])
        unit = match["unit"]
        if unit.startswith("per") and "point" not in unit:
            return "percent", size / 100, False, False
        return {"y": "years", "p": "points"}.get(unit[0], "times"), size, False, False
    if match["digits"]:
        return "times", float(match["digits"]), True, False
    if match["parts"]:
        count = 1 if match["parts"] in ("a", "an") else _EN_NUMBERS[match["parts"]]
        return "percent", count / _PARTS[match["of"].rstrip("s")], False, False
    if match["multiple"]:
        word = match["multiple"]
        stem = next(stem for stem in _MULTIPLES if word.startswith(stem))
        return "times", _MULTIPLES[stem], word.endswith(("ed", "ing")) or stem.startswith("halv"), False
    if match["fan"]:
        count = _ZH_DIGITS.get(match["fan_n"] or "", 1)
        if match["fan_unit"] == "番":
            return "times", 2.0**count, True, False
        return "times", 2 if count == 1 else count, True, count > 1
    return ("times", 0.5, True, False) if match["zh_halve"] else ("percent", 0.5, False, False)


def bound(folded: str, start: int, end: int) -> Bound:
    """How the number at `folded[start:end]` is hedged by what stands beside it.

    >>> text = "超过两倍, 三倍多, nearly 5x, 6年内, 3倍"
    >>> [str(bound(text, text.index(n), text.index(n) + 2)) for n in ("两倍", "三倍", "5x", "6年", "3倍")]
    ['more', 'more', 'nearly', 'less', '']
    """
    before = folded[max(0, start - 16) : start]
    for meaning, cue in _AFTER:
        if cue.match(folded, end) and meaning is not Bound.ABOUT:
            return meaning
    for meaning, cue in _BEFORE:
        if cue.search(before):
            return meaning
    return Bound.ABOUT if _AFTER[-1][1].match(folded, end) else Bound.NONE
