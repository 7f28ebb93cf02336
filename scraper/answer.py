"""One HTTP answer and what it means. Nothing here opens a socket; `scraper.fetch` does."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import httpx2

from scraper.outcome import Gone, OffLimits, Retry, Unreadable, Walled
from scraper.page import MAX_BYTES, too_large

WALLS = frozenset({401, 403, 407, 429, 451})
MAX_REDIRECTS = 5
MOST_AWAY = 30 * 24 * 3600.0
"""The longest that a site is left alone because it says so, in seconds: one that says 9999 means no year."""
_MOVED = frozenset({301, 302, 303, 307, 308})
_CHALLENGE = b"<title>just a moment"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and unpacked body."""

    status: int
    headers: httpx2.Headers
    body: bytes

    def redirects_to(self, url: str) -> str | None:
        """Where this leads from the address it came from; `None` for no redirect, `OffLimits` for one to no address."""
        location = self.headers.get("location") if self.status in _MOVED else None
        try:
            return None if location is None else urljoin(url, location)
        except ValueError as error:
            raise OffLimits(f"{url}: redirects to {location!r}, which is no address") from error

    def retry_after(self, now: datetime) -> float | None:
        """Seconds to stay away, if the site says so."""
        return retry_after(self.headers.get("retry-after"), now)

    @property
    def is_challenge(self) -> bool:
        """Whether this is a browser check in place of the page."""
        return self.headers.get("cf-mitigated") == "challenge" or _CHALLENGE in self.body[:4096].lower()


def conditions(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers that ask for a page only if it is another than the one that came with `headers`.

    >>> conditions({"ETag": '"a1"', "Date": "Mon, 23 Nov 2026 09:00:00 GMT"})
    {'If-None-Match': '"a1"'}
    """
    held = {name.lower(): value for name, value in headers.items()}
    pairs = {"If-None-Match": held.get("etag"), "If-Modified-Since": held.get("last-modified")}
    return {name: value for name, value in pairs.items() if value}


def judge(url: str, answer: Answer, now: datetime) -> None:
    """Raise what an answer other than a page means."""
    if answer.is_challenge:
        raise Walled(f"{url}: the site asks for a browser check", hint="stop for today; save the page by hand")
    if answer.status in WALLS:
        after = answer.retry_after(now)
        raise Walled(f"{url}: refused with HTTP {answer.status}", hint="stop asking this site for a while", after=after)
    if answer.status in (404, 410):
        raise Gone(f"{url}: HTTP {answer.status}, not there any more")
    if answer.status != 200:
        raise Retry(f"{url}: unexpected HTTP {answer.status}")


def unpacked(url: str, response: httpx2.Response) -> Iterator[bytes]:
    """The body in pieces of at most `MAX_BYTES`, however small it was packed."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("identity", ""):
        yield from response.iter_raw()
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise Unreadable(f"{url}: packed as {encoding}, which was not asked for")
    unpack = zlib.decompressobj(wbits=47)  # 32 + 15: gzip or zlib, by its header
    try:
        for piece in response.iter_raw():
            yield unpack.decompress(piece, MAX_BYTES + 1)
            if unpack.unconsumed_tail:
                raise too_large(url)
    except zlib.error as error:
        raise Unreadable(f"{url}: the answer is damaged: {error}") from error
    if not unpack.eof:
        raise Retry(f"{url}: the answer was cut short")


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds from a Retry-After header, given as seconds or as a date, at most `MOST_AWAY`; `None` where there is no
    sense in it.

    >>> retry_after("30", datetime(2026, 1, 1, tzinfo=UTC))
    30.0
    >>> retry_after("Thu, 01 Jan 2026 00:01:00 GMT", datetime(2026, 1, 1, tzinfo=UTC))
    60.0
    """
    if value is None:
        return None
    if value.strip().isdecimal():
        return min(float(value.strip()[:9]), MOST_AWAY)
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # an hour of thirty digits overflows
        return None
    return min(max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds()), MOST_AWAY)
