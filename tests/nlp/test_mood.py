"""Buzz, shares, lead and lag, track records: numbers known from elsewhere, and silence where little is known."""

import math
from datetime import date, timedelta
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.storage.tallies import StanceCounts, Sums
from nlp.mood.buzz import buzz
from nlp.mood.leadlag import interval, lead_lag
from nlp.mood.record import after, scores
from nlp.mood.shares import effective, rotation, wilson

DAY = date(2026, 11, 20)


def back(days: int) -> date:
    return DAY - timedelta(days=days)


def test_buzz_compares_with_the_same_weekday() -> None:
    posts = {back(k): 100 for k in range(80)}
    weekly = {back(k): 20 if k % 7 == 0 else 2 for k in range(80)}
    found = buzz(weekly, posts, DAY)
    assert (found.z, found.usual, found.days, found.weekday) == (0.0, 20.0, 8, True)


def test_buzz_with_few_weeks_takes_all_days_and_says_so() -> None:
    posts = {back(k): 100 for k in range(15)}
    found = buzz({DAY: 9} | {back(k): 4 for k in range(1, 15)}, posts, DAY)
    assert (found.usual, found.days, found.weekday) == (4.0, 14, False)
    assert found.z == pytest.approx((9 - 4) / 2)


def test_buzz_of_a_young_forum_is_not_known() -> None:
    found = buzz({DAY: 9}, {back(k): 9 for k in range(5)}, DAY)
    assert (found.n, found.z, found.usual, found.days) == (9, None, None, 4)


def test_days_without_any_posts_are_no_quiet_days() -> None:
    posts = {back(7 * k): 50 for k in range(9) if k != 3}
    found = buzz({DAY: 6} | {back(7 * k): 6 for k in range(1, 9) if k != 3}, posts, DAY)
    assert (found.z, found.days) == (0.0, 7)


def test_buzz_out_of_nothing_is_bounded() -> None:
    found = buzz({DAY: 3}, {back(k): 50 for k in range(80)}, DAY)
    assert found.z == 3.0, "a habit of none has a deviation of 1, not 0"


def test_wilson_as_published() -> None:
    """Newcombe (1998), two-sided intervals for the single proportion, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    for hits, of, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)):  # fmt: skip
        found = wilson(hits, of)
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_rotation_as_published() -> None:
    """Newcombe (1998), interval for the difference of independent proportions, table II, method 10."""
    for (a, m), (b, n), low, high in (((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((10, 10), (0, 20), 0.6791, 1.0)):  # fmt: skip
        found = rotation(wilson(a, m), wilson(b, n))
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0.5, 100))
def test_a_share_lies_in_its_interval(hits: int, more: int, worth: float) -> None:
    found = wilson(hits, hits + more, worth=worth)
    assert 0 <= found.low <= found.share + 1e-12
    assert found.share <= found.high + 1e-12
    assert found.high <= 1
    if hits + more:
        alone = wilson(hits, hits + more)
        assert found.high - found.low >= alone.high - alone.low - 1e-12, "fewer independent posts are never surer"


def test_many_posts_of_one_author_are_worth_one() -> None:
    assert effective(Sums(neutral=10_000, posts2=10_000**2)) == 1.0
    assert wilson(5_000, 10_000, worth=1.0).high > 0.9
    assert effective(Sums()) == 0.0


def _series(
    days: int, lead: int, *, noise: float, seed: int = 3
) -> tuple[dict[date, StanceCounts], list[date], list[float]]:
    """Prices that move the way of the mood `lead` days before."""
    rng = np.random.default_rng(seed)
    dates = [date(2026, 1, 1) + timedelta(days=k) for k in range(days)]
    mood = rng.integers(1, 40, size=(days, 2))
    levels = np.log((1 + mood[:, 0]) / (1 + mood[:, 1]))
    returns = np.roll(levels, lead) * 0.01 + rng.normal(0, noise, days)
    closes = [100 * math.exp(total) for total in accumulate(float(one) for one in returns)]
    return (
        {day: StanceCounts(bullish=int(up), bearish=int(down)) for day, (up, down) in zip(dates, mood, strict=True)},
        dates,
        closes,
    )


def test_a_lead_is_found_where_it_is() -> None:
    found = lead_lag(*_series(200, 3, noise=0.001))
    assert found.best is not None
    assert (found.best.lag, found.reason, len(found.lags)) == (3, None, 21)
    assert found.best.r > 0.95
    late = lead_lag(*_series(200, -4, noise=0.001))
    assert late.best is not None
    assert late.best.lag == -4


def test_noise_means_nothing_though_its_best_lag_looks_good() -> None:
    """Of 60 pairs of unrelated series, about one in twenty at most may pass for more than chance."""
    found = [lead_lag(*_series(120, 0, noise=5.0, seed=seed)) for seed in range(60)]
    assert sum(one.reason is None for one in found) <= 6
    alone = [one.best for one in found if one.best and not one.best.low <= 0 <= one.best.high]
    assert len(alone) > 15, "by its own interval the best of 21 lags deceives all the time"


def test_series_that_remember_are_worth_fewer_days() -> None:
    rng = np.random.default_rng(5)
    walk = np.cumsum(rng.normal(0, 1, 300))
    days = [date(2026, 1, 1) + timedelta(days=k) for k in range(300)]
    counts = {
        day: StanceCounts(bullish=int(20 * math.exp(x / 8)), bearish=20) for day, x in zip(days, walk, strict=True)
    }
    closes = [100 * math.exp(total) for total in accumulate(0.01 * float(x) for x in walk)]
    found = lead_lag(counts, days, closes)
    assert found.best is not None
    assert found.best.worth < 60 < found.best.n


def test_few_days_mean_nothing() -> None:
    found = lead_lag(*_series(50, 1, noise=0.0001))
    assert found.reason == "few_days"
    assert lead_lag({}, [DAY], [1.0]).best is None
    counts, days, _ = _series(90, 1, noise=1)
    assert lead_lag(counts, days, [100.0] * 90).lags == (), "a price that never moves has no correlation"


def test_a_weekend_counts_for_monday_and_silence_for_nothing() -> None:
    friday, monday = date(2026, 11, 13), date(2026, 11, 16)
    days = [friday - timedelta(days=1), friday, monday, monday + timedelta(days=1)]
    found = lead_lag({monday - timedelta(days=1): StanceCounts(bullish=5)}, days, [1.0, 2.0, 3.0, 4.0])
    assert found.days == 1


@pytest.mark.parametrize(("r", "worth"), [(0.3, 100.0), (-0.9, 8.0), (0.0, 30.0)])
def test_fisher_intervals_hold_their_correlation_and_widen_with_tries(r: float, worth: float) -> None:
    low, high = interval(r, worth)
    wide_low, wide_high = interval(r, worth, tries=21)
    assert -1 <= wide_low < low < r < high < wide_high <= 1


def test_what_followed_a_post() -> None:
    days = [date(2026, 1, 5) + timedelta(days=k) for k in range(30)]
    closes = [100.0 + k for k in range(30)]
    assert after(date(2026, 1, 5), days, closes) == {5: 0.05, 20: 0.2, 60: None}
    assert after(date(2026, 1, 4), days, closes)[5] is None, "before the file begins"
    assert after(date(2027, 1, 4), days, closes)[5] is None
    assert after(DAY, [], []) == {5: None, 20: None, 60: None}


def test_a_bull_in_a_rising_market_is_no_better_than_anybody() -> None:
    days = [date(2026, 1, 5) + timedelta(days=k) for k in range(30)]
    rising = [100.0 + k for k in range(30)]
    [five, twenty] = scores([(days[0], "bullish"), (days[0], "bullish"), (days[1], "bearish")], days, rising)
    assert (five.horizon, five.of, five.right.n, five.days) == (5, 3, 2, 2)
    assert five.usual == pytest.approx(2 / 3)
    assert twenty.horizon == 20
    assert scores([(days[-1], "bullish")], days, rising) == []
    assert scores([], days, rising) == []
