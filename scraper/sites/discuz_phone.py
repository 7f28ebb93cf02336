"""Discuz! for phones: the same threads and lists as JSON, from `/api/mobile/index.php`, where a board has it on."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from core.forum import Index, Post, Thread
from scraper.clock import to_utc
from scraper.fields import Fields, child, ident, load, moment, number, rows, words
from scraper.markup import resolve, soup, squeeze, unescaped
from scraper.outcome import LayoutChanged
from scraper.page import Page
from scraper.sites import discuz_place as at
from scraper.sites.discuz_body import Words, read, stamp_in
from scraper.sites.discuz_list import named
from scraper.sites.discuz_pages import TZ, Numbers, joined, made

_PAGE = re.compile(r"(?<=[?&]page=)[0-9]{1,6}\b")
_PER_PAGE = 10


def parse(page: Page, text: str) -> Thread | Index | str:
    """A thread, a list, or what the forum says in place of them."""
    box = load(text, page.where)
    told, found = child(box, "Message"), child(box, "Variables")
    if "postlist" in found:
        return _thread(page, found)
    if "forum_threadlist" in found:
        return _index(page, found)
    return " ".join(said for name in ("messageval", "messagestr") if (said := words(told, name)))


def next_url(page: Page, text: str) -> str | None:
    """Address of the next page of a thread; `None` behind the last."""
    found = child(load(text, page.where), "Variables")
    here = at.place(page.url).page or 1
    posts = (number(child(found, "thread"), "replies", "allreplies") or 0) + 1
    if not page.url or not rows(found.get("postlist")) or here * max(1, number(found, "ppp") or _PER_PAGE) >= posts:
        return None
    return _PAGE.sub(str(here + 1), page.url) if _PAGE.search(page.url) else f"{page.url}&page={here + 1}"


def _thread(page: Page, found: Fields) -> Thread:
    head, listed = child(found, "thread"), rows(found["postlist"])
    posts = [(pid, row) for row in listed if (pid := ident(row, "pid"))]
    title = squeeze(unescaped(words(head, "subject") or ""))
    if not posts or not title:
        missing = "title (thread.subject)" if posts else "posts (postlist)"
        raise LayoutChanged(kind="thread", missing=missing, where=page.where)
    first = posts[0][0] if number(posts[0][1], "first") == 1 else None
    home, fid = at.place(page.url).home, ident(head, "fid") or ident(found, "fid")
    numbers = Numbers(home, fid, ident(head, "tid"), old=False, first=first)
    return joined([_post(page, pid, row, numbers) for pid, row in posts], title, numbers)


def _post(page: Page, pid: str, row: Fields, numbers: Numbers) -> Post:
    base = f"https://{numbers.home}" if numbers.home else ""
    tree = soup(words(row, "message") or "", page.where)
    said = read(tree, tree, base)
    pictures = [*said.images, *_attached(row, base)]
    hidden = number(row, "anonymous") == 1
    return made(
        Words(said.text, tuple(dict.fromkeys(pictures)), said.edited, said.answers, said.shut),
        pid,
        numbers,
        author="匿名" if hidden else words(row, "author", "username"),
        key=None if hidden else ident(row, "authorid"),
        local=_local(row),
    )


def _attached(row: Fields, base: str) -> list[str]:
    files = [one for one in rows(row.get("attachments")) if number(one, "isimage")]
    found = (resolve(base, (words(one, "url") or "") + (words(one, "attachment") or "")) for one in files)
    return [address for address in found if address]


def _local(row: Fields) -> datetime | None:
    utc = moment(number(row, "dbdateline", "dateline"))
    if utc is not None:
        return utc.astimezone(ZoneInfo(TZ)).replace(tzinfo=None)
    return stamp_in(unescaped(words(row, "dateline") or ""))


def _index(page: Page, found: Fields) -> Index:
    here = at.place(page.url)
    fid = ident(child(found, "forum"), "fid") or here.fid
    board = named(at.board_name(here.home, fid), page.where)
    listed = rows(found["forum_threadlist"])
    own = [row for row in listed if ident(row, "tid") and (number(row, "displayorder") or 0) <= 0]  # the rest is pinned
    entries = tuple(_entry(here.home, n, row) for n, row in enumerate(own, 1))
    number_ = number(found, "page") or here.page or 1
    following = None
    if page.url and listed:
        more = f"{page.url}&page={number_ + 1}"
        following = _PAGE.sub(str(number_ + 1), page.url) if _PAGE.search(page.url) else more
    if own and not any(entry.title for entry in entries):
        raise LayoutChanged(kind="list", missing="titles (subject)", where=page.where)
    return Index(
        site="discuz", board=board, url=page.url, page=number_, pages=None, next_url=following, entries=entries
    )


def _entry(home: str, n: int, row: Fields) -> Post:
    local = _local(row)
    tid = ident(row, "tid") or ""
    return Post(
        n=n,
        id=tid,
        depth=0,
        title=squeeze(unescaped(words(row, "subject") or "")),
        author=words(row, "author"),
        author_key=ident(row, "authorid"),
        reads=number(row, "views"),
        comments=number(row, "replies"),
        published_local=local,
        tz=TZ if local else None,
        published_utc=to_utc(local, TZ),
        url=at.thread_url(home, tid, old=False),
    )
