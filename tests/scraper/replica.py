"""A board of our own making, served over real HTTP on loopback in Wenxuecity's markup.

The same seed makes the same board. What people do on a board (answer, edit, delete) are methods; what a server does to
a crawler (refuse, break off, change its layout) are entries of `faults`.
"""

import hashlib
import html
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote, urlsplit

from core.forum import Index, Thread
from scraper.page import Page
from scraper.site import Site
from scraper.sites.wenxuecity import Wenxuecity
from tests.loopback import HOST, Quiet, answering

BOARD = "cfzh"
REAL = "https://bbs.wenxuecity.com"
_WORDS = [
    "英伟达",
    "泡沫",
    "利润率",
    "资本支出",
    "高点",
    "抄底",
    "观望",
    "加仓",
    "减仓",
    "数据中心",
    "电力",
    "财报",
    "估值",
    "现金流",
    "循环融资",
    "甲骨文",
    "长期持有",
]
_NAMES = ("老电工", "低手只看线", "晓炎", "买电的", "Fed2000", "浪里白条")
Answer = tuple[int, dict[str, str], bytes]


@dataclass(slots=True)
class Row:
    """A post of the board."""

    id: int
    parent: int | None
    author: str
    title: str
    body: str
    at: datetime
    edited: datetime | None = None
    deleted: bool = False

    @property
    def size(self) -> int:
        return len(self.body.encode())


@dataclass
class Replica:
    """The board and its server. asked: paths in order; etags: whether it answers 304; faults: path to answer."""

    seed: int = 1
    posts: int = 60
    per_page: int = 5
    etags: bool = False
    robots: str = "User-agent: *\nDisallow: /private/\n"
    first_id: int = 1000
    rows: dict[int, Row] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    faults: dict[str, Callable[[], Answer | None]] = field(default_factory=dict)
    before: Callable[[str], None] = lambda _: None
    url: str = ""
    sticky: bool = True

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.answers: dict[int | None, list[Row]] = {}
        self.now = datetime(2026, 3, 2, 8)  # noqa: DTZ001 (a wall clock)
        self.next_id = self.first_id
        for _ in range(self.posts):
            self.now += timedelta(minutes=self.random.randint(2, 9))
            recent = [row.id for row in list(self.rows.values())[-40:]]
            parent = self.random.choice(recent) if recent and self.random.random() < 0.7 else None
            self.write(parent)

    def write(self, parent: int | None = None, *, body: str | None = None, at: datetime | None = None) -> Row:
        """Somebody posts: a new thread, or an answer to `parent`. Half of the answers are a title alone."""
        said = " ".join(self.random.choices(_WORDS, k=self.random.randint(8, 30)))
        empty = parent is not None and self.random.random() < 0.5
        row = Row(
            id=self.next_id,
            parent=parent,
            author=self.random.choice(_NAMES),
            title=f"{self.random.choice(_WORDS)}{self.next_id}",
            body=("" if empty else f"<p>{said}</p>") if body is None else body,
            at=at or self.now,
        )
        self.rows[row.id] = row
        self.answers.setdefault(parent, []).append(row)
        self.next_id += 1
        return row

    def later(self, **length: float) -> None:
        """Time passes on the board."""
        self.now += timedelta(**length)

    def edit(self, id: int, body: str) -> None:
        """The writer changes a post."""
        self.rows[id].body, self.rows[id].edited = body, self.now

    def delete(self, id: int) -> None:
        """The moderator takes a post away; the list shows neither it nor what stood below it."""
        self.rows[id].deleted = True

    def root_of(self, id: int) -> int:
        """The thread that a post belongs to."""
        row = self.rows[id]
        return id if row.parent is None else self.root_of(row.parent)

    def threads(self) -> list[int]:
        """Roots that the list shows, newest first."""
        return [row.id for row in reversed(self.answers.get(None, [])) if not row.deleted]

    def below(self, id: int, depth: int = 1) -> Iterator[tuple[int, Row]]:
        """What the list shows below a post, with its depth."""
        for row in self.answers.get(id, ()):
            if not row.deleted:
                yield depth, row
                yield from self.below(row.id, depth + 1)

    def shown(self) -> set[int]:
        """Every post that the list shows on one of its pages."""
        return {row.id for root in self.threads() for row in (self.rows[root], *(row for _, row in self.below(root)))}

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.threads()) // self.per_page))

    def count(self, kind: str) -> int:
        """How often a kind of page was asked for: `index`, `post` or `robots`."""
        return Counter(map(kind_of, self.asked))[kind]

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        """What the server says."""
        self.asked.append(path)
        self.headers.append(headers)
        self.before(path)
        if (fault := self.faults.get(path)) and (said := fault()) is not None:
            return said
        if path == "/robots.txt":
            return 200, {"Content-Type": "text/plain"}, self.robots.encode()
        parts = urlsplit(path)
        if parts.path == f"/{BOARD}/":
            body = self._list(int(parse_qs(parts.query).get("page", ["1"])[0]))
        elif match := re.fullmatch(rf"/{BOARD}/(\d+)\.html", parts.path):
            body = self._post(int(match[1]))
        else:
            return 404, {}, b"no such page"
        if not self.etags:
            return 200, {}, body.encode()
        tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
        return (304, {"ETag": tag}, b"") if headers.get("if-none-match") == tag else (200, {"ETag": tag}, body.encode())

    def _list(self, number: int) -> str:
        roots = self.threads()[(number - 1) * self.per_page : number * self.per_page]
        sticky = f'<a class="sticky" href="/{BOARD}/1.html">置顶：版规</a>' if self.sticky else ""
        boxes = "".join(
            f"<div class='odd'>{self._rows([(0, self.rows[root]), *self.below(root)])}</div>" for root in roots
        )
        more = f'<a href="?page={number + 1}">下一页</a>' if number < self.pages else ""
        return _page(f'<div>页数: ({self.pages}) {more}</div><div id="postlist">{sticky}{boxes}</div>')

    def _rows(self, rows: list[tuple[int, Row]]) -> str:
        return "".join(
            f'<p style="margin:2px 0 2px {20 * depth}px">• <a href="/{BOARD}/{row.id}.html" class="post">'
            f'{html.escape(row.title)}</a> <span class="b"> -{_link(row.author)}- </span><small>({row.size:,} bytes) '
            f"(<span>{row.id % 97} reads</span>) {row.at:%m/%d/%Y}&nbsp;[postreply ]{row.at:%H:%M:%S}</small></p>"
            for depth, row in rows
        )

    def _post(self, id: int) -> str:
        row = self.rows.get(id)
        if row is None or row.deleted:
            return _page("<p>该帖子已被删除</p>")
        parent = self.rows.get(row.parent) if row.parent is not None else None
        answers = (
            f'<div id="postparent">回答: <a href="/{BOARD}/{parent.id}.html">{parent.title}</a></div>' if parent else ""
        )
        edited = f'<div id="editmessage">本帖于 {row.edited} 时间, 由普通用户编辑</div>' if row.edited else ""
        below = self._rows([(depth - 1, one) for depth, one in self.below(id)])
        return _page(
            f'<h1 class="title">{html.escape(row.title)}</h1><div id="postmeta">来源: {_link(row.author)} 于 '
            f'<span class="date">{row.at}</span> <small>({row.size} bytes)</small></div><div id="postbody">{answers}{edited}'
            f'<div id="msgbodyContent">{row.body}</div></div>'
            f'<div id="comment"><h3>所有跟帖：</h3><div id="postlist">{below}</div></div><div id="postreply">请您先登陆</div>'
        )

    def site(self) -> Site:
        """The forum's class, with this server in place of the forum's."""
        return Mirror(self.url)

    def serve(self) -> Iterator["Replica"]:
        """Run the server on a free port of loopback."""
        replica = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                said = replica.answer(self.path, {name.lower(): value for name, value in self.headers.items()})
                status, headers, body = said
                head = [
                    f"HTTP/1.1 {status} x",
                    f"Content-Length: {len(body)}",
                    "Content-Type: text/html; charset=utf-8",
                ]
                head += [f"{name}: {value}" for name, value in headers.items()]
                self.wfile.write("\r\n".join([*head, "", ""]).encode() + body)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                return  # a crawler that was killed

        with answering(Server((HOST, 0), Handler)) as self.url:
            yield self


class Mirror(Wenxuecity):
    """Wenxuecity under another address: pages are read as if they had come from the real one."""

    hosts: ClassVar[frozenset[str]] = frozenset({HOST})

    def __init__(self, url: str) -> None:
        self.url = url

    def parse(self, page: Page, text: str) -> Thread | Index:
        found = super().parse(replace(page, url=(page.url or "").replace(self.url, REAL)), text)
        if isinstance(found, Index) and found.next_url:
            return replace(found, next_url=found.next_url.replace(REAL, self.url))
        return found

    def index_url(self, board: str, number: int = 1) -> str:
        return super().index_url(board, number).replace(REAL, self.url)

    def post_url(self, board: str, post: str) -> str:
        return super().post_url(board, post).replace(REAL, self.url)


def kind_of(path: str) -> str:
    """What a path leads to."""
    return "robots" if path == "/robots.txt" else "post" if path.endswith(".html") else "index"


def _link(name: str) -> str:
    cid = quote(name)
    return f'<a class="username nickname b" href="//passport.wenxuecity.com/members/index.php?act=profile&amp;cid={cid}">{name}</a>'


def _page(content: str) -> str:
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8" /><title>股票茶座 - 文学城论坛</title></head>'
        f'<body><div id="content">{content}</div><div id="footer">关于我们</div></body></html>'
    )
