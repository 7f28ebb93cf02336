"""When to run, and how to end: one run every so often, and an orderly stop."""

import random
import threading
from collections.abc import Callable

from core.errors import PaomoError, UsageError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
SHORTEST = 60.0
"""Seconds; nobody needs a board more often than once a minute."""


class Stopped(PaomoError):
    """The run was asked to end; everything up to here is stored."""


class Stopper:
    """Tells a run to end. Safe to be called from a signal handler."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def stop(self) -> None:
        """End after the request under way."""
        self._event.set()

    def check(self) -> None:
        """Raise `Stopped` where the run is to end."""
        if self._event.is_set():
            raise Stopped("stopped")

    def sleep(self, seconds: float) -> None:
        """Wait, and end at once where the run is to end."""
        if self._event.wait(seconds):
            raise Stopped("stopped")


def duration(text: str) -> float:
    """Seconds from `90s`, `30m`, `6h`, `1d`.

    >>> duration("30m"), duration("1.5h")
    (1800.0, 5400.0)
    """
    number, unit = text.strip()[:-1], text.strip()[-1:].lower()
    if unit not in _UNITS or not number.replace(".", "", 1).isdecimal() or len(number) > 9:
        raise UsageError(f"{text!r} is no length of time", hint="write 30m, 6h or 1d")
    return float(number) * _UNITS[unit]


def run_every(
    seconds: float,
    job: Callable[[], None],
    *,
    sleep: Callable[[float], None],
    clock: Callable[[], float],
    jitter: Callable[[float, float], float] = random.uniform,
) -> None:
    """Run a job again and again until something raises `Stopped`, which ends this quietly.

    Each run starts `seconds` after the last start, give or take a twentieth, so that many crawlers do not ask in
    step; a run that took longer is followed by the next at once.
    """
    try:
        while True:
            following = clock() + seconds * jitter(0.95, 1.05)
            job()
            sleep(max(0.0, following - clock()))
    except Stopped:
        return
