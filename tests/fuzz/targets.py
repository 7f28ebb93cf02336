"""What is fuzzed: every reader that is given bytes from the web, with pages to begin from and what must hold of what it gives.

A reader may refuse what it is given with an error of ours, and with no other. `test_fuzz.py` feeds it mutated pages,
the same ones each time; `cover.py` lets atheris search by coverage.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from core.errors import PaomoError
from core.forum import Index, Thread
from scraper.address import locate
from scraper.answer import MOST_AWAY, Answer, judge, retry_after, unpacked
from scraper.contract import to_json
from scraper.fetch import user_agent
from scraper.folder import unpack
from scraper.page import Page, decode
from scraper.robots import Robots
from scraper.sites import SITES, parse_page

PAGES = Path(__file__).parents[1] / "pages"
WXC, PTT, GUBA, DISCUZ = "https://bbs.wenxuecity.com/", "https://www.ptt.cc/bbs/Stock/", "https://guba.eastmoney.com/", "https://bbs.example.com/"  # fmt: skip
NOW = datetime(2026, 3, 2, tzinfo=UTC)


class Outcome(Enum):
    """How far an input got: refused before a parser saw it, refused by the parser, or read."""

    REFUSED = 0
    RECOGNISED = 1
    READ = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One reader. seeds: inputs it reads; urls: addresses that a page is given, the first one its own."""

    name: str
    seeds: tuple[bytes, ...]
    urls: tuple[str | None, ...] = (None,)
    read: Callable[[bytes, str | None], Outcome]


def read_page(body: bytes, url: str | None) -> Outcome:
    """A forum's page or a copied thread, as `parse_page` takes it; what comes out must be sound."""
    page = Page(body=body, url=url)
    try:
        text = decode(page)
        known = any(site.recognises(page, text) for site in SITES)
    except PaomoError:
        return Outcome.REFUSED
    try:
        found = parse_page(page)
        if isinstance(found, Thread):
            next(site for site in SITES if site.name == found.site).further(found, page)
    except PaomoError:
        return Outcome.RECOGNISED if known else Outcome.REFUSED
    sound(found)
    return Outcome.READ


def sound(found: Thread | Index) -> None:
    """What the store and the readers behind it rely on."""
    json.dumps(to_json(found), ensure_ascii=False).encode("utf-8")  # no lone surrogate
    posts = found.posts if isinstance(found, Thread) else found.entries
    assert isinstance(found, Index) or [post.n for post in posts] == sorted({post.n for post in posts})
    for post in posts:
        assert post.published_utc is None or post.published_utc.tzinfo is not None
        assert post.published_local is None or post.published_local.tzinfo is None
        assert all(urlsplit(image).scheme in ("http", "https") for image in post.images)
        assert "\0" not in f"{post.title}{post.body}{post.author}"
        assert post.bytes is None or post.bytes >= 0
        assert post.depth is None or post.depth >= 0


def read_bytes(body: bytes, _: str | None) -> Outcome:
    """Bytes to text, under the content type that the first line names."""
    kind, rest = body.split(b"\n", 1) if b"\n" in body else (b"", body)
    try:
        text = decode(Page(body=rest, headers={"Content-Type": kind.decode("latin-1")}))
    except PaomoError:
        return Outcome.REFUSED
    assert "\0" not in text
    text.encode("utf-8")
    return Outcome.READ


def read_robots(body: bytes, url: str | None) -> Outcome:
    """A site's rules."""
    answer, address = Answer(200, httpx2.Headers(), body), url or "http://h.example/a?b=c"
    robots = Robots(user_agent(), checked=urlsplit, ask=lambda *_: answer, clock=lambda: 0.0, now=lambda: NOW)
    try:
        robots.ask_leave(address, urlsplit(address))
    except PaomoError:
        return Outcome.RECOGNISED
    return Outcome.READ


def read_headers(body: bytes, _: str | None) -> Outcome:
    """Retry-After and what an answer means; the first line is the header, the second the status."""
    value, _, rest = body.decode("latin-1").partition("\n")
    status, _, text = rest.partition("\n")
    code = int(status) if re.fullmatch(r"[0-9]{3}", status) else 503
    wait = retry_after(value, NOW)
    assert wait is None or 0 <= wait <= MOST_AWAY
    try:
        judge("u", Answer(code, httpx2.Headers([(b"retry-after", value.encode("latin-1"))]), text.encode()), NOW)
    except PaomoError:
        return Outcome.RECOGNISED
    return Outcome.READ


class Wire:
    """An answer that was packed, in pieces."""

    def __init__(self, coding: str, body: bytes) -> None:
        self.headers, self._body = httpx2.Headers({"content-encoding": coding}), body

    def iter_raw(self) -> Iterator[bytes]:
        yield from (self._body[at : at + 50] for at in range(0, len(self._body), 50))


def read_packed(body: bytes, _: str | None) -> Outcome:
    """A body that is said to be packed."""
    try:
        for _piece in unpacked("u", Wire("gzip", body)):  # type: ignore[arg-type]
            pass
    except PaomoError:
        return Outcome.REFUSED
    return Outcome.READ


def read_mhtml(body: bytes, _: str | None) -> Outcome:
    """A page that a browser saved as one file."""
    try:
        inner = unpack(Page(body=body))
    except PaomoError:
        return Outcome.REFUSED
    reached = read_page(inner.body, inner.url)
    return Outcome.READ if reached is Outcome.READ else Outcome.RECOGNISED


def read_address(body: bytes, _: str | None) -> Outcome:
    """An address that somebody types."""
    try:
        found = locate(body.decode("utf-8", "replace"))
    except PaomoError:
        return Outcome.REFUSED
    assert found.id
    assert locate(found.url).id == found.id
    return Outcome.READ


def pages(site: str, kind: str, files: str, *urls: str | None) -> Target:
    """A target that begins from recorded pages."""
    seeds = tuple((PAGES / site / name).read_bytes() for name in files.split())
    return Target(name=f"{site} {kind}", seeds=seeds, urls=(*urls, None, "http://["), read=read_page)


def _mhtml() -> bytes:
    page = (PAGES / "wenxuecity" / "thread.html").read_bytes()
    head = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n'
        'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n'
        f"Content-Location: {WXC}gupiao/399.html\r\n\r\n"
    )
    return head.encode() + page + b"\r\n--x--\r\n"


_ADDRESSES = (
    f"{WXC}cfzh/123.html", "https://zh.wenxuecity.com/bbs/cfzh/123-print.html", f"{PTT}M.1703855707.A.4D3.html",
    f"{GUBA}news,000858,1.html", "https://hn.algolia.com/api/v1/items/38000001",
)  # fmt: skip
TARGETS = (
    pages("wenxuecity", "thread", "thread.html thread.zh.html gb18030.html no_p.html empty.html", f"{WXC}gupiao/399.html"),
    pages("wenxuecity", "reply", "reply.html", f"{WXC}gupiao/400.html"),
    pages("wenxuecity", "list", "index.html", f"{WXC}gupiao/"),
    pages("wenxuecity", "archive", "archive.html", f"{WXC}bbs/archive.php?SubID=gupiao"),
    pages("wenxuecity", "print", "print.html", f"{WXC}gupiao/7-print.html"),
    pages("wenxuecity", "copied text", "dump.txt dump.zh.txt", None),
    pages("ptt", "article", "article.html no_head.html bare.html", f"{PTT}M.1703855707.A.4D3.html"),
    pages("ptt", "list", "index.html search.html", f"{PTT}index.html"),
    pages("hn", "item", "item.json", "https://hn.algolia.com/api/v1/items/38000001#ai-bubble"),
    pages("hn", "search", "search.json", "https://hn.algolia.com/api/v1/search_by_date?query=ai#ai-bubble"),
    pages("guba", "list", "list.html", f"{GUBA}list,000858,f_1.html"),
    pages("guba", "post", "post.html wrapped.html", f"{GUBA}news,000858,1.html"),
    pages("guba", "comments", "comments1.json comments2.json", f"{GUBA}api/getData#bar=000858&postid=1&p=1"),
    pages("discuz", "thread", "thread.html thread2.html thread7.big5.html", f"{DISCUZ}thread-500-1-1.html"),
    pages("discuz", "list", "list.gbk.html list7.big5.html", f"{DISCUZ}forum.php?mod=forumdisplay&fid=12"),
    pages("discuz", "phone", "thread.json list.json", f"{DISCUZ}api/mobile/index.php?module=viewthread&tid=500"),
    pages("xueqiu", "comments", "comments.json", "https://xueqiu.com/statuses/comments.json?id=1"),
    pages("xueqiu", "status", "show.json status.json user_timeline.json", "https://xueqiu.com/statuses/show.json?id=1"),
    Target(name="bytes", seeds=("text/html; charset=gbk\n泡沫".encode("gbk"), b"\n<meta charset=big5>\xa5\x5f"), read=read_bytes),
    Target(
        name="robots.txt",
        seeds=(b"User-agent: *\nDisallow: /a*b$\nAllow: /c\nCrawl-delay: 5\nRequest-rate: 1/5 0800-1200\nVisit-time: 0100-0200\nSitemap: /s.xml\n",),
        urls=("http://h.example/a?b=c", "http://h.example/%FF/*$"),
        read=read_robots,
    ),
    Target(name="headers", seeds=(b"120\n503\n", b"Thu, 01 Jan 2026 00:01:00 GMT\n429\nwait"), read=read_headers),
    Target(name="packed", seeds=(gzip.compress(b"page" * 500, mtime=0),), read=read_packed),
    Target(name="mhtml", seeds=(_mhtml(),), read=read_mhtml),
    Target(name="address", seeds=tuple(map(str.encode, _ADDRESSES)), read=read_address),
)  # fmt: skip
