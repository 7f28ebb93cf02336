"""What commands that read forums share: boards as people write them, the fetcher as the settings say, a page from a file."""

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.config import Settings
from core.errors import UsageError
from core.forum import Board
from scraper.page import Page, read_file, read_stream

if TYPE_CHECKING:
    from scraper.fetch import Fetcher

_BOARD = re.compile(r"[\w.-]{1,253}(?:/[\w.-]{1,60}){0,9}")


def read_board(text: str, *, known: bool = True) -> Board:
    """A board as people write it. Raises `UsageError`, and `Walled` for a forum that nothing is fetched from.

    known: whether it must be one that can be read; one that cannot any more can still be removed. Call
    `scraper.sites.heed` before
    """
    board = Board.parse(text)
    if not known:
        if not _BOARD.fullmatch(board.name):
            raise UsageError(f"{text!r} is no board", hint="write FORUM:BOARD, such as wenxuecity:cfzh")
        return board
    from scraper.sites import site_named

    site = site_named(board.site)
    if not re.fullmatch(site.board, board.name):
        raise UsageError(f"{text!r} is no board", hint=f"write {site.name}:BOARD, such as {site.example}")
    host = urlsplit(site.index_url(board.name)).hostname
    if host not in site.hosts:
        hint = f"if it is one, name it in the setting {site.setting}" if site.setting else None
        raise UsageError(f"{host} is no host of {site.name}", hint=hint)
    return board


def fetcher(held: Settings, *, sleep: Callable[[float], None] = time.sleep) -> "Fetcher":
    """What asks the web, as the settings say. Use it as a context manager."""
    from scraper import fetch
    from scraper.sites import heed

    heed(held)
    return fetch.Fetcher(
        agent=held.user_agent, pause=(held.delay, 2 * held.delay), proxy=held.scrape_proxy, sleep=sleep
    )


def page_from(file: Path, url: str | None) -> Page:
    """A page from a file, or from standard input for `-`."""
    return read_stream(sys.stdin.buffer, url=url) if str(file) == "-" else read_file(file, url=url)
