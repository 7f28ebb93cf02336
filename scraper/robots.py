"""What a site's robots.txt lets us ask for, read once a day; nothing here opens a socket."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import SplitResult

from protego import Protego

from scraper.answer import MAX_REDIRECTS, WALLS, Answer, judge
from scraper.outcome import OffLimits, Retry

AGE = 24 * 3600.0
"""Seconds after which robots.txt is read again, as RFC 9309 says."""


class Robots:
    """The rules of every site that is asked.

    checked: the parts of an address that may be asked, or `OffLimits`; ask: the answer there
    clock: seconds, rising; now: aware
    """

    def __init__(
        self,
        agent: str,
        *,
        checked: Callable[[str], SplitResult],
        ask: Callable[[str, SplitResult], Answer],
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self._agent, self._checked, self._ask = agent, checked, ask
        self._clock, self._now = clock, now
        self._read: dict[str, tuple[float, Protego | None]] = {}

    def ask_leave(self, url: str, parts: SplitResult) -> float:
        """Whether an address may be fetched: returns the seconds between two requests that the site asks for, else 0.

        Raises `OffLimits` where its rules forbid the address, and what hinders reading them.
        """
        origin = f"{parts.scheme}://{parts.netloc}"
        read_at, rules = self._read.get(origin, (None, None))
        if read_at is None or self._clock() > read_at + AGE:
            rules = self._rules(f"{origin}/robots.txt")
            self._read[origin] = self._clock(), rules
        if rules is None:
            return 0.0
        if not rules.can_fetch(url, self._agent):
            raise OffLimits(f"{url}: robots.txt asks us not to fetch this")
        return float(rules.crawl_delay(self._agent) or 0)

    def _rules(self, url: str) -> Protego | None:
        """The rules, or `None` where there are none. Rules that cannot be read now forbid everything for now.

        A redirect to another forum's host is followed; one to a host that is no forum's cannot be, and counts as
        rules that cannot be read: what the site wants to say stands there, and guessing at it would be rude.
        """
        for _ in range(MAX_REDIRECTS + 1):
            try:
                parts = self._checked(url)
            except OffLimits as error:
                raise Retry(f"the rules of the site cannot be read: {error}", hint=error.hint) from error
            answer = self._ask(url, parts)
            if (target := answer.redirects_to(url)) is not None:
                url = target
                continue
            if answer.status == 200:
                return Protego.parse(answer.body.decode("utf-8", "replace"))
            if 400 <= answer.status < 500 and answer.status not in WALLS:
                return None
            judge(url, answer, self._now())
        raise Retry(f"{url}: more than {MAX_REDIRECTS} redirects")
