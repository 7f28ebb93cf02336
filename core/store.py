"""The only typed door to the database, one SQLite file that its owner alone can read.

Written in WAL mode, so that reports and the bot read while a crawl writes. Everything a page brings is one
transaction: a killed process, a full disk or a pulled plug leaves the page whole or not there. Each thread of
the program has its own connection; several processes may write, one after the other.
"""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from core.errors import StoreError, StoreTooNew
from core.forum import Board, Thread
from core.sentiment import Sentiment
from core.storage import reading, rollups, saving, sqlite, thread_lines
from core.storage.place import keep_private, make_ready
from core.storage.rows import (
    Counts,
    Hit,
    Revision,
    Saved,
    Sql,
    StoredThread,
    ThreadLine,
    Unscored,
    stamp,
)
from core.storage.sqlite import WAIT, code, connected, told

if TYPE_CHECKING:
    from sqlite_utils import Database  # 0.2 s: not for `paomo --help`

T = TypeVar("T")


class Store:
    """Threads, posts, pages and judgements. Use `Store.open`, as a context manager.

    Every method raises `StoreError` with one line that names the file where SQLite fails.
    """

    def __init__(self, path: Path, *, readonly: bool) -> None:
        self.path = path
        self.readonly = readonly
        self._mine = threading.local()
        self._opened: list[Database] = []
        self._lock = threading.Lock()

    @classmethod
    def open(cls, path: str | Path, *, create: bool = True, readonly: bool = False) -> Self:
        """Open the database, bring its tables up to date, and make it where there is none.

        readonly: never writes (but for tables of an older version, which are brought up to date first) and
        never creates. Raises `NotFound` where there is no file and none may be made, `StoreTooNew` for a file
        of a later paomo, `StoreError` for anything else that is in the way.
        """
        path = Path(path).expanduser()
        make_ready(path, create=create and not readonly)
        store = cls(path.absolute(), readonly=readonly)
        try:
            store._bring_up_to_date()
        except BaseException:
            store.close()
            raise
        return store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection; the store cannot be used again."""
        with self._lock:
            while self._opened:
                self._opened.pop().close()
            self._mine = threading.local()

    def save(
        self,
        thread: Thread,
        body: bytes,
        *,
        url: str | None,
        headers: Mapping[str, str],
        fetched_at: datetime | None,
        now: datetime,
    ) -> Saved:
        """Store a thread and the page it was read from, in one transaction.

        body: the page's bytes; fetched_at and now: aware; `None` stands for now. The same page again brings
        nothing new; an edit keeps the old words as a revision; what a page does not say is not forgotten.
        A page older than what is stored adds what was unknown and its own wording as a revision.
        """
        page = saving.RawPage(body=body, url=url, headers=headers, fetched_at=stamp(fetched_at or now), now=stamp(now))
        with self.writing() as sql:
            return saving.save(sql, thread, page)

    def save_list(
        self,
        threads: Sequence[Thread],
        body: bytes,
        *,
        url: str | None,
        headers: Mapping[str, str],
        fetched_at: datetime | None,
        now: datetime,
    ) -> list[Saved]:
        """Store the threads of one page of a board's list, as far as it tells of them, and the page, in one transaction.

        Arguments as in `save`. A list has no bodies: those that are known stay. Its bytes are kept unless a
        forgotten author is on it.
        """
        page = saving.RawPage(body=body, url=url, headers=headers, fetched_at=stamp(fetched_at or now), now=stamp(now))
        with self.writing() as sql:
            return saving.save_list(sql, threads, page)

    def put_sentiments(self, judged: Iterable[tuple[int, Sentiment]], *, now: datetime) -> int:
        """Keep judgements by post number, each in place of an earlier one; returns how many were kept."""
        with self.writing() as sql:
            return reading.put_sentiments(sql, judged, stamp(now))

    def put_mentions(self, read: Iterable[tuple[int, Collection[str]]], *, version: str) -> int:
        """Keep what judged posts mention, `kind:id` each, in place of what was kept; returns for how many posts.

        version: of the table of names that they were read with. A post without a judgement is passed over.
        """
        with self.writing() as sql:
            return rollups.put_mentions(sql, read, version)

    def unread(self, version: str, *, limit: int) -> list[Unscored]:
        """Judged posts whose mentions were not read with this version of the table of names."""
        with self.reading() as sql:
            return rollups.unread(sql, version, limit)

    def thread(self, which: str | int) -> StoredThread:
        """A thread by a post's id, its own number here, an address or part of one.

        Raises `NotFound` where none or more than one fits; the message lists those that do.
        """
        with self.reading() as sql:
            return reading.thread(sql, str(which))

    def threads(self, *, limit: int | None = None, board: Board | None = None) -> list[ThreadLine]:
        """Threads with their counts, the one with the newest post first."""
        with self.reading() as sql:
            return thread_lines.threads(sql, limit, board)

    def search(self, words: str, *, limit: int = 20, board: Board | None = None) -> list[Hit]:
        """Posts whose title or body contains every word, newest first; `"…"` keeps words together.

        Script, width and case do not matter. Raises `UsageError` where the words hold nothing to look for.
        """
        with self.reading() as sql:
            return reading.search(sql, words, limit, board)

    def revisions(self, post: int) -> list[Revision]:
        """What a post said before, oldest first."""
        with self.reading() as sql:
            return reading.revisions(sql, post)

    def unscored(self, model: str, *, limit: int, after: int = 0) -> list[Unscored]:
        """Posts that this model has not judged, by rising number, beginning behind `after`."""
        with self.reading() as sql:
            return reading.unscored(sql, model, limit, after)

    def counts(self) -> Counts:
        """How much is in the store."""
        with self.reading() as sql:
            return reading.counts(sql)

    def last_seen(self, board: Board | None = None) -> datetime | None:
        """When a page of the board, or of any, was last stored."""
        with self.reading() as sql:
            return reading.last_seen(sql, board)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Sql]:
        """A connection to ask, for the modules of `core` that know the tables."""
        with told(self.path):
            yield sqlite.Connection(self._database())

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Sql]:
        """The same, for several questions about one state, whatever others write in the meantime."""
        with told(self.path):
            db = self._database()
            if db.conn.in_transaction:
                yield sqlite.Connection(db)
                return
            db.execute("BEGIN")
            try:
                yield sqlite.Connection(db)
            finally:
                db.rollback()

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` made for this key, as long as nothing in the database has changed since; else it makes it anew."""
        with self.reading() as sql:
            [row] = sql.rows("PRAGMA data_version")
        state = row["data_version"], self._database().conn.total_changes
        if getattr(self._mine, "state", None) != state:
            self._mine.state, self._mine.kept = state, {}
        kept: dict[Hashable, T] = self._mine.kept
        if key not in kept:
            kept[key] = make()
        return kept[key]

    @contextlib.contextmanager
    def writing(self) -> Iterator[Sql]:
        """A connection to change, in a transaction: everything inside happens or nothing does, such as a page's threads
        and the crawler's place. May be nested; the methods above take part in it.
        """
        with told(self.path):
            db = self._database()
            if db.conn.in_transaction:
                with db.atomic():
                    yield sqlite.Connection(db)
                return
            db.execute("BEGIN IMMEDIATE")  # a deferred one fails at once when another process writes first
            try:
                yield sqlite.Connection(db)
                db.commit()
            except BaseException:
                db.rollback()
                raise

    def _database(self) -> "Database":
        """This thread's connection."""
        db: Database | None = getattr(self._mine, "db", None)
        if db is None:
            db = self._mine.db = self._connect(readonly=self.readonly)
            with self._lock:
                self._opened.append(db)
        return db

    def _connect(self, *, readonly: bool) -> "Database":
        from sqlite_utils import Database

        connection = connected(self.path, "ro" if readonly else "rw")
        return Database(connection, execute_plugins=False)

    def _bring_up_to_date(self) -> None:
        from core.migrations import migrations

        with told(self.path):
            db = self._database()
            if not self._pending(db):
                if not self.readonly and db.journal_mode != "wal":  # a copy that somebody put here
                    self._use_wal(db)
                return
            if self.readonly:
                self._have_it_brought_up()
                return
            self._use_wal(db)
            db.execute("BEGIN IMMEDIATE")
            try:
                if self._pending(db):  # another process may have been first
                    migrations.apply(db)
                db.commit()
            except BaseException:
                db.rollback()
                raise
            keep_private(self.path)

    def _have_it_brought_up(self) -> None:
        try:
            Store.open(self.path).close()
        except StoreError as error:
            raise StoreError(
                f"{self.path} was written by an older paomo and must be brought up to date, but {error}",
                hint="copy it to a place that you may write and name the copy with --db",
            ) from error

    def _pending(self, db: "Database") -> bool:
        """Whether tables are missing. Raises for a database that is not ours or of a later version."""
        from core.migrations import APPLICATION_ID, migrations

        if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise StoreError(
                    f"{self.path} is a database of another program", hint="give another path with --db or PAOMO_DB"
                )
            return True
        known = {step.name for step in migrations.pending(db)}
        applied = {step.name for step in migrations.applied(db)}
        steps = {step.name for step in migrations._migrations}
        if later := sorted(applied - steps):
            raise StoreTooNew(
                f"{self.path} was written by a later paomo ({', '.join(later)})",
                hint="install that version or a newer one",
            )
        return bool(known)

    def _use_wal(self, db: "Database") -> None:
        """Two processes that make the same file at once must not trip: SQLite does not wait for this switch."""
        patience = time.monotonic() + WAIT
        while True:
            try:
                return db.enable_wal()
            except sqlite3.OperationalError as error:
                if code(error) not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} or time.monotonic() > patience:
                    raise
                time.sleep(0.05)
