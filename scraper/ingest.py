"""From a source that a person names to rows in the store. Nothing is stored where reading fails."""

import re
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from core.forum import Index
from core.storage.listing import threads_of
from core.storage.rows import Saved, SavedList
from core.store import Store
from scraper.address import fetchable
from scraper.folder import MHTML, unpack
from scraper.page import Page, read_file, read_stream
from scraper.sites import parse_page

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def is_address(source: str) -> bool:
    """Whether a source is to be fetched rather than read.

    >>> is_address("https://bbs.wenxuecity.com/cfzh/1.html"), is_address("C:\\\\thread.html"), is_address("-")
    (True, False, False)
    """
    return _ADDRESS.match(source) is not None


def read_source(source: str, *, fetch: Callable[[str], Page] | None = None) -> Page:
    """The page at an address, in a file, or on standard input for `-`.

    fetch: how to get an address, such as the `fetch` of one `Fetcher` for many sources, which keeps the pace
    between them; without it each address has a fetcher of its own.
    """
    if source == "-":
        return read_stream(sys.stdin.buffer)
    if not is_address(source):
        page = read_file(source)
        return unpack(page) if Path(source).suffix.lower() in MHTML else page
    address = fetchable(source)
    if fetch is not None:
        return fetch(address)
    from scraper.fetch import Fetcher

    with Fetcher() as fetcher:
        return fetcher.fetch(address)


def ingest(store: Store, page: Page, *, clock: Callable[[], datetime]) -> Saved | SavedList:
    """Read a page and store what is on it with the page's bytes: a thread, or the threads of a board's list.

    Raises what `scraper.sites.parse_page` raises, and `StoreError`.
    """
    found = parse_page(page)
    if isinstance(found, Index):
        return _ingest_list(store, found, page, clock())
    return store.save(
        found, page.body, url=page.url or found.url, headers=page.headers, fetched_at=page.fetched_at, now=clock()
    )


def _ingest_list(store: Store, found: Index, page: Page, now: datetime) -> SavedList:
    threads = threads_of(found.site, found.board, found.entries)
    saved = store.save_list(
        threads, page.body, url=page.url or found.url, headers=page.headers, fetched_at=page.fetched_at, now=now
    )
    return SavedList(
        site=found.site,
        board=found.board,
        threads=len(threads),
        new=sum(one.new for one in saved),
        changed=sum(one.changed for one in saved),
        filled=sum(one.filled for one in saved),
        unchanged=sum(one.unchanged for one in saved),
    )
