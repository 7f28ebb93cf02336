"""Xueqiu 雪球, xueqiu.com: read from JSON files that a person saved, and never fetched.

The site shows nothing to those who are not logged in, and puts a browser check before that; paomo has no login and
evades none. Whoever has one can save what the site's own pages ask for: lists of posts by symbol (`list`) and by author
(`statuses`), a post (`show.json`), the comments of a post.

A list holds whole posts, so each of its rows is a thread. The site has no boards: a post is its author's, and names the
stocks it is about in its text; all of it is the board `xueqiu:all`. Posts and comments are numbered apart, so that a
comment's id here is its number behind a `c`. A post that passes another on is its author's own words alone, and an
answer begins behind `回复@somebody:`.
"""

import re
from datetime import datetime
from typing import ClassVar
from urllib.parse import parse_qs, urljoin, urlsplit
from zoneinfo import ZoneInfo

from core.errors import NotAThread
from core.forum import Index, Post, Thread
from scraper.fields import Fields, child, ident, load, moment, number, rows, words
from scraper.markup import headed, images, seen_text, soup, spell_out, squeeze, unescaped
from scraper.outcome import Gone, LayoutChanged, Walled
from scraper.page import Page
from scraper.site import Site
from scraper.urls import host_of

HOME = "https://xueqiu.com/"
TZ = "Asia/Shanghai"
BOARD = "all"
HOW = (
    "save the answers of the site's own pages as files, such as status.json, user_timeline.json and comments.json,"
    " and give them to paomo ingest"
)

_JSON = re.compile(r"\s*\{")
_WRITER = re.compile(r'"screen_name"\s*:')
_OURS = re.compile(r'"created_at"\s*:\s*[0-9]{12,14}\b|"root_in_reply_to_status_id"\s*:')
_REFUSED = re.compile(r'"error_code"\s*:\s*"?(?:400016|10022|4000[0-9]{2})\b')
_CHAIN = re.compile(r"(?<!:)//\s*@")
_ANSWER = re.compile(r"\s*回[复覆復]\s*@[^:：\n]{1,40}[:：]\s*")


class Xueqiu(Site):
    """The forum; see `scraper.site.Site`."""

    name: ClassVar[str] = "xueqiu"
    hosts: ClassVar[frozenset[str]] = frozenset()
    shut: ClassVar[frozenset[str]] = frozenset({"xueqiu.com", "www.xueqiu.com", "stock.xueqiu.com", "api.xueqiu.com"})
    way_in: ClassVar[str] = HOW
    board: ClassVar[str] = BOARD
    example: ClassVar[str] = "xueqiu:all"
    tz: ClassVar[str] = TZ

    def recognises(self, page: Page, text: str) -> bool:
        """By the keys of its JSON, or by its address."""
        if host_of(page.url) in self.shut:
            return True
        if not _JSON.match(text):
            return False
        return _REFUSED.search(text) is not None or bool(_WRITER.search(text) and _OURS.search(text))

    def parse(self, page: Page, text: str) -> Thread | Index:
        """Posts of a list, one post, or a page of the comments of one."""
        if not _JSON.match(text):
            raise Walled(f"{page.where} is a page of Xueqiu, which holds nothing without a login", hint=HOW)
        box = load(text, page.where)
        if "error_code" in box and not ident(box, "id"):
            said = words(box, "error_description", "error_code") or "no reason given"
            raise Walled(f"{page.where}: Xueqiu refused this: {said}", hint=HOW)
        if "comments" in box:
            return _comments(page, box)
        if "list" in box or "statuses" in box:
            return _posts(page, box)
        if ident(box, "id") and ("text" in box or "description" in box):
            post = _post(box, 0, page.where, listed=False)
            return Thread(site="xueqiu", board=BOARD, url=post.url, root=post)
        raise LayoutChanged(
            kind="Xueqiu", missing="posts or comments (list, statuses, comments, text)", where=page.where
        )

    def index_url(self, board: str, number: int = 1) -> str:
        """Raises `Walled`: there is none that can be fetched."""
        raise Walled("Xueqiu shows its posts to those who are logged in only, and paomo has no login", hint=HOW)

    def post_url(self, board: str, post: str) -> str:
        """The address that the site's own pages ask for a post; for a person, not for paomo."""
        return f"{HOME}statuses/show.json?id={post.removeprefix('c')}"


def _posts(page: Page, box: Fields) -> Index:
    listed = [row for row in (*rows(box.get("list")), *rows(box.get("statuses"))) if ident(row, "id")]
    if not listed:
        raise NotAThread(f"{page.where} is a list of Xueqiu without posts")
    once: dict[str | None, dict[str, object]] = {}
    for row in listed:
        once.setdefault(ident(row, "id"), row)
    entries = tuple(_post(row, n, page.where, listed=True) for n, row in enumerate(once.values(), 1))
    return Index(
        site="xueqiu",
        board=BOARD,
        url=page.url,
        page=number(box, "page"),
        pages=number(box, "maxPage"),
        entries=entries,
    )


def _post(row: Fields, n: int, where: str, *, listed: bool) -> Post:
    """A post. Lists cut long ones and say so; the cut text ends in `…` here, so that the whole one takes its place."""
    id = ident(row, "id")
    text, pictures = _own_words(words(row, "text", "description") or "", where)
    cut = listed and bool(row.get("truncated"))
    title, body = squeeze(unescaped(words(row, "title") or "")), text
    if not title:
        title, body = headed(text)
    name, key = _writer(row)
    local, utc = _time(row)
    target = words(row, "target") or (f"/{key}/{id}" if key else None)
    return Post(
        n=n,
        id=id,
        depth=0,
        author=name,
        author_key=key,
        title=_marked(title) if cut and not body else title,
        body=(_marked(body) if body else None) if cut else body,
        reads=number(row, "view_count"),
        comments=number(row, "reply_count"),
        points=number(row, "like_count"),
        published_local=local,
        tz=TZ if local else None,
        published_utc=utc,
        images=pictures,
        url=_ours(target),
    )


def _comments(page: Page, box: Fields) -> Thread:
    """A part of a thread: of its root nothing is known but the number."""
    listed = [row for row in rows(box["comments"]) if ident(row, "id")]
    posts = {id for row in listed if (id := ident(row, "root_in_reply_to_status_id", "status_id"))}
    asked = _asked(page.url)
    post = asked or next(iter(posts), None)
    if post is None or len(posts) > 1:
        what = "comments of several posts" if posts else "comments, but does not say of which post"
        raise NotAThread(
            f"{page.where} has {what}", hint="save comments.json of one post, or give its address with --url"
        )
    if not listed and number(box, "count"):
        raise Gone(f"{page.where}: no comments on this page", hint="the pages before it have them")
    numbers: dict[str, int | None] = {}
    replies = [_comment(row, n, post, numbers, page.where) for n, row in enumerate(listed, 1)]
    root = Post(n=0, id=post, depth=0, title="", comments=number(box, "count"))
    return Thread(site="xueqiu", board=BOARD, url=None, root=root, replies=tuple(replies))


def _comment(row: Fields, n: int, post: str, depths: dict[str, int | None], where: str) -> Post:
    id = f"c{ident(row, 'id')}"
    above = ident(row, "in_reply_to_comment_id") or ident(child(row, "reply_comment"), "id")
    over = depths.get(f"c{above}") if above else 0
    depths[id] = None if over is None else over + 1
    text, pictures = _own_words(words(row, "text", "description") or "", where)
    title, body = headed(text)
    name, key = _writer(row)
    local, utc = _time(row)
    return Post(
        n=n,
        id=id,
        parent_id=f"c{above}" if above else post,
        depth=depths[id],
        author=name,
        author_key=key,
        title=title,
        body=body,
        points=number(row, "like_count"),
        published_local=local,
        tz=TZ if local else None,
        published_utc=utc,
        images=pictures,
    )


def _own_words(markup: str, where: str) -> tuple[str, tuple[str, ...]]:
    """What the writer says: without the chain of posts that are passed on, and without whom it is said to."""
    tree = soup(markup, where)
    spell_out(tree)
    return _ANSWER.sub("", _CHAIN.split(seen_text(tree), maxsplit=1)[0], count=1).strip(), images(tree, HOME)


def _writer(row: Fields) -> tuple[str | None, str | None]:
    user = child(row, "user")
    return words(user, "screen_name"), ident(user, "id") or ident(row, "user_id")


def _time(row: Fields) -> tuple[datetime | None, datetime | None]:
    """The site's wall clock and the moment it shows; `created_at` counts milliseconds."""
    created = number(row, "created_at")
    utc = moment(created / 1000) if created else None
    return (utc.astimezone(ZoneInfo(TZ)).replace(tzinfo=None), utc) if utc else (None, None)


def _marked(text: str) -> str:
    return text.rstrip(".… ") + "…"


def _ours(target: str | None) -> str | None:
    return urljoin(HOME, target) if target and re.fullmatch(r"/[0-9]{1,20}/[0-9]{1,20}", target) else None


def _asked(url: str | None) -> str | None:
    try:
        values = parse_qs(urlsplit(url or "").query).get("id", [])
    except ValueError:
        return None
    return values[0] if values and re.fullmatch("[1-9][0-9]{0,19}", values[0]) else None
