"""What a forum holds, as found: boards, threads, posts.

Nothing here is judged or normalised. Text is for display; `core.text.fold` makes the comparable form.
Unknown is `None`, never a guess.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Board:
    """A board of a forum, written `site:name`, such as `wenxuecity:cfzh`.

    >>> Board.parse("cfzh")
    Board(site='wenxuecity', name='cfzh')
    >>> str(Board.parse("ptt:Stock"))
    'ptt:Stock'
    """

    site: str
    name: str

    @classmethod
    def parse(cls, text: str) -> "Board":
        """Read `site:name`; a bare name is Wenxuecity's."""
        site, colon, name = text.strip().rpartition(":")
        return cls(site=site if colon else "wenxuecity", name=name)

    def __str__(self) -> str:
        return f"{self.site}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post, a thread's root or a reply.

    n:               place in page order; the root is 0
    id, parent_id:   the forum's own ids, as strings; `None` where the source does not give them
    depth:           0 for the root, 1 for a reply to it, and so on
    author:          the name as shown; author_key: the stable key (`cid`), folded; see `scraper`
    title, body:     text as shown; `body` is `None` where the page does not carry it, "" where it is empty
    bytes, reads:    as printed by the forum; comments: how many replies a list says the thread has
    points:          likes or votes as printed, 推 less 噓; for a single push +1, 0 or -1
    published_local: the wall clock of the forum, naive; tz: the IANA zone it is in
    published_utc:   the same moment, aware; `None` where that wall clock does not exist (spring gap)
    edited_local:    wall clock of the last edit that the page admits
    images:          addresses, resolved against the page
    deleted:         the forum says, or shows by absence, that the post is gone
    """

    n: int
    id: str | None = None
    parent_id: str | None = None
    depth: int | None = None
    author: str | None = None
    author_key: str | None = None
    title: str
    body: str | None = None
    bytes: int | None = None
    reads: int | None = None
    comments: int | None = None
    points: int | None = None
    published_local: datetime | None = None
    tz: str | None = None
    published_utc: datetime | None = None
    edited_local: datetime | None = None
    images: tuple[str, ...] = ()
    url: str | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A root post and its replies in page order.

    `board` and `url` are `None` for a thread that was copied as text. A reply's own page is a `Thread`
    too: its root carries the `parent_id` that the page names, and its replies are the sub-tree below it.
    """

    site: str
    board: str | None
    url: str | None
    root: Post
    replies: tuple[Post, ...] = ()

    @property
    def posts(self) -> tuple[Post, ...]:
        """Root first, then the replies."""
        return (self.root, *self.replies)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One page of a board's list: rows of several threads, without bodies.

    next_url: address of the next, older page; `None` on the last one, or where the page does not say
    """

    site: str
    board: str
    url: str | None
    page: int | None
    pages: int | None
    next_url: str | None = None
    entries: tuple[Post, ...] = field(default=())
