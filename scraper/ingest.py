"""From a source that a person names to rows in the store. Nothing is stored where reading fails."""

import re
import sys
from collections.abc import Callable
from datetime import datetime

from core.errors import UsageError
from core.forum import Index
from core.rows import Saved
from core.store import Store
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
        return read_file(source)
    if fetch is not None:
        return fetch(source)
    from scraper.fetch import Fetcher

    with Fetcher() as fetcher:
        return fetcher.fetch(source)


def ingest(store: Store, page: Page, *, clock: Callable[[], datetime]) -> Saved:
    """Read the thread on a page and store it with the page's bytes.

    Raises what `scraper.sites.parse_page` raises, `UsageError` for a board's list, and `StoreError`.
    """
    found = parse_page(page)
    if isinstance(found, Index):
        raise UsageError(
            f"{page.where} is a list of the board {found.site}:{found.board}, not a thread",
            hint="give the address or the saved page of a thread in it",
        )
    return store.save(
        found, page.body, url=page.url or found.url, headers=page.headers, fetched_at=page.fetched_at, now=clock()
    )
