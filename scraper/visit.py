"""Asks one site and reads what it answers: counts requests, sends what is known, keeps what cannot be read."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from core.errors import NotAThread, NotFound, SourceError
from core.forum import Index, Thread
from core.storage.ledger import Ledger
from core.storage.rows import stamp
from core.storage.saving import RawPage
from core.text import counted
from scraper.outcome import LayoutChanged, Spent, Unreadable
from scraper.page import Page, decode
from scraper.site import Request, Site


class Fetches(Protocol):
    """What asks the web: `scraper.fetch.Fetcher`."""

    before: Callable[[str, str], None]

    def fetch_if_changed(self, what: str | Request, known: Mapping[str, str]) -> Page | None: ...


class _Nothing(Exception):
    """A search that nothing fits."""


class Visitor:
    """One site during one run.

    daily:   requests that the site may get on one day, UTC; those of earlier runs count
    check:   called before each request; what it raises ends the run
    counts:  requests by kind (`index`, `posts`, `threads`, `search`, `robots`, `other`); purpose: the kind of the next page
    """

    def __init__(
        self,
        site: Site,
        fetcher: Fetches,
        ledger: Ledger,
        *,
        clock: Callable[[], datetime],
        daily: int,
        check: Callable[[], None],
    ) -> None:
        self.site, self.ledger, self.clock = site, ledger, clock
        self._fetcher, self._daily, self._check = fetcher, daily, check
        self.counts: Counter[str] = Counter()
        self.purpose = "other"
        fetcher.before = self._count

    def index(self, url: str) -> tuple[Index, RawPage]:
        """A page of a board's list, with its bytes as they are to be stored."""
        self.purpose = "index"
        found, page = self._read(Request(url=url))
        if not isinstance(found, Index):
            raise self._kept(page, LayoutChanged(kind="index", missing="list of threads", where=url))
        return found, self.raw(page)

    def search(self, url: str) -> Index | None:
        """A list of what fits a search; `None` where the forum says that nothing does."""
        self.purpose = "search"
        try:
            found, page = self._read(Request(url=url))
        except _Nothing:
            return None
        if not isinstance(found, Index):
            raise self._kept(page, LayoutChanged(kind="search", missing="list of posts", where=url))
        return found

    def thread(self, request: Request, *, purpose: str = "posts") -> tuple[Thread, Page]:
        """A thread, a post or a part of them."""
        self.purpose = purpose
        found, page = self._read(request)
        if not isinstance(found, Thread):
            raise self._kept(page, Unreadable(f"{request.url}: a board's list stands where a post should be"))
        return found, page

    def raw(self, page: Page) -> RawPage:
        """A page as the store takes it."""
        now = stamp(self.clock())
        fetched = stamp(page.fetched_at) if page.fetched_at else now
        return RawPage(body=page.body, url=page.url, headers=page.headers, fetched_at=fetched, now=now)

    def _read(self, request: Request) -> tuple[Thread | Index, Page]:
        page = self._page(request)
        try:
            return self.site.parse(page, decode(page)), page
        except (LayoutChanged, Unreadable) as error:
            raise self._kept(page, error) from error
        except NotFound as error:
            if self.purpose == "search" and page.body.strip() and not isinstance(error, NotAThread):
                raise _Nothing from error
            raise self._kept(page, Unreadable(str(error), hint=error.hint)) from error
        except SourceError:
            raise
        except Exception as error:  # a page that trips the reader must not end a crawl of months
            what = f"{request.url}: the reader failed: {type(error).__name__}: {error}"
            raise self._kept(page, Unreadable(what, hint="the page is kept; report it")) from error

    def _page(self, request: Request) -> Page:
        """The page, or what is stored of it where the site says that nothing changed."""
        kept = None if request.form else self.ledger.kept(request.url)
        page = self._fetcher.fetch_if_changed(request, kept.headers if kept else {})
        if page is not None:
            return page
        assert kept is not None  # only what is known can be as it was
        return Page(url=request.url, body=kept.body, headers=kept.headers, fetched_at=self.clock())

    def _kept(self, page: Page, error: SourceError) -> SourceError:
        """Keep the bytes of a page that could not be read, so that a later reader can; nobody is forgotten there."""
        if not self.ledger.keeps_out(self.site.name):
            self.ledger.keep(self.raw(page), kind="unparsed")
        return error

    def _count(self, host: str, kind: str) -> None:
        self._check()
        now = self.clock()
        if self.ledger.asked_today(self.site.name, now) >= self._daily:
            raise Spent(
                f"{self.site.name}: the day's {counted(self._daily, 'request is', 'requests are')} used up",
                hint="the crawl goes on tomorrow, UTC; the setting daily_requests allows more",
            )
        kind = "robots" if kind == "robots" else self.purpose
        self.ledger.asked(self.site.name, kind, now)
        self.counts[kind] += 1
