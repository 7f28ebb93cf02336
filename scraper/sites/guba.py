"""Eastmoney Guba 股吧, guba.eastmoney.com: a board per stock, such as `guba:000858`; lists, posts, comments.

Lists and posts are pages with JSON in a script; comments come from an address of their own, asked with a form, 30 at
a time and two levels deep (`scraper.sites.guba_comments`). The clock is China's.

A guest who asks too often is not refused but fed: a page without its list, or a list of plausible wrong rows. Such a
page is `Walled`, never an empty list. Titles in lists are cut at 40 characters without saying so; a row's title of
that length ends in `…` here, so that the store knows it for the beginning of the post's own. Articles of 财富号, which
stand in lists among the posts, are publishers' and lie on another host: they are left out.
"""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import ClassVar

from core.config import GUBA_COMMENTS
from core.errors import SourceError
from core.forum import Index, Post, Thread
from core.text import counted
from scraper.clock import printed_clock, to_utc
from scraper.fields import Fields, child, ident, load, number, rows, words
from scraper.markup import ended, headed, resolve, squeeze, unescaped
from scraper.outcome import CutShort, Gone, LayoutChanged, Walled
from scraper.page import Page
from scraper.site import Request, Site
from scraper.sites.guba_comments import comments, next_request
from scraper.sites.guba_words import HOME, HOST, TZ, author, text_of
from scraper.urls import host_of, path_of

CUT = 40
"""Titles in lists end after so many characters."""
MOST_NEWS = 50_000
"""No list of a bar's news is longer; one that says so is a decoy. A bar's own posts may be more."""

_LIST = re.compile(r"\barticle_list\s*=\s*(?=\{)")
_POST = re.compile(r"\bpost_article\s*=\s*(?=\{)")
_NO_POST = re.compile(r"<pre>\s*Not Found\s*</pre>|\bpost_article\s*=\s*(?:null|\{\s*\}|\"\")", re.IGNORECASE)
_DELETED = re.compile("帖子[^<>\n]{0,9}(?:已被?删除|不存在)|(?:帖子|内容)审核中")
_WALL = re.compile(
    r"验证码|滑动验证|安全验证|访问过于频繁|em_captcha|passport2?\.eastmoney\.com/\w*/?login", re.IGNORECASE
)
_JSON = re.compile(r"\s*(?:[\w.$]{1,80}\s*\(\s*)?\{")
_ANSWER = re.compile(r'"(?:reply_total_count|reply_publish_time|reply_text)"')
_LIST_PATH = re.compile(
    r"(/list,(?P<bar>[A-Za-z0-9]{2,20})(?:,(?P<kind>[0-9]{1,3}))?(?:,f)?)(?:_(?P<page>[0-9]{1,6}))?\.html"
)
_POST_PATH = re.compile(r"/news,(?P<bar>[A-Za-z0-9]{2,20}),(?P<id>[0-9]{1,19})(?:_[0-9]+)?\.html")


class Guba(Site):
    """The forum; see `scraper.site.Site`.

    comments: where the comments of a post are asked for; `None` leaves them out (setting `guba_comments`)
    """

    name: ClassVar[str] = "guba"
    hosts: ClassVar[frozenset[str]] = frozenset({HOST})
    walls: ClassVar[tuple[str, ...]] = ("passport*.eastmoney.com",)
    board: ClassVar[str] = "[A-Za-z0-9]{2,20}"
    example: ClassVar[str] = "guba:000858"
    tz: ClassVar[str] = TZ
    comments: ClassVar[str | None] = GUBA_COMMENTS

    def recognises(self, page: Page, text: str) -> bool:
        """By address, or by the names of its variables and keys."""
        if host_of(page.url).endswith(".eastmoney.com"):
            return True
        if _JSON.match(text):
            return _ANSWER.search(text) is not None
        return "eastmoney" in text and (_LIST.search(text) or _POST.search(text)) is not None

    def parse(self, page: Page, text: str) -> Thread | Index:
        """A list, a post without its comments, or an answer with a page of comments."""
        if _JSON.match(text):
            return comments(page, text)
        if found := _LIST.search(text):
            return _index(page, load(text, page.where, found.end()))
        if found := _POST.search(text):
            box = load(text, page.where, found.end())
            return _thread(page, child(box, "post") or box)
        raise _nothing_there(page, text)

    def index_url(self, board: str, number: int = 1) -> str:
        """The list in the order of posting; the site's own order is that of the last comment."""
        return f"{HOME}list,{board},f_{number}.html"

    def post_url(self, board: str, post: str) -> str:
        return f"{HOME}news,{board},{post}.html"

    def further(self, found: Thread, page: Page) -> Request | None:
        return next_request(found, page, self.comments)


def _index(page: Page, box: Fields) -> Index:
    place = _LIST_PATH.search(path_of(page.url))
    bar = place["bar"] if place else words(box, "bar_code")
    if bar is None:
        raise LayoutChanged(kind="list", missing="code of its bar (bar_code)", where=page.where)
    listed = rows(box.get("re"))
    number_ = int(place["page"] or 1) if place else None
    if not listed and number_ in (None, 1):
        raise Walled(f"{page.where}: a list without rows; Guba shows such to guests it is tired of", hint=_REST)
    entries = tuple(_entries(listed, bar))
    if why := _decoy(box, bar, place["kind"] if place else None, listed, entries):
        raise Walled(f"{page.where}: this list is a decoy: {why}", hint=_REST)
    following = f"{HOME}{place[1][1:]}_{number_ + 1}.html" if place and number_ and listed else None
    url = f"{HOME}{place[0][1:]}" if place else None
    return Index(site="guba", board=bar, url=url, page=number_, pages=None, next_url=following, entries=entries)


_REST = "stop asking Guba for a day, or save the page from a browser"


def _entries(listed: list[dict[str, object]], bar: str) -> Iterable[Post]:
    """The bar's own posts. Rows of other bars, of 财富号 and of advertisers stand among them."""
    n = 0
    for row in listed:
        id, title = ident(row, "post_id"), squeeze(unescaped(words(row, "post_title") or ""))
        article = len(words(row, "post_source_id") or "") >= 20 and number(row, "post_type") == 20
        if id is None or not title or article or _plain(words(row, "stockbar_code")) != _plain(bar):
            continue
        name, key = author(row)
        local = printed_clock(words(row, "post_publish_time"))
        yield Post(
            n=(n := n + 1),
            id=id,
            depth=0,
            title=title.rstrip(".…") + "…" if len(title) >= CUT else title,
            author=name,
            author_key=key,
            reads=number(row, "post_click_count"),
            comments=number(row, "post_comment_count"),
            published_local=local,
            tz=TZ if local else None,
            published_utc=to_utc(local, TZ),
            url=f"{HOME}news,{bar},{id}.html",
        )


def _decoy(
    box: Fields, bar: str, kind: str | None, listed: list[dict[str, object]], entries: tuple[Post, ...]
) -> str | None:
    """What about a list cannot be true; `None` where all can."""
    said = words(box, "bar_code")
    if said and _plain(said) != _plain(bar):
        return f"it says it is the bar {said}, not {bar}"
    if listed and not entries:
        return f"none of its {counted(len(listed), 'row')} is a post of the bar {bar}"
    if kind in ("1", "2", "3") and (number(box, "count") or 0) > MOST_NEWS:
        return f"{number(box, 'count'):,} news of one stock"
    if kind == "1" and not any((entry.author or "").endswith("资讯") for entry in entries):
        return "its news are not by news accounts"
    dated = sorted((int(entry.id or 0), entry.published_local) for entry in entries if entry.published_local)
    back = sum(later < earlier for (_, earlier), (_, later) in pairwise(dated))
    return (
        "its posts' numbers and times contradict each other" if len(dated) > 4 and 2 * back >= len(dated) - 1 else None
    )


def _thread(page: Page, row: Fields) -> Thread:
    id = ident(row, "post_id")
    place = _POST_PATH.search(path_of(page.url))
    if id is None and not row.get("post_title"):
        raise Gone(f"{page.where}: Guba has no post there any more")
    local = printed_clock(words(row, "post_publish_time", "post_display_time"))
    needed = {"id (post_id)": id, "time (post_publish_time)": local, "text (post_content)": row.get("post_content")}
    for part, found in needed.items():
        if found is None:
            raise LayoutChanged(kind="post", missing=part, where=page.where)
    assert id is not None
    bar = place["bar"] if place else words(child(row, "post_guba"), "stockbar_code")
    url = f"{HOME}news,{bar},{id}.html" if bar else None
    body, pictures = text_of(words(row, "post_content") or "", page.where)
    title = squeeze(unescaped(words(row, "post_title") or ""))
    if not title:
        title, body = headed(body)
    name, key = author(child(row, "post_user") or row)
    more = (resolve(HOME, one) for one in _strings(row.get("post_pic_url")))
    root = Post(
        n=0,
        id=id,
        depth=0,
        title=title,
        body=body,
        author=name,
        author_key=key,
        reads=number(row, "post_click_count"),
        comments=number(row, "post_comment_count"),
        points=number(row, "post_like_count"),
        published_local=local,
        tz=TZ,
        published_utc=to_utc(local, TZ),
        images=tuple(dict.fromkeys([*(one for one in more if one), *pictures])),
        url=url,
    )
    return Thread(site="guba", board=bar, url=url, root=root)


def _strings(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _nothing_there(page: Page, text: str) -> SourceError:
    """A page of the site with nothing to read: why, as far as it says."""
    if _NO_POST.search(text) or _DELETED.search(text):
        return Gone(f"{page.where}: Guba says that this post is not there")
    if _WALL.search(text) or host_of(page.url).startswith("passport"):
        return Walled(f"{page.where}: a login or captcha page, no forum page", hint=_REST)
    if not ended(text):
        return CutShort(f"{page.where}: the page ends before its post or list begins", hint="get it again")
    if _LIST_PATH.search(path_of(page.url)):
        return Walled(f"{page.where}: a page without its list; Guba shows such to guests it is tired of", hint=_REST)
    return LayoutChanged(kind="forum", missing="list or post (article_list, post_article)", where=page.where)


def _plain(code: str | None) -> str:
    return (code or "").strip().lower()
