"""Mood beside prices: does one run ahead of the other?

The correlation of the bullishness of each trading day with the log return some trading days later (lag above 0: the
mood comes first) or earlier. Posts of days without trading count for the next trading day.

Both series remember themselves, so n days are worth fewer: 1/N* = 1/N + 2/N Σ (N-j)/N ρx(j) ρy(j) (Pyper and
Peterman 1998), never more than n. Intervals are Fisher's. The best of 21 lags looks good by chance alone, so the
interval is also given for all 21 at once (Bonferroni), and only that one says whether it means anything.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import NormalDist

import numpy as np

from core.storage.tallies import StanceCounts
from nlp.arrays import Floats
from nlp.trend import level

LAGS = range(-10, 11)
FEW_DAYS = 60
_LEAST = 10  # pairs below which there is no correlation worth printing


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """The correlation at one lag, in trading days.

    worth:        how many independent days the n days are worth
    low, high:    95 % interval of this lag alone; all_low, all_high: of all lags together
    """

    lag: int
    r: float
    n: int
    worth: float
    low: float
    high: float
    all_low: float
    all_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadLag:
    """All lags that can be computed, and whether the strongest means anything.

    reason: why not: `few_days`, `chance`, or `None`
    """

    days: int
    lags: tuple[Lag, ...]
    best: Lag | None
    reason: str | None


def lead_lag(counts: Mapping[date, StanceCounts], days: Sequence[date], closes: Sequence[float]) -> LeadLag:
    """Correlate mood and returns.

    counts: posts by day; days, closes: the price series, ascending. A trading day without posts, also on the days
    without trading before it, is left out of the pairs: it has no mood, and zero would be one.
    """
    mood = _on_trading_days(counts, days)
    returns = [math.nan, *(math.log(b / a) for a, b in pairwise(closes))]
    lags = [found for lag in LAGS if (found := _at(lag, mood, returns))]
    best = max(lags, key=lambda lag: abs(lag.r), default=None)
    known = sum(not math.isnan(value) for value in mood)
    reason = "few_days" if known < FEW_DAYS or best is None or best.n < FEW_DAYS else None
    if reason is None and best is not None and best.all_low <= 0 <= best.all_high:
        reason = "chance"
    return LeadLag(days=known, lags=tuple(lags), best=best, reason=reason)


def interval(r: float, worth: float, *, tries: int = 1) -> tuple[float, float]:
    """The 95 % interval of a correlation by Fisher's z, for `tries` of them at once.

    >>> [round(end, 3) for end in interval(0.5, 28)]
    [0.156, 0.736]
    >>> interval(0.5, 3)
    (-1.0, 1.0)
    """
    if worth <= 3:
        return -1.0, 1.0
    reach = NormalDist().inv_cdf(1 - 0.025 / tries) / math.sqrt(worth - 3)
    middle = math.atanh(max(-1 + 1e-12, min(1 - 1e-12, r)))
    return math.tanh(middle - reach), math.tanh(middle + reach)


def _on_trading_days(counts: Mapping[date, StanceCounts], days: Sequence[date]) -> list[float]:
    """The bullishness of each trading day with the days without trading before it; nan without posts."""
    posts = sorted((day, count) for day, count in counts.items() if count.n)
    found: list[float] = []
    at = 0
    for place, day in enumerate(days):
        while at < len(posts) and place == 0 and posts[at][0] < day:
            at += 1  # before the first price: nobody knows how many trading days ago
        first = at
        while at < len(posts) and posts[at][0] <= day:
            at += 1
        part = [count for _, count in posts[first:at]]
        both = StanceCounts(bullish=sum(one.bullish for one in part), bearish=sum(one.bearish for one in part))
        found.append(level(both) if part else math.nan)
    return found


def _at(lag: int, mood: Sequence[float], returns: Sequence[float]) -> Lag | None:
    n = len(mood)
    x = np.array(mood[max(0, -lag) : n - max(0, lag)])
    y = np.array(returns[max(0, lag) : n - max(0, -lag)])
    there = ~(np.isnan(x) | np.isnan(y)) if len(x) == len(y) else np.zeros(0, dtype=bool)
    pairs = int(there.sum())
    if pairs < _LEAST or np.ptp(x[there]) == 0 or np.ptp(y[there]) == 0:
        return None
    r = float(np.corrcoef(x[there], y[there])[0, 1])
    worth = _worth(x, y, pairs)
    low, high = interval(r, worth)
    all_low, all_high = interval(r, worth, tries=len(LAGS))
    return Lag(lag=lag, r=r, n=pairs, worth=worth, low=low, high=high, all_low=all_low, all_high=all_high)


def _worth(x: Floats, y: Floats, n: int) -> float:
    """How many independent pairs n pairs are worth, from lags up to n/5; at least 3, at most n."""
    products = [(n - j) / n * _own(x, j) * _own(y, j) for j in range(1, n // 5 + 1)]
    return min(float(n), max(3.0, 1 / (1 / n + 2 / n * sum(products)))) if 1 + 2 * sum(products) > 0 else float(n)


def _own(values: Floats, j: int) -> float:
    """The autocorrelation at distance j, over pairs that are there."""
    centred = values - np.nanmean(values)
    products = centred[:-j] * centred[j:]
    return float(np.nansum(products) / np.nansum(centred * centred))
