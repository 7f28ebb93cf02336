"""A page of a Discuz! thread in HTML, of Discuz! X and of version 7.

A thread is known by `tid`, its posts by `pid`: two sequences of numbers that say nothing of each other. The thread's
number is the id of its first post, since lists and addresses name nothing else, and later pages do not show it. A
reply's id is its number behind the word the forum itself puts before it: `pid1002`. A reply that quotes answers the
quoted post; whom the others answer is not known. On a later page a quote of the first post cannot be told from one of
a reply that is not on the page: its parent is a `pid` that nobody has.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from bs4 import BeautifulSoup, Tag

from core.forum import Post, Thread
from scraper.clock import to_utc
from scraper.markup import attribute, ended, headed, resolve, squeeze
from scraper.outcome import CutShort, LayoutChanged
from scraper.page import Page
from scraper.sites import discuz_place as at
from scraper.sites.discuz_body import ANYWHERE, Words, read, stamp

TZ = "Asia/Shanghai"

_BOX = re.compile(r"post_([1-9][0-9]{0,11})")
_FLOORS = {"楼主": 1, "樓主": 1, "沙发": 2, "沙發": 2, "板凳": 3, "地板": 4}
_FID = re.compile(r"\bfid\s*=\s*parseInt\('([0-9]{1,9})'\)")
_TID = re.compile(r"\btid\s*=\s*parseInt\('([0-9]{1,12})'\)")
_UID = re.compile(r"uid[=-]([1-9][0-9]{0,11})")


@dataclass(frozen=True)
class Paper:
    """One page while it is read. Without slots, since `home` is kept: every post asks for it."""

    tree: BeautifulSoup
    page: Page
    text: str

    @cached_property
    def home(self) -> str:
        """Host and folder, "" where the page does not tell them."""
        return at.home_of(self.tree, self.page.url, self.text)

    @property
    def base(self) -> str:
        """What links are resolved against."""
        return f"https://{self.home}" if self.home else ""

    @property
    def old(self) -> bool:
        """Whether this is version 7 or older."""
        return "forum.php" not in self.text and re.search(r"(?:viewthread|forumdisplay)\.php", self.text) is not None

    def fid(self) -> str | None:
        """The board's number: in the address, in the links above the page, in its script."""
        if own := at.place(self.page.url).fid:
            return own
        links = self.tree.select("#pt a[href], #nav a[href], .nav a[href]")
        named = [found for link in links if (found := at.place(resolve(ANYWHERE, attribute(link, "href"))).fid)]
        script = _FID.search(self.text)
        return named[-1] if named else script[1] if script else None

    def tid(self) -> str | None:
        """The thread's number: in the address, the canonical link, the script."""
        canonical = self.tree.find("link", rel="canonical")
        said = at.place(resolve(ANYWHERE, attribute(canonical, "href"))).tid if canonical else None
        script = _TID.search(self.text)
        return at.place(self.page.url).tid or said or (script[1] if script else None)

    def number(self) -> int:
        """Which page of a thread or list this is: where its pager stands, else by its address, else the first."""
        here = self.tree.select_one(".pg strong, .pages strong")
        said = squeeze(here.get_text()) if here else ""
        return int(said) if re.fullmatch("[1-9][0-9]{0,5}", said) else at.place(self.page.url).page or 1

    def following(self) -> str | None:
        """Address of the next page; only one further on of the same thread or list."""
        link = self.tree.select_one(".pg a.nxt[href], .pages a.next[href]")
        url = resolve(self.base, attribute(link, "href")) if link and self.home else None
        there = at.place(url)
        own = there.tid == self.tid() if there.tid else there.fid is not None and there.fid == self.fid()
        return url if there.home == self.home and own and (there.page or 0) > self.number() else None

    def check_end(self) -> None:
        """Raise `CutShort` for a page that does not come to its end."""
        if not ended(self.text):
            raise CutShort(f"{self.page.where}: the page ends before its end", hint="get it again")


def thread(paper: Paper) -> Thread:
    """A page of a thread: its first post if it stands there, and replies."""
    paper.check_end()
    found = ((_BOX.fullmatch(attribute(box, "id")), box) for box in paper.tree.find_all("div", id=_BOX))
    boxes = {match[1]: box for match, box in found if match}
    heading = paper.tree.select_one("#thread_subject") or paper.tree.select_one("#threadtitle h1, .postbox h1, h1.ts")
    if not boxes or heading is None:
        missing = "title (#thread_subject)" if boxes else "posts (#post_…)"
        raise LayoutChanged(kind="thread", missing=missing, where=paper.page.where)
    floors = [_floor(pid, box) for pid, box in boxes.items()]
    starts = floors[0] == 1 or (floors[0] is None and paper.number() == 1)
    numbers = Numbers(paper.home, paper.fid(), paper.tid(), paper.old, first=next(iter(boxes)) if starts else None)
    posts = [_post(paper, pid, box, numbers) for pid, box in boxes.items()]
    if all(post.published_local is None and post.body is None for post in posts):
        raise LayoutChanged(kind="thread", missing="times or texts of its posts", where=paper.page.where)
    return joined(posts, squeeze(heading.get_text()), numbers)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Whose posts these are. first: the number of the thread's first post, where it stands on the page."""

    home: str
    fid: str | None
    tid: str | None
    old: bool
    first: str | None

    @property
    def board(self) -> str | None:
        return at.board_name(self.home, self.fid)

    @property
    def url(self) -> str | None:
        return at.thread_url(self.home, self.tid, old=self.old) if self.home and self.tid else None

    def id(self, pid: str | None) -> str | None:
        """The id of a post; none where host, board or thread is not known, for then its number names nothing."""
        if pid is None or self.tid is None or self.board is None:
            return None
        return self.tid if pid == self.first else f"pid{pid}"

    def post_url(self, pid: str) -> str | None:
        """The address of a post."""
        if self.id(pid) is None or self.tid is None:
            return None
        return self.url if pid == self.first else at.post_url(self.home, self.tid, pid, old=self.old)


def made(
    said: Words, pid: str, numbers: Numbers, *, author: str | None, key: str | None, local: datetime | None
) -> Post:
    """A post, with its first line as title; `joined` numbers it."""
    title, body = headed(said.text or "")
    return Post(
        n=0,
        id=numbers.id(pid),
        parent_id=numbers.id(said.answers),
        author=author,
        author_key=key,
        title=title,
        body=None if said.text is None else body,
        published_local=local,
        tz=TZ if local else None,
        published_utc=to_utc(local, TZ),
        edited_local=said.edited,
        images=said.images,
        url=numbers.post_url(pid),
        deleted=said.shut,
    )


def joined(posts: list[Post], title: str, numbers: Numbers) -> Thread:
    """The posts of a page as a thread, or a part of one: its first post has the thread's title, and no other parent."""
    named = numbers.tid if numbers.board else None
    root = Post(n=0, id=named, depth=0, title=title, url=numbers.url)
    if numbers.first is not None:
        first, *posts = posts
        text = first.title if not first.body else f"{first.title}\n{first.body}"
        body = None if first.body is None else text
        root = replace(first, title=title, body=body, parent_id=None, depth=0)
    depths: dict[str | None, int | None] = {root.id: 0} if root.id else {}
    replies = []
    for n, post in enumerate(posts, 1):
        above = depths.get(post.parent_id) if post.parent_id else None
        depths[post.id] = None if above is None else above + 1
        replies.append(replace(post, n=n, depth=depths[post.id]))
    return Thread(site="discuz", board=numbers.board, url=numbers.url, root=root, replies=tuple(replies))


def _post(paper: Paper, pid: str, box: Tag, numbers: Numbers) -> Post:
    name, key = _writer(box)
    when = box.find(id=f"authorposton{pid}") or box.select_one(".pti em, .authorinfo em")
    local = stamp(when)
    body = box.find(id=f"postmessage_{pid}") or box.select_one(".t_f, .t_msgfont, .pcb")
    if body is not None and not body.get_text(strip=True) and box.select_one(".locked"):
        body = None
    said = read(box.select_one(".plc, .postcontent") or box, body, paper.base)
    return made(said, pid, numbers, author=name, key=key, local=local)


def _writer(box: Tag) -> tuple[str | None, str | None]:
    """Name and number; a name without a link is an anonymous one's, or that of somebody who is gone."""
    side = box.select_one(".pls .authi, td.postauthor .postinfo, td.postauthor, .authi") or box
    link = side.select_one("a.xw1, a[href*=uid]")
    if link is None:
        return squeeze(side.get_text())[:80] or None if side is not box else None, None
    return squeeze(link.get_text()) or None, uid_in(link)


def uid_in(link: Tag | None) -> str | None:
    """The number of a writer, from a link to his page."""
    found = _UID.search(attribute(link, "href")) if link else None
    return found[1] if found else None


def _floor(pid: str, box: Tag) -> int | None:
    mark = box.find(id=f"postnum{pid}")
    said = squeeze(mark.get_text()).rstrip("# ") if mark else ""
    return int(said) if re.fullmatch("[0-9]{1,7}", said) else _FLOORS.get(said)
