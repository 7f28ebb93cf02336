"""Divergence: whether those who write most say something else than the rest.

The tenth of authors with the most posts in the window, and all who wrote as many, against all others, by the difference of their bullishness
with authors kept whole. Unknown authors are in neither group. Who writes most is chosen by posts alone, so the
choice does not lean on what is said.
"""

from dataclasses import dataclass

from core.storage.tallies import Sums
from nlp.trend import Difference, difference

TENTH = 10
FEW_AUTHORS = 20  # fewer known authors: no tenth worth the name
FEW_SIDED = 10  # fewer posts with a side in a group: no figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """heavy, rest: counts of the two groups; gap: bullishness of the heavy less that of the rest."""

    heavy: Sums
    rest: Sums
    gap: Difference


def divergence(heavy: Sums, rest: Sums) -> Divergence | None:
    """The divergence in a window, or `None` where there are too few authors or posts to tell.

    heavy, rest: the tenth of the known authors with the most posts, with ties, and all others; `Writers.heaviest`
    """
    if heavy.authors + rest.authors < FEW_AUTHORS:
        return None
    if min(heavy.bullish + heavy.bearish, rest.bullish + rest.bearish) < FEW_SIDED:
        return None
    return Divergence(heavy=heavy, rest=rest, gap=difference(heavy, rest))
