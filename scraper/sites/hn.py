"""Hacker News, through the open search of Algolia: lists and whole threads as JSON, without a key.

It has no boards, so a search is one: `hn:ai-bubble` is every story that has the words “ai bubble”, newest first,
and `hn:all` is every story. A thread's address carries its board as a fragment, which is not sent, so that a thread
read from stored bytes is of the same board again; without it the board is unknown.
"""

import json
import re
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from core.errors import NotAThread, NotFound
from core.forum import Index, Thread
from scraper.outcome import CutShort, Gone, LayoutChanged, Retry, Unreadable
from scraper.page import Page
from scraper.site import Located, Site
from scraper.sites import hn_items
from scraper.urls import host_of

HOST = "hn.algolia.com"
READERS = "news.ycombinator.com"
"""Where people read it."""
API = f"https://{HOST}/api/v1/"
PER_PAGE = 50
EVERYTHING = "all"
"""The board without words."""

_ID = re.compile(r"(?:^|[?&/]id=|/items/)([0-9]{1,19})(?:$|[#&])")


class HackerNews(Site):
    """The forum; see `scraper.site.Site`."""

    name: ClassVar[str] = "hn"
    hosts: ClassVar[frozenset[str]] = frozenset({HOST})
    readers: ClassVar[frozenset[str]] = frozenset({READERS})
    board: ClassVar[str] = r"\w[\w.-]{0,99}"
    example: ClassVar[str] = "hn:ai-bubble"
    tz: ClassVar[str] = "UTC"

    def recognises(self, page: Page, text: str) -> bool:
        """By address, or by the keys of its JSON."""
        if host_of(page.url) in (HOST, READERS):
            return True
        if not text.lstrip().startswith("{"):
            return False
        return ('"children"' in text and '"story_id"' in text) or ('"hits"' in text and '"objectID"' in text)

    def parse(self, page: Page, text: str) -> Thread | Index:
        """The tree of a story or a comment, or a page of a search."""
        found = _loaded(page, text)
        board = _board_of(page.url)
        if "hits" in found:
            return self._index(page, found, board)
        if "children" in found and "id" in found:
            return hn_items.thread(found, board=board, where=page.where)
        if (status := found.get("status")) is not None:
            what = f"{page.where}: the search says {status}: {str(found.get('error'))[:80]}"
            raise Gone(what) if status == 404 else Retry(what)
        raise LayoutChanged(kind="forum", missing="hits or children", where=page.where)

    def index_url(self, board: str, number: int = 1) -> str:
        return _search(board, words=_words(board), tags="story", number=number)

    def post_url(self, board: str, post: str) -> str:
        """post: an id, or an address of the post as people know it.

        >>> HackerNews().post_url("ai-bubble", "https://news.ycombinator.com/item?id=38000001")
        'https://hn.algolia.com/api/v1/items/38000001#ai-bubble'
        """
        match = _ID.search(post)
        url = f"{API}items/{match[1] if match else quote(post, safe='')}"
        return f"{url}#{quote(board)}" if board else url

    def located(self, url: str) -> Located | None:
        """The item; on the board of every story where the address has none."""
        match = _ID.search(url)
        board = _board_of(url) or EVERYTHING
        return Located(site=self.name, board=board, id=match[1], url=self.post_url(board, match[1])) if match else None

    def author_url(self, board: str, author: str) -> str:
        return _search(board, words=_words(board), tags=f"(story,comment),author_{author}")

    def search_url(self, board: str, words: str) -> str:
        return _search(board, words=f"{_words(board)} {words}".strip(), tags="(story,comment)")

    def _index(self, page: Page, found: dict[str, Any], board: str | None) -> Index:
        hits = found["hits"]
        if not isinstance(hits, list):
            raise LayoutChanged(kind="index", missing="list of hits", where=page.where)
        if not hits:
            raise NotFound(f"{page.where}: nothing fits this search")
        board = board or _written(found.get("query")) or EVERYTHING
        entries = [post for hit in hits if (post := hn_items.row(hit))]
        if not entries:
            raise LayoutChanged(kind="index", missing="stories or comments among its hits", where=page.where)
        number, pages = (value if type(value) is int and value >= 0 else None for value in map(found.get, _PAGE_KEYS))
        further = number is not None and pages is not None and number + 1 < pages
        return Index(
            site="hn",
            board=board,
            url=page.url,
            page=None if number is None else number + 1,
            pages=pages,
            next_url=self._next(page, board, (number or 0) + 2) if further else None,
            entries=tuple(replace(post, n=n) for n, post in enumerate(entries, 1)),
        )

    def _next(self, page: Page, board: str, number: int) -> str:
        """The same search, one page further; the board's own where the page does not say what was asked."""
        if host_of(page.url) != HOST or page.url is None:
            return self.index_url(board, number)
        parts = urlsplit(page.url)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()} | {"page": str(number - 1)}
        return parts._replace(query=urlencode(asked)).geturl()


_PAGE_KEYS = ("page", "nbPages")


def _loaded(page: Page, text: str) -> dict[str, Any]:
    text = text.strip()
    if text.startswith("<"):
        raise NotAThread(
            f"{page.where} is a page for people; Hacker News is read through its search",
            hint=f"give {API}items/ID, with the ID from the end of the address",
        )
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise Unreadable(f"{page.where}: JSON nested deeper than any thread") from error
    except ValueError as error:
        if not text.endswith("}"):
            raise CutShort(f"{page.where}: the JSON ends before its end", hint="get it again") from error
        raise Unreadable(f"{page.where}: no JSON: {error}") from error
    if not isinstance(found, dict):
        raise Unreadable(f"{page.where}: JSON, but no object")
    return found


def _search(board: str, *, words: str, tags: str, number: int = 1) -> str:
    asked = {"query": words, "tags": tags, "hitsPerPage": PER_PAGE, "page": number - 1}
    return f"{API}search_by_date?{urlencode(asked)}#{quote(board)}"


def _words(board: str) -> str:
    return "" if board == EVERYTHING else board.replace("-", " ")


def _written(query: object) -> str | None:
    return "-".join(query.split()) or None if isinstance(query, str) else None


def _board_of(url: str | None) -> str | None:
    """The board in an address's fragment, else in its search words."""
    try:
        parts = urlsplit(url or "")
        query = parse_qs(parts.query).get("query", [""])[0]
    except ValueError:
        return None
    return unquote(parts.fragment) or _written(query) if parts.hostname == HOST else None
