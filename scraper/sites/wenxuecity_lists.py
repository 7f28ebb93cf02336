"""A board's list on Wenxuecity: rows of several threads, and how far the list goes on."""

import re
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup, Tag

from core.forum import Index, Post
from scraper.clock import to_utc
from scraper.markup import attribute, brief, resolve
from scraper.outcome import LayoutChanged
from scraper.sites.wenxuecity_rows import HOME, SIZE, TZ, Placed, number, rows, tree

_PAGES = re.compile(r"[页頁][数數]\s*[:：]\s*\(?\s*([0-9,]{1,15})")
_LAST = re.compile("末[页頁]|最[后後]")
_NEXT = re.compile("下一[页頁]")


def index(tree_: BeautifulSoup, listed: Tag, base: str, where: str) -> Index:
    """The list in `#postlist`. Raises `LayoutChanged` where it has no row, or the page does not say its board."""
    path = urlsplit(base).path.removeprefix("/bbs").strip("/")
    board = path if re.fullmatch("[A-Za-z0-9_]{1,40}", path) else None
    placed = tree(rows(listed, base, board), None, 0)
    board = board or board_of(placed)
    if not placed and SIZE.search(listed.get_text()):
        raise LayoutChanged(kind="index", where=where, missing="links to its posts (a.post)")
    if not placed:
        raise LayoutChanged(kind="index", where=where, missing="rows (a.post): a list without one row")
    if board is None:
        raise LayoutChanged(kind="index", where=where, missing="board name")
    return Index(
        site="wenxuecity",
        board=board,
        url=None if base == HOME else base,
        page=_page_number(tree_, base),
        pages=_pages(tree_),
        next_url=_next(tree_, base),
        entries=tuple(post(n, place) for n, place in enumerate(placed, 1)),
    )


def post(n: int, place: Placed) -> Post:
    """A row as a post; its text is elsewhere."""
    row = place.row
    return Post(
        n=n,
        id=row.address.id,
        parent_id=place.parent_id,
        depth=place.depth,
        author=row.author,
        author_key=row.author_key,
        title=row.title,
        bytes=row.bytes,
        reads=row.reads,
        published_local=row.published,
        tz=TZ if row.published else None,
        published_utc=to_utc(row.published, TZ),
        url=row.address.url,
    )


def board_of(placed: list[Placed]) -> str | None:
    """The board that the rows' addresses name."""
    return next((place.row.address.board for place in placed if place.row.address.board), None)


def _next(tree_: BeautifulSoup, base: str) -> str | None:
    """The next, older page: the site's own link, else the next number while there are more pages."""
    if base == HOME:
        return None  # a saved page that does not say where it stood
    if linked := _link(tree_, _NEXT):
        return resolve(base, linked)
    number_, total = _page_number(tree_, base), _pages(tree_)
    if number_ is None or total is None or number_ >= total:
        return None
    return urlsplit(base)._replace(query=f"page={number_ + 1}", fragment="").geturl()


def _page_number(tree_: BeautifulSoup, base: str) -> int | None:
    if base != HOME:
        return _page_of(base) or 1
    following = _page_of(_link(tree_, _NEXT))
    return following - 1 if following else None


def _pages(tree_: BeautifulSoup) -> int | None:
    return number(_PAGES.search(tree_.get_text())) or _page_of(_link(tree_, _LAST))


def _link(tree_: BeautifulSoup, words: re.Pattern[str]) -> str:
    links = (link for link in tree_.find_all("a", href=True) if words.search(brief(link)))
    return next((attribute(link, "href") for link in links), "")


def _page_of(url: str) -> int | None:
    try:
        pages = parse_qs(urlsplit(url).query).get("page", [])
    except ValueError:
        return None
    return int(pages[0]) if pages and re.fullmatch("[1-9][0-9]{0,8}", pages[0]) else None
