"""Authors of a window and of the one before: what they come to together, by board, and who writes most.

An unknown author's posts stand each for an author of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.storage.tallies import StanceCounts, Sums, Windows
from nlp.arrays import Ints

_SIDED = (0, 2, 3, 5)  # of bullish, neutral, bearish and the same before


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """A known author, by the store's number: posts in the window, and how many there were in the one before."""

    id: int
    now: StanceCounts
    n_before: int


class Writers:
    """All authors of two windows, made by `nlp.mood.panel.Panel`.

    author, board: for each row which, by number, ordered by author; columns: six counts of each row, bullish, neutral
    and bearish posts of the window, then of the one before; boards: site and name of every board
    """

    def __init__(self, author: Ints, board: Ints, boards: Sequence[tuple[str, str]], columns: Sequence[Ints]) -> None:
        self._author, self._board, self._boards, self._rows = author, board, boards, columns
        starts = starts_of(author)
        self._who = author[starts]
        self._each = [np.add.reduceat(column, starts) if len(starts) else column[:0] for column in columns]

    def windows(self) -> Windows:
        """Both windows, and what the same authors wrote in both."""
        known = self._who > 0
        sided = sum((self._each[at] for at in _SIDED), np.zeros(len(self._who), np.int64))
        up, _, down, up0, _, down0 = (column[known] for column in self._each)
        return Windows(
            now=over_authors(self._who, self._each[:3]),
            before=over_authors(self._who, self._each[3:]),
            up_up=int(up @ up0),
            up_down=int(up @ down0),
            down_up=int(down @ up0),
            down_down=int(down @ down0),
            moved=int((sided[known] > 0).sum() + sided[~known].sum()),
        )

    def boards(self) -> dict[tuple[str, str], tuple[Sums, int]]:
        """By site and board with posts in the window: the window, and how many posts there were in the one before."""
        # stable: the authors of a board stay in order; small numbers are sorted by counting, not by comparing
        small = self._board.astype(np.uint16) if len(self._boards) < 1 << 16 else self._board
        order = np.argsort(small, kind="stable")
        author, board = self._author[order], self._board[order]
        starts = starts_of(board, author)
        if not len(starts):
            return {}
        each = [np.add.reduceat(column[order], starts) for column in self._rows]
        found = sums_by(board[starts], len(self._boards), author[starts], each[:3])
        before = np.bincount(board[starts], sum(each[3:]), len(self._boards))
        return {name: (sums, int(was)) for name, sums, was in zip(self._boards, found, before, strict=True) if sums.n}

    def heaviest(self, part: int) -> tuple[Sums, Sums]:
        """Of the known authors, one in `part` who wrote most in the window, with all who wrote as much, and the rest."""
        order = self._ranked()
        n = self._now()[order]
        count = int((n >= n[-(-len(n) // part) - 1]).sum()) if len(n) else 0
        heavy, rest = (
            over_authors(self._who[some], [column[some] for column in self._each[:3]])
            for some in (order[:count], order[count:])
        )
        return heavy, rest

    def busiest(self, most: int) -> list[Writer]:
        """The known authors with the most posts in the window; of two with as many, the one that was there first."""
        return [
            Writer(
                id=int(self._who[at]),
                now=StanceCounts(bullish=int(up), neutral=int(flat), bearish=int(down)),
                n_before=int(sum(before)),
            )
            for at in self._ranked()[:most]
            for up, flat, down, *before in [[column[at] for column in self._each]]
        ]

    def _now(self) -> Ints:
        up, flat, down, *_ = self._each
        return np.asarray(up + flat + down)

    def _ranked(self) -> Ints:
        """Places of known authors with posts in the window, most first."""
        n = self._now() * (self._who > 0)
        return np.argsort(-n, kind="stable")[: int((n > 0).sum())]


def starts_of(*keys: Ints) -> Ints:
    """Where a new value of any of the columns begins, of rows in which equal ones stand together.

    >>> starts_of(np.array([1, 1, 1, 2]), np.array([5, 5, 6, 6])).tolist()
    [0, 2, 3]
    """
    if not len(keys[0]):
        return np.zeros(0, np.int64)
    new = np.ones(len(keys[0]), bool)
    new[1:] = False
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(new)


def over_authors(author: Ints, each: Sequence[Ints]) -> Sums:
    """The sums over authors, a row each, of bullish, neutral and bearish posts; 0 is all who are not known."""
    [found] = sums_by(np.zeros(len(author), np.int64), 1, author, each)
    return found


def sums_by(group: Ints, groups: int, author: Ints, each: Sequence[Ints]) -> list[Sums]:
    """The same for each group, 0 to `groups` - 1; an author has at most one row in a group.

    Numbers are added up in doubles, which are whole up to 2^53: a hundred million posts of one author are 10^16 when
    squared, and beyond that the last digit of a sum of squares is lost, not a post.
    """
    up, flat, down = each
    n = up + flat + down
    columns = {
        "bullish": up,
        "neutral": flat,
        "bearish": down,
        "bullish2": up * up,
        "bearish2": down * down,
        "both": up * down,
        "posts2": n * n,
        "sided": (up + down > 0).astype(np.int64),
        "authors": (n > 0).astype(np.int64),
    }
    nobody = np.flatnonzero(author == 0)  # as many authors as posts
    alone = {"bullish2": up, "bearish2": down, "posts2": n, "sided": up + down, "authors": n}
    columns["both"][nobody] = 0
    for name, posts in alone.items():
        columns[name][nobody] = posts[nobody]
    sums = [np.bincount(group, column, groups).astype(np.int64).tolist() for column in columns.values()]
    return [Sums(**dict(zip(columns, row, strict=True))) for row in zip(*sums, strict=True)]
