"""A crawl repeated from the bytes it kept: into a second database beside the first, then compared and taken over.

The second database starts empty and is given every page in the order in which it was fetched, by the same
`core.storage.saving` that the crawl uses, so it holds what a fresh crawl would. `core.upkeep.reconcile` then brings the first one to
that, in one transaction. Until then nothing is changed: a run that is stopped leaves everything as it was.
"""

import contextlib
import json
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from core.errors import Busy, StoreError
from core.forum import Board, Thread
from core.storage import saving
from core.storage.rows import Row, Sql, of_board, stamp
from core.store import Store
from core.upkeep import reconcile

_TOGETHER = 50  # pages put in one transaction of the second database


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One time that a page was fetched. body: as found; kind as in `core.storage.pages.keep`."""

    page: int
    kind: str
    url: str | None
    headers: dict[str, str]
    fetched_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a repeated crawl came to.

    pages:      different pages that were read; mended: of these, ones that could not be read when they were fetched
    unreadable: pages that still cannot be read, or not any more
    new, changed, unchanged: posts
    removed:    posts that no page has, though all bytes of their thread are kept
    kept:       posts that no page has, in threads whose bytes are not all kept
    """

    pages: int
    mended: int
    unreadable: int
    new: int
    changed: int
    unchanged: int
    removed: int
    kept: int


class Replay:
    """One repetition, of a board or of everything. Use as a context manager; see `scraper.reparse`."""

    def __init__(self, store: Store, board: Board | None = None) -> None:
        self._store = store
        self._board = board
        self._folder = store.path.with_name(f"{store.path.name}.reparse")
        self._given = (0, 0)  # highest page and sighting that `sightings` gave out
        self._readable: set[int] = set()
        self._unreadable: set[int] = set()
        self._moments: set[str] = set()

    def __enter__(self) -> Self:
        from filelock import FileLock, Timeout

        self._lock = FileLock(f"{self._folder}.lock", timeout=0, mode=0o600)
        try:
            self._lock.acquire()
        except Timeout:
            raise Busy(f"another paomo reparse is at work on {self._store.path}") from None
        self._clear()  # what a killed run left
        self._made = Store.open(self._folder / Path("fresh.db"))
        with self._store.reading() as old, self._made.writing() as new:
            _copy(old, new, "state", "name = 'forget_secret'")
            _copy(old, new, "forgotten")
            _copy(old, new, "forgotten_keys")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._made.close()
        self._clear()
        self._lock.release()

    def sightings(self) -> tuple[int, Iterator[Sighting]]:
        """How many there are to read, and these in the order they were fetched; a second call gives what came since."""
        with self._store.reading() as sql:
            rows = _sightings(sql, self._given, self._board)
            self._given = (
                max([self._given[0], *(row["page"] for row in rows)]),
                max([self._given[1], *(row["sighting"] for row in rows)]),
            )
        return len(rows), (self._sighting(row) for row in rows)

    def put(self, read: Iterable[tuple[Sighting, Sequence[Thread] | None, bool]], *, told: Callable[[], None]) -> None:
        """Repeat the storing of pages, in the order given.

        read: each sighting with the threads that are on it, or `None` where it cannot be read, and whether it is a list
        told: called after each
        """
        rest = iter(read)
        while chunk := list(islice(rest, _TOGETHER)):
            with self._made.writing() as sql:
                for seen, threads, is_list in chunk:
                    self._put_one(sql, seen, threads, is_list=is_list)
                    told()

    def take_over(self, now: datetime) -> Replayed:
        """Bring the store to what was repeated; inside a transaction of the store, so that nothing comes between."""
        unreadable = self._unreadable - self._readable
        with self._store.writing() as live, self._made.reading() as fresh:
            unread = {row["pk"] for row in live.rows("SELECT pk FROM pages WHERE kind = 'unparsed'")}
            tally = reconcile.reconcile(
                live, fresh, board=self._board, moments=self._moments, unreadable=unreadable, now=now
            )
        return Replayed(
            pages=len(self._readable), mended=len(self._readable & unread), unreadable=len(unreadable), **tally
        )

    def _put_one(self, sql: Sql, seen: Sighting, threads: Sequence[Thread] | None, *, is_list: bool) -> None:
        if threads is None:
            self._unreadable.add(seen.page)
            return
        self._readable.add(seen.page)
        moment = stamp(seen.fetched_at)
        self._moments.add(moment)
        page = saving.RawPage(body=b"", url=seen.url, headers={}, fetched_at=moment, now=moment)
        saved = [saving.save(sql, thread, page, keep=False, listed=is_list).thread for thread in threads]
        kind = "index" if is_list else saving.kind_of(threads[0])
        sql.run(
            "INSERT OR REPLACE INTO pages (pk, thread, kind, sha256, headers, fetched_at, body)"
            " VALUES (?, ?, ?, ?, '{}', ?, '')",
            [seen.page, None if is_list else saved[0], kind, str(seen.page), moment],
        )

    def _sighting(self, row: Row) -> Sighting:
        with self._store.reading() as sql:
            page = sql.rows("SELECT * FROM pages WHERE pk = ?", [row["page"]])
        if not page:
            raise StoreError("a page was removed while it was to be read again", hint="start again")
        try:
            body = zlib.decompress(page[0]["body"])
        except zlib.error:
            body = b""  # damaged: cannot be read, and is counted so
        return Sighting(
            page=row["page"],
            kind=page[0]["kind"],
            url=page[0]["url"],
            headers=json.loads(page[0]["headers"]),
            fetched_at=datetime.fromisoformat(row["fetched_at"]),
            body=body,
        )

    def _clear(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self._folder)


def _sightings(sql: Sql, given: tuple[int, int], board: Board | None) -> list[Row]:
    """Every time that a page was fetched, in order; of a board: its threads' pages, lists, unread pages."""
    mine = "1"
    if board is not None:
        mine = "(g.thread IS NULL OR g.thread IN (SELECT pk FROM threads WHERE site = :site AND board = :board))"
    return sql.rows(
        f"SELECT g.pk AS page, 0 AS sighting, g.fetched_at FROM pages g WHERE g.pk > :page AND {mine}"  # noqa: S608 (constants)
        f" UNION ALL SELECT g.pk, s.pk, s.fetched_at FROM sightings s JOIN pages g ON g.pk = s.page"
        f" WHERE s.pk > :sighting AND {mine} ORDER BY 3, 2, 1",
        {"page": given[0], "sighting": given[1], **of_board(board)},
    )


def _copy(old: Sql, new: Sql, table: str, where: str = "1") -> None:
    for row in old.rows(f"SELECT * FROM {table} WHERE {where}"):  # noqa: S608 (constants)
        names = ", ".join(row)
        new.run(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))  # noqa: S608 (constants)
