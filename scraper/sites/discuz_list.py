"""A page of a Discuz! board's list in HTML, of Discuz! X and of version 7. Pinned threads are left out."""

import re

from bs4 import Tag

from core.errors import NotAThread
from core.forum import Index, Post
from scraper.clock import to_utc
from scraper.fields import number
from scraper.markup import attribute, squeeze
from scraper.outcome import LayoutChanged
from scraper.sites import discuz_place as at
from scraper.sites.discuz_body import stamp
from scraper.sites.discuz_pages import TZ, Paper, uid_in

_ROW = re.compile(r"normalthread_([1-9][0-9]{0,11})")
_PAGES = re.compile(r"(?:共|/)\s*([0-9]{1,6})\s*[页頁]")
_EMPTY = re.compile("(?:尚[无無]|[没沒]有)主[题題]")


def index(paper: Paper) -> Index:
    """The page's threads, newest first as the list was asked for."""
    paper.check_end()
    board = named(at.board_name(paper.home, paper.fid()), paper.page.where)
    rows = {
        match[1]: row
        for row in paper.tree.find_all("tbody", id=_ROW)
        if (match := _ROW.fullmatch(attribute(row, "id")))
    }
    if not rows and not _EMPTY.search(paper.text) and not paper.tree.find("tbody", id=re.compile("stickthread_")):
        raise LayoutChanged(kind="list", missing="threads (#normalthread_…)", where=paper.page.where)
    entries = tuple(_entry(paper, n, tid, row) for n, (tid, row) in enumerate(rows.items(), 1))
    if rows and not any(entry.title for entry in entries):
        raise LayoutChanged(kind="list", missing="titles (a.xst)", where=paper.page.where)
    page = paper.number()
    pager = paper.tree.select_one(".pg, .pages")
    said = _PAGES.search(squeeze(pager.get_text())) if pager else None
    return Index(
        site="discuz",
        board=board,
        url=paper.page.url,
        page=page,
        pages=int(said[1]) if said else None,
        next_url=paper.following(),
        entries=entries,
    )


def named(board: str | None, where: str) -> str:
    """A board's name. Raises `NotAThread` for a list of which the host is not known."""
    if board is None:
        raise NotAThread(
            f"{where} is a Discuz! list that does not say of which host", hint="give its address with --url"
        )
    return board


def _entry(paper: Paper, n: int, tid: str, row: Tag) -> Post:
    link = row.select_one("a.xst, span[id^=thread_] a, th.subject a, th a[href*=thread]")
    writer = row.select_one("td.by cite, td.author cite")
    local = stamp(row.select_one("td.by em, td.author em"))
    return Post(
        n=n,
        id=tid,
        depth=0,
        title=squeeze(link.get_text()) if link else "",
        author=squeeze(writer.get_text()) or None if writer else None,
        author_key=uid_in(writer.find("a")) if writer else None,
        reads=_count(row.select_one("td.num em, td.nums em")),
        comments=_count(row.select_one("td.num a, td.nums strong")),
        published_local=local,
        tz=TZ if local else None,
        published_utc=to_utc(local, TZ),
        url=at.thread_url(paper.home, tid, old=paper.old),
    )


def _count(part: Tag | None) -> int | None:
    return number({"n": part.get_text()}, "n") if part else None
