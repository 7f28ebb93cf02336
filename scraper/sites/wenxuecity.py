"""Wenxuecity 文学城, bbs.wenxuecity.com: threads, replies, print pages, lists and search results, in either script.

A thread page carries the root's text and one row per reply; a reply's text is on the reply's own page, which
looks the same and names its parent. The traditional host, zh.wenxuecity.com, is the same page run through a
table of characters. The clock is the US Pacific one, without saying so; the `Z` of the page's JSON-LD is wrong
and is not read. A print page, `123-print.html`, has nothing but title and text, and only fills gaps in what is stored.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

from bs4 import BeautifulSoup, Tag

from core.forum import Index, Post, Thread
from scraper.clock import printed_clock, to_utc
from scraper.markup import attribute, closed, ended, images, resolve, seen_text, soup, squeeze
from scraper.outcome import CutShort, Gone, LayoutChanged, Walled
from scraper.page import Page
from scraper.site import Site
from scraper.sites import wenxuecity_archive as archive
from scraper.sites import wenxuecity_lists as lists
from scraper.sites.wenxuecity_rows import (
    HOME,
    HOSTS,
    SIZE,
    TZ,
    Address,
    address,
    author,
    number,
    post_url,
    rows,
    tree,
)
from scraper.urls import host_of, path_of

BOXES = frozenset({"userpost", "buzzbox", "tip-box", "postparent", "editmessage", "adminmenu", "postmeta", "comment"})
"""Parts of `#postbody` that are not the writer's text."""

_HTML = re.compile(r"<(?:!doctype|html|head|body|div|script|h1|p)\b", re.IGNORECASE)
_MARKS = re.compile(r"""\bid\s*=\s*["']?(?:msgbodyContent|postmeta|postlist)\b|<title>[^<]*文[学學]城[论論][坛壇]""")
_READS = re.compile(r"([0-9,]{1,15})")
_TAIL = re.compile("\\s*-\\s*(?:[^-]*-\\s*)?文[学學]城.*")
_DELETED = re.compile("已[经經]?被?[删刪]除|帖子不存在")
_SHORT = 60  # characters: a longer text speaks of deleted posts, it is not one
_WALL = re.compile(r"captcha|[验驗][证證][码碼]|Just a moment|cf-chl|type\s*=\s*[\"']?password", re.IGNORECASE)


class Wenxuecity(Site):
    """The forum; see `scraper.site.Site`."""

    name: ClassVar[str] = "wenxuecity"
    hosts: ClassVar[frozenset[str]] = HOSTS
    tz: ClassVar[str] = TZ
    walls: ClassVar[tuple[str, ...]] = ("passport.wenxuecity.com",)
    board: ClassVar[str] = "[A-Za-z0-9_]{1,40}"
    example: ClassVar[str] = "wenxuecity:cfzh"
    own_pages: ClassVar[bool] = True
    rising_ids: ClassVar[bool] = True

    def recognises(self, page: Page, text: str) -> bool:
        """By address, or by its name together with the ids of its markup or its title; only HTML."""
        if not _HTML.search(text):
            return False
        return host_of(page.url) in HOSTS or ("wenxuecity" in text and _MARKS.search(text) is not None)

    def parse(self, page: Page, text: str) -> Thread | Index:
        """A thread, a reply's own page, a print page, or a page of a list. The page's address wins over its canonical link."""
        tree_ = soup(text, page.where)
        reader = _Reader(tree_, page, _base(tree_, page), ended(text))
        if path_of(reader.base).endswith("-print.html"):
            return reader.printed()
        if _part(tree_, "postmeta") or _part(tree_, "msgbodyContent") or _part(tree_, "comment"):
            return reader.thread()
        if listed := _part(tree_, "postlist"):
            return reader.index(listed)
        if archive.is_archive(tree_, reader.base):
            return reader.results()
        raise reader.nothing_there(text)

    def index_url(self, board: str, number: int = 1) -> str:
        return f"{HOME}{board}/" + (f"?page={number}" if number > 1 else "")

    def post_url(self, board: str, post: str) -> str:
        return post_url("bbs.wenxuecity.com", board, post)

    def author_url(self, board: str, author: str) -> str:
        return archive.url(board, author, author=True)

    def search_url(self, board: str, words: str) -> str:
        return archive.url(board, words, author=False)


@dataclass(frozen=True, slots=True)
class _Reader:
    """One page while it is read."""

    soup: BeautifulSoup
    page: Page
    base: str
    ended: bool

    def thread(self) -> Thread:
        own = address(self.base, HOME)
        root = self._root(own)
        comment = _part(self.soup, "comment")
        if not self.ended and (comment is None or not closed(comment)):
            raise CutShort(f"{self.page.where}: the page ends before its replies do", hint="get it again")
        listed = _part(comment, "postlist") if comment else None
        board = own.board if own else None
        placed = tree(rows(listed, self.base, board), root.id, 1) if listed else []
        if listed and not placed and SIZE.search(listed.get_text()):
            raise self._changed("thread", "links to its replies (a.post)")
        replies = tuple(lists.post(n, place) for n, place in enumerate(placed, 1))
        return Thread(
            site="wenxuecity", board=board or lists.board_of(placed), url=root.url, root=root, replies=replies
        )

    def _root(self, own: Address | None) -> Post:
        meta = _part(self.soup, "postmeta")
        name, key = author(meta.find("a", class_="username") if meta else None)
        local = printed_clock(_text(meta.find("span", class_="date")) if meta else "")
        title = self._title()
        body = _body_of(self.soup)
        if title is None and name is None and local is None and body is None:
            raise self._changed("thread", "title, author, date or body")
        required = {
            "title (h1.title)": title,
            "author (#postmeta a.username)": name,
            "date (#postmeta span.date)": local,
            "body (#msgbodyContent)": body,
        }
        for part, found in required.items():
            if found is None:
                raise self._changed("thread", part)
        assert title is not None
        assert body is not None
        parent = self._parent()
        return Post(
            n=0,
            id=own.id if own else None,
            parent_id=parent.id if parent else None,
            depth=0,  # within this page; only a thread page knows how deep a reply stands
            author=name,
            author_key=key,
            title=title,
            body=seen_text(body, BOXES),
            bytes=number(SIZE.search(_text(meta))),
            reads=number(_READS.search(_text(_part(self.soup, "countnum")))),
            published_local=local,
            tz=TZ if local else None,
            published_utc=to_utc(local, TZ),
            edited_local=printed_clock(_text(_part(self.soup, "editmessage"))),
            images=images(body, self.base, BOXES),
            url=own.url if own else None,
        )

    def _title(self) -> str | None:
        heading = self.soup.find("h1", class_="title")
        if heading and (title := squeeze(heading.get_text())):
            return title
        og = self.soup.find("meta", attrs={"property": "og:title"})
        return (squeeze(attribute(og, "content")) or None) if og else None

    def _parent(self) -> Address | None:
        box = _part(self.soup, "postparent")
        links = box.find_all("a", href=True) if box else []
        return next((found for link in links if (found := address(attribute(link, "href"), self.base))), None)

    def printed(self) -> Thread:
        """A print page: title and text alone, so that nothing but these is required."""
        if not self.ended:
            raise CutShort(f"{self.page.where}: the page ends before its end", hint="get it again")
        named = self.soup.title.get_text() if self.soup.title else ""
        title = self._title() or squeeze(_TAIL.sub("", squeeze(named)))
        marked = _body_of(self.soup)
        body = marked or self.soup.body
        own = address(self.base, HOME)
        if marked is None and self.soup.find("input", type="password"):  # the words alone may be an article's
            raise Walled(f"{self.page.where}: a login or captcha page, no forum page", hint="open it in a browser")
        if not title or body is None:
            raise self._changed("print", "body" if title else "title")
        text = seen_text(body, BOXES)
        if len(text) < _SHORT and _DELETED.search(text):
            raise Gone(f"{self.page.where}: the forum says that this post is deleted")
        root = Post(
            n=0,
            id=own.id if own else None,
            title=title,
            body=text,
            images=images(body, self.base, BOXES),
            url=own.url if own else None,
        )
        return Thread(site="wenxuecity", board=own.board if own else None, url=root.url, root=root)

    def results(self) -> Index:
        if not self.ended:
            raise CutShort(f"{self.page.where}: the page ends before its results do", hint="get it again")
        return archive.results(self.soup, self.base, self.page.where)

    def index(self, listed: Tag) -> Index:
        if not self.ended and not closed(listed):
            raise CutShort(f"{self.page.where}: the list ends before its end", hint="get it again")
        return lists.index(self.soup, listed, self.base, self.page.where)

    def nothing_there(self, text: str) -> Gone | Walled | LayoutChanged | CutShort:
        """A page of the site with none of the parts we read: why, as far as it says."""
        if not self.ended:
            return CutShort(f"{self.page.where}: the page ends before its post or list begins", hint="get it again")
        if _DELETED.search(self.soup.get_text()):
            return Gone(f"{self.page.where}: the forum says that this post is deleted")
        if _WALL.search(text):
            return Walled(f"{self.page.where}: a login or captcha page, no forum page", hint="open it in a browser")
        return self._changed("forum", "title, author, date, body or list")

    def _changed(self, kind: str, missing: str) -> LayoutChanged | CutShort:
        if not self.ended:
            return CutShort(f"{self.page.where}: the page ends before its {missing}", hint="get it again")
        return LayoutChanged(kind=kind, missing=missing, where=self.page.where)


def _base(tree_: BeautifulSoup, page: Page) -> str:
    """The address that links are resolved against: the page's own, else the canonical one, else the site's front."""
    canonical = tree_.find("link", rel="canonical")
    for url in (page.url or "", attribute(canonical, "href") if canonical else ""):
        absolute = resolve(HOME, url)
        if absolute and host_of(absolute) in HOSTS:
            return absolute
    return HOME


def _part(tag: Tag, name: str) -> Tag | None:
    return tag.find(id=name)


def _body_of(tree_: BeautifulSoup) -> Tag | None:
    return _part(tree_, "msgbodyContent") or _part(tree_, "articleBody") or _part(tree_, "postbody")


def _text(tag: Tag | None) -> str:
    return squeeze(tag.get_text()) if tag else ""
