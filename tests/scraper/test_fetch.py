"""Fetching from a real server on loopback: whom we ask, how often, and what each answer means."""

import gzip
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core import __version__
from core.errors import ConfigError
from scraper.fetch import Fetcher, user_agent
from scraper.guard import is_public
from scraper.outcome import Gone, OffLimits, Retry, Unreadable, Walled
from scraper.page import MAX_BYTES
from tests.loopback import HOST, Quiet, answering

Route = tuple[int, dict[str, str], bytes]


class Site:
    """A server whose answers are a table of lists; each request takes the next answer, the last one stays."""

    def __init__(self) -> None:
        self.routes: dict[str, list[Route]] = {}
        self.asked: list[tuple[str, str]] = []
        self.drip = 0.0
        self.url = ""

    def answers(self, path: str, *routes: Route) -> str:
        self.routes[path] = list(routes)
        return self.url + path

    def answer(self, path: str, agent: str) -> Route:
        self.asked.append((path, agent))
        routes = self.routes.get(path, [(404, {}, b"no")])
        return routes.pop(0) if len(routes) > 1 else routes[0]

    def count(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.asked)


@pytest.fixture
def site() -> Iterator[Site]:
    state = Site()

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = state.answer(self.path, self.headers["User-Agent"])
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            try:
                for start in range(0, len(body), 1 << 16):
                    self.wfile.write(body[start : start + (1 << 16)])
                    if state.drip and self.path != "/robots.txt":
                        time.sleep(state.drip)
            except OSError:
                self.close_connection = True  # the client has heard enough

    with answering(ThreadingHTTPServer((HOST, 0), Handler)) as state.url:
        yield state


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def fetcher(slept: list[float]) -> Iterator[Fetcher]:
    with Fetcher(hosts={HOST}, private={HOST}, pause=(0, 0), sleep=slept.append, contact="mailto:x@example.org") as one:
        yield one


def test_a_page_keeps_its_bytes_and_says_who_asked(site: Site, fetcher: Fetcher) -> None:
    url = site.answers("/a", (200, {"Content-Type": "text/html; charset=gbk"}, "泡沫".encode("gbk")))
    page = fetcher.fetch(url)
    assert (page.url, page.body) == (url, "泡沫".encode("gbk"))
    assert page.headers["content-type"] == "text/html; charset=gbk"
    assert page.fetched_at is not None
    assert page.fetched_at.tzinfo is UTC
    assert [path for path, _ in site.asked] == ["/robots.txt", "/a"]
    assert {agent for _, agent in site.asked} == {f"paomo/{__version__} (+mailto:x@example.org)"}


def test_redirects_are_followed_and_the_last_address_counts(site: Site, fetcher: Fetcher) -> None:
    site.answers("/b", (200, {}, b"here"))
    assert fetcher.fetch(site.answers("/a", (302, {"Location": "/b"}, b""))).url == site.url + "/b"


def test_a_redirect_to_a_foreign_host_is_refused(site: Site, fetcher: Fetcher) -> None:
    port = site.url.rpartition(":")[2]
    with pytest.raises(OffLimits, match="none of the known forums"):
        fetcher.fetch(site.answers("/a", (302, {"Location": f"http://localhost:{port}/b"}, b"")))
    assert site.count("/b") == 0


def test_redirects_end(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(Retry, match="more than 5 redirects"):
        fetcher.fetch(site.answers("/a", (302, {"Location": "/a"}, b"")))
    assert site.count("/a") == 6


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/a",
        "http://example.org/",
        "http://127.0.0.1@example.org/",
        "http://[",
        "http://",
        "x",
        "",
    ],
)
def test_other_schemes_and_hosts_are_refused(url: str, fetcher: Fetcher) -> None:
    with pytest.raises(OffLimits):
        fetcher.fetch(url)


def test_a_known_host_with_a_private_address_is_refused(site: Site) -> None:
    with Fetcher(hosts={"localhost"}) as one, pytest.raises(OffLimits, match="private address"):
        one.fetch("http://localhost/a")
    with Fetcher(hosts={HOST}) as one, pytest.raises(OffLimits, match="no ports"):
        one.fetch(site.url)
    assert site.asked == []


def test_a_name_that_leads_elsewhere_when_it_is_connected_to_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: who looks gets a public address, who connects gets ours."""
    looked_up: list[object] = []
    port = int(site.url.rpartition(":")[2])

    def rebinds(host: str, service: object, *args: object, **more: object) -> list[tuple[object, ...]]:
        looked_up.append(service)
        address = ("93.184.216.34", 80) if service is None else ("127.0.0.1", port)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address)]

    monkeypatch.setattr(socket, "getaddrinfo", rebinds)
    with (
        Fetcher(hosts={"forum.example"}, pause=(0, 0), sleep=lambda _: None) as one,
        pytest.raises(OffLimits, match="private address 127"),
    ):
        one.fetch("http://forum.example/a")
    assert looked_up == [None, None, 80]  # the page, its robots.txt, the connection
    assert site.asked == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1%eth0",
     "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "::"],
)  # fmt: skip
def test_private_addresses_in_every_guise(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(401, Walled), (403, Walled), (429, Walled), (404, Gone), (410, Gone), (418, Retry), (204, Retry)],
)
def test_each_status_has_its_outcome_at_once(
    status: int, outcome: type[Exception], site: Site, fetcher: Fetcher
) -> None:
    with pytest.raises(outcome, match=str(status)):
        fetcher.fetch(site.answers("/a", (status, {}, b"")))
    assert site.count("/a") == 1


def test_429_says_how_long_to_stay_away(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(Walled) as caught:
        fetcher.fetch(site.answers("/a", (429, {"Retry-After": "90"}, b"")))
    assert caught.value.after == 90


def test_a_challenge_is_a_wall(site: Site, fetcher: Fetcher) -> None:
    body = b"<html><head><title>Just a moment...</title></head></html>"
    for status in (200, 503):
        with pytest.raises(Walled, match="browser check"):
            fetcher.fetch(site.answers("/a", (status, {}, body)))
    assert site.count("/a") == 2


def test_5xx_is_tried_again_after_the_wait_it_asks_for(site: Site, fetcher: Fetcher, slept: list[float]) -> None:
    url = site.answers("/a", (503, {"Retry-After": "7"}, b""), (500, {}, b""), (200, {}, b"at last"))
    assert fetcher.fetch(url).body == b"at last"
    assert slept == [7, 4]


def test_5xx_for_ever_is_left_for_later(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(Retry, match="HTTP 500"):
        fetcher.fetch(site.answers("/a", (500, {}, b"")))
    assert site.count("/a") == 3


def test_a_long_retry_after_is_not_waited_for(site: Site, fetcher: Fetcher, slept: list[float]) -> None:
    with pytest.raises(Retry) as caught:
        fetcher.fetch(site.answers("/a", (503, {"Retry-After": "3600"}, b"")))
    assert (caught.value.after, site.count("/a"), slept) == (3600, 1, [])


def test_robots_txt_is_obeyed_and_read_once(site: Site, fetcher: Fetcher) -> None:
    site.answers("/robots.txt", (200, {}, b"User-agent: *\nDisallow: /secret*.html$\n"))
    url = site.answers("/secret1.html", (200, {}, b"x"))
    for _ in range(2):
        with pytest.raises(OffLimits, match=r"robots\.txt"):
            fetcher.fetch(url)
    assert fetcher.fetch(site.answers("/open", (200, {}, b"x"))).body == b"x"
    assert (site.count("/robots.txt"), site.count("/secret1.html")) == (1, 0)


def test_robots_txt_that_cannot_be_read_forbids_for_now(site: Site, fetcher: Fetcher) -> None:
    site.answers("/robots.txt", (500, {}, b""), (500, {}, b""), (500, {}, b""), (404, {}, b""))
    url = site.answers("/a", (200, {}, b"x"))
    with pytest.raises(Retry, match=r"robots\.txt"):
        fetcher.fetch(url)
    assert site.count("/a") == 0
    assert fetcher.fetch(url).body == b"x"


def test_a_pause_lies_between_two_requests_and_robots_txt_may_ask_for_more(site: Site, slept: list[float]) -> None:
    clock = 1000.0

    def sleep(seconds: float) -> None:
        nonlocal clock
        slept.append(round(seconds, 6))
        clock += seconds

    url = site.answers("/a", (200, {}, b"x"))
    with Fetcher(hosts={HOST}, private={HOST}, pause=(2, 2), sleep=sleep, clock=lambda: clock) as one:
        one.fetch(url)
        one.fetch(url)
    site.answers("/robots.txt", (200, {}, b"User-agent: *\nCrawl-delay: 9\n"))
    with Fetcher(hosts={HOST}, private={HOST}, pause=(2, 2), sleep=sleep, clock=lambda: clock) as one:
        one.fetch(url)
        one.fetch(url)
    assert slept == [2, 2, 2, 9]


def test_too_large_is_refused_by_header_by_count_and_when_unpacked(site: Site, fetcher: Fetcher) -> None:
    huge = b"a" * (MAX_BYTES + 1)
    packed = gzip.compress(huge)
    urls = [
        site.answers("/header", (200, {"Content-Length": str(MAX_BYTES + 1)}, b"")),
        site.answers("/count", (200, {"Content-Length": ""}, huge)),
        site.answers("/packed", (200, {"Content-Encoding": "gzip"}, packed)),
    ]
    for url in urls:
        with pytest.raises(Unreadable, match="larger than 10 MB"):
            fetcher.fetch(url)


def test_packed_pages_are_unpacked_and_damaged_ones_refused(site: Site, fetcher: Fetcher) -> None:
    packed = gzip.compress("泡沫".encode())
    assert fetcher.fetch(site.answers("/a", (200, {"Content-Encoding": "gzip"}, packed))).body == "泡沫".encode()
    with pytest.raises(Unreadable, match="damaged"):
        fetcher.fetch(site.answers("/b", (200, {"Content-Encoding": "gzip"}, b"no gzip at all")))
    with pytest.raises(Retry, match="cut short"):
        fetcher.fetch(site.answers("/c", (200, {"Content-Encoding": "gzip"}, packed[:-9])))
    with pytest.raises(Unreadable, match="packed as br"):
        fetcher.fetch(site.answers("/d", (200, {"Content-Encoding": "br"}, b"x")))


def test_a_slow_answer_is_given_up(site: Site) -> None:
    site.drip = 0.05
    url = site.answers("/a", (200, {}, b"a" * (1 << 20)))
    with (
        Fetcher(hosts={HOST}, private={HOST}, pause=(0, 0), deadline=0.1) as one,
        pytest.raises(Retry, match="not finished"),
    ):
        one.fetch(url)
    site.drip = 0.5
    with (
        Fetcher(hosts={HOST}, private={HOST}, pause=(0, 0), timeout=0.1, tries=1) as one,
        pytest.raises(Retry, match="in time"),
    ):
        one.fetch(url)


def test_a_closed_door_is_tried_again_later(fetcher: Fetcher, slept: list[float]) -> None:
    with socket.socket() as held:
        held.bind((HOST, 0))
        with pytest.raises(Retry):
            fetcher.fetch(f"http://{HOST}:{held.getsockname()[1]}/a")
    assert slept == [2, 4]


def test_the_user_agent_is_honest_and_plain() -> None:
    assert user_agent() == f"paomo/{__version__}"
    for make in (
        lambda: Fetcher(contact="泡沫"),
        lambda: Fetcher(agent="a\r\nX: y"),
        lambda: Fetcher(proxy="nonsense://x"),
    ):
        build: Callable[[], Fetcher] = make
        with pytest.raises(ConfigError):
            build()


@pytest.mark.parametrize("proxy", ["socks5://me:secret@x", "nonsense://me:secret@x", "http://me:secret@x:port"])
def test_a_proxy_that_cannot_be_is_told_without_its_password(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="cannot use the proxy") as told:
        Fetcher(proxy=proxy)
    assert "secret" not in str(told.value)


def test_time_can_be_given(site: Site) -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    with Fetcher(hosts={HOST}, private={HOST}, pause=(0, 0), now=lambda: moment) as one:
        assert one.fetch(site.answers("/a", (200, {}, b"x"))).fetched_at == moment
