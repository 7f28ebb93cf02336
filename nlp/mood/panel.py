"""Who wrote how much, day by day, held in arrays: every window of it is then a matter of milliseconds.

A panel is of one scope. It grows by the days that a longer window asks for, and keeps those it has. Authors are the
store's numbers for them; 0 is all unknown ones, who count as many authors as posts.

Rows stand by author, then day. So the rows of an author within any window stand together, and so do those of an author
within a week or month: adding up needs no sorting, only the places where one ends and the next begins.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from core.storage.tallies import AuthorDays, Sums
from nlp.arrays import Ints
from nlp.mood.writers import Writers, starts_of, sums_by
from nlp.trend import first_of

_NONE: Ints = np.zeros(0, np.int64)


class Panel:
    """Counts by author, day and board, a column each: bullish, neutral and bearish posts."""

    def __init__(self) -> None:
        self._boards: dict[tuple[str, str], int] = {}
        self._author, self._day, self._board = _NONE, _NONE, _NONE
        self._counts: tuple[Ints, Ints, Ints] = (_NONE, _NONE, _NONE)
        self._first: date | None = None
        self._last: date | None = None
        self._daily: dict[date, Sums | None] = {}  # of days that were asked for; they stay what they are

    def missing(self, start: date, end: date) -> list[tuple[date, date]]:
        """Days to be added before there is all of start to end, from and to.

        What is held never has a gap: for a window far from it, it is let go.
        """
        day = timedelta(days=1)
        if self._first is None or self._last is None or start > self._last + day or end < self._first - day:
            self._take(slice(0))
            self._first, self._last = None, None
            return [(start, end)]
        gaps = [(start, self._first - day), (self._last + day, end)]
        return [(first, last) for first, last in gaps if first <= last]

    def add(self, start: date, end: date, rows: Iterable[AuthorDays]) -> None:
        """Take in the days that `missing` named."""
        told = list(rows)
        if told:
            days, sites, boards, *columns = zip(*told, strict=True)
            author, *counts = (np.fromstring(",".join(column), np.int64, sep=",") for column in columns)
            places = [self._boards.setdefault(name, len(self._boards)) for name in zip(sites, boards, strict=True)]
            each = [column.count(",") + 1 for column in columns[0]]
            self._author = np.concatenate([self._author, author])
            self._board = np.concatenate([self._board, np.repeat(np.array(places, np.int64), each)])
            at = np.array([date.fromisoformat(day).toordinal() for day in days], np.int64)
            self._day = np.concatenate([self._day, np.repeat(at, each)])
            up, flat, down = (np.concatenate(pair) for pair in zip(self._counts, counts, strict=True))
            self._counts = up, flat, down
            self._take(np.lexsort((self._day, self._author)))
        self._first = start if self._first is None else min(start, self._first)
        self._last = end if self._last is None else max(end, self._last)

    def writers(self, earlier: date, start: date, end: date) -> Writers:
        """The authors of the window from start to end, and of the one before it, from `earlier`."""
        at = self._between(earlier, end)
        now = self._day[at] >= start.toordinal()
        columns = [column[at] for column in self._counts]
        each = [column * now for column in columns]
        before = [column - own for column, own in zip(columns, each, strict=True)]
        return Writers(self._author[at], self._board[at], list(self._boards), [*each, *before])

    def periods(self, start: date, end: date, by: str) -> dict[date, Sums]:
        """The sums of each day, week or month with posts in the window, by its first day; see `nlp.trend.days`."""
        if by != "day":
            return self._sums(start, end, by)
        days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
        new = [day for day in days if day not in self._daily]
        if new:
            found = self._sums(new[0], new[-1], by)
            self._daily.update({day: found.get(day) for day in days if new[0] <= day <= new[-1]})
        return {day: sums for day in days if (sums := self._daily[day]) is not None}

    def _sums(self, start: date, end: date, by: str) -> dict[date, Sums]:
        at = self._between(start, end)
        author, days = self._author[at], self._day[at] - start.toordinal()
        firsts: dict[date, int] = {}
        span = (start + timedelta(days=n) for n in range((end - start).days + 1))
        number = np.array([firsts.setdefault(first_of(day, by), len(firsts)) for day in span], np.int64)
        period = number[days]
        starts = starts_of(author, period)
        if not len(starts):
            return {}
        each = [np.add.reduceat(column[at], starts) for column in self._counts]
        found = sums_by(period[starts], len(firsts), author[starts], each)
        there = np.bincount(period, minlength=len(firsts)) > 0
        return {first: sums for first, sums, any_ in zip(firsts, found, there, strict=True) if any_}

    def _between(self, start: date, end: date) -> Ints | slice:
        """The places of the rows of some days; all of them without a look where that is what is held."""
        if self._first is not None and self._last is not None and start <= self._first and end >= self._last:
            return slice(None)
        return np.flatnonzero((self._day >= start.toordinal()) & (self._day <= end.toordinal()))

    def _take(self, at: Ints | slice) -> None:
        self._author, self._day, self._board = self._author[at], self._day[at], self._board[at]
        up, flat, down = self._counts
        self._counts = up[at], flat[at], down[at]
