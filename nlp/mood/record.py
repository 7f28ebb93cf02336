"""Track records: what an author said, and what an index did afterwards.

A post is held against closing prices 5, 20 and 60 trading days after the first close on or after its day. That is
all it is: the post may have spoken of something else, and of another horizon. How often he was right is set beside
how often anybody would have been who said the same on every day of the file; prices that mostly rise make bulls
look wise.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from nlp.mood.shares import Share, wilson

HORIZONS = (5, 20, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One horizon over all posts whose outcome is known.

    right: posts that had the sign of what followed, with the interval of their share, as if they were independent
    days:  different days that those posts were written on: windows that overlap say the same twice
    usual: the share that the same sides would have got on an ordinary day of the file
    """

    horizon: int
    of: int
    right: Share
    days: int
    usual: float


def after(day: date, days: Sequence[date], closes: Sequence[float]) -> dict[int, float | None]:
    """The change of the index from the first close on or after a day, by horizon; `None` where not known yet.

    >>> days = [date(2026, 1, k) for k in range(1, 8)]
    >>> after(date(2026, 1, 2), days, [100, 100, 1, 1, 1, 1, 110])[5], after(date(2026, 1, 5), days, [1] * 7)[5]
    (0.1, None)
    """
    if not days or day < days[0]:
        return dict.fromkeys(HORIZONS)
    at = bisect_left(days, day)
    return {
        horizon: round(closes[at + horizon] / closes[at] - 1, 9) if at + horizon < len(days) else None
        for horizon in HORIZONS
    }


def scores(posts: Iterable[tuple[date, str]], days: Sequence[date], closes: Sequence[float]) -> list[Score]:
    """How directional posts (day, `bullish` or `bearish`) did; horizons without a known outcome are left out."""
    told = list(posts)
    found = []
    for horizon in HORIZONS:
        known = [(day, side, move) for day, side in told if (move := after(day, days, closes)[horizon]) is not None]
        if not known:
            continue
        right = sum((move > 0) if side == "bullish" else (move < 0) for _, side, move in known)
        moves = [b - a for a, b in zip(closes, closes[horizon:], strict=False)]
        rose, fell = (sum(sign * move > 0 for move in moves) / len(moves) for sign in (1, -1))
        usual = sum(rose if side == "bullish" else fell for _, side, _ in known) / len(known)
        found.append(
            Score(
                horizon=horizon,
                of=len(known),
                right=wilson(right, len(known)),
                days=len({day for day, _, _ in known}),
                usual=usual,
            )
        )
    return found
