"""Every stored page read again, with all processors, and the crawl repeated from what that gives."""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import datetime

from core.errors import PaomoError
from core.forum import Board, Index, Thread
from core.storage.listing import threads_of
from core.store import Store
from core.upkeep.replay import Replay, Replayed, Sighting
from scraper.page import Page
from scraper.sites import parse_page

_AHEAD = 8  # pages a process may have waiting, so that memory does not grow with the store
_WORTH = 100  # pages below which starting processes takes longer than reading

_Read = tuple[list[Thread] | None, bool]


def reparse(
    store: Store,
    *,
    board: Board | None = None,
    jobs: int = 1,
    clock: Callable[[], datetime],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Replayed:
    """Read all stored pages again and bring the store to what a fresh crawl with today's parsers would have.

    board:    only this board's threads; lists and unread pages are looked through for it
    jobs:     processes that parse
    progress: told after each page how many of how many are done

    Until the last step, which is one transaction, the store can be read and written by others; pages that come in
    meanwhile are read too. Raises `Busy` where another run is at work.
    """
    with Replay(store, board) as replay:
        total, seen = replay.sightings()
        done = 0

        def told() -> None:
            nonlocal done
            done += 1
            progress(done, total)

        replay.put(_parsed(seen, jobs if total >= _WORTH else 1), told=told)
        with store.writing():
            late, seen = replay.sightings()
            total += late
            replay.put(_parsed(seen, 1), told=told)
            return replay.take_over(clock())


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _parsed(sightings: Iterator[Sighting], jobs: int) -> Iterator[tuple[Sighting, list[Thread] | None, bool]]:
    """Each sighting with what is on it, in order."""
    if jobs <= 1:
        for seen in sightings:
            yield (seen, *_read(seen))
        return
    # spawn: a fork would copy the threads of a progress bar half
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_ignore_interrupts)
    try:
        waiting: deque[tuple[Sighting, Future[_Read]]] = deque()
        for seen in sightings:
            waiting.append((seen, pool.submit(_read, seen)))
            if len(waiting) > jobs * _AHEAD:
                first, read = waiting.popleft()
                yield (first, *read.result())
        for seen, read in waiting:
            yield (seen, *read.result())
    finally:
        pool.shutdown(cancel_futures=True)


def _ignore_interrupts() -> None:
    """Ctrl-C reaches every process of a terminal; the first one decides what becomes of the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _read(seen: Sighting) -> _Read:
    """The threads on a page, and whether it is a list; `None` where it cannot be read."""
    page = Page(url=seen.url, body=seen.body, headers=seen.headers, fetched_at=seen.fetched_at)
    try:
        found = parse_page(page)
    except PaomoError:
        return None, False
    if isinstance(found, Index):
        return threads_of(found.site, found.board, found.entries), True
    return [found], False
