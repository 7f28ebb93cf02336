"""Addresses of Discuz! boards: whose page this is, and how its threads are addressed.

Thousands of hosts run Discuz!, some of them below a folder, each with its own numbers. So a board is named by host,
folder and number: `discuz:bbs.example.com/12`, `discuz:www.example.com/bbs/12`. A page that does not tell its host,
as one saved without its head, has posts without ids: a number without a host names nothing.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup

from scraper.markup import attribute

_SCRIPT = re.compile(
    r"(?:forum|viewthread|forumdisplay|index)\.php|api/mobile/index\.php|(?:thread|forum)-[0-9-]+\.html"
)
_SITE_URL = re.compile(r"\bSITEURL\s*=\s*'(https?://[^'\s]{4,200})'")
_THREAD = re.compile(r"thread-(?P<tid>[0-9]{1,12})-(?P<page>[0-9]{1,6})-[0-9]{1,6}\.html")
_FORUM = re.compile(r"forum-(?P<fid>[0-9]{1,9})-(?P<page>[0-9]{1,6})\.html")
_HOME = re.compile(r"(?P<host>[a-z0-9.-]{4,253})(?P<folder>(?:/[\w.-]{1,40})*)/", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """What an address says. home: `host/` or `host/folder/`, "" where it is not known; the rest is `None` then."""

    home: str = ""
    fid: str | None = None
    tid: str | None = None
    pid: str | None = None
    page: int | None = None


def place(url: str | None) -> Place:
    """Read an address of any form that Discuz! uses.

    >>> place("https://bbs.example.com/forum.php?mod=viewthread&tid=500&page=2")
    Place(home='bbs.example.com/', fid=None, tid='500', pid=None, page=2)
    >>> place("https://example.com/bbs/forum-12-1.html")
    Place(home='example.com/bbs/', fid='12', tid=None, pid=None, page=1)
    """
    try:
        parts = urlsplit(url or "")
        host, query = parts.hostname or "", parse_qs(parts.query)
    except ValueError:
        return Place()
    script = _SCRIPT.search(parts.path)
    home = host + (parts.path[: script.start()] if script else parts.path[: parts.path.rfind("/") + 1] or "/")
    if not _HOME.fullmatch(home):
        return Place()
    thread, forum = _THREAD.search(parts.path), _FORUM.search(parts.path)

    def asked(*names: str) -> str | None:
        said = next((query[name][0] for name in names if name in query), "")
        return said if re.fullmatch("[1-9][0-9]{0,11}", said) else None

    page = thread["page"] if thread else forum["page"] if forum else asked("page") or "1"
    return Place(
        home=home,
        fid=forum["fid"] if forum else asked("fid"),
        tid=thread["tid"] if thread else asked("tid", "ptid"),
        pid=asked("pid"),
        page=int(page),
    )


def home_of(tree: BeautifulSoup, url: str | None, text: str) -> str:
    """Host and folder of a page: by its address, its base, its canonical link or its script; "" where none tells."""
    base, canonical = tree.find("base", href=True), tree.find("link", rel="canonical")
    said = _SITE_URL.search(text)
    candidates = [
        url or "",
        attribute(base, "href") if base else "",
        attribute(canonical, "href") if canonical else "",
        said[1] if said else "",
    ]
    return next((found.home for one in candidates if one and (found := place(one)).home), "")


def board_name(home: str, fid: str | None) -> str | None:
    """The name of a board, or `None` where host or number is not known."""
    return f"{home}{fid}" if home and fid else None


def split(board: str) -> tuple[str, str] | None:
    """Home and number of a board's name; `None` for a name that is none.

    >>> split("example.com/bbs/12"), split("12")
    (('example.com/bbs/', '12'), None)
    """
    home, slash, fid = board.rpartition("/")
    named = _HOME.fullmatch(home + slash)
    return (named[0], fid) if named and "." in named["host"] and re.fullmatch("[1-9][0-9]{0,8}", fid) else None


def thread_url(home: str, tid: str, *, old: bool, page: int = 1) -> str:
    """A page of a thread, in the form that works whether or not the host rewrites addresses."""
    script = "viewthread.php?" if old else "forum.php?mod=viewthread&"
    return f"https://{home}{script}tid={tid}" + (f"&page={page}" if page > 1 else "")


def forum_url(home: str, fid: str, *, old: bool, page: int = 1) -> str:
    """A page of a board's list, the newest threads first."""
    script = "forumdisplay.php?" if old else "forum.php?mod=forumdisplay&"
    order = "filter=0&orderby=dateline&ascdesc=DESC" if old else "filter=author&orderby=dateline"
    return f"https://{home}{script}fid={fid}&{order}" + (f"&page={page}" if page > 1 else "")


def post_url(home: str, tid: str, pid: str, *, old: bool) -> str:
    """Where one post stands."""
    script = "redirect.php?" if old else "forum.php?mod=redirect&"
    return f"https://{home}{script}goto=findpost&ptid={tid}&pid={pid}"
