"""From a source that a person names to rows in the store. Nothing is stored where reading fails."""

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from core.errors import UsageError
from core.forum import Index, Thread
from core.rows import Saved
from core.store import Store
from scraper.outcome import Walled
from scraper.page import Page, read_file, read_stream
from scraper.sites import SITES, parse_page, site_named

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
    _refuse_shut(source)
    if fetch is not None:
        return fetch(source)
    from scraper.fetch import Fetcher

    with Fetcher() as fetcher:
        return fetcher.fetch(source)


def _refuse_shut(address: str) -> None:
    """Raise `Walled` for an address of a forum that nothing is fetched from, with the way that is left."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return
    for site in SITES:
        if host in site.shut:
            raise Walled(
                f"{address}: {host} shows its posts to those who are logged in only, and paomo has no login",
                hint=site.way_in,
            )


def ingest(store: Store, page: Page, *, clock: Callable[[], datetime]) -> Saved:
    """Read the thread on a page and store it with the page's bytes.

    Raises what `scraper.sites.parse_page` raises, `UsageError` for a board's list, and `StoreError`.
    """
    found = parse_page(page)
    if isinstance(found, Index):
        raise _is_a_list(page, found)
    return _save(store, page, found, found.url, clock())


def ingest_all(store: Store, page: Page, *, clock: Callable[[], datetime]) -> list[Saved]:
    """As `ingest`, and where a forum's lists hold whole posts, each post of a list as a thread: all of them or none."""
    found = parse_page(page)
    if isinstance(found, Thread):
        return [_save(store, page, found, found.url, clock())]
    if not site_named(found.site).whole_lists:
        raise _is_a_list(page, found)
    threads = [
        Thread(site=found.site, board=found.board, url=entry.url, root=replace(entry, n=0)) for entry in found.entries
    ]
    now = clock()
    with store.transaction():
        return [_save(store, page, thread, found.url, now) for thread in threads]


def _save(store: Store, page: Page, found: Thread, url: str | None, now: datetime) -> Saved:
    return store.save(found, page.body, url=page.url or url, headers=page.headers, fetched_at=page.fetched_at, now=now)


def _is_a_list(page: Page, found: Index) -> UsageError:
    return UsageError(
        f"{page.where} is a list of the board {found.site}:{found.board}, not a thread",
        hint="give the address or the saved page of a thread in it",
    )
