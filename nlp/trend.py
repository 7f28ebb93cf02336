"""Bullishness and agreement over time, from counts of judged posts.

Measures of Antweiler and Frank, "Is All That Talk Just Noise?", Journal of Finance 59 (2004), equations 2
and 3. Pure: sums in, days out; no clock, no store.

The interval of the bullishness is 95 %, by the normal approximation of a log ratio of two counts, whose
variance is 1 / (1 + bullish) + 1 / (1 + bearish) if posts are independent. Posts of one author are not:
summing each author's pull, bullish posts / (1 + bullish) less bearish posts / (1 + bearish), squared, gives
the variance with authors kept whole, raised by authors / (authors - 1) for what few authors hide. The larger
of the two variances counts, so repetition widens the interval and never narrows it.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.errors import UsageError
from core.sentiment import Stance
from core.storage.tallies import StanceCounts, Sums, Windows

Z = 1.959964  # 97.5 % quantile of the normal distribution
_Date = date  # a field of `Day` is called date


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """Counts of posts, and what they come to.

    bullishness: ln((1 + bullish) / (1 + bearish)); 0 is balanced, positive bullish; `None` without posts
    agreement:   1 - sqrt(1 - ((bullish - bearish) / (bullish + bearish))²), from 0 (balanced) to 1 (of one
                 mind); `None` where no post takes a side
    low, high:   95 % interval of the bullishness
    """

    n: int
    bullish: int
    neutral: int
    bearish: int
    bullishness: float | None
    agreement: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Mood):
    """The mood of one local date, or of the days from `date` to `to`."""

    date: _Date
    to: _Date


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """By how much one bullishness is above another, with the 95 % interval.

    chance: whether the interval holds zero, so that chance alone may make as much
    """

    value: float
    low: float
    high: float

    @property
    def chance(self) -> bool:
        """Whether nothing but chance may be behind it."""
        return self.low <= 0 <= self.high


def days(sums: Mapping[date, Sums], start: date, end: date, *, by: str = "day") -> list[Day]:
    """One `Day` for every day, week (from Monday) or month that meets start to end, cut to them; empty ones too.

    sums: by the first day of the period, that Monday or that first of the month

    >>> [str(week.date) for week in days({}, date(2026, 11, 18), date(2026, 11, 24), by="week")]
    ['2026-11-18', '2026-11-23']
    """
    if start > end:
        raise UsageError(f"the first day {start} comes after the last, {end}")
    found = []
    first = first_of(start, by)
    while first <= end:
        after = _next(first, by)
        last = min(after - timedelta(days=1), end)
        found.append(Day(date=max(first, start), to=last, **_measured(sums.get(first, Sums()))))
        first = after
    return found


def first_of(day: date, by: str) -> date:
    """The first day of the `day`, `week` or `month` that a day is in."""
    return {"week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}.get(by, day)


def first_of_last(n: int, end: date, by: str) -> date:
    """The first day of the last n days, weeks or months, of which the last is the one that `end` is in.

    >>> str(first_of_last(12, date(2026, 11, 6), "month")), str(first_of_last(12, date(2026, 11, 6), "week"))
    ('2025-12-01', '2026-08-17')
    """
    first = first_of(end, by)
    for _ in range(n - 1):
        if first.toordinal() == 1:
            break  # as far as the calendar goes
        first = first_of(first - timedelta(days=1), by)
    return first


def _next(first: date, by: str) -> date:
    if by == "month":
        return (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=7 if by == "week" else 1)


def mood_of(sums: Sums) -> Mood:
    """The mood that some counts come to, whatever their dates.

    >>> mood_of(sums_of([(Stance.BULLISH, "a"), (Stance.BULLISH, "b"), (Stance.NEUTRAL, "c")]))
    Mood(n=3, bullish=2, neutral=1, bearish=0, bullishness=1.09..., agreement=1.0, low=-1.16..., high=3.36...)
    >>> mood_of(Sums()).bullishness is None
    True
    """
    return Mood(**_measured(sums))


def sums_of(posts: Iterable[tuple[Stance, str | None]]) -> Sums:
    """Count posts by stance and author; `None` is an author of its own."""
    counts: dict[object, Counter[Stance]] = defaultdict(Counter)
    for at, (stance, author) in enumerate(posts):
        counts[at if author is None else author][stance] += 1
    return add_up(
        StanceCounts(bullish=c[Stance.BULLISH], neutral=c[Stance.NEUTRAL], bearish=c[Stance.BEARISH])
        for c in counts.values()
    )


def add_up(authors: Iterable[StanceCounts]) -> Sums:
    """The sums over authors, each with his own counts."""
    each = list(authors)
    return Sums(
        bullish=sum(one.bullish for one in each),
        neutral=sum(one.neutral for one in each),
        bearish=sum(one.bearish for one in each),
        bullish2=sum(one.bullish**2 for one in each),
        bearish2=sum(one.bearish**2 for one in each),
        both=sum(one.bullish * one.bearish for one in each),
        posts2=sum(one.n**2 for one in each),
        sided=sum(one.bullish + one.bearish > 0 for one in each),
        authors=sum(one.n > 0 for one in each),
    )


def change(windows: Windows) -> Difference | None:
    """How far the bullishness is above that of the window before; `None` where a window has no posts.

    Authors who write in both are kept whole: what each pulls now less what he pulled before, squared and summed.
    The variance is never below that of independent posts, so who stays himself makes it no surer.
    """
    now, before = windows.now, windows.before
    if not now.n or not before.n:
        return None
    up, down, up0, down0 = (1 / (1 + posts) for posts in (now.bullish, now.bearish, before.bullish, before.bearish))
    shared = (
        windows.up_up * up * up0
        - windows.up_down * up * down0
        - windows.down_up * down * up0
        + windows.down_down * down * down0
    )
    few = windows.moved / (windows.moved - 1) if windows.moved > 1 else 1
    clustered = (_pulls(now) + _pulls(before) - 2 * shared) * few
    return _difference(now, before, max(clustered, _plain(now) + _plain(before)))


def difference(one: Sums, other: Sums) -> Difference:
    """How far the bullishness of some authors is above that of others; no author may be in both."""
    return _difference(one, other, variance(one) + variance(other))


def variance(sums: Sums) -> float:
    """Of the bullishness; see the head of this module."""
    few = sums.sided / (sums.sided - 1) if sums.sided > 1 else 1
    return max(_plain(sums), _pulls(sums) * few)


def level(counts: StanceCounts) -> float:
    """ln((1 + bullish) / (1 + bearish)).

    >>> level(StanceCounts(bullish=3, bearish=1)) == math.log(2)
    True
    """
    return math.log((1 + counts.bullish) / (1 + counts.bearish))


def _difference(one: Sums, other: Sums, variance: float) -> Difference:
    value, reach = level(one) - level(other), Z * math.sqrt(variance)
    return Difference(value=value, low=value - reach, high=value + reach)


def _plain(sums: StanceCounts) -> float:
    return 1 / (1 + sums.bullish) + 1 / (1 + sums.bearish)


def _pulls(sums: Sums) -> float:
    """The sum over authors of (bullish / (1 + all bullish) - bearish / (1 + all bearish))²."""
    up, down = 1 / (1 + sums.bullish), 1 / (1 + sums.bearish)
    return sums.bullish2 * up * up - 2 * sums.both * up * down + sums.bearish2 * down * down


def _measured(sums: Sums) -> dict[str, Any]:
    tilt = (sums.bullish - sums.bearish) / (sums.bullish + sums.bearish) if sums.bullish + sums.bearish else None
    at, reach = (level(sums), Z * math.sqrt(variance(sums))) if sums.n else (None, 0.0)
    return {
        "n": sums.n,
        "bullish": sums.bullish,
        "neutral": sums.neutral,
        "bearish": sums.bearish,
        "bullishness": at,
        "agreement": None if tilt is None else 1 - math.sqrt(1 - tilt * tilt),
        "low": None if at is None else at - reach,
        "high": None if at is None else at + reach,
    }
