"""Authors of a window and of the one before: what they come to together, by board, and who writes most.

An unknown author's posts stand each for an author of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.tallies import Counts3, Sums, Windows

Array = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
_NOW, _BEFORE, _SIDED = slice(0, 3), slice(3, 6), [0, 2, 3, 5]  # bullish, neutral, bearish; the same before


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """A known author, by the store's number: posts in the window, and how many there were in the one before."""

    id: int
    now: Counts3
    n_before: int


class Writers:
    """All authors of two windows, made by `nlp.panel.Panel`.

    author, board: for each row which, by number, ordered by author; each: its six counts
    boards: site and name of every board
    """

    def __init__(self, author: Array, board: Array, boards: Sequence[tuple[str, str]], each: Array) -> None:
        self._author, self._board, self._boards, self._rows = author, board, boards, each
        starts = np.concatenate([[0], np.flatnonzero(np.diff(author)) + 1]) if len(author) else np.zeros(0, np.int64)
        self._who = author[starts]
        self._each = np.add.reduceat(each, starts, axis=0) if len(starts) else np.zeros((0, 6), np.int64)

    def windows(self) -> Windows:
        """Both windows, and what the same authors wrote in both."""
        known = self._who > 0
        sided = self._each[:, _SIDED].sum(axis=1)
        now, before = self._each[known][:, _NOW], self._each[known][:, _BEFORE]
        return Windows(
            now=over_authors(self._who, self._each[:, _NOW]),
            before=over_authors(self._who, self._each[:, _BEFORE]),
            up_up=int(now[:, 0] @ before[:, 0]),
            up_down=int(now[:, 0] @ before[:, 2]),
            down_up=int(now[:, 2] @ before[:, 0]),
            down_down=int(now[:, 2] @ before[:, 2]),
            moved=int((sided[known] > 0).sum() + sided[~known].sum()),
        )

    def boards(self) -> dict[tuple[str, str], tuple[Sums, int]]:
        """By site and board with posts in the window: the window, and how many posts there were in the one before."""
        found = {}
        for number, name in enumerate(self._boards):
            here = self._board == number
            sums = over_authors(self._author[here], self._rows[here][:, _NOW])
            if sums.n:
                found[name] = sums, int(self._rows[here][:, _BEFORE].sum())
        return found

    def heaviest(self, part: int) -> tuple[Sums, Sums]:
        """Of the known authors, one in `part` who wrote most in the window, with all who wrote as much, and the rest."""
        order = self._ranked()
        n = self._each[order][:, _NOW].sum(axis=1)
        count = int((n >= n[-(-len(n) // part) - 1]).sum()) if len(n) else 0
        heavy, rest = (
            over_authors(self._who[some], self._each[some][:, _NOW]) for some in (order[:count], order[count:])
        )
        return heavy, rest

    def busiest(self, most: int) -> list[Writer]:
        """The known authors with the most posts in the window; of two with as many, the one that was there first."""
        return [
            Writer(
                id=int(self._who[at]),
                now=Counts3(bullish=int(counts[0]), neutral=int(counts[1]), bearish=int(counts[2])),
                n_before=int(counts[_BEFORE].sum()),
            )
            for at in self._ranked()[:most]
            for counts in [self._each[at]]
        ]

    def _ranked(self) -> Array:
        """Places of known authors with posts in the window, most first."""
        n = self._each[:, _NOW].sum(axis=1) * (self._who > 0)
        return np.argsort(-n, kind="stable")[: int((n > 0).sum())]


def over_authors(author: Array, each: Array) -> Sums:
    """The sums over rows of bullish, neutral and bearish posts, each of an author; 0 is all who are not known."""
    totals, nobody = each.sum(axis=0), each[author == 0].sum(axis=0)
    each = each[author > 0]
    up, down, n = each[:, 0], each[:, 2], each.sum(axis=1)
    return Sums(
        bullish=int(totals[0]),
        neutral=int(totals[1]),
        bearish=int(totals[2]),
        bullish2=int(up @ up + nobody[0]),
        bearish2=int(down @ down + nobody[2]),
        both=int(up @ down),
        posts2=int(n @ n + nobody.sum()),
        sided=int((up + down > 0).sum() + nobody[0] + nobody[2]),
        authors=int((n > 0).sum() + nobody.sum()),
    )
