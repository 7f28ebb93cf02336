"""When the crawl runs again, and how it is told to end; time is faked."""

import pytest

from core.errors import UsageError
from scraper.pace import Pace
from scraper.schedule import Stopped, Stopper, duration, run_every


class Time:
    """A clock that moves when somebody sleeps or works."""

    def __init__(self, runs: int) -> None:
        self.now, self.left = 1000.0, runs
        self.starts: list[float] = []
        self.lasts = 10.0

    def job(self) -> None:
        self.starts.append(self.now)
        self.now += self.lasts

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.left -= 1
        if not self.left:
            raise Stopped("stopped")
        self.now += seconds

    def clock(self) -> float:
        return self.now


def test_each_run_starts_so_long_after_the_start_of_the_last() -> None:
    time = Time(runs=4)
    run_every(1800, time.job, sleep=time.sleep, clock=time.clock, jitter=lambda low, high: 1.0)
    assert time.starts == [1000, 2800, 4600, 6400]


def test_jitter_is_a_twentieth_at_most() -> None:
    seen: list[tuple[float, float]] = []

    def jitter(low: float, high: float) -> float:
        seen.append((low, high))
        return high

    time = Time(runs=3)
    run_every(1000, time.job, sleep=time.sleep, clock=time.clock, jitter=jitter)
    assert time.starts == pytest.approx([1000, 2050, 3100])
    assert set(seen) == {(0.95, 1.05)}


def test_a_run_that_took_longer_is_followed_at_once_and_none_is_made_up() -> None:
    time = Time(runs=4)
    time.lasts = 5000
    run_every(1800, time.job, sleep=time.sleep, clock=time.clock, jitter=lambda low, high: 1.0)
    assert time.starts == [1000, 6000, 11000, 16000]


def test_a_stop_wakes_a_sleeper_and_stops_what_follows() -> None:
    stopper = Stopper()
    stopper.check()
    stopper.stop()
    with pytest.raises(Stopped):
        stopper.sleep(3600)
    with pytest.raises(Stopped):
        stopper.check()


@pytest.mark.parametrize("text", ["", "30", "m", "-5m", "1.2.3h", "30x", "½h", "m30", "nanm", "infd"])
def test_nonsense_is_no_length_of_time(text: str) -> None:
    with pytest.raises(UsageError, match="no length of time"):
        duration(text)


def test_a_slow_site_gets_time_and_no_pause_is_for_ever() -> None:
    pace = Pace((2.0, 2.0), clock=lambda: 0.0)
    assert pace.wait("h") == 0
    pace.answered("h", 0.1, well=True)
    assert pace.wait("h") == 2
    pace.answered("h", 500.0, well=True)
    assert pace.wait("h") == 60
    for _ in range(20):
        pace.answered("h", 0.1, well=False)
    assert pace.wait("h") == 60
    for _ in range(20):
        pace.answered("h", 0.1, well=True)
    assert pace.wait("h") == 2
    pace.at_least("h", 9)
    pace.answered("h", 0.1, well=True)
    assert (pace.wait("h"), pace.wait("other")) == (9, 0)
