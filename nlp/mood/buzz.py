"""Buzz: whether something is spoken of more than it usually is on that day of the week.

After the early-warning methods of public health (Tokars et al. 2009, “Enhancing time-series detection algorithms
for automated biosurveillance”): today's count less the mean of the days it is compared with, over their standard
deviation. The deviation is never taken below the square root of the mean, nor below 1: counts that happened to be
equal are no proof of a narrow habit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean, stdev

WEEKS = 8
FEW_WEEKDAYS = 4  # fewer days of the same weekday: all days of the last four weeks instead
FEW_DAYS = 7  # fewer of those too: no figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Buzz:
    """How unusual a day's mentions are.

    z:       standard deviations above the usual; `None` where too little is known of what is usual
    usual:   mean mentions on the days compared with; days: how many they are
    weekday: whether they are days of the same weekday; else any of the four weeks before
    """

    n: int
    z: float | None
    usual: float | None
    days: int
    weekday: bool


def buzz(mentions: Mapping[date, int], posts: Mapping[date, int], day: date) -> Buzz:
    """The buzz of a day.

    mentions: by day; a day that is not there has none
    posts:    by day, all posts there are; a day without any is no quiet day but an empty one, and is left out

    >>> start = date(2026, 9, 7)
    >>> days = [start + timedelta(days=k) for k in range(57)]
    >>> one = buzz({day: 9 if day == days[-1] else 4 for day in days}, dict.fromkeys(days, 50), days[-1])
    >>> one.n, one.z, one.days, one.weekday
    (9, 2.5, 8, True)
    """
    same = [day - timedelta(weeks=k) for k in range(1, WEEKS + 1)]
    known = [other for other in same if posts.get(other)]
    weekday = len(known) >= FEW_WEEKDAYS
    if not weekday:
        known = [other for k in range(1, 29) if posts.get(other := day - timedelta(days=k))]
    n = mentions.get(day, 0)
    if len(known) < FEW_DAYS and not weekday:
        return Buzz(n=n, z=None, usual=None, days=len(known), weekday=False)
    counts = [mentions.get(other, 0) for other in known]
    usual = mean(counts)
    z = (n - usual) / max(stdev(counts), usual**0.5, 1.0)
    return Buzz(n=n, z=z, usual=usual, days=len(known), weekday=weekday)
