"""What a forum must declare, and the table of forums. A new forum is one file in `scraper/sites` and one row here."""

from typing import Protocol

from core.errors import NotAThread
from core.forum import Index, Thread
from scraper import textdump
from scraper.page import Page, decode
from scraper.sites.wenxuecity import Wenxuecity


class Site(Protocol):
    """A forum.

    name:  as in `Board.site`
    hosts: names it answers under; nothing else is ever fetched
    tz:    IANA zone of the clock it prints
    """

    @property
    def name(self) -> str: ...
    @property
    def hosts(self) -> frozenset[str]: ...
    @property
    def tz(self) -> str: ...

    def recognises(self, page: Page, text: str) -> bool:
        """Whether this is one of the forum's pages, by address, canonical link or markup; cheap."""

    def parse(self, page: Page, text: str) -> Thread | Index:
        """Read a page. `text` is what `decode(page)` gave. Raises the leaves of `scraper.outcome`."""

    def index_url(self, board: str, number: int = 1) -> str:
        """Address of a board's list; pages count from 1."""

    def post_url(self, board: str, post: str) -> str:
        """Address of one post, root or reply."""


SITES: tuple[Site, ...] = (Wenxuecity(),)


def hosts() -> frozenset[str]:
    """Every host of every forum in the table."""
    return frozenset().union(*(site.hosts for site in SITES))


def parse_page(page: Page) -> Thread | Index:
    """Read a page of any known forum, or a thread copied as text.

    Raises `NotAThread` for anything else, `Unreadable` for bytes that are no text, and the other leaves of
    `scraper.outcome` for a forum's page that does not hold what it should.
    """
    text = decode(page)
    for site in SITES:
        if site.recognises(page, text):
            return site.parse(page, text)
    try:
        return textdump.parse(text)
    except NotAThread as error:
        known = ", ".join(site.name for site in SITES)
        raise NotAThread(
            f"{page.where} is no forum page and no copied thread that paomo knows",
            hint=f"pages of {known} are read, saved as HTML or copied as text with all replies",
        ) from error
