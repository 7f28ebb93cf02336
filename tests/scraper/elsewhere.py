"""Small forums of our own writing in the markup of PTT, Hacker News, Guba and Discuz!, served over HTTP on loopback.

Their classes ask the forums' own addresses. `Elsewhere` asks the server in their place, through the real fetcher: each
host is a folder of the server, and what comes back is given the address that was asked for.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from scraper.fetch import Fetcher
from scraper.page import Page
from scraper.site import Request
from tests.loopback import HOST, Quiet, answering

Answer = tuple[int, dict[str, str], bytes]
START = datetime(2026, 3, 2, 8)  # noqa: DTZ001 (a wall clock)


@dataclass
class Talk:
    """A thread: number, title, replies as (number, words); at: wall clock."""

    number: int
    at: datetime
    replies: list[tuple[int, str]] = field(default_factory=list)

    @property
    def title(self) -> str:
        return f"標題{self.number}"


@dataclass
class Forum:
    """Threads, the newest first, and what was asked. per_page: rows of a list; per_part: replies on a page."""

    talks: list[Talk] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    heard: list[tuple[dict[str, str], dict[str, str]]] = field(default_factory=list)
    per_page: int = 3
    per_part: int = 2
    numbers: int = 100

    def post(self, replies: int = 0) -> Talk:
        """Somebody begins a thread."""
        self.numbers += 1
        talk = Talk(self.numbers, START + timedelta(minutes=10 * len(self.talks)))
        self.talks.insert(0, talk)
        for _ in range(replies):
            self.answer(talk)
        return talk

    def answer(self, talk: Talk) -> None:
        """Somebody answers."""
        self.numbers += 1
        talk.replies.append((self.numbers, f"回覆{self.numbers}"))

    def talk(self, number: str) -> Talk | None:
        return next((talk for talk in self.talks if str(talk.number) == number), None)

    def rows(self, page: int) -> list[Talk]:
        return self.talks[(page - 1) * self.per_page : page * self.per_page]

    @property
    def pages(self) -> int:
        return -(-len(self.talks) // self.per_page)

    def say(self, url: str, form: dict[str, str], headers: dict[str, str]) -> Answer:
        """What the server says; url: without scheme."""
        raise AssertionError(f"nothing answers {url} {form} {headers}")


class PttLike(Forum):
    """Lists with the oldest row first, and no page without the cookie of the age gate."""

    def id(self, talk: Talk) -> str:
        return f"M.{1772438400 + 600 * talk.number}.A.{talk.number:03X}"

    def say(self, url: str, form: dict[str, str], headers: dict[str, str]) -> Answer:
        if "over18=1" not in headers.get("cookie", ""):
            return 302, {"Location": "/www.ptt.cc/ask/over18?from=x"}, b""
        if "/search?q=" in url:
            rows = [talk for talk in self.talks if talk.number % 2]
            return html(f'<div class="r-list-container">{"".join(map(self.row, reversed(rows)))}</div>')
        if match := re.search(r"/index(\d*)\.html$", url):
            page = self.pages - int(match[1]) + 1 if match[1] else 1
            older = f'<a class="btn wide" href="/bbs/Stock/index{self.pages - page}.html">&lsaquo; 上頁</a>'
            paging = f'<div class="btn-group-paging">{older if page < self.pages else ""}</div>'
            return html(
                f'{paging}<div class="r-list-container">{"".join(map(self.row, reversed(self.rows(page))))}</div>'
            )
        talk = next((talk for talk in self.talks if self.id(talk) in url), None)
        if talk is None:
            return 404, {}, b""
        heads = {"作者": "老王 (x)", "看板": "Stock", "標題": talk.title, "時間": "Mon Mar  2 16:00:00 2026"}
        lines = "".join(
            f'<div class="article-metaline"><span class="article-meta-tag">{tag}</span>'
            f'<span class="article-meta-value">{value}</span></div>'
            for tag, value in heads.items()
        )
        pushes = "".join(
            f'<div class="push"><span class="push-tag">推 </span><span class="push-userid">u{number}</span>'
            f'<span class="push-content">: {words}</span><span class="push-ipdatetime"> 03/09 10:{n:02}\n</span></div>'
            for n, (number, words) in enumerate(talk.replies)
        )
        return html(f'<div id="main-content">{lines}\n內文{talk.number}\n--\n{pushes}</div>')

    def row(self, talk: Talk) -> str:
        count = f"<span>{len(talk.replies)}</span>" if talk.replies else ""
        return (
            f'<div class="r-ent"><div class="nrec">{count}</div><div class="title"><a href="/bbs/Stock/{self.id(talk)}.html">'
            f'{talk.title}</a></div><div class="meta"><div class="author">老王</div></div></div>'
        )


class HnLike(Forum):
    """A search and whole trees, as JSON."""

    def say(self, url: str, form: dict[str, str], headers: dict[str, str]) -> Answer:
        parts = urlsplit(url)
        if match := re.search(r"/items/(\d+)$", parts.path):
            talk = self.talk(match[1])
            return answer(self.item(talk)) if talk else (404, {}, b'{"status": 404, "error": "Not Found"}')
        page = int(parse_qs(parts.query)["page"][0])
        hits = [
            {
                "objectID": str(talk.number), "title": talk.title, "author": "ann", "created_at_i": self.moment(talk),
                "num_comments": len(talk.replies), "points": 3, "_tags": ["story"],
            }
            for talk in self.rows(page + 1)
        ]  # fmt: skip
        return answer({"hits": hits, "page": page, "nbPages": self.pages, "query": "ai bubble"})

    def moment(self, talk: Talk) -> int:
        return 1772438400 + 600 * talk.number

    def item(self, talk: Talk) -> dict[str, Any]:
        children: list[Any] = []
        for number, words in reversed(talk.replies):  # each answers the one before it
            said = {"id": number, "type": "comment", "author": "bob", "text": f"<p>{words}", "created_at_i": number}
            children = [said | {"parent_id": number - 1, "children": children}]
        root = {"id": talk.number, "type": "story", "author": "ann", "title": talk.title, "url": None, "text": "詳"}
        return root | {"points": 3, "parent_id": None, "created_at_i": self.moment(talk), "children": children}


class GubaLike(Forum):
    """Pages with JSON in a script; comments at an address of their own, asked with a form, 30 at a time."""

    def say(self, url: str, form: dict[str, str], headers: dict[str, str]) -> Answer:
        if match := re.search(r"/list,000858,f_(\d+)\.html$", url):
            box = {
                "re": [self.row(talk) for talk in self.rows(int(match[1]))],
                "count": 9,
                "bar_code": "000858",
                "rc": 1,
            }
            if not box["re"]:
                box["re"] = []
            return html(f"<script>var article_list={json.dumps(box)};</script>")
        if match := re.search(r"/news,000858,(\d+)\.html$", url):
            talk = self.talk(match[1])
            if talk is None:
                return html("<pre>Not Found</pre>")
            box = self.row(talk) | {
                "post_content": f"<p>內文{talk.number}</p>",
                "post_guba": {"stockbar_code": "000858"},
            }
            return html(f"<script>var post_article={json.dumps(box)};</script>")
        asked = {name: values[0] for name, values in parse_qs(form["param"]).items()}
        talk = self.talk(asked["postid"])
        assert talk is not None
        page, size = int(asked["p"]), int(asked["ps"])
        shown = [
            {
                "reply_id": number, "reply_text": words, "reply_publish_time": "2026-03-02 09:00:00",
                "reply_user": {"user_id": "9", "user_nickname": "某"}, "child_replys": [],
            }
            for number, words in talk.replies[(page - 1) * size : page * size]
        ]  # fmt: skip
        return answer({"re": shown, "count": len(talk.replies), "rc": 1})

    def row(self, talk: Talk) -> dict[str, Any]:
        return {
            "post_id": talk.number, "post_title": talk.title, "stockbar_code": "000858", "user_id": "1",
            "user_nickname": "股友", "post_click_count": 5, "post_comment_count": len(talk.replies),
            "post_publish_time": str(talk.at), "post_type": 0,
        }  # fmt: skip


class DiscuzLike(Forum):
    """HTML in GBK, a thread in as many pages as it takes, and a cookie that a guest is to bring back."""

    def say(self, url: str, form: dict[str, str], headers: dict[str, str]) -> Answer:
        parts = urlsplit(url)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        page = int(asked.get("page", "1"))
        if asked.get("mod") == "forumdisplay":
            rows = "".join(map(self.row, self.rows(page)))
            body = f'<table id="threadlisttableid">{rows}</table>{self.pager(f"forum.php?mod=forumdisplay&amp;fid=12&amp;filter=author&amp;orderby=dateline&amp;page={page + 1}", page < self.pages)}'
            return self.page(body, "")
        talk = self.talk(asked.get("tid", ""))
        if talk is None:
            return self.page('<div id="messagetext">抱歉，指定的主题不存在或已被删除</div>', "")
        posts = [(talk.number * 1000, f"内文{talk.number}"), *talk.replies]
        shown = posts[(page - 1) * self.per_part : page * self.per_part]
        more = page * self.per_part < len(posts)
        boxes = "".join(
            f'<div id="post_{number}"><div class="authi"><a class="xw1" href="space-uid-{number}.html">某{number}</a></div>'
            f'<em id="postnum{number}">{(page - 1) * self.per_part + n}</em>'
            f'<em id="authorposton{number}">发表于 {talk.at:%Y-%m-%d %H:%M:%S}</em>'
            f'<td class="t_f" id="postmessage_{number}">{words}</td></div>'
            for n, (number, words) in enumerate(shown, 1)
        )
        following = self.pager(f"forum.php?mod=viewthread&amp;tid={talk.number}&amp;page={page + 1}", more)
        script = f"tid = parseInt('{talk.number}'), fid = parseInt('12')"
        return self.page(f'<span id="thread_subject">{talk.title}</span>{boxes}{following}', script)

    def pager(self, url: str, more: bool) -> str:
        return f'<div class="pg"><a class="nxt" href="{url}">下一页</a></div>' if more else ""

    def row(self, talk: Talk) -> str:
        return (
            f'<tbody id="normalthread_{talk.number}"><tr><th><a class="s xst" href="thread-{talk.number}-1-1.html">{talk.title}'
            f'</a></th><td class="by"><cite><a href="space-uid-7.html">某</a></cite><em><span>{talk.at:%Y-%m-%d %H:%M:%S}</span>'
            f'</em></td><td class="num"><a class="xi2">{len(talk.replies)}</a><em>9</em></td></tr></tbody>'
        )

    def page(self, body: str, script: str) -> Answer:
        said = (
            '<html><head><meta charset="gbk"><base href="https://bbs.example.com/"><meta name="generator" content="Discuz! X3">'
            f"<script>SITEURL = 'https://bbs.example.com/', {script}</script></head><body><div id='pt'>"
            f'<a href="forum-12-1.html">股</a></div>{body}</body></html>'
        )
        return 200, {"Content-Type": "text/html; charset=gbk", "Set-Cookie": "sid=7; path=/"}, said.encode("gb18030")


def html(body: str) -> Answer:
    """A page."""
    return 200, {}, f'<html><head><meta charset="utf-8"></head><body>ptt.cc eastmoney {body}</body></html>'.encode()


def answer(document: object) -> Answer:
    """A JSON document."""
    return 200, {"Content-Type": "application/json"}, json.dumps(document).encode()


@dataclass
class Elsewhere:
    """Asks the server at `url` in place of the forums."""

    fetcher: Fetcher
    url: str

    @property
    def before(self) -> Callable[[str, str], None]:
        return self.fetcher.before

    @before.setter
    def before(self, told: Callable[[str, str], None]) -> None:
        self.fetcher.before = told

    def fetch_if_changed(self, what: str | Request, known: Mapping[str, str]) -> Page | None:
        request = Request(url=what) if isinstance(what, str) else what
        there = replace(request, url=request.url.replace("https://", f"{self.url}/"))
        page = self.fetcher.fetch_if_changed(there, known)
        return page and replace(page, url=(page.url or "").replace(f"{self.url}/", "https://"))


@contextmanager
def served(forum: Forum) -> Iterator[str]:
    """The forum's server."""

    class Handler(Quiet, BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.reply({})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.reply({name: values[0] for name, values in parse_qs(sent).items()})

        def reply(self, form: dict[str, str]) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            forum.asked.append(self.path[1:])
            forum.heard.append((form, headers))
            robots = self.path == "/robots.txt"
            status, more, body = (404, {}, b"") if robots else forum.say(self.path[1:], form, headers)
            self.send_response(status)
            for name, value in {
                "Content-Type": "text/html; charset=utf-8",
                **more,
                "Content-Length": str(len(body)),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    with answering(server) as url:
        yield url
