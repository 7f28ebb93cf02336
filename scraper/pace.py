"""How long to leave a host alone between two requests.

A slow site gets more time: the pause follows the time its answers take, by the rule of Scrapy's AutoThrottle with one
request at a time (the pause goes half of the way to the latency, and at once all of it when the latency is more). An
answer that is no page never makes the pause shorter: an error page is quick, and says that the site is in trouble.
"""

import random
from collections.abc import Callable

LONGEST = 60.0
"""Seconds; a site slower than that is left alone no longer between two requests."""


class Pace:
    """The pauses of all hosts.

    least: seconds between the end of an answer and the next request, drawn between the two; (0, 0) is no pause at
    all, for a mirror of one's own
    """

    def __init__(self, least: tuple[float, float], clock: Callable[[], float]) -> None:
        self._least, self._clock = least, clock
        self._delay: dict[str, float] = {}
        self._asked: dict[str, float] = {}
        self._next: dict[str, float] = {}

    def at_least(self, host: str, seconds: float) -> None:
        """The host's robots.txt asks for a pause of its own."""
        self._asked[host] = seconds

    def answered(self, host: str, latency: float, *, well: bool) -> None:
        """An answer took that long; well: it was a page.

        >>> pace = Pace((2.0, 2.0), clock=lambda: 100.0)
        >>> [(pace.answered("h", latency, well=well), pace.wait("h"))[1]
        ...  for latency, well in ((8.0, True), (4.0, True), (0.5, False), (0.5, True))]
        [8.0, 6.0, 6.0, 3.25]
        """
        last = self._delay.get(host, self._least[0])
        delay = min(max(latency, (last + latency) / 2), LONGEST)
        if self._least[1] == 0:
            delay = 0.0
        elif not well:
            delay = max(delay, last)
        self._delay[host] = delay
        rest = random.uniform(*self._least)  # noqa: S311 (a pause, no secret)
        self._next[host] = self._clock() + max(rest, delay, self._asked.get(host, 0.0))

    def wait(self, host: str) -> float:
        """Seconds until the host may be asked; nought or less for now."""
        return self._next.get(host, self._clock()) - self._clock()
