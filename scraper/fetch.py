"""The only file that opens a socket: who we are, what may be asked, how often, how much.

A crawler is a guest. It says its name, reads robots.txt, asks one thing at a time and waits between two
questions; it goes away when told to. It asks known forums only, also after a redirect, so that an address
somebody sends to the bot cannot be used to look into the network the bot runs in.
"""

import ipaddress
import random
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx2
from protego import Protego

from core import __version__
from core.errors import ConfigError
from scraper.answer import WALLS, Answer, judge, unpacked
from scraper.outcome import OffLimits, Retry
from scraper.page import MAX_BYTES, Page, too_large
from scraper.sites import hosts as known_hosts

MAX_REDIRECTS = 5
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
    pause:        seconds between two requests to a host, drawn between the two; robots.txt may ask for more
    tries:        how often a request is made before a 5xx or a broken connection counts
    timeout:      seconds for connecting and for each piece of the answer; deadline: for the whole answer
    proxy:        `http://…` or `socks5://…`; the environment's proxies are not looked at
    sleep, clock, now: time, so that tests need none
    """

    def __init__(
        self,
        *,
        contact: str | None = None,
        agent: str | None = None,
        hosts: Iterable[str] | None = None,
        private: Iterable[str] = (),
        pause: tuple[float, float] = (2.0, 4.0),
        tries: int = 3,
        timeout: float = 20.0,
        deadline: float = 90.0,
        proxy: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.agent = agent or user_agent(contact)
        if not (self.agent.isascii() and self.agent.isprintable()):
            raise ConfigError(f"the user agent {self.agent!r} must be plain ASCII: it is sent as a header")
        self._hosts = frozenset(known_hosts() if hosts is None else hosts)
        self._private = frozenset(private)
        self._pause, self._tries, self._deadline = pause, tries, deadline
        self._sleep, self._clock, self._now = sleep, clock, now
        self._proxied = proxy is not None
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._next: dict[str, float] = {}
        self._robots: dict[str, Protego | None] = {}
        try:
            self._client = httpx2.Client(
                headers={
                    "User-Agent": self.agent,
                    "Accept-Encoding": "gzip, deflate",
                    "Accept-Language": "zh, en;q=0.5",
                },
                timeout=timeout,
                proxy=proxy,
                trust_env=False,
            )
        except (ValueError, ImportError, httpx2.InvalidURL) as error:
            raise ConfigError(f"cannot use the proxy {proxy!r}: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def fetch(self, url: str) -> Page:
        """One page, after at most five redirects.

        Raises `OffLimits` (scheme, host, private address, robots.txt), `Gone` (404, 410), `Walled` (401, 403,
        429, challenge), `Retry` (5xx, network, anything odd) and `Unreadable` (too large, damaged).
        """
        for _ in range(MAX_REDIRECTS + 1):
            parts = self._checked(url)
            self._ask_robots(url, parts)
            answer = self._ask(url, parts)
            if (location := answer.moved_to) is not None:
                url = _joined(url, location)
                continue
            judge(url, answer, self._now())
            return Page(url=url, body=answer.body, headers=dict(answer.headers), fetched_at=self._now())
        raise Retry(f"{url}: more than {MAX_REDIRECTS} redirects")

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
                hint=f"known: {', '.join(sorted(self._hosts))}",
            )
        if host not in self._private:
            if port not in (None, 80, 443) or "@" in parts.netloc:
                raise OffLimits(f"{url!r}: no ports and no names in addresses")
            if not self._proxied:
                _refuse_private(url, host)
        return parts

    def _ask_robots(self, url: str, parts: SplitResult) -> None:
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(f"{origin}/robots.txt")
        rules = self._robots[origin]
        if rules is not None and not rules.can_fetch(url, self.agent):
            raise OffLimits(f"{url}: robots.txt asks us not to fetch this")

    def _read_robots(self, url: str) -> Protego | None:
        """The rules, or `None` where there are none. Rules that cannot be read now forbid everything for now."""
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._ask(url, self._checked(url))
            if (location := answer.moved_to) is not None:
                url = _joined(url, location)
                continue
            if answer.status == 200:
                return Protego.parse(answer.body.decode("utf-8", "replace"))
            if 400 <= answer.status < 500 and answer.status not in WALLS:
                return None
            judge(url, answer, self._now())
        raise Retry(f"{url}: more than {MAX_REDIRECTS} redirects")

    def _ask(self, url: str, parts: SplitResult) -> Answer:
        """One answer, below 500 or a challenge; tried again with growing waits."""
        host = parts.hostname or ""
        for attempt in range(1, self._tries + 1):
            cause: Exception | None = None
            try:
                with self._locks[host]:
                    self._wait_turn(host)
                    try:
                        answer = self._once(url)
                    finally:
                        self._next[host] = self._clock() + self._rest(f"{parts.scheme}://{parts.netloc}")
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

    def _once(self, url: str) -> Answer:
        until = self._clock() + self._deadline
        with self._client.stream("GET", url) as response:
            length = response.headers.get("content-length", "")
            if length.isdecimal() and int(length[:15]) > MAX_BYTES:
                raise too_large(url)
            body = bytearray()
            for piece in unpacked(url, response):
                body += piece
                if len(body) > MAX_BYTES:
                    raise too_large(url)
                if self._clock() > until:
                    raise Retry(f"{url}: not finished after {self._deadline:g} seconds")
            return Answer(response.status_code, response.headers, bytes(body))

    def _wait_turn(self, host: str) -> None:
        wait = self._next.get(host, 0.0) - self._clock()
        if host in self._next and wait > 0:
            self._sleep(wait)

    def _rest(self, origin: str) -> float:
        """How long to leave a host alone."""
        rules = self._robots.get(origin)
        asked = rules.crawl_delay(self.agent) if rules else None
        return max(random.uniform(*self._pause), min(float(asked or 0), MAX_WAIT))  # noqa: S311 (a pause, no secret)


def _refuse_private(url: str, host: str) -> None:
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise Retry(f"{url}: {host} cannot be found", hint="is this machine on the network?") from error
    for address in found:
        if not ipaddress.ip_address(address.partition("%")[0]).is_global:
            raise OffLimits(f"{url}: {host} is the private address {address}")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise OffLimits(f"{url}: redirects to {location!r}, which is no address") from error
