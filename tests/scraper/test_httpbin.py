"""Fetching from httpbin, a server that is not ours: what we believe of HTTP must hold for somebody else's too.

It runs on loopback under werkzeug. What it does with time (`/delay`, `/drip`) moves a clock and does not sleep.
"""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from core.errors import SourceError
from scraper.answer import MAX_REDIRECTS
from scraper.fetch import Fetcher
from scraper.outcome import Gone, OffLimits, Retry, Unreadable, Walled
from scraper.page import decode
from scraper.site import Request
from tests.loopback import HOST, answering

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Clock:
    """In place of httpbin's `time`: sleeping moves the seconds that the fetcher reads."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def time(self) -> float:
        return NOW.timestamp() + self.seconds


@pytest.fixture(scope="module")
def app() -> Any:
    """The application, made once: importing it takes a second."""
    logging.getLogger("httpbin").setLevel(logging.CRITICAL)
    logging.disable(logging.WARNING)  # it misses a package for its front page, and says so
    try:
        import httpbin  # type: ignore[import-untyped]
    finally:
        logging.disable(logging.NOTSET)
    return httpbin.app


@pytest.fixture
def clock(app: Any, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("httpbin.core.time", clock)
    return clock


@pytest.fixture
def url(app: Any, clock: Clock) -> Iterator[str]:
    """Address of the server."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, type: str, message: str, *args: Any) -> None:
            return

    server = make_server(HOST, 0, app, threaded=True, request_handler=Quiet)
    with answering(server) as address:
        yield address


@pytest.fixture
def asked() -> list[str]:
    """The kinds of the requests that went out."""
    return []


@pytest.fixture
def fetcher(clock: Clock, asked: list[str]) -> Iterator[Fetcher]:
    with Fetcher(
        hosts={HOST},
        private={HOST},
        pause=(0, 0),
        sleep=clock.sleep,
        clock=lambda: clock.seconds,
        now=lambda: NOW,
        before=lambda _, kind: asked.append(kind),
    ) as one:
        yield one


@pytest.mark.parametrize(
    ("status", "outcome", "tries"),
    [
        (201, Retry, 1), (204, Retry, 1), (304, Retry, 1), (400, Retry, 1), (418, Retry, 1),
        (401, Walled, 1), (403, Walled, 1), (407, Walled, 1), (429, Walled, 1), (451, Walled, 1),
        (404, Gone, 1), (410, Gone, 1), (500, Retry, 3), (502, Retry, 3), (503, Retry, 3), (504, Retry, 3),
    ],
)  # fmt: skip
def test_each_status_has_its_outcome(
    status: int, outcome: type[SourceError], tries: int, url: str, fetcher: Fetcher, asked: list[str]
) -> None:
    with pytest.raises(outcome, match=str(status)):
        fetcher.fetch(f"{url}/status/{status}")
    assert asked == ["robots", *["page"] * tries]


def test_its_robots_txt_is_obeyed(url: str, fetcher: Fetcher, asked: list[str]) -> None:
    with pytest.raises(OffLimits, match=r"robots\.txt"):
        fetcher.fetch(f"{url}/deny")
    assert asked == ["robots"]


@pytest.mark.parametrize("kind", ["redirect", "relative-redirect", "absolute-redirect"])
def test_so_many_redirects_are_followed_and_no_more(kind: str, url: str, fetcher: Fetcher, asked: list[str]) -> None:
    assert fetcher.fetch(f"{url}/{kind}/{MAX_REDIRECTS}").url == f"{url}/get"
    assert asked.count("page") == MAX_REDIRECTS + 1
    with pytest.raises(Retry, match="more than 5 redirects"):
        fetcher.fetch(f"{url}/{kind}/{MAX_REDIRECTS + 1}")


@pytest.mark.parametrize("target", ["http://example.org/", "http://10.0.0.1/", "file:///etc/passwd", "//example.org/x"])
def test_a_redirect_leads_nowhere_else(target: str, url: str, fetcher: Fetcher, asked: list[str]) -> None:
    with pytest.raises(OffLimits):
        fetcher.fetch(f"{url}/redirect-to?url={target}")
    assert asked.count("page") == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_form_is_posted_again_only_where_the_redirect_says_so(status: int, url: str, fetcher: Fetcher) -> None:
    target = "/anything"
    request = Request(url=f"{url}/redirect-to?url={target}&status_code={status}", form={"a": "泡沫"})
    said = json.loads(fetcher.fetch(request).body)
    assert (said["method"], said["form"]) == (("POST", {"a": "泡沫"}) if status > 303 else ("GET", {}))


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
def test_what_is_packed_is_unpacked(packing: str, url: str, fetcher: Fetcher) -> None:
    page = fetcher.fetch(f"{url}/{packing}")
    assert page.headers["content-encoding"] == packing
    assert json.loads(page.body)[{"gzip": "gzipped", "deflate": "deflated"}[packing]] is True


def test_a_packing_that_was_not_asked_for_is_refused(url: str, fetcher: Fetcher) -> None:
    assert json.loads(fetcher.fetch(f"{url}/headers").body)["headers"]["Accept-Encoding"] == "gzip, deflate"
    with pytest.raises(Unreadable, match="packed as br"):
        fetcher.fetch(f"{url}/brotli")


def test_a_slow_answer_counts_and_lengthens_the_pause(url: str, clock: Clock) -> None:
    slept: list[float] = []
    with Fetcher(
        hosts={HOST}, private={HOST}, pause=(2, 2), sleep=slept.append, clock=lambda: clock.seconds
    ) as fetcher:
        fetcher.fetch(f"{url}/delay/8")
        fetcher.fetch(f"{url}/get")
    assert slept == [2, 8]


def test_a_drip_is_taken_in_time_and_given_up_after_that(url: str, fetcher: Fetcher) -> None:
    assert fetcher.fetch(f"{url}/drip?duration=20&numbytes=10").body == b"*" * 10
    with pytest.raises(Retry, match="not finished after 90 seconds"):
        fetcher.fetch(f"{url}/drip?duration=900&numbytes=10")
    with pytest.raises(Retry, match="503"):
        fetcher.fetch(f"{url}/drip?duration=1&numbytes=5&code=503")


def test_bytes_come_as_they_are_whole_or_in_chunks(url: str, fetcher: Fetcher) -> None:
    whole = fetcher.fetch(f"{url}/bytes/5000?seed=7")
    chunks = fetcher.fetch(f"{url}/stream-bytes/5000?seed=7&chunk_size=17")
    assert whole.body == chunks.body
    assert (len(whole.body), "content-length" in chunks.headers) == (5000, False)
    assert fetcher.fetch(f"{url}/stream/20").body.count(b"\n") == 20


def test_utf_8_is_read(url: str, fetcher: Fetcher) -> None:
    assert "⡌⠁⠧⠑ ⠼⠁⠒" in decode(fetcher.fetch(f"{url}/encoding/utf8"))


def test_headers_come_with_the_page(url: str, fetcher: Fetcher) -> None:
    page = fetcher.fetch(f"{url}/response-headers?X-Of-The-Page=1&Retry-After=9")
    assert (page.headers["x-of-the-page"], page.headers["retry-after"]) == ("1", "9")


def test_cookies_are_sent_back_and_forgotten_with_the_fetcher(url: str, fetcher: Fetcher) -> None:
    assert json.loads(fetcher.fetch(f"{url}/cookies/set?taste=plain").body)["cookies"] == {"taste": "plain"}
    assert json.loads(fetcher.fetch(f"{url}/cookies").body)["cookies"] == {"taste": "plain"}
    with Fetcher(hosts={HOST}, private={HOST}, pause=(0, 0), cookies={HOST: {"over18": "1"}}) as other:
        assert json.loads(other.fetch(f"{url}/cookies").body)["cookies"] == {"over18": "1"}


def test_a_page_that_is_as_it_was_is_not_sent_again(url: str, fetcher: Fetcher) -> None:
    page = fetcher.fetch(f"{url}/etag/abc")
    assert page.headers["etag"] == "abc"
    assert fetcher.fetch_if_changed(f"{url}/etag/abc", page.headers) is None
    assert fetcher.fetch_if_changed(f"{url}/etag/other", page.headers) is not None
    dated = fetcher.fetch(f"{url}/cache")
    assert {"etag", "last-modified"} <= dated.headers.keys()
    assert fetcher.fetch_if_changed(f"{url}/cache", dated.headers) is None


def test_the_server_sees_who_asks(url: str, fetcher: Fetcher) -> None:
    assert json.loads(fetcher.fetch(f"{url}/user-agent").body) == {"user-agent": fetcher.agent}
    asking = Request(url=f"{url}/headers", referer=f"{url}/html")
    assert json.loads(fetcher.fetch(asking).body)["headers"]["Referer"] == f"{url}/html"
