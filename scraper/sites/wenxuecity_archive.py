"""Results of Wenxuecity's archive search: one author's posts on a board, or those with a keyword, newest first.

A row, as the site writes it::

    <tr><td class="cnLarge">• <a class="linkdot" href="…"></a>#跟帖# <a href="/cfzh/123.html">title</a>
      [财富智汇] - <strong><em>NAME</em></strong>(213 bytes) <i>2025-10-21</i></td></tr>

The rows name no parent, and a date without a time of day, which is no wall clock: both are on the post's own page.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from bs4 import BeautifulSoup, Tag

from core.errors import NotFound
from core.forum import Index, Post
from core.text import fold
from scraper.markup import attribute, brief, resolve, squeeze
from scraper.outcome import LayoutChanged, Retry
from scraper.sites.wenxuecity_rows import HOME, SIZE, Address, address, number

_TITLE = re.compile("[论論][坛壇][内內]容查[询詢]")
_REPLY = re.compile("#\\s*跟[帖貼]\\s*#")
_NEXT = re.compile("下一?[页頁]")
_PAGES = re.compile(r"[页頁]次\s*[:：]?\s*([0-9]{1,6})\s*/\s*([0-9]{1,6})")
_NONE = re.compile(r"共\s*0\s*[条條]")


def is_archive(tree: BeautifulSoup, base: str) -> bool:
    """Whether a page is the archive's form or its results, by address or title."""
    named = tree.title.get_text() if tree.title else ""
    return urlsplit(base).path.endswith("/archive.php") or _TITLE.search(named) is not None


def url(board: str, words: str, *, author: bool) -> str:
    """The search for posts and replies of a board by words, or by an author's name."""
    asked = {"SubID": board, "keyword": words} | ({"username": "on"} if author else {}) | {"reply": "on"}
    return f"{HOME}bbs/archive.php?{urlencode(asked, quote_via=quote)}"


def results(tree: BeautifulSoup, base: str, where: str) -> Index:
    """The rows of a page of results.

    Raises `Retry` for the form without results, which a first visit without cookies gets, `NotFound` where the
    site says that there are none, and `LayoutChanged` for rows that cannot be read.
    """
    cells = [cell for cell in tree.find_all("td", class_="cnLarge") if cell.find("td") is None]
    said = squeeze(" ".join(cell.get_text() for cell in cells))
    asked = _query(base).get("SubID") or _field(tree, "SubID")
    entries = list(_entries(cells, base, asked))
    if not entries and _NONE.search(said):
        raise NotFound(f"{where}: the archive has no post that fits this search")
    if not entries and SIZE.search(said):
        raise LayoutChanged(kind="archive", missing="links to its posts (td.cnLarge a)", where=where)
    if not entries:
        raise Retry(f"{where}: the archive answers with its empty form", hint="it wants its cookies back; ask again")
    board = asked or next((post.url.split("/")[-2] for post in entries if post.url), None)
    if board is None:
        raise LayoutChanged(kind="archive", missing="board name (SubID)", where=where)
    counted = _PAGES.search(said)
    return Index(
        site="wenxuecity",
        board=board,
        url=None if base == HOME else base,
        page=int(counted[1]) if counted else None,
        pages=int(counted[2]) if counted else None,
        next_url=_next(tree, base, counted),
        entries=tuple(entries),
    )


def _entries(cells: list[Tag], base: str, board: str | None) -> Iterator[Post]:
    seen: set[str] = set()
    for cell in cells:
        target, link = _post_link(cell, base)
        if target is None or link is None or target.id in seen or (board and target.board not in (board, None)):
            continue
        seen.add(target.id)
        name = cell.select_one("strong em") or cell.find("strong")
        author = squeeze(name.get_text()) if name else ""
        yield Post(
            n=len(seen),
            id=target.id,
            depth=None if _REPLY.search(cell.get_text()) else 0,
            author=author or None,
            author_key=fold(author) or None,
            title=squeeze(brief(link)),
            bytes=number(SIZE.search(squeeze(cell.get_text()))),
            url=target.url,
        )


def _post_link(cell: Tag, base: str) -> tuple[Address | None, Tag | None]:
    """The link with the title; the one before it, `a.linkdot`, is empty."""
    for link in cell.find_all("a", href=True):
        target = address(attribute(link, "href"), base)
        if target is not None and squeeze(brief(link)):
            return target, link
    return None, None


def _next(tree: BeautifulSoup, base: str, counted: re.Match[str] | None) -> str | None:
    """The next page: the site's own link, else the next number; `page` counts from 0, what is printed from 1."""
    if base == HOME:
        return None  # a saved page that does not say what was asked
    for link in tree.find_all("a", href=True):
        if _NEXT.search(brief(link)):
            return resolve(base, attribute(link, "href"))
    if counted is None or int(counted[1]) >= int(counted[2]):
        return None
    query = urlencode(_query(base) | {"page": counted[1]}, quote_via=quote)
    return urlsplit(base)._replace(query=query, fragment="").geturl()


def _query(base: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(base).query).items()}


def _field(tree: BeautifulSoup, name: str) -> str | None:
    field = tree.find("input", attrs={"name": name})
    return attribute(field, "value") or None if field else None
