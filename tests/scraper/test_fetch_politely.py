"""What a crawl adds to fetching: forms, cookies, conditional requests, a word before each request, a proxy."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from core.errors import ConfigError
from scraper import robots
from scraper.fetch import Fetcher
from scraper.outcome import OffLimits, Retry, Spent, Walled
from scraper.site import Request
from scraper.sites.guba import Guba
from tests.loopback import HOST, Quiet, answering


class Server:
    """Says 200 to everything, with an ETag that must not be sent back to it twice; keeps what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.said: dict[str, tuple[int, dict[str, str], bytes]] = {"/robots.txt": (404, {}, b"")}

    def last(self) -> tuple[str, str, dict[str, str], bytes]:
        return self.asked[-1]

    def paths(self) -> list[str]:
        return [path for _, path, _, _ in self.asked]


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            form = self.rfile.read(int(headers.get("content-length", 0)))
            state.asked.append((self.command, self.path, headers, form))
            status, extra, body = state.said.get(self.path, (200, {"ETag": '"a"', "Set-Cookie": "seen=1"}, b"page"))
            if headers.get("if-none-match") == extra.get("ETag", "?"):
                status, body = 304, b""
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **extra}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

    with answering(ThreadingHTTPServer((HOST, 0), Handler)) as state.url:
        yield state


def fetcher(**options: Any) -> Fetcher:
    return Fetcher(hosts={HOST}, private={HOST}, pause=(0, 0), sleep=lambda _: None, **options)


def test_a_form_is_posted_with_its_referer_and_the_fragment_stays_with_us(server: Server) -> None:
    request = Request(url=f"{server.url}/api#page=2", form={"p": "2", "q": "泡沫"}, referer=f"{server.url}/news")
    with fetcher() as one:
        page = one.fetch(request)
    method, path, headers, form = server.last()
    assert (method, path, headers["referer"]) == ("POST", "/api", f"{server.url}/news")
    assert form == b"p=2&q=%E6%B3%A1%E6%B2%AB"
    assert page.url == f"{server.url}/api#page=2"


def test_a_form_is_not_carried_along_a_redirect(server: Server) -> None:
    server.said["/a"] = (302, {"Location": "/b"}, b"")
    with fetcher() as one:
        assert one.fetch(Request(url=f"{server.url}/a", form={"p": "1"})).url == f"{server.url}/b"
    assert [(method, form) for method, path, _, form in server.asked if path == "/b"] == [("GET", b"")]


def test_a_page_that_is_as_it_was_is_not_sent(server: Server) -> None:
    with fetcher() as one:
        page = one.fetch(f"{server.url}/a")
        assert one.fetch_if_changed(f"{server.url}/a", page.headers) is None
        assert one.fetch_if_changed(f"{server.url}/a", {"ETag": '"b"'}) is not None
    assert [headers.get("if-none-match") for _, path, headers, _ in server.asked if path == "/a"] == [
        None,
        '"a"',
        '"b"',
    ]


def test_a_304_that_was_not_asked_for_is_no_page(server: Server) -> None:
    server.said["/a"] = (304, {}, b"")
    with fetcher() as one, pytest.raises(Retry, match="304"):
        one.fetch(f"{server.url}/a")


def test_a_sites_cookies_are_sent_to_it_and_what_it_sets_is_sent_back(server: Server) -> None:
    with fetcher(cookies={HOST: {"over18": "1"}, "www.ptt.cc": {"other": "1"}}) as one:
        one.fetch(f"{server.url}/a")
        one.fetch(f"{server.url}/a")
    sent = [headers.get("cookie", "") for _, path, headers, _ in server.asked if path == "/a"]
    assert [sorted(cookie.split("; ")) for cookie in sent] == [["over18=1"], ["over18=1", "seen=1"]]


def test_every_request_is_announced_and_can_be_stopped(server: Server) -> None:
    told: list[tuple[str, str]] = []

    def before(host: str, kind: str) -> None:
        told.append((host, kind))
        if len(told) == 4:
            raise Spent("enough")

    server.said["/a"] = (302, {"Location": "/b"}, b"")
    server.said["/c"] = (500, {}, b"")
    with fetcher(before=before) as one:
        one.fetch(f"{server.url}/a")
        with pytest.raises(Spent):
            one.fetch(f"{server.url}/c")
    assert told == [(HOST, "robots"), (HOST, "page"), (HOST, "page"), (HOST, "page")]
    assert server.paths() == ["/robots.txt", "/a", "/b"]


def test_robots_txt_that_leads_to_a_foreign_host_cannot_be_read(server: Server) -> None:
    server.said["/robots.txt"] = (301, {"Location": "http://robots.example.org/robots.txt"}, b"")
    with fetcher() as one, pytest.raises(Retry, match="rules of the site cannot be read"):
        one.fetch(f"{server.url}/a")
    assert server.paths() == ["/robots.txt"]


def test_robots_txt_that_leads_to_another_forums_host_is_followed(server: Server) -> None:
    port = server.url.rpartition(":")[2]
    server.said["/robots.txt"] = (301, {"Location": f"http://localhost:{port}/rules"}, b"")
    server.said["/rules"] = (200, {}, b"User-agent: *\nDisallow: /a\n")
    known = {HOST, "localhost"}
    with Fetcher(hosts=known, private=known, pause=(0, 0), sleep=lambda _: None) as one, pytest.raises(OffLimits):
        one.fetch(f"{server.url}/a")


def test_robots_txt_is_read_again_after_a_day(server: Server) -> None:
    clock = [1000.0]
    with fetcher(clock=lambda: clock[0]) as one:
        one.fetch(f"{server.url}/a")
        clock[0] += robots.AGE - 10
        one.fetch(f"{server.url}/a")
        server.said["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /a\n")
        clock[0] += 20
        with pytest.raises(OffLimits):
            one.fetch(f"{server.url}/a")
    assert server.paths().count("/robots.txt") == 2


def through(server: Server, **options: Any) -> Fetcher:
    """A fetcher that asks the server as its proxy, with a name and a password."""
    proxy = server.url.replace("://", "://me:secret@")
    return Fetcher(hosts={"forum.example"}, proxy=proxy, pause=(0, 0), sleep=lambda _: None, **options)


def test_a_proxy_is_asked_for_the_whole_address_and_told_who_we_are(server: Server) -> None:
    with through(server) as one:
        assert one.fetch("http://forum.example/a").body == b"page"
    assert server.paths() == ["http://forum.example/robots.txt", "http://forum.example/a"]
    assert {headers["proxy-authorization"] for *_, headers, _ in server.asked} == {"Basic bWU6c2VjcmV0"}


def test_the_deadline_holds_behind_a_proxy_too(server: Server) -> None:
    time = iter(range(0, 10_000, 100))
    with through(server, clock=lambda: next(time), tries=1) as one, pytest.raises(Retry, match="not finished after 90"):
        one.fetch("http://forum.example/a")


def test_a_socks_proxy_without_its_package_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match="socksio"):
        Fetcher(proxy="socks5://127.0.0.1:1")


def test_a_redirect_to_a_login_is_a_wall(server: Server) -> None:
    assert Guba.walls == ("passport*.eastmoney.com",)
    with fetcher() as one:
        for host in ("passport.eastmoney.com", "passport2.eastmoney.com"):
            server.said["/a"] = (302, {"Location": f"https://{host}/pub/login"}, b"")
            with pytest.raises(Walled, match=host):
                one.fetch(f"{server.url}/a")
