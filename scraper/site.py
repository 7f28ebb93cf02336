"""What a forum must declare, and what is shared by those who read it.

A new forum is one file in `scraper/sites`, with one class, and one row in its table.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from core.forum import Index, Thread
from scraper.page import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing to ask a site for.

    url:     with a fragment where the address alone does not say what was asked: it is not sent, but kept with the
             answer, so that stored bytes can be parsed again
    form:    fields of a form to be posted; empty for a plain GET
    referer: the page that a browser would come from
    """

    url: str
    form: Mapping[str, str] = field(default_factory=dict)
    referer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A post's place: `board` is `None` where the address does not say; url as the forum itself writes it."""

    site: str
    board: str | None
    id: str
    url: str


class Site(ABC):
    """A forum: its addresses, its clock, how its pages are read. What most forums share has a default.

    name:       as in `Board.site`
    hosts:      names it answers under; nothing else is ever fetched
    tz:         IANA zone of the clock it prints
    own_pages:  whether every reply has a page of its own, and its text only there
    rising_ids: whether roots and replies of a board share one sequence of whole numbers, so that a number
                that was never seen is a post that was missed
    shut:       names it answers under that nothing is fetched from; way_in: what to do instead, as a hint
    readers:    names it answers people under, where its pages are fetched elsewhere: see `located`
    walls:      names, `*` stands for anything, of the hosts it sends those to who must log in
    board:      pattern of a board's name; example: a board as people write it; setting: the one that names the hosts
    cookies:    sent with every request, such as the answer to an age gate; never anybody's login
    """

    name: ClassVar[str]
    hosts: ClassVar[frozenset[str]]
    tz: ClassVar[str]
    own_pages: ClassVar[bool] = False
    rising_ids: ClassVar[bool] = False
    shut: ClassVar[frozenset[str]] = frozenset()
    way_in: ClassVar[str | None] = None
    readers: ClassVar[frozenset[str]] = frozenset()
    walls: ClassVar[tuple[str, ...]] = ()
    board: ClassVar[str] = r"\w[\w-]{0,59}"
    example: ClassVar[str] = "forum:board"
    setting: ClassVar[str | None] = None
    cookies: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def recognises(self, page: Page, text: str) -> bool:
        """Whether this is one of the forum's pages, by address, canonical link or markup; cheap."""

    @abstractmethod
    def parse(self, page: Page, text: str) -> Thread | Index:
        """Read a page. `text` is what `decode(page)` gave. Raises the leaves of `scraper.outcome`.

        An `Index` names the next, older page in `next_url`; a `Thread` may hold a part of its replies.
        """

    @abstractmethod
    def index_url(self, board: str, number: int = 1) -> str:
        """Address of a board's list, the newest threads first; pages count from 1."""

    @abstractmethod
    def post_url(self, board: str, post: str) -> str:
        """Address of one post, root or reply; of a root where replies have no page of their own."""

    def located(self, url: str) -> Located | None:
        """The post that an address names, where `post_url` does not write all that the address says, or says more.

        `None` leaves it to `scraper.address`, which tries the parts of the address.
        """
        return None

    def further(self, found: Thread, page: Page) -> Request | None:
        """What to ask for next to have the whole thread, after this page of it; `None` when it is whole."""
        return None

    def author_url(self, board: str, author: str) -> str | None:
        """Address of a list of an author's posts on a board, newest first; `None` where the forum has none."""
        return None

    def search_url(self, board: str, words: str) -> str | None:
        """Address of a list of posts on a board that contain the words; `None` where the forum has none."""
        return None
