"""Bullishness and agreement over time, from judged posts.

Measures of Antweiler and Frank, "Is All That Talk Just Noise?", Journal of Finance 59 (2004), equations 2
and 3. Pure: rows in, days out; no clock, no store.

The interval of the bullishness is 95 %, by the normal approximation of a log ratio of two counts, whose
variance is 1 / (1 + bullish) + 1 / (1 + bearish) if posts are independent. Posts of one author are not:
summing each author's pull, bullish posts / (1 + bullish) less bearish posts / (1 + bearish), squared, gives
the variance with authors kept whole, raised by authors / (authors - 1) for what few authors hide. The larger
of the two variances counts, so repetition widens the interval and never narrows it.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.errors import UsageError
from core.sentiment import Stance

_Z = 1.959964  # 97.5 % quantile of the normal distribution

Row = tuple[date, Stance, str | None]


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
    """The mood of one local date."""

    date: date


def daily(rows: Iterable[Row], start: date, end: date) -> list[Day]:
    """One `Day` for every date from start to end, both included; rows of other dates are left out.

    A row is the post's local date, its stance and its author's key; `None` is an author of its own.

    >>> d = date(2026, 11, 20)
    >>> [day] = daily([(d, Stance.BULLISH, "a"), (d, Stance.BULLISH, "b"), (d, Stance.NEUTRAL, "c")], d, d)
    >>> day.n, round(day.bullishness, 2), day.agreement, round(day.low, 2), round(day.high, 2)
    (3, 1.1, 1.0, -1.16, 3.36)
    """
    if start > end:
        raise UsageError(f"the first day, {start}, is after the last, {end}")
    by_day: dict[date, list[tuple[Stance, str | None]]] = defaultdict(list)
    for day, stance, author in rows:
        if start <= day <= end:
            by_day[day].append((stance, author))
    dates = [start + timedelta(days=k) for k in range((end - start).days + 1)]
    return [_day(day, by_day.get(day, [])) for day in dates]


def summary(days: Sequence[Day]) -> Mood:
    """All days taken together.

    The interval is widened as the days' own intervals are, weighted by posts that take a side. That an author
    comes back on another day cannot be seen from days.

    >>> summary([]).bullishness is None
    True
    """
    bullish, neutral, bearish = (sum(getattr(day, name) for day in days) for name in ("bullish", "neutral", "bearish"))
    sides = [(day.bullish + day.bearish, _widening(day)) for day in days]
    directed = sum(n for n, _ in sides)
    effect = sum(n * widening for n, widening in sides) / directed if directed else 1.0
    return Mood(**_mood(bullish, neutral, bearish, effect * _variance(bullish, bearish)))


def _day(day: date, posts: Sequence[tuple[Stance, str | None]]) -> Day:
    bullish, neutral, bearish = (
        sum(stance is side for stance, _ in posts) for side in (Stance.BULLISH, Stance.NEUTRAL, Stance.BEARISH)
    )
    pulls: dict[object, float] = defaultdict(float)
    for at, (stance, author) in enumerate(posts):
        if stance is not Stance.NEUTRAL:
            own = 1 / (1 + bullish) if stance is Stance.BULLISH else -1 / (1 + bearish)
            pulls[at if author is None else author] += own
    authors = len(pulls)
    whole = sum(pull * pull for pull in pulls.values()) * (authors / (authors - 1) if authors > 1 else 1)
    return Day(date=day, **_mood(bullish, neutral, bearish, max(_variance(bullish, bearish), whole)))


def _mood(bullish: int, neutral: int, bearish: int, variance: float) -> dict[str, Any]:
    n = bullish + neutral + bearish
    level = math.log((1 + bullish) / (1 + bearish)) if n else None
    reach = _Z * math.sqrt(variance)
    tilt = (bullish - bearish) / (bullish + bearish) if bullish + bearish else None
    return {
        "n": n,
        "bullish": bullish,
        "neutral": neutral,
        "bearish": bearish,
        "bullishness": level,
        "agreement": None if tilt is None else 1 - math.sqrt(1 - tilt * tilt),
        "low": None if level is None else level - reach,
        "high": None if level is None else level + reach,
    }


def _variance(bullish: int, bearish: int) -> float:
    return 1 / (1 + bullish) + 1 / (1 + bearish)


def _widening(day: Mood) -> float:
    if day.low is None or day.high is None:
        return 1.0
    return ((day.high - day.low) / 2 / _Z) ** 2 / _variance(day.bullish, day.bearish)
