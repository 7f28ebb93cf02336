"""A connection to SQLite, and what SQLite says as one line that names the file and the way out.

A database may come from elsewhere. Its triggers reach nothing beyond the file: extensions cannot be loaded, no
function of ours is registered, and `core.upkeep.blueprint` names the triggers that paomo did not make.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.errors import StoreError
from core.storage.rows import Params, Row

if TYPE_CHECKING:
    from sqlite_utils import Database  # 0.2 s: not for `paomo --help`

REPAIR: Final = (
    "paomo doctor --repair saves what can be read, paomo restore FILE takes a backup; or another path with --db"
)
NO_DATABASE: Final = (
    "this is not a database",
    "give another path with --db or PAOMO_DB; for one whose beginning is gone, paomo restore FILE takes a backup",
)

_REASONS: Mapping[int, tuple[str, str]] = {
    sqlite3.SQLITE_NOTADB: NO_DATABASE,
    sqlite3.SQLITE_CORRUPT: ("the database is damaged", REPAIR),
    sqlite3.SQLITE_BUSY: ("another process is writing to the database", "try again when it is done"),
    sqlite3.SQLITE_LOCKED: ("another process is writing to the database", "try again when it is done"),
    sqlite3.SQLITE_READONLY: ("the database cannot be written", "make file and folder writable for you"),
    sqlite3.SQLITE_PERM: ("not allowed to open the database", "make file and folder readable for you"),
    sqlite3.SQLITE_CANTOPEN: ("the database cannot be opened", "make file and folder readable and writable for you"),
    sqlite3.SQLITE_FULL: (
        "the disk is full; nothing was stored of what was being written",
        "free some space and try again",
    ),
    sqlite3.SQLITE_IOERR: ("the disk cannot be read or written, or is full", "free some space or check the disk"),
}


WAIT: Final = 5.0
"""Seconds to wait for another process that writes."""


def connected(path: Path, mode: str) -> sqlite3.Connection:
    """A connection to a database that is there.

    mode: `ro`; `rw`; `still` for a file that nobody changes; `wreck` for one of which only parts can be read

    A reader may read where nothing can be written, such as a folder of somebody else's or a disk that is mounted so.
    SQLite wants to make two files beside a database in WAL mode even then; without them it reads the file as one that
    nobody changes, which holds as long as nobody has a `-wal` there.
    """
    waiting = path.with_name(f"{path.name}-wal").exists()
    if mode in {"still", "wreck"}:
        way = "mode=ro" if waiting else "mode=ro&immutable=1"
        return _connected(f"{path.as_uri()}?{way}", wreck=mode == "wreck")
    try:
        return _connected(f"{path.as_uri()}?mode={mode}")
    except sqlite3.OperationalError as error:
        unwritable = code(error) in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
        if mode != "ro" or not unwritable or waiting:
            raise
        return _connected(f"{path.as_uri()}?mode=ro&immutable=1")


def _connected(address: str, *, wreck: bool = False) -> sqlite3.Connection:
    # check_same_thread: each thread still uses its own; `Store.close` must be able to close them all
    connection = sqlite3.connect(address, uri=True, timeout=WAIT, check_same_thread=False)
    try:
        if wreck:  # reads a file that is shorter than it says, and those of its tables that are named
            connection.execute("PRAGMA writable_schema = ON")
            return connection
        for pragma in ("foreign_keys = ON", "synchronous = NORMAL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("SELECT count(*) FROM sqlite_schema")  # a damaged file says so here
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what SQLite raises about a file into `StoreError`."""
    try:
        yield
    except sqlite3.Error as error:
        what, hint = _REASONS.get(code(error), (f"SQLite says: {error}", None))
        raise StoreError(f"{path}: {what}", hint=hint) from error
    except UnicodeDecodeError as error:  # Python's, of a message in which SQLite repeats damaged text
        what, hint = _REASONS[sqlite3.SQLITE_CORRUPT]
        raise StoreError(f"{path}: {what}", hint=hint) from error
    except (OverflowError, UnicodeEncodeError) as error:
        raise StoreError(f"{path}: a value cannot be stored: {error}", hint="nothing was written") from error


def code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 for errors of Python's own wrapper."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


class Connection:
    """`core.storage.rows.Sql`, where its methods are described, on a connection of sqlite-utils."""

    def __init__(self, db: "Database") -> None:
        self._db = db

    def rows(self, sql: str, params: Params = ()) -> list[Row]:
        return list(self.each(sql, params))

    def each(self, sql: str, params: Params = ()) -> Iterator[Row]:
        cursor = self._db.execute(sql, params)  # type: ignore[arg-type] # sqlite-utils asks for a dict; a mapping will do
        names = [column[0] for column in cursor.description]
        for row in cursor:
            yield dict(zip(names, row, strict=True))

    def tuples(self, sql: str, params: Params = ()) -> list[Any]:
        return self._db.execute(sql, params).fetchall()  # type: ignore[arg-type] # as above

    def run(self, sql: str, params: Params = ()) -> None:
        self._db.execute(sql, params)  # type: ignore[arg-type] # as above

    def insert(self, table: str, row: Row) -> int:
        marks = ", ".join("?" * len(row))
        cursor = self._db.execute(f"INSERT INTO {table} ({_names(row)}) VALUES ({marks})", [*row.values()])  # noqa: S608 (our own names)
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def update(self, table: str, pk: int, row: Row) -> None:
        if row:
            news = ", ".join(f'"{name}" = ?' for name in row)
            self._db.execute(f"UPDATE {table} SET {news} WHERE pk = ?", [*row.values(), pk])  # noqa: S608 (our own names)


def _names(row: Row) -> str:
    return ", ".join(f'"{name}"' for name in row)
