"""Lists of PTT: a board's pages, search results, and what an address or an id of the site says.

A list prints 20 rows, the newest at the bottom, without year and hour; the time of an article is in its id. Rows of
deleted articles have no link and so no id: they are left out. Below a line on the newest page stand pinned rows.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from bs4 import BeautifulSoup, Tag

from core.errors import NotFound
from core.forum import Index, Post
from core.text import fold
from scraper.clock import to_utc, wall_clock
from scraper.markup import attribute, brief, resolve, squeeze
from scraper.outcome import LayoutChanged
from scraper.page import Page
from scraper.sites import ptt_article
from scraper.urls import host_of, path_of

HOST = "www.ptt.cc"
HOME = f"https://{HOST}/"
TZ = "Asia/Taipei"

_ID = re.compile(r"[MG]\.([0-9]{1,10})\.A\.[0-9A-F]{1,4}")
ARTICLE = re.compile(r"/bbs/(?P<board>[\w.-]{1,30})/(?P<id>[MG]\.[0-9]{1,10}\.A\.[0-9A-F]{1,4})\.html", re.ASCII)
"""The path of an article."""
_BOARD = re.compile(r"/bbs/([\w.-]{1,30})/", re.ASCII)
_LIST = re.compile(r"/bbs/[\w.-]{1,30}/index([0-9]{0,9})\.html", re.ASCII)
_TIME = re.compile(r"[A-Z][a-z]{2}\s+([A-Z][a-z]{2})\s+([0-9]{1,2})\s+([0-9]{1,2}:[0-9]{2}:[0-9]{2})\s+([0-9]{4})")
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_COUNT = re.compile(r"[0-9]{1,4}|爆|X[0-9]|XX")


def index(tree: BeautifulSoup, listed: Tag, page: Page) -> Index:
    """The rows of `.r-list-container`, the newest first.

    Raises `NotFound` for a search without results, `LayoutChanged` for any other list without rows.
    """
    rows = _rows(listed)
    board = board_of(tree, listed, page)
    if not rows and path_of(page.url).endswith("/search"):
        raise NotFound(f"{page.where}: no article fits this search")
    links = [row for row in rows if row.select_one(".title a[href]")]
    posts = [post for row in reversed(links) if (post := _entry(row))]
    for part, found in {
        "rows (div.r-ent)": rows,
        "links to its articles": posts or not links,  # a page may hold nothing but deleted ones
        "board name": board,
    }.items():
        if not found:
            raise LayoutChanged(kind="index", missing=part, where=page.where)
    older = _older(tree, page)
    number, pages = _numbers(page, older)
    return Index(
        site="ptt",
        board=board or "",
        url=page.url,
        page=number,
        pages=pages,
        next_url=older,
        entries=tuple(replace(post, n=n) for n, post in enumerate(posts, 1)),
    )


def _rows(listed: Tag) -> list[Tag]:
    rows: list[Tag] = []
    for row in listed.find_all("div", class_=["r-ent", "r-list-sep"]):
        if "r-list-sep" in attribute(row, "class").split():
            break
        rows.append(row)
    return rows


def board_of(tree: BeautifulSoup, part: Tag, page: Page) -> str | None:
    """The board's name, from the page's address, else the link in its bar, else the links in a part of it."""
    bar = tree.select_one("#topbar a.board")
    links = [attribute(link, "href") for link in part.find_all("a", href=True)]
    paths = (path_of(page.url), attribute(bar, "href") if bar else "", *map(path_of, links))
    return next((match[1] for one in paths if (match := _BOARD.match(one))), None)


def _older(tree: BeautifulSoup, page: Page) -> str | None:
    links = (link for link in tree.select(".btn-group-paging a[href]") if "上頁" in brief(link))
    base = page.url if page.url and on_site(page.url) else HOME
    return next((resolve(base, attribute(link, "href")) for link in links), None)


def _numbers(page: Page, older: str | None) -> tuple[int | None, int | None]:
    """Page, counted from the newest, and pages. An older page's number says how many are older, not how many newer."""
    if path_of(page.url).endswith("/search"):
        number = parse_qs(urlsplit(page.url or "").query).get("page", ["1"])[0]
        return (int(number) if re.fullmatch("[1-9][0-9]{0,8}", number) else None), None
    here, before = _LIST.fullmatch(path_of(page.url)), _LIST.fullmatch(path_of(older))
    if here is None or here[1]:
        return None, None
    return 1, int(before[1]) + 1 if before and before[1] else None


def _entry(row: Tag) -> Post | None:
    """One row of a list; `None` where its link leads elsewhere."""
    link = row.select_one(".title a[href]")
    place = ARTICLE.fullmatch(path_of(resolve(HOME, attribute(link, "href")))) if link else None
    if link is None or place is None:
        return None
    author = row.find(class_="author")
    name = squeeze(author.get_text()) if author else ""
    local, moment = time_of(place["id"], "")
    return Post(
        n=0,
        id=place["id"],
        depth=0,
        author=name or None,
        author_key=fold(name) or None,
        title=squeeze(ptt_article.plain(link)),
        points=_count(row.find(class_="nrec")),
        published_local=local,
        tz=TZ,
        published_utc=moment,
        url=article_url(place),
    )


def _count(printed: Tag | None) -> int | None:
    """推 less 噓 as a list prints it: a number, 爆 for 100 and more, X1 to XX for −10 to −100; nothing says little."""
    match = _COUNT.fullmatch(squeeze(printed.get_text())) if printed else None
    if match is None:
        return None
    special = {"爆": 100, "XX": -100}
    return special.get(match[0]) or (-10 * int(match[0][1]) if match[0][0] == "X" else int(match[0]))


def time_of(id_: str | None, printed: str) -> tuple[datetime | None, datetime | None]:
    """Wall clock and moment, from the id, else from the line 時間."""
    if id_ and (match := _ID.fullmatch(id_)):
        moment = datetime.fromtimestamp(int(match[1]), UTC)
        return moment.astimezone(ZoneInfo(TZ)).replace(tzinfo=None), moment
    match = _TIME.search(printed)
    known = match is not None and match[1] in _MONTHS
    local = wall_clock(match[4], str(_MONTHS.index(match[1])), match[2], match[3]) if match and known else None
    return local, to_utc(local, TZ)


def article_url(place: re.Match[str]) -> str:
    """The address of an article, from a match of `ARTICLE`."""
    return f"{HOME}bbs/{place['board']}/{place['id']}.html"


def on_site(url: str | None) -> bool:
    """Whether an address is the forum's."""
    return host_of(url) == HOST
