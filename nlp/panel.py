"""Who wrote how much, day by day, held in arrays: every window of it is then a matter of milliseconds.

A panel is of one scope. It grows by the days that a longer window asks for, and keeps those it has. Authors are the
store's numbers for them; 0 is all unknown ones, who count as many authors as posts.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from core.tallies import AuthorDays, Sums
from nlp.trend import first_of
from nlp.writers import Array, Writers, over_authors

_DAY, _AUTHOR, _BOARD, _COUNTS = 0, 1, 2, slice(3, 6)


class Panel:
    """Counts by day, author and board."""

    def __init__(self) -> None:
        self._boards: dict[tuple[str, str], int] = {}
        self._rows: Array = np.zeros((0, 6), np.int64)  # day, author, board; bullish, neutral, bearish
        self._first: date | None = None
        self._last: date | None = None

    def missing(self, start: date, end: date) -> list[tuple[date, date]]:
        """Days to be added before there is all of start to end, from and to.

        What is held never has a gap: for a window far from it, it is let go.
        """
        day = timedelta(days=1)
        if self._first is None or self._last is None or start > self._last + day or end < self._first - day:
            self._rows, self._first, self._last = self._rows[:0], None, None
            return [(start, end)]
        gaps = [(start, self._first - day), (self._last + day, end)]
        return [(first, last) for first, last in gaps if first <= last]

    def add(self, start: date, end: date, rows: Iterable[AuthorDays]) -> None:
        """Take in the days that `missing` named."""
        told = list(rows)
        if told:
            days, sites, boards, *columns = zip(*told, strict=True)
            authors, *counts = (np.fromstring(",".join(column), np.int64, sep=",") for column in columns)
            places = [self._boards.setdefault(name, len(self._boards)) for name in zip(sites, boards, strict=True)]
            each = [column.count(",") + 1 for column in columns[0]]
            here = np.repeat(np.array(places, np.int64), each)
            at = np.repeat(np.array([date.fromisoformat(day).toordinal() for day in days], np.int64), each)
            self._rows = np.concatenate([self._rows, np.column_stack([at, authors, here, *counts])])
        self._first = start if self._first is None else min(start, self._first)
        self._last = end if self._last is None else max(end, self._last)

    def writers(self, earlier: date, start: date, end: date) -> Writers:
        """The authors of the window from start to end, and of the one before it, from `earlier`."""
        rows = self._between(earlier, end)
        now = rows[:, _DAY] >= start.toordinal()
        counts = np.concatenate([rows[:, _COUNTS] * now[:, None], rows[:, _COUNTS] * ~now[:, None]], axis=1)
        wide = max(1, len(self._boards))
        keys, each = _add_up(rows[:, _AUTHOR] * wide + rows[:, _BOARD], counts)
        return Writers(keys // wide, keys % wide, list(self._boards), each)

    def periods(self, start: date, end: date, by: str) -> dict[date, Sums]:
        """The sums of each day, week or month with posts in the window, by its first day; see `nlp.trend.days`."""
        rows = self._between(start, end)
        days, at = np.unique(rows[:, _DAY], return_inverse=True)
        firsts = np.array([first_of(date.fromordinal(day), by).toordinal() for day in days.tolist()], np.int64)
        wide = int(rows[:, _AUTHOR].max(initial=0)) + 1
        keys, each = _add_up(firsts[at.reshape(-1)] * wide + rows[:, _AUTHOR], rows[:, _COUNTS])
        cuts = np.flatnonzero(np.diff(keys // wide)) + 1
        parts = zip(np.split(keys, cuts), np.split(each, cuts), strict=True)
        return {
            date.fromordinal(int(part[0] // wide)): over_authors(part % wide, counts)
            for part, counts in parts
            if len(part)
        }

    def _between(self, start: date, end: date) -> Array:
        day = self._rows[:, _DAY]
        return self._rows[(day >= start.toordinal()) & (day <= end.toordinal())]


def _add_up(keys: Array, counts: Array) -> tuple[Array, Array]:
    """The different keys, ascending, and the sums of the rows of each."""
    if not len(keys):
        return keys, counts
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], counts[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(keys)) + 1])
    return keys[starts], np.add.reduceat(counts, starts, axis=0)
