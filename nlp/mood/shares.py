"""Shares of posts with intervals that hold for few posts and for many posts of few authors.

Wilson's interval takes posts for independent. Posts of one author are not, so it is given fewer: the effective
number (Σn)² / Σn² over authors, which is the number of posts where everybody writes once, and the number of authors
where all write alike much.
"""

import math
from dataclasses import dataclass

from core.storage.tallies import Sums
from nlp.trend import Z


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of some posts. share, low, high: in [0, 1], or in [-1, 1] for a difference of two shares."""

    n: int
    share: float
    low: float
    high: float


def effective(sums: Sums) -> float:
    """How many independent posts these are worth (Kish 1965): (Σn)² / Σn² over authors.

    >>> effective(Sums(bullish=10, posts2=10)), effective(Sums(bullish=10, posts2=100))
    (10.0, 1.0)
    """
    return sums.n**2 / sums.posts2 if sums.posts2 else 0.0


def wilson(hits: int, of: int, *, worth: float | None = None) -> Share:
    """The share `hits / of` with its 95 % interval (Wilson 1927).

    worth: how many independent posts the `of` posts are worth, if fewer. Without posts anything is possible.

    >>> one = wilson(2, 20)
    >>> one.share, round(one.low, 3), round(one.high, 3)
    (0.1, 0.028, 0.301)
    """
    n = of if worth is None else min(worth, of)
    if n <= 0:
        return Share(n=hits, share=0.0, low=0.0, high=1.0)
    share, z2 = hits / of, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Share(n=hits, share=share, low=max(0.0, middle - reach), high=min(1.0, middle + reach))


def rotation(now: Share, before: Share) -> Share:
    """By how much a share rose, with its 95 % interval (Newcombe 1998, method 10: from the two Wilson intervals).

    >>> rise = rotation(wilson(56, 70), wilson(48, 80))
    >>> round(rise.share, 4), round(rise.low, 4), round(rise.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    rise = now.share - before.share
    return Share(
        n=now.n,
        share=rise,
        low=rise - math.hypot(now.share - now.low, before.high - before.share),
        high=rise + math.hypot(now.high - now.share, before.share - before.low),
    )
