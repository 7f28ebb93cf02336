"""Discuz! boards on hosts that their reader names: `discuz:bbs.example.com/12` is board 12 there.

The software of most Chinese boards of the 2000s and 2010s, in two generations of HTML and as JSON for phones. Any of
their pages is read when it is given as a file. Fetched are only hosts that the owner wrote down in the setting
`discuz_hosts`, so that a link from a stranger leads nowhere.
"""

import re
from typing import ClassVar

from core.errors import NotAThread, SourceError, UsageError
from core.forum import Index, Thread
from scraper.markup import ended, soup
from scraper.outcome import CutShort, Gone, LayoutChanged, Walled
from scraper.page import Page, decode
from scraper.site import Located, Request, Site
from scraper.sites import discuz_list, discuz_pages, discuz_phone
from scraper.sites import discuz_place as at
from scraper.sites.discuz_pages import TZ, Paper

_HTML = re.compile(r"<(?:!doctype|html|head|body|div|table)\b", re.IGNORECASE)
_PHONE = re.compile(r'\s*\{.{0,200}?"(?:Version|Charset|Variables)"\s*:', re.DOTALL)
_MARKS = re.compile(
    r"""\bid\s*=\s*["']?(?:postmessage_[0-9]|normalthread_[0-9]|stickthread_[0-9]|thread_subject\b|authorposton[0-9])"""
    r"""|<meta\s[^>]{0,40}generator["'][^>]{0,40}Discuz!|Powered by (?:<[^>]{0,200}>)*Discuz!"""
)
_POSTS = re.compile(r"""\bid\s*=\s*["']?post_[1-9]""")
_ROWS = re.compile(r"""\bid\s*=\s*["']?(?:normalthread_|stickthread_|threadlist\b|threadlisttableid)""")
_GONE = re.compile(
    "指定的(?:主[题題]|版[块塊])不存在|已被[删刪]除|正在被?[审審]核|thread_nonexistence|forum_nonexistence"
)
_WALL = re.compile(
    "(?:需要|[请請]先|必[须須])登[录錄入]|[无無][权權]|[没沒]有[权權]限|您所在的[用会會][户戶员員][组組]|[验驗][证證][码碼]|captcha"
    "|to_login|nopermission|viewperm",
    re.IGNORECASE,
)


class Discuz(Site):
    """The forums; see `scraper.site.Site`.

    hosts: those the owner named (setting `discuz_hosts`); old: those of them that run version 7 or older
    """

    name: ClassVar[str] = "discuz"
    hosts: ClassVar[frozenset[str]] = frozenset()
    old: ClassVar[frozenset[str]] = frozenset()
    tz: ClassVar[str] = TZ
    board: ClassVar[str] = r"[\w.-]{4,253}(?:/[\w.-]{1,40}){0,6}/[1-9][0-9]{0,8}"
    example: ClassVar[str] = "discuz:bbs.example.com/12"
    setting: ClassVar[str | None] = "discuz_hosts"

    def recognises(self, page: Page, text: str) -> bool:
        """By the host, or by what all its boards have in common."""
        if _PHONE.match(text):
            return '"Variables"' in text or '"Message"' in text
        if not _HTML.search(text):
            return False
        return at.place(page.url).home.partition("/")[0] in self.hosts or _MARKS.search(text) is not None

    def parse(self, page: Page, text: str) -> Thread | Index:
        """A page of a thread or of a list, in HTML or as JSON."""
        if _PHONE.match(text):
            found = discuz_phone.parse(page, text)
            if isinstance(found, str):
                raise _instead(page, found) or LayoutChanged(kind="phone", missing="postlist", where=page.where)
            return found
        paper = Paper(soup(text, page.where), page, text)
        if _POSTS.search(text):
            return discuz_pages.thread(paper)
        if _ROWS.search(text):
            return discuz_list.index(paper)
        raise _nothing_there(paper)

    def index_url(self, board: str, number: int = 1) -> str:
        """Raises `UsageError` for a name that is no board's."""
        home, fid = _named(board)
        return at.forum_url(home, fid, old=self._is_old(home), page=number)

    def post_url(self, board: str, post: str) -> str:
        """Raises `UsageError` for a name that is no board's."""
        home, _ = _named(board)
        if post.startswith("pid"):
            script = "redirect.php?" if self._is_old(home) else "forum.php?mod=redirect&"
            return f"https://{home}{script}goto=findpost&pid={post.removeprefix('pid')}"
        return at.thread_url(home, post, old=self._is_old(home))

    def located(self, url: str) -> Located | None:
        """The thread; its board stands on its page alone."""
        found = at.place(url)
        if found.tid is None:
            return None
        own = at.thread_url(found.home, found.tid, old=self._is_old(found.home))
        return Located(site=self.name, board=None, id=found.tid, url=own)

    def further(self, found: Thread, page: Page) -> Request | None:
        text = decode(page)
        if _PHONE.match(text):
            url = discuz_phone.next_url(page, text)
        else:
            url = Paper(soup(text, page.where), page, text).following()
        return Request(url=url, referer=page.url) if url else None

    def _is_old(self, home: str) -> bool:
        return home.partition("/")[0] in self.old


def _named(board: str) -> tuple[str, str]:
    found = at.split(board)
    if found is None:
        raise UsageError(
            f"{board!r} is no board of Discuz!", hint="write discuz:HOST/NUMBER, as discuz:bbs.example.com/12"
        )
    return found


def _nothing_there(paper: Paper) -> SourceError | NotAThread:
    """A page with neither posts nor threads: why, as far as it says."""
    box = paper.tree.select_one("#messagetext, .alert_error, .alert_info, .messagetext, .f_c")
    if told := _instead(paper.page, (box or paper.tree).get_text(" ", strip=True)):
        return told
    if not ended(paper.text):
        return CutShort(f"{paper.page.where}: the page ends before its posts begin", hint="get it again")
    if at.place(paper.page.url).tid or at.place(paper.page.url).fid:
        return LayoutChanged(
            kind="forum", missing="posts or threads (#post_…, #normalthread_…)", where=paper.page.where
        )
    return NotAThread(
        f"{paper.page.where} is a page of a Discuz! board, but no thread and no list", hint="give a thread"
    )


def _instead(page: Page, said: str) -> SourceError | None:
    """What a message in place of a page means."""
    if _GONE.search(said):
        return Gone(f"{page.where}: the forum says that this is not there: {' '.join(said.split())[:80]}")
    if _WALL.search(said):
        return Walled(
            f"{page.where}: the forum wants a login: {' '.join(said.split())[:80]}", hint="save it from a browser"
        )
    return None
