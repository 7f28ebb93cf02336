"""Authors of a window and of the one before: what they come to together, by board, and who writes most.

Rows come in by author and board, thousands of them; numpy adds them up. An unknown author's posts stand each for an
author of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.tallies import Counts3, Sums, Windows, WriterRow

_Counts = np.ndarray[tuple[int, ...], np.dtype[np.int64]]  # a row an author; bullish, neutral, bearish


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """A known author's posts in the window, and how many he had in the one before."""

    site: str
    author: str
    now: Counts3
    n_before: int


class Writers:
    """All authors of two windows, from `core.trends.writers`, ordered by site and author."""

    def __init__(self, rows: Sequence[WriterRow]) -> None:
        self._boards = [(site, board) for site, _, board, *_ in rows]
        self._known = np.array([author != "" for _, author, *_ in rows], dtype=bool)
        self._rows = np.array([row[3:] for row in rows], dtype=np.int64).reshape(-1, 6)
        names = [(site, author) for site, author, *_ in rows if author]
        starts = [at for at, name in enumerate(names) if not at or names[at - 1] != name]
        self._names = [names[at] for at in starts]
        self._each = np.add.reduceat(self._rows[self._known], starts, axis=0) if starts else np.zeros((0, 6), np.int64)
        self._nobody = self._rows[~self._known].sum(axis=0)

    def windows(self) -> Windows:
        """Both windows, and what the same authors wrote in both."""
        now, before = self._each[:, :3], self._each[:, 3:]
        sided = (self._each[:, [0, 2, 3, 5]].sum(axis=1) > 0).sum() + self._nobody[[0, 2, 3, 5]].sum()
        return Windows(
            now=_sums(now, self._nobody[:3]),
            before=_sums(before, self._nobody[3:]),
            up_up=int(now[:, 0] @ before[:, 0]),
            up_down=int(now[:, 0] @ before[:, 2]),
            down_up=int(now[:, 2] @ before[:, 0]),
            down_down=int(now[:, 2] @ before[:, 2]),
            moved=int(sided),
        )

    def boards(self) -> dict[tuple[str, str], tuple[Sums, int]]:
        """By site and board: the window, and how many posts there were in the one before."""
        places = list(dict.fromkeys(self._boards))
        number = {place: at for at, place in enumerate(places)}
        codes = np.array([number[place] for place in self._boards], dtype=np.int64)
        found = {}
        for place, code in number.items():
            here = codes == code
            nobody = self._rows[here & ~self._known].sum(axis=0)
            sums = _sums(self._rows[here & self._known][:, :3], nobody[:3])
            found[place] = sums, int(self._rows[here][:, 3:].sum())
        return {place: (sums, before) for place, (sums, before) in found.items() if sums.n}

    def heaviest(self, part: int) -> tuple[Sums, Sums]:
        """Of the known authors, one in `part` who wrote most in the window, and the rest."""
        order = self._ranked()
        count = -(-len(order) // part)
        none = np.zeros(3, np.int64)
        return _sums(self._each[order[:count], :3], none), _sums(self._each[order[count:], :3], none)

    def busiest(self, most: int) -> list[Writer]:
        """The known authors with the most posts in the window."""
        return [
            Writer(
                site=self._names[at][0],
                author=self._names[at][1],
                now=Counts3(bullish=int(counts[0]), neutral=int(counts[1]), bearish=int(counts[2])),
                n_before=int(counts[3:].sum()),
            )
            for at in self._ranked()[:most]
            for counts in [self._each[at]]
        ]

    def _ranked(self) -> Any:
        """Places of those with posts in the window: most first, then by site and author, as they came."""
        n = self._each[:, :3].sum(axis=1)
        return np.argsort(-n, kind="stable")[: int((n > 0).sum())]


def _sums(each: _Counts, nobody: _Counts) -> Sums:
    """Over authors, and posts of nobody known."""
    up, _, down = each[:, 0], each[:, 1], each[:, 2]
    n = each.sum(axis=1)
    totals = each.sum(axis=0) + nobody
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
