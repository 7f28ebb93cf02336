"""Who wrote how much, day by day, held in arrays: every window of it is then a matter of milliseconds.

A panel is of one scope. It grows by the days that a longer window asks for, and keeps those it has. Unknown authors of a
site are one row, and count as many authors as posts.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from core.tallies import AuthorDay, Sums
from nlp.trend import first_of
from nlp.writers import Array, Writers, over_authors

_DAY, _AUTHOR, _PLACE, _COUNTS = 0, 1, 2, slice(3, 6)


class Panel:
    """Counts by day, author and board."""

    def __init__(self) -> None:
        self._authors: dict[tuple[str, str], int] = {}
        self._places: dict[tuple[str, str], int] = {}
        self._rows: Array = np.zeros((0, 6), np.int64)  # day, author, place; bullish, neutral, bearish
        self._first: date | None = None
        self._last: date | None = None
        self._order: Array | None = None

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

    def add(self, start: date, end: date, rows: Iterable[AuthorDay]) -> None:
        """Take in the days that `missing` named: day, site, author, board, bullish, neutral, bearish."""
        days: dict[str, int] = {}
        authors, places = self._authors, self._places
        new = []
        for day, site, author, board, bullish, neutral, bearish in rows:
            at = days.get(day)
            if at is None:
                at = days[day] = date.fromisoformat(day).toordinal()
            who = authors.setdefault((site, author), len(authors))
            new.append((at, who, places.setdefault((site, board), len(places)), bullish, neutral, bearish))
        self._rows = np.concatenate([self._rows, np.array(new, np.int64).reshape(-1, 6)])
        self._first = start if self._first is None else min(start, self._first)
        self._last = end if self._last is None else max(end, self._last)
        self._order = None

    def writers(self, earlier: date, start: date, end: date) -> Writers:
        """The authors of the window from start to end, and of the one before it, from `earlier`."""
        rows = self._between(earlier, end)
        now = rows[:, _DAY] >= start.toordinal()
        counts = np.concatenate([rows[:, _COUNTS] * now[:, None], rows[:, _COUNTS] * ~now[:, None]], axis=1)
        keys, each = _add_up(rows[:, _AUTHOR] * len(self._places) + rows[:, _PLACE], counts)
        wide = max(1, len(self._places))
        return Writers(list(self._authors), self._ranks(), list(self._places), keys // wide, keys % wide, each)

    def periods(self, start: date, end: date, by: str) -> dict[date, Sums]:
        """The sums of each day, week or month with posts in the window, by its first day; see `nlp.trend.days`."""
        rows = self._between(start, end)
        firsts = {day: first_of(date.fromordinal(day), by).toordinal() for day in np.unique(rows[:, _DAY]).tolist()}
        period = np.array([firsts[day] for day in rows[:, _DAY].tolist()], np.int64)
        wide = max(1, len(self._authors))
        keys, each = _add_up(period * wide + rows[:, _AUTHOR], rows[:, _COUNTS])
        known = self._known()[keys % wide]
        cuts = np.flatnonzero(np.diff(keys // wide)) + 1
        parts = zip(np.split(keys // wide, cuts), np.split(known, cuts), np.split(each, cuts), strict=True)
        return {date.fromordinal(int(at[0])): over_authors(part, is_known) for at, is_known, part in parts if len(at)}

    def _between(self, start: date, end: date) -> Array:
        day = self._rows[:, _DAY]
        return self._rows[(day >= start.toordinal()) & (day <= end.toordinal())]

    def _known(self) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
        return np.array([author != "" for _, author in self._authors], dtype=bool)

    def _ranks(self) -> Array:
        """The place of each author in the order of their names."""
        if self._order is None:
            names = list(self._authors)
            self._order = np.argsort(np.array(sorted(range(len(names)), key=names.__getitem__), np.int64))
        return self._order


def _add_up(keys: Array, counts: Array) -> tuple[Array, Array]:
    """The different keys, ascending, and the sums of the rows of each."""
    if not len(keys):
        return keys, counts
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], counts[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(keys)) + 1])
    return keys[starts], np.add.reduceat(counts, starts, axis=0)
