"""For which period an amount is: the one said nearest to it in its sentence.

A sentence may hold hundreds of amounts, so its years are looked for once. What an amount is told from is the text
up to it, and a pattern reads some characters on from where it begins; so of the years of the sentence those hold
that begin `_REACH` characters before the amount, and only the last few characters are read again.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date

from core import period
from core.claims.terms import Term

CLAUSE = re.compile(r"[:;、]|(?<!\d),|,(?!\d{3}(?!\d))")
"""Where a clause ends: not at the comma of 1,200."""

_NO_DAY = date(1, 1, 1)  # what is asked of `core.period` names its year; 去年 is put into a year before
SHIFTS = {"前年": -2, "去年": -1, "上年": -1, "last year": -1, "今年": 0, "this year": 0, "明年": 1, "next year": 1}
"""How many years from the day's own each word means."""

_RELATIVE = re.compile(
    r"(?:前年|去年|上年|今年|明年|\b(?:last|this|next) year\b)(?!同期|同季|同月)|(?<!比)(?P<month>上个?月|本月|这个月|\b(?:last|this) month\b)"
)
_RELATIVE_AFTER = re.compile(r"\s?(?:(?:last|this|next) year|(?:last|this) month)\b")
_IN_YEAR = re.compile(
    r"(?:[a-z ]{0,16}?\b(?:in|for|during|of|by)\s(?:the )?(?:[a-z]+ ){0,3}|(?:美元)?\s?[是为]\s?)(?:19|20)\d{2}(?!\d)"
)
_YEAR = re.compile(
    r"(?<![\d./])(?:19|20)\d{2}(?=年|财|h[12]|q[1-4])|(?<![a-z\d./])(?:19|20)\d{2}(?!\d\d)(?![./]\d)|(?<=fy)(?:19|20)?\d{2}(?!\d)|(?<=fy )(?:19|20)?\d{2}(?!\d)"
)
_MOMENT = r"(?:[a-z]{3,9}\.? )?(?:19|20)\d{2}(?:年?(?:1[0-2]|0?[1-9])月|年|-(?:1[0-2]|0[1-9]))?"
_STRETCH = re.compile(
    rf"(?P<a>{_MOMENT})\s*(?:到|至|-|–|~|to|and|through|until)\s*(?:the \w+ (?:in|of) )?(?P<b>{_MOMENT})"
)
_YEAR_LIKE = re.compile(r"(?=(?:19|20)\d{2}|(?<=fy)\d{2}|(?<=fy )\d{2})")
"""Where `_YEAR` may match, whatever stands around it."""
_RELATIVE_LIKE = re.compile(r"[前去上今明]年|月|year|month")
"""What no `_RELATIVE` is without."""
_REACH = 16
"""Characters that a year or a 去年 takes at most, with what is looked at behind it."""


class Times:
    """The periods that the sentence at `folded[start:end]` names.

    day: from which 去年 and “this year” are told; without one they stay untold
    """

    def __init__(self, folded: str, start: int, end: int, day: date | None) -> None:
        self.folded, self.start, self.end, self.day = folded, start, end, day
        self._years = list(_YEAR.finditer(folded, start, end))
        self._relative = list(_RELATIVE.finditer(folded, start, end))
        self._has_relative = _RELATIVE_LIKE.search(folded, start, end) is not None
        self._like = [match.start() for match in _YEAR_LIKE.finditer(folded, start, end)]
        self._has_stretch = len(self._like) > 1 and _STRETCH.search(folded, start, end) is not None

    def period(self, term: Term, right: int) -> str | None:
        """The period right after the amount (“$50m in 2024”), else the one said last before it, else one after it.

        right: where the next amount begins, or the sentence ends
        """
        folded, day = self.folded, self.day
        if match := _IN_YEAR.match(folded, term.end, right):
            return _explicit(folded[term.end : right][: match.end() - term.end + 8])
        if day and (match := _RELATIVE_AFTER.match(folded, term.end, right)):
            return _told(match[0].strip(), "", day)
        years = self._before(_YEAR, self._years, term.start) if self._like else []
        told = self._before(_RELATIVE, self._relative, term.start) if day and self._has_relative else []
        if day and told and (not years or told[-1].start() > years[-1].start()):
            return _told(told[-1][0], folded[told[-1].end() : term.start], day)
        return (self._last_before(term, years) if years else None) or self._after(term)

    def untold(self, term: Term) -> str | None:
        """The 去年 beside an amount that stays untold, since there is no day to tell it from."""
        if not self._has_relative:
            return None
        before = self._before(_RELATIVE, self._relative, term.start)
        match = before[-1] if before else _RELATIVE_AFTER.match(self.folded, term.end)
        return match[0].strip() if match else None

    def _last_before(self, term: Term, years: Sequence[re.Match[str]]) -> str | None:
        if self._has_stretch:
            stretches = _STRETCH.finditer(self.folded, self.start, term.start)
            stretch = [match for match in stretches if match.end() > years[-1].start()]
            ends = [_explicit(stretch[-1][part]) for part in "ab"] if stretch else []
            if stretch and all(ends):
                return "/".join(one for one in ends if one)
        earlier = years[-2].end() if len(years) > 1 else self.start
        return _explicit(self.folded[max(earlier, years[-1].start() - 16) : term.start])

    def _after(self, term: Term) -> str | None:
        at = bisect_left(self._like, term.end)
        if at == len(self._like):
            return None
        clause = CLAUSE.search(self.folded, term.end, self.end)
        end = clause.start() if clause else self.end
        return _explicit(self.folded[term.end : end]) if self._like[at] < end else None

    def _before(self, pattern: re.Pattern[str], found: list[re.Match[str]], place: int) -> list[re.Match[str]]:
        """The last two matches of what stands before a place, as if the text ended there; `found`: of the sentence."""
        sure = bisect_right(found, place - _REACH, key=lambda match: match.start())
        last = found[max(0, sure - 2) : sure]
        begin = max(last[-1].end() if last else self.start, place - _REACH)
        return [*last, *pattern.finditer(self.folded, begin, place)][-2:]


def _told(word: str, after: str, day: date) -> str | None:
    """去年 as the year before that of the day, 去年上半年 as its first half, 上個月 as the month before."""
    if word in SHIFTS:
        return _explicit(f"{day.year + SHIFTS[word]}年{after}")
    months = day.year * 12 + day.month - 1 - (word.startswith(("上", "last")))
    return f"{months // 12}-{months % 12 + 1:02}"


def _explicit(words: str) -> str | None:
    if not _YEAR.search(words):
        return None
    found = period.find(words, _NO_DAY)
    return found if found and re.match(r"(?:FY)?\d{4}", found) else None
