"""Days, bullishness and agreement, and whether the interval covers what it says it does."""

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import pytest

from core.errors import UsageError
from core.sentiment import Stance
from nlp.trend import Day, Mood, days, mood_of, sums_of

DAY = date(2026, 11, 20)
Row = tuple[date, Stance, str | None]
UP, FLAT, DOWN = Stance.BULLISH, Stance.NEUTRAL, Stance.BEARISH


def daily(rows: Iterable[Row], start: date, end: date) -> list[Day]:
    """Rows of a local date, a stance and the author's key, by day."""
    by_day: dict[date, list[tuple[Stance, str | None]]] = defaultdict(list)
    for day, stance, author in rows:
        by_day[day].append((stance, author))
    return days({day: sums_of(posts) for day, posts in by_day.items()}, start, end)


def mood(rows: Iterable[Row]) -> Mood:
    """The same rows taken together."""
    return mood_of(sums_of((stance, author) for _, stance, author in rows))


def _rows(*stances: Stance, author: str | None = None) -> list[Row]:
    return [(DAY, stance, author) for stance in stances]


def test_every_date_is_there() -> None:
    found = daily(_rows(UP), DAY - timedelta(days=2), DAY + timedelta(days=1))
    assert [(day.date.day, day.n) for day in found] == [(18, 0), (19, 0), (20, 1), (21, 0)]
    assert [day.bullishness is None for day in found] == [True, True, False, True]
    assert found[0].agreement is found[0].low is found[0].high is None


def test_rows_outside_are_left_out() -> None:
    assert daily(_rows(UP), DAY + timedelta(days=1), DAY + timedelta(days=1))[0].n == 0
    with pytest.raises(UsageError, match="after the last"):
        daily([], DAY, DAY - timedelta(days=1))


def test_the_measures() -> None:
    [day] = daily(_rows(UP, UP, UP, DOWN, FLAT), DAY, DAY)
    assert (day.n, day.bullish, day.neutral, day.bearish) == (5, 3, 1, 1)
    assert day.bullishness == pytest.approx(math.log(4 / 2))
    assert day.agreement == pytest.approx(1 - math.sqrt(1 - 0.25))
    assert day.low is not None
    assert day.high is not None
    assert (day.low + day.high) / 2 == pytest.approx(day.bullishness)
    assert day.high - day.low == pytest.approx(2 * 1.959964 * math.sqrt(1 / 4 + 1 / 2))


def test_only_neutral_posts_agree_on_nothing() -> None:
    [day] = daily(_rows(FLAT, FLAT), DAY, DAY)
    assert (day.n, day.bullishness, day.agreement) == (2, 0.0, None)


@pytest.mark.parametrize(("stances", "agreement"), [((UP, UP), 1.0), ((UP, DOWN), 0.0), ((DOWN,), 1.0)])
def test_agreement(stances: tuple[Stance, ...], agreement: float) -> None:
    assert daily(_rows(*stances), DAY, DAY)[0].agreement == agreement


def test_bulls_and_bears_mirror() -> None:
    [one], [other] = daily(_rows(UP, UP, DOWN), DAY, DAY), daily(_rows(DOWN, DOWN, UP), DAY, DAY)
    assert one.bullishness is not None
    assert other.bullishness == pytest.approx(-one.bullishness)
    assert one.low is not None
    assert other.high == pytest.approx(-one.low)


def test_repetition_widens_and_never_narrows() -> None:
    crowd = [(DAY, stance, f"{stance}{k}") for k in range(20) for stance in (UP, DOWN)]
    few = [(DAY, stance, f"{stance}{k % 2}") for k in range(20) for stance in (UP, DOWN)]
    [wide], [narrow] = daily(few, DAY, DAY), daily(crowd, DAY, DAY)
    assert wide.low is not None
    assert narrow.low is not None
    assert wide.low < 1.5 * narrow.low < 0
    assert narrow == daily([(DAY, stance, None) for _, stance, _ in crowd], DAY, DAY)[0]


def _coverage(authors: int, posts: int, p_up: float) -> float:
    """How often the interval holds ln(p_up / p_down) when each author keeps one stance all day."""
    rng, true, held = np.random.default_rng(7), math.log(p_up / (0.6 - p_up)), 0
    for _ in range(600):
        stances = [(UP, FLAT, DOWN)[k] for k in rng.choice(3, size=authors, p=[p_up, 0.4, 0.6 - p_up])]
        rows: list[Row] = [(DAY, stance, str(k)) for k, stance in enumerate(stances) for _ in range(posts)]
        [day] = daily(rows, DAY, DAY)
        assert day.low is not None
        assert day.high is not None
        held += day.low <= true <= day.high
    return held / 600


@pytest.mark.parametrize("p_up", [0.3, 0.4])
@pytest.mark.parametrize(("authors", "posts"), [(30, 1), (100, 1), (30, 4), (60, 8)])
def test_coverage(authors: int, posts: int, p_up: float) -> None:
    assert 0.92 <= _coverage(authors, posts, p_up) <= 0.995


def test_mood_sees_an_author_who_comes_back_on_another_day() -> None:
    rows: list[Row] = [(DAY + timedelta(days=k % 3), UP if k % 4 else DOWN, str(k % 5)) for k in range(60)]
    whole = mood(rows)
    assert (whole.n, whole.bullish, whole.bearish) == (60, 45, 15)
    assert whole.bullishness == pytest.approx(math.log(46 / 16))
    assert whole.low is not None
    assert whole.high is not None
    assert whole.high - whole.low > 2 * 1.959964 * math.sqrt(1 / 46 + 1 / 16)


def test_mood_of_one_day_is_that_day() -> None:
    rows = _rows(UP, UP, DOWN, author="a")
    [day] = daily(rows, DAY, DAY)
    whole = mood(rows)
    assert (whole.bullishness, whole.agreement) == (day.bullishness, day.agreement)
    assert whole.low == pytest.approx(day.low)


def test_mood_of_silence() -> None:
    whole = mood([])
    assert (whole.n, whole.bullishness, whole.agreement, whole.low) == (0, None, None, None)
