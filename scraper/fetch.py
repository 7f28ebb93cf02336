"""The only file that opens a socket: who we are, what may be asked, how often, how much.

A crawler is a guest. It says its name, reads robots.txt, asks one thing at a time and waits between two
questions; it goes away when told to. It asks known forums only, also after a redirect, so that an address
somebody sends to the bot cannot be used to look into the network the bot runs in.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import partial
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urldefrag, urlsplit

import httpx2

from core import __version__
from core.config import without_password
from core.errors import ConfigError
from scraper.answer import MAX_REDIRECTS, Answer, conditions, judge, unpacked
from scraper.deadline import Deadline
from scraper.guard import refuse_private, refuse_private_connection
from scraper.outcome import OffLimits, Retry, Walled
from scraper.pace import Pace
from scraper.page import MAX_BYTES, Page, too_large
from scraper.robots import Robots
from scraper.site import Request
from scraper.sites import cookies as known_cookies
from scraper.sites import hosts as known_hosts
from scraper.sites import walls as known_walls
from scraper.transport import Transport

MAX_WAIT = 120.0
"""The longest pause between two tries, in seconds; a site that asks for more is left for later."""


def user_agent(contact: str | None = None) -> str:
    """Our name, with a contact if there is one: `paomo/0.1.0 (+https://example.org)`."""
    return f"paomo/{__version__}" + (f" (+{contact})" if contact else "")


class Fetcher:
    """Fetches pages of known forums; use it as a context manager.

    contact:      address or mail put into the user agent; agent: another user agent altogether
    hosts:        host names that may be asked; the known forums' if not given
    private:      host names that may be private addresses, for tests and mirrors at home
    cookies:      what hosts are sent with every request; as the known forums say if not given. What a site sets
                  is sent back to it and forgotten with the fetcher
    walls:        hosts that send to a login, `*` stands for anything; as the known forums say if not given
    pause:        seconds between two requests to a host, drawn between the two; robots.txt or slow answers make it
                  longer, see `scraper.pace`
    tries:        how often a request is made before a 5xx or a broken connection counts
    timeout:      seconds for connecting and for each piece of the answer; deadline: for the whole answer
    proxy:        `http://…` or `socks5://…`; the environment's proxies are not looked at
    before:       told host and kind (`robots` or `page`) before each request that goes out, tries and redirects
                  among them; what it raises stops the request
    sleep, clock, now: time, so that tests need none
    """

    def __init__(
        self,
        *,
        contact: str | None = None,
        agent: str | None = None,
        hosts: Iterable[str] | None = None,
        private: Iterable[str] = (),
        cookies: Mapping[str, Mapping[str, str]] | None = None,
        walls: Iterable[str] | None = None,
        pause: tuple[float, float] = (2.0, 4.0),
        tries: int = 3,
        timeout: float = 20.0,
        deadline: float = 90.0,
        proxy: str | None = None,
        before: Callable[[str, str], None] = lambda *_: None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.agent = agent or user_agent(contact)
        if not (self.agent.isascii() and self.agent.isprintable()):
            raise ConfigError(f"the user agent {self.agent!r} must be plain ASCII: it is sent as a header")
        self._hosts = frozenset(known_hosts() if hosts is None else hosts)
        self._private = frozenset(private)
        self._walls = tuple(known_walls() if walls is None else walls)
        self._tries, self._seconds, self._deadline = tries, deadline, Deadline(clock)
        self._sleep, self._clock, self._now = sleep, clock, now
        self.before = before
        self._proxied = proxy is not None
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._pace = Pace(pause, clock)
        self._robots = Robots(
            self.agent, checked=self._checked, ask=partial(self._ask, kind="robots"), clock=clock, now=now
        )
        try:
            self._client = httpx2.Client(
                headers={
                    "User-Agent": self.agent,
                    "Accept-Encoding": "gzip, deflate",
                    "Accept-Language": "zh, en;q=0.5",
                },
                timeout=timeout,
                transport=Transport(self._deadline, proxy),
                trust_env=False,
            )
            for host, pairs in (known_cookies() if cookies is None else cookies).items():
                for name, value in pairs.items():
                    self._client.cookies.set(name, value, domain=host)
        except (ValueError, ImportError, httpx2.InvalidURL) as error:
            shown = without_password(f"{proxy!r}: {error}")
            raise ConfigError(f"cannot use the proxy {shown}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def fetch(self, what: str | Request) -> Page:
        """One page, after at most five redirects.

        Raises `OffLimits` (scheme, host, private address, robots.txt), `Gone` (404, 410), `Walled` (401, 403,
        429, challenge), `Retry` (5xx, network, anything odd) and `Unreadable` (too large, damaged).
        """
        page = self.fetch_if_changed(what, {})
        assert page is not None  # nothing was known, so nothing can be as it was: `judge` refuses a 304
        return page

    def fetch_if_changed(self, what: str | Request, known: Mapping[str, str]) -> Page | None:
        """Like `fetch`, but `None` where the page is still the one that came with the headers `known`."""
        request = Request(url=what) if isinstance(what, str) else what
        url, fragment = urldefrag(request.url)
        form, extra = dict(request.form), conditions(known)
        if request.referer:
            extra["Referer"] = request.referer
        for _ in range(MAX_REDIRECTS + 1):
            parts = self._checked(url)
            host, asked = parts.hostname or "", self._robots.ask_leave(url, parts)
            self._pace.at_least(host, min(asked, MAX_WAIT))
            answer = self._ask(url, parts, form=form, extra=extra)
            if (target := answer.redirects_to(url)) is not None:
                self._refuse_wall(url, target)
                url, form = target, form if answer.status in (307, 308) else {}
                continue
            if answer.status == 304 and extra.keys() & {"If-None-Match", "If-Modified-Since"}:
                return None
            judge(url, answer, self._now())
            url = f"{url}#{fragment}" if fragment else url
            return Page(url=url, body=answer.body, headers=dict(answer.headers), fetched_at=self._now())
        raise Retry(f"{url}: more than {MAX_REDIRECTS} redirects")

    def _refuse_wall(self, url: str, target: str) -> None:
        host = urlsplit(target).hostname or ""
        if any(fnmatchcase(host, wall) for wall in self._walls):
            raise Walled(f"{url}: sends to a login page, {host}", hint="stop for today; save the page by hand")

    def _checked(self, url: str) -> SplitResult:
        """The parts of an address that may be asked."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise OffLimits(f"{url!r} is no address: {error}") from error
        if parts.scheme not in ("http", "https"):
            raise OffLimits(f"{url!r}: only http and https are fetched")
        if host not in self._hosts:
            raise OffLimits(
                f"{url!r}: {host or 'no host'} is none of the known forums",
                hint=f"known: {', '.join(sorted(self._hosts))}; hosts of Discuz! boards stand in the setting discuz_hosts",
            )
        if host not in self._private:
            if port not in (None, 80, 443) or "@" in parts.netloc:
                raise OffLimits(f"{url!r}: no ports and no names in addresses")
            if not self._proxied:
                refuse_private(url, host)
        return parts

    def _ask(
        self,
        url: str,
        parts: SplitResult,
        *,
        kind: str = "page",
        form: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> Answer:
        """One answer, below 500 or a challenge; tried again with growing waits."""
        host = parts.hostname or ""
        for attempt in range(1, self._tries + 1):
            cause: Exception | None = None
            try:
                with self._locks[host]:
                    self._wait_turn(host)
                    self.before(host, kind)
                    started, status = self._clock(), 0
                    try:
                        answer = self._once(url, form or {}, extra or {})
                        status = answer.status
                    finally:
                        self._pace.answered(host, self._clock() - started, well=status == 200)
            except httpx2.TimeoutException as error:
                cause, failure = error, Retry(f"{url}: no answer in time")
            except httpx2.TransportError as error:
                cause, failure = error, Retry(f"{url}: {str(error) or type(error).__name__}")
            else:
                if answer.status < 500 or answer.is_challenge:
                    return answer
                after = answer.retry_after(self._now())
                failure = Retry(f"{url}: HTTP {answer.status}", after=after)
            wait = failure.after if failure.after is not None else 2.0**attempt
            if attempt == self._tries or wait > MAX_WAIT:
                raise failure from cause
            self._sleep(wait)
        raise AssertionError("unreachable: the last try returns or raises")

    def _once(self, url: str, form: Mapping[str, str], extra: Mapping[str, str]) -> Answer:
        self._deadline.begin(url, self._seconds)
        method = "POST" if form else "GET"
        guarded = not self._proxied and urlsplit(url).hostname not in self._private
        watch = {"trace": refuse_private_connection} if guarded else {}
        with self._client.stream(
            method, url, data=dict(form) or None, headers=dict(extra), extensions=watch
        ) as response:
            length = response.headers.get("content-length", "")
            if length.isdecimal() and int(length[:15]) > MAX_BYTES:
                raise too_large(url)
            body = bytearray()
            for piece in unpacked(url, response):
                body += piece
                if len(body) > MAX_BYTES:
                    raise too_large(url)
            return Answer(response.status_code, response.headers, bytes(body))

    def _wait_turn(self, host: str) -> None:
        wait = self._pace.wait(host)
        if wait > 0:
            self._sleep(wait)
